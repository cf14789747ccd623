"""Questions to a real index."""

import os
import threading

import pytest

from indexer.generations import generation_folder, read_pointer
from indexer.ranking import SECONDS
from indexer.rebuilding import catch_up
from indexer.searching import Index, Question
from indexer.writing import GenerationWriter
from tests.indexer.conftest import section


@pytest.fixture
def library(indexed):
    return indexed(
        section("1", "Fake news spreads quickly.\n\nFact-checkers verify claims before elections.",
                title="Disinformation", topics=("disinformation",), kind="guidebook", year=2021,
                topic_names=("Disinformation", "Désinformation"),
                countries=("GH", "KE"), published="2021-05-01", authors=("Ama Mensah",)),
        section("1", "Prebunking warns people.", position=1, heading="Prebunking", title="Disinformation",
                topics=("disinformation",), kind="guidebook", year=2021, published="2021-05-01", chapter="two", page=7),
        section("2", "La désinformation fragilise les élections. L’accès à l’information est un droit.", language="fr",
                title="Le droit de savoir", kind="article", year=2023, countries=("FR",), published="2023-02-01"),
        section("3", "公民空间正在缩小。组织需要保护。", language="zh", title="公民空间", kind="report", year=2019,
                published="2019-02-01"),
        section("4", "Members discuss internal budgets for elections.", access="members", title="Internal zebra memo",
                published="2024-02-01"),
        section("5", "Policies on privacy. The policy <b>protects</b> & data.", title="Privacy", topics=("privacy",),
                topic_names=("Privacy",), kind="toolkit", year=2020, published="2020-01-01"),
    )  # fmt: skip


def documents(index: Index, text: str = "", **values) -> list[str]:
    return [hit.document for hit in index.ask(Question(text, **values)).hits]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("elections", ["1", "2"]),
        ("election", ["1", "2"]),
        ('"fake news"', ["1"]),
        ('"news fake"', []),
        ("elections -fake", ["2"]),
        ("elections NOT fake", ["2"]),
        ("elections AND privacy", []),
        ("fake OR privacy", ["5", "1"]),
        ("(fake OR privacy) AND policy", ["5"]),
        ("prebunk*", ["1"]),
        ("privcy~", ["5"]),
        ("title:privacy", ["5"]),
        ("title:claims", []),
        ("author:mensah", ["1"]),
        ('author:"ama mensah"', ["1"]),
        ("topic:privacy", ["5"]),
        ("topic:Désinformation", ["1"]),
        ("kind:guidebook elections", ["1"]),
        ("lang:fr", ["2"]),
        ("country:gh", ["1"]),
        ("year:2019..2021", ["1", "5", "3"]),
        ("year:2023..", ["2"]),
        ("year:twenty..2023", []),
        ("year:2020", ["5"]),
        ("acces information", ["2"]),
        ("desinformation", ["2", "1"]),
        ("公民", ["3"]),
        ("间", ["3"]),
        ("护", ["3"]),
        ("kind:toolkit kind:report", ["5", "3"]),
        ("-fact-checkers elections", ["2"]),
        ("fact-checkers AND elections", ["1"]),
    ],
)
def test_the_query_language_finds_what_it_says(library, text, wanted):
    answer = library.ask(Question(text))
    assert sorted(hit.document for hit in answer.hits) == sorted(wanted)
    assert answer.total == len(wanted)
    assert not answer.plain


def test_a_section_with_all_the_words_stands_above_one_with_the_rarest_often(indexed):
    index = indexed(
        section("1", "zebra zebra zebra zebra"),
        section("2", "filler " * 200 + "zebra and lion and so on"),
        *(section(str(n), "lion walks") for n in range(3, 20)),
    )
    assert documents(index, "zebra lion")[0] == "2"


def test_the_exact_word_stands_above_its_stem(indexed):
    index = indexed(section("1", "one policy here"), section("2", "one policies here"), section("3", "other text"))
    assert documents(index, "policies") == ["2", "1"]
    assert documents(index, "policy") == ["1", "2"]


def test_a_title_counts_more_than_text(indexed):
    index = indexed(section("1", "Assembly of people."), section("2", "People gather.", title="Assembly"))
    assert documents(index, "assembly") == ["2", "1"]


