"""The shelf and the tree of topics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from library.catalogue import documents, listing, outbox, topics
from library.catalogue.errors import BadTopic, TopicTaken
from library.catalogue.listing import Shelf, shelf
from library.catalogue.models import Document, Topic

Maker = Callable[..., Document]


@pytest.fixture
def tree(app: object) -> tuple[Topic, Topic, Topic]:
    space = topics.create("civic-space", {"en": "Civic space", "fr": "Espace civique"})
    assembly = topics.create("assembly", {"en": "Assembly"}, parent=space, synonyms={"en": ["protest"]})
    return space, assembly, topics.create("privacy", {"es": "Privacidad"}, descriptions={"en": "Being let alone."})


def titles(**wanted: object) -> list[str]:
    return [d.shown.title for d in shelf(Shelf(**wanted)).documents]  # type: ignore[arg-type]


def test_the_shelf_holds_published_public_pieces_only(piece: Maker) -> None:
    piece(title="Seen")
    piece(title="Draft", publish=False)
    documents.withdraw(piece(title="Gone"), "Old.")
    documents.curate(piece(title="Members"), access="members")
    piece(title="About", kind="page")
    assert titles() == ["Seen"]
    assert titles(access=("public", "members")) == ["Members", "Seen"]
    assert [d.shown.title for d in listing.pages_of_network("en")] == ["About"]


def test_a_topic_holds_the_pieces_of_the_topics_below_it(piece: Maker, tree: object) -> None:
    piece(title="A march", topics=("assembly",))
    piece(title="A secret", topics=("privacy",))
    assert titles(topic=("civic-space",)) == ["A march"]
    assert sorted(titles(topic=("civic-space", "privacy"))) == ["A march", "A secret"]
    assert titles(topic=("nonsense",)) == []
    by_slug = {topic.slug: topics.counts()[topic.id] for topic in topics.all_topics()}
    assert by_slug == {"civic-space": 1, "assembly": 1, "privacy": 1}


def test_filters_of_one_field_are_alternatives_and_fields_all_hold(piece: Maker) -> None:
    piece(title="a", language="pt-BR", countries=("BR",), published_on=date(2020, 1, 1))
    piece(title="b", language="fr", countries=("FR", "BR"), published_on=date(2021, 1, 1), kind="guidebook")
    assert titles(lang=("pt",)) == ["a"]
    assert titles(lang=("pt", "fr"), sort="title") == ["a", "b"]
    assert titles(country=("br",), sort="oldest") == ["a", "b"]
    assert titles(country=("br",), year=(2021,)) == ["b"]
    assert titles(kind=("guidebook",), year=(2020,)) == []


def test_counts_beside_the_filters_set_their_own_choice_aside(piece: Maker, tree: object) -> None:
    piece(language="fr", topics=("assembly",), countries=("FR",), published_on=date(2020, 1, 1))
    piece(language="en", topics=("privacy",), countries=("FR",), published_on=date(2021, 1, 1))
    facets = shelf(Shelf(lang=("fr",)), facets=True).facets
    assert dict(facets["lang"]) == {"en": 1, "fr": 1}
    assert dict(facets["topic"]) == {"assembly": 1, "civic-space": 1}
    assert facets["year"] == [("2020", 1)] and dict(facets["country"]) == {"FR": 1}


def test_pages_of_the_shelf(piece: Maker) -> None:
    for number in range(5):
        piece(title=f"t{number}")
    second = shelf(Shelf(sort="title"), page=2, size=2)
    assert ([d.shown.title for d in second.documents], second.pages, second.total) == (["t2", "t3"], 3, 5)
    assert shelf(Shelf(), page=9, size=2).documents == []


def test_only_what_may_be_seen_is_given_by_id(piece: Maker) -> None:
    one, two, three = piece(), piece(), piece(publish=False)
    documents.curate(two, access="members")
    assert set(listing.published([one.id, two.id, three.id, 99])) == {one.id}


def test_names_fall_back_from_region_to_language_to_english_to_any(tree: tuple[Topic, Topic, Topic]) -> None:
    space, assembly, privacy = tree
    assert topics.name(space, "fr-CA") == "Espace civique"
    assert topics.name(space, "ar") == "Civic space"
    assert topics.name(privacy, "fr") == "Privacidad"
    assert topics.description(privacy, "es") == "Being let alone." and topics.description(space, "en") == ""
    assert topics.words(assembly) == ["Assembly", "protest"]
    assert topics.ancestors(assembly) == [space] and topics.descendants(space) == [assembly]
    assert topics.roots() == [space, privacy]


def test_renaming_a_topic_has_its_pieces_indexed_again(piece: Maker, tree: tuple[Topic, Topic, Topic]) -> None:
    space, assembly, _ = tree
    document = piece(topics=("assembly",))
    before = outbox.latest()
    topics.change(space, names={"en": "Room for citizens"}, synonyms={}, descriptions={}, parent=None)
    assert [row.document_id for row in outbox.after(before, 9)] == [document.id]


def test_a_topic_never_stands_below_itself(tree: tuple[Topic, Topic, Topic]) -> None:
    space, assembly, _ = tree
    with pytest.raises(BadTopic):
        topics.change(space, names={"en": "x"}, synonyms={}, descriptions={}, parent=assembly)


def test_a_topic_in_use_is_not_deleted(piece: Maker, tree: tuple[Topic, Topic, Topic]) -> None:
    space, assembly, privacy = tree
    piece(topics=("assembly",))
    for topic in (space, assembly):
        with pytest.raises(BadTopic):
            topics.delete(topic)
    topics.delete(privacy)
    assert topics.by_slug("privacy") is None


def test_a_topic_needs_a_free_address_and_a_name(tree: object) -> None:
    with pytest.raises(TopicTaken):
        topics.create("privacy", {"en": "Privacy"})
    with pytest.raises(BadTopic):
        topics.create("pri vacy", {"en": "Privacy"})
    with pytest.raises(BadTopic):
        topics.create("empty", {"en": " "})
