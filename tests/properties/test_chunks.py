"""Laws of cutting texts by array work: the chunks are those of `str.split`, and each has a number of its own."""

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from indexer import chunk_tables
from indexer.chunk_tables import ChunkTables
from indexer.chunking import cut, separated
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
    words = [f"{'x' * (i % 44)}{i}" for i in range(20_000)]
    chunks = cut([" ".join(words[i : i + 500]).encode() for i in range(0, len(words), 500)])
    first = tables.numbers(chunks).tolist()
    assert [asked[i] for i in first] == words
    assert len(asked) == len(words)
    assert tables.numbers(chunks).tolist() == first
    assert len(asked) == len(words)