def test_a_hit_is_a_document_with_its_best_places_first(library):
    answer = library.ask(Question("prebunking"))
    (hit,) = answer.hits
    assert len(hit.passages) == 1
    passage = hit.passages[0]
    assert (passage.anchor, passage.section, passage.chapter, passage.heading, passage.page) == (
        "p-1-0", "s-1", "two", "Prebunking", 7,
    )  # fmt: skip
    assert passage.snippet == "<mark>Prebunking</mark> warns people."


def test_at_most_three_places_of_a_document_are_shown(indexed):
    index = indexed(*(section("1", "zebra " * (n + 1), position=n) for n in range(6)))
    (hit,) = index.ask(Question("zebra")).hits
    assert len(hit.passages) == 3


def test_the_paragraph_with_most_words_is_the_place(library):
    (hit,) = library.ask(Question("verify claims")).hits
    assert hit.passages[0].anchor == "p-0-1"
    assert "<mark>verify</mark> <mark>claims</mark>" in hit.passages[0].snippet


def test_a_snippet_escapes_everything_but_its_marks(library):
    (hit,) = library.ask(Question("protects")).hits
    assert "&lt;b&gt;<mark>protects</mark>&lt;/b&gt; &amp; data" in hit.passages[0].snippet


def test_facets_count_documents_and_a_keys_own_filter_does_not_narrow_its_counts(library):
    answer = library.ask(Question(filters={"kind": ("guidebook",)}))
    assert answer.total == 1
    assert {(v.value, v.count) for v in answer.facets["kind"]} == {
        ("guidebook", 1), ("article", 1), ("report", 1), ("toolkit", 1),
    }  # fmt: skip
    assert {(v.value, v.count) for v in answer.facets["country"]} == {("GH", 1), ("KE", 1)}
    assert [(v.value, v.count) for v in answer.facets["topic"]] == [("disinformation", 1)]


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"kind": ("guidebook", "report")}, {"1", "3"}),
        ({"kind": ("guidebook",), "lang": ("fr",)}, set()),
        ({"year": ("2019..2020",)}, {"3", "5"}),
        ({"year": ("2021", "2023")}, {"1", "2"}),
        ({"country": ("gh",)}, {"1"}),
        ({"lang": ("fr-CA",)}, {"2"}),
        ({"author": ("AMA MENSAH",)}, {"1"}),
        ({"nonsense": ("x",)}, set()),
        ({"kind": ("",)}, {"1", "2", "3", "5"}),
    ],
)
def test_filters_narrow(library, filters, wanted):
    assert set(documents(library, filters=filters)) == wanted


def test_members_pieces_are_neither_found_nor_counted_nor_suggested_for_the_public(library):
    assert "4" not in documents(library, "elections")
    answer = library.ask(Question("zebr"))
    assert (answer.total, answer.suggestion) == (0, None)
    assert library.suggest("zeb") == []
    both = ("public", "members")
    assert documents(library, "zebra", access=both) == ["4"]
    assert library.ask(Question("zebr", access=both)).suggestion == "zebra"
    assert library.suggest("zeb", access=both) == ["Internal zebra memo"]


def test_empty_text_lists_everything_newest_first_and_sorts(library):
    assert documents(library) == ["2", "1", "5", "3"]
    assert documents(library, sort="oldest") == ["3", "5", "1", "2"]
    assert documents(library, sort="title") == ["1", "2", "5", "3"]
    assert documents(library, "elections", sort="newest") == ["2", "1"]


def test_pages_follow_each_other(library):
    every = documents(library)
    assert documents(library, limit=2) + documents(library, offset=2, limit=2) == every
    assert documents(library, offset=99) == []
    assert library.ask(Question(offset=99)).total == 4


def test_within_one_document(library):
    assert documents(library, "elections", document="2") == ["2"]
    assert documents(library, "elections", document="nobody") == []


def test_a_misspelt_word_brings_a_suggestion(library):
    answer = library.ask(Question("Disinfrmation guide"))
    assert answer.suggestion == "disinformation guide"


def test_a_foreign_word_has_no_forms_of_the_language_around_it(indexed):
    library = indexed(
        section("1", "التضليل disinformation مشكلة", language="ar", title="التضليل"),
        section("2", "Слово disinformation и словами", language="ru", title="Слова"),
        section("3", "Disinformation is a problem.", title="Problems"),
    )
    answer = library.ask(Question("disinformatoin"))
    assert (answer.total, answer.suggestion) == (0, "disinformation")
    assert library.ask(Question("disinformation")).total == 3
    assert documents(library, "слово") == documents(library, "словам") == ["2"]


