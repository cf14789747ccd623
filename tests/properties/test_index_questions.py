"""Laws of search: no input raises, and what is written is found."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.analysis import LibraryAnalyzer, fold, terms, words
from indexer.rebuilding import rebuild
from indexer.searching import Index, Question
from indexer.snippets import snippet
from tests.indexer.conftest import MemorySource, section

SYNTAX = st.sampled_from(
    ["(", ")", '"', "-", "NOT ", " AND ", " OR ", "*", "~2", "title:", "year:", "..", ":", "^", "[", "{", "\\", " "]
)  # fmt: skip
TEXTS = st.lists(
    st.one_of(SYNTAX, st.text(max_size=8), st.sampled_from(["alpha", "公民空间", "beta"])), max_size=25
).map("".join)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory):
    root: Path = tmp_path_factory.mktemp("laws") / "index"
    source = MemorySource()
    source.publish(section("1", "alpha beta gamma", year=2020), section("1", "公民空间 delta", position=1))
    source.publish(section("2", "alpha epsilon", language="fr", access="members"))
    rebuild(source, root)
    opened = Index(root)
    yield opened
    opened.close()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_no_question_raises(index: Index, text: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.clear()
    answer = index.ask(Question(text))
    assert "could not answer" not in caplog.text
    assert answer.total == len(index.ask(Question(text, limit=50)).hits)
    assert all(hit.document != "2" for hit in answer.hits)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 20_000,
        "alpha " * 4_000,
        "(" * 5_000,
        "(" * 500 + "a" + ")" * 500,
        '"' * 999,
        "\x00\x01\x7f alpha",
        "alpha \ud800\udfff",
        " ".join(f"{chr(97 + n % 26)}*" for n in range(60)),
        " ".join(f"alph{n}~" for n in range(60)),
        "*" * 60,
        "NOT " * 60,
        "-" * 60,
        "title:" * 60,
        "公" * 5_000,
        "\u0301" * 500,
        "AND",
        "year:..",
        "~",
    ],
)
def test_no_monster_raises(index: Index, text: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.clear()
    answer = index.ask(Question(text))
    assert "could not answer" not in caplog.text
    assert answer.took_ms < 5_000


@given(text=st.text(max_size=200))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(text=st.text(max_size=200))
def test_words_stand_where_they_say_and_positions_never_go_back(text: str) -> None:
    end = 0
    for word in words(text):
        assert end <= word.start < word.end <= len(text)
        end = word.end
        assert all(piece.term for piece in word.pieces)
    positions = [token.pos for token in LibraryAnalyzer()(text, positions=True, mode="index")]
    assert positions == sorted(positions)


@given(text=st.text(max_size=400), spans=st.lists(st.tuples(st.integers(0, 390), st.integers(1, 9)), max_size=9))
def test_a_snippet_is_escaped_text_with_marks_only(text: str, spans: list[tuple[int, int]]) -> None:
    ends = [0]
    marked = []
    for start, length in sorted(spans):
        if ends[-1] <= start and start + length <= len(text):
            ends.append(start + length)
            marked.append((start, start + length, 0))
    found = snippet(text, marked)
    assert "<" not in found.replace("<mark>", "").replace("</mark>", "")
    assert found.count("<mark>") == found.count("</mark>")


@given(text=st.text(alphabet=st.characters(categories=("L", "Nd", "Zs")), min_size=1, max_size=60))
def test_a_text_has_every_term_that_a_question_of_it_asks_for(text: str) -> None:
    indexed = {token.text for token in LibraryAnalyzer()(text, mode="index")}
    assert set(terms(text)) <= indexed
