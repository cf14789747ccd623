"""Laws of building: chunks cut by array work are those of `str.split`, words told at a glance those of the analysis."""

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from indexer import chunk_tables
from indexer.analysis import stems, words
from indexer.chunk_tables import ChunkTables
from indexer.chunking import cut, separated
from indexer.stemming import STEMMERS, stems_of
from indexer.vocabulary import Vocabulary
from tests.properties.test_scripts import SCRIPTS

SPACES = "".join(chr(code) for code in range(0x3002) if chr(code).isspace())
ODD = "\0\u3001\u2027\u200b\u1681\ufeff\ud800\udc00😀𐍈_/|\"'.-"
CHARACTERS = st.one_of(
    st.sampled_from("ab"), st.sampled_from(SPACES + ODD), st.sampled_from("".join(SCRIPTS)), st.characters()
)  # surrogates as well
LONG = st.builds(lambda letter, times: letter * times, CHARACTERS, st.integers(0, 90))
TEXTS = st.lists(st.lists(st.one_of(st.text(CHARACTERS, max_size=12), LONG), max_size=8).map("".join), max_size=5)


def plainly(text: str) -> list[tuple[str, int]]:
    """The chunks of a text with the characters at which they begin."""
    found, at = [], 0
    text = separated(text)
    for chunk in text.split():
        at = text.index(chunk, at)
        found.append((chunk, at))
        at += len(chunk)
    return found


@given(batches=st.lists(TEXTS, min_size=1, max_size=4), few=st.sampled_from([0, 5, 2_000]))
def test_chunks_are_those_of_splitting_and_each_has_its_own_number(batches: list[list[str]], few: int) -> None:
    asked: list[str] = []

    def number(chunk: str) -> int:
        if chunk not in asked:
            asked.append(chunk)
        return asked.index(chunk)

    tables = ChunkTables(number)
    for texts in batches:
        chunks = cut([text.encode("utf-8", "surrogatepass") for text in texts])
        wanted = [plainly(text) for text in texts]
        assert chunks.counts.tolist() == list(map(len, wanted))
        with patch.object(chunk_tables, "FEW", few):
            found = [asked[i] for i in tables.numbers(chunks).tolist()]
        assert list(zip(found, chunks.characters.tolist(), strict=True)) == [one for of in wanted for one in of]


def test_a_table_grows_and_forgets_nothing() -> None:
    asked: list[str] = []
    tables = ChunkTables(lambda chunk: asked.append(chunk) or len(asked) - 1)  # type: ignore[func-returns-value]
    many = [f"{'x' * (i % 44)}{i}" for i in range(20_000)]
    chunks = cut([" ".join(many[i : i + 500]).encode() for i in range(0, len(many), 500)])
    first = tables.numbers(chunks).tolist()
    assert [asked[i] for i in first] == many
    assert len(asked) == len(many)
    assert tables.numbers(chunks).tolist() == first
    assert len(asked) == len(many)


@given(
    chunks=st.lists(st.text("abcZ19.-'+#\x01\0é’漢", min_size=1, max_size=12), min_size=1),
    long=st.sampled_from(["", "x" * 70, "x-" * 40, "-" * 70, "ab-" + "y" * 70]),
    language=st.sampled_from(["en", "fr", "tr", "ar", "sw", "xx"]),
)
def test_what_is_told_at_a_glance_is_what_the_analysis_finds(chunks: list[str], long: str, language: str) -> None:
    chunks = [*chunks, long + chunks[0]]
    number = (vocabulary := Vocabulary()).number(language)
    numbers = [number(chunk) for chunk in chunks]
    terms, pieces, found_stems = vocabulary.finish()
    wanted_stems: set[tuple[str, str]] = set()
    for chunk, i in zip(chunks, numbers, strict=True):
        made = range(pieces.first[i], pieces.first[i] + pieces.count[i])
        found = [
            (str(terms[pieces.term[p]], "utf-8"), int(pieces.step[p]), int(pieces.start[p] + pieces.shift[i]))
            for p in made
        ]
        read = [(word.start, piece) for word in words(chunk) for piece in word.pieces]
        assert found == [(piece.term, piece.step, start + piece.start) for start, piece in read]
        of = [piece for _, piece in read if piece.whole and not piece.joined]
        wanted_stems |= {(stem, piece.term) for piece in of for stem in stems(piece.whole, language)}
    having = [str(name, "utf-8") for name in found_stems.names]
    ends = found_stems.first.tolist()
    assert wanted_stems == {
        (name, str(terms[term], "utf-8"))
        for i, name in enumerate(having)
        for term in found_stems.terms[ends[i] : ends[i + 1]].tolist()
    }


@given(
    several=st.lists(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=20), unique=True),
    language=st.sampled_from([*sorted(STEMMERS), "xx"]),
)
def test_many_words_have_the_stems_of_each(several: list[str], language: str) -> None:
    assert stems_of(several, language) == [stems(word, language) for word in several]