def test_what_cannot_be_parsed_is_searched_as_words(library):
    answer = library.ask(Question('(fake AND "news'))
    assert answer.plain
    assert [hit.document for hit in answer.hits] == ["1"]


def test_and_in_a_question_in_capitals_is_a_word(library):
    assert documents(library, "FAKE NEWS AND ZEBRAS OR PRIVACY OF LIONS") == documents(library, "fake news privacy of")
    assert documents(library, "FAKE AND PRIVACY") == []


def test_bounds_are_told(indexed):
    index = indexed(section("1", " ".join(f"abc{n}" for n in range(400))))
    assert index.ask(Question("abc*")).partial
    assert index.ask(Question("word " * 2000)).partial
    assert index.ask(Question(" ".join(f"w{n}" for n in range(200)))).partial
    assert not index.ask(Question("abc1")).partial


def test_terms_are_what_a_page_marks(library):
    assert set(library.ask(Question("policy -claims kind:toolkit")).terms) == {"policy", "policies"}


def test_suggestions_are_titles_and_topics(library):
    assert library.suggest("disinf")[0] == "Disinformation"
    assert library.suggest("droit sav") == ["Le droit de savoir"]
    assert library.suggest("  ") == []


def test_similar_documents_share_telling_words(indexed):
    index = indexed(
        section("1", "surveillance cameras track protesters in streets"),
        section("2", "police cameras and surveillance of protesters"),
        section("3", "budget transparency portals"),
        section("4", "surveillance cameras for members", access="members"),
    )
    assert index.similar("1") == ["2"]
    assert index.similar("nobody") == []


def test_words_beside_a_document_in_another_segment_are_found_too(indexed, source, root):

    index = indexed(section("1", "alpha beta"))
    source.publish(section("2", "alpha gamma delta"))
    source.publish(section("1", "alpha epsilon", revision=2))
    catch_up(source, GenerationWriter(generation_folder(root, read_pointer(root).current)))
    index.refresh()
    assert documents(index, "alpha") == ["2", "1"] or documents(index, "alpha") == ["1", "2"]
    assert documents(index, "beta") == []
    assert documents(index, '"gamma delta"') == ["2"]


def test_an_index_that_was_asked_before_a_fork_works_in_the_child(indexed, source, root):
    index = indexed(section("1", "alpha"))
    assert documents(index, "alpha") == ["1"]
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, ",".join(documents(index, "alpha")).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    assert os.read(reading, 100) == b"1"
    os.close(reading)


def test_questions_are_answered_by_many_threads_while_the_index_changes(indexed, source, root):
    index = indexed(*(section(str(n), f"alpha word{n} beta") for n in range(30)))
    writer = GenerationWriter(generation_folder(root, read_pointer(root).current))
    stop, totals, errors = threading.Event(), [], []

    def ask(number: int) -> None:
        while not stop.is_set():
            answer = index.ask(Question(f'alpha word{number} "word{number} beta"'))
            totals.append(answer.total)
            if answer.total != 1 or (answer.partial and answer.took_ms < 1000 * SECONDS):  # a busy machine may be late
                errors.append(answer)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for n in range(12):
        source.publish(section(str(n % 6), f"alpha word{n % 6} beta", revision=n))
        catch_up(source, writer)
        writer.merge()
    stop.set()
    for thread in threads:
        thread.join()
    assert totals
    assert not errors


def test_an_answer_from_a_damaged_snapshot_is_empty_and_partial(indexed, caplog):
    index = indexed(section("1", "alpha"))
    assert documents(index, "alpha") == ["1"]
    index._snapshot.views[0].postings = None
    answer = index.ask(Question("somethingelse*"))
    assert answer.partial
    assert answer.total == 0
    assert "could not answer" in caplog.text


def test_a_quoted_sentence_that_nobody_wrote_is_searched_word_by_word(indexed):
    index = indexed(section("1", "open data for all people in the country"), section("2", "lanterns"))
    answer = index.ask(Question('"all people of this country want open data"'))
    assert answer.loosened and [hit.document for hit in answer.hits] == ["1"]
    assert not index.ask(Question('"open data for all people in the country"')).loosened
    assert index.ask(Question('"data open"')).total == 0
