"""What the indexer is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from library.catalogue import documents, topics
from library.catalogue.models import Document
from library.catalogue.source import CatalogueSource

Maker = Callable[..., Document]


def test_entries_carry_everything_that_search_shows_and_filters_by(piece: Maker) -> None:
    space = topics.create("civic-space", {"en": "Civic space"}, synonyms={"fr": ["espace civique"]})
    topics.create("assembly", {"en": "Assembly"}, parent=space)
    document = piece(
        "Lead.\n\n## Marching\n\nPeople march.\n\n### At night\n\nWith lamps.",
        title="A guide", kind="guidebook", language="en", topics=("assembly",), countries=("GH",), authors=("A. B.",),
        published_on=date(2020, 2, 3), summary="How.",
    )  # fmt: skip
    lead, marching, night = CatalogueSource().entries(str(document.id))
    assert (lead.heading, lead.chapter, lead.text) == ("", "", "Lead.")
    assert (night.heading, night.chapter, night.anchor, night.text) == (
        "At night",
        "marching",
        "at-night",
        "With lamps.",
    )
    assert set(marching.topics) == {"assembly", "civic-space"}
    assert set(marching.topic_names) == {"Assembly", "Civic space", "espace civique"}
    assert (marching.year, marching.countries, marching.authors) == (2020, ("GH",), ("A. B.",))
    assert (marching.published, marching.access, marching.revision) == ("2020-02-03", "public", 1)


def test_only_published_pieces_are_in_the_index(piece: Maker) -> None:
    seen, draft, gone = piece(), piece(publish=False), piece()
    documents.withdraw(gone, "Old.")
    source = CatalogueSource()
    assert list(source.documents()) == [(str(seen.id), 1)]
    assert source.entries(str(draft.id)) == source.entries(str(gone.id)) == source.entries("4711") == []


def test_changes_come_in_order_and_in_portions(piece: Maker) -> None:
    made = [str(piece().id) for _ in range(3)]
    source = CatalogueSource()
    first = source.changes_after(0, 2)
    assert [change.document for change in first] == made[:2]
    assert [change.document for change in source.changes_after(first[-1].id, 9)] == made[2:]
    assert source.latest_change() == source.changes_after(0, 9)[-1].id
