"""What may be suggested while somebody types: titles, names of topics, headings, frequent phrases, by their words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

from indexer.analysis import fold
from indexer.arrays import Array, ArrayFile, pack, smallest

TITLE, TOPIC, HEADING, PHRASE = range(4)
LONGEST = 120  # characters of a hint; longer headings are sentences that nobody wants to search for
FORGIVING = 4  # letters from which on one of them may be wrong
WORDS = re.compile(r"[^\W_]+")


def hint_arrays(hints: Iterable[tuple[int, str, int]]) -> dict[str, Array]:
    """Arrays for `write_arrays`, out of (kind, text, document). A text counts once, as the kind that stands first."""
    kinds: dict[str, int] = {}
    documents: dict[str, set[int]] = {}
    for kind, raw, document in hints:
        text = " ".join(raw.split())
        if 1 < len(text) <= LONGEST:
            kinds[text] = min(kind, kinds.get(text, kind))
            documents.setdefault(text, set()).add(document)
    texts = list(kinds)
    words: dict[str, set[int]] = {}
    for i, text in enumerate(texts):
        for word in WORDS.findall(fold(text)):
            words.setdefault(word, set()).add(i)
    found = sorted((word.encode("utf-8", "surrogatepass"), sorted(of)) for word, of in words.items())
    having = [sorted(documents[text]) for text in texts]
    return {
        **pack("hints", (text.encode("utf-8", "surrogatepass") for text in texts)),
        "hints.kind": np.array([kinds[text] for text in texts], np.uint8),
        "hints.first": np.cumsum([0, *map(len, having)]).astype(np.uint32),
        "hints.documents": smallest(np.array([d for of in having for d in of], np.int64)),
        **pack("hint_words", (word for word, _ in found)),
        "hint_words.first": np.cumsum([0, *(len(of) for _, of in found)]).astype(np.uint32),
        "hint_words.hints": smallest(np.array([hint for _, of in found for hint in of], np.int64)),
    }


@dataclass(frozen=True, slots=True)
class Hint:
    """`documents`: how many visible ones have it. `begins`: whether it begins with what was typed."""

    text: str
    kind: int
    documents: int
    begins: bool


class Hints:
    """The hints of one segment."""

    def __init__(self, file: ArrayFile) -> None:
        self._texts, self._words = file.strings("hints"), file.strings("hint_words")
        self._kind, self._first, self._documents = (
            file.array("hints.kind"), file.array("hints.first"), file.array("hints.documents"),
        )  # fmt: skip
        self._word_first, self._word_hints = file.array("hint_words.first"), file.array("hint_words.hints")

    def everything(self) -> list[tuple[int, str, int]]:
        """(kind, text, document), as `hint_arrays` was given them."""
        kinds, first, documents = self._kind.tolist(), self._first.tolist(), self._documents.tolist()
        return [
            (kinds[i], str(text, "utf-8", "surrogatepass"), document)
            for i, text in enumerate(self._texts)
            for document in documents[first[i] : first[i + 1]]
        ]

    def find(self, typed: list[str], visible: NDArray[np.bool_], most: int, *, forgiving: bool) -> list[Hint]:
        """Hints of visible documents in which each word typed begins a word, the best `most` of them.

        Args:
            typed: Folded words.
            visible: Documents of the segment; shape (documents,).
            most: How many at most.
            forgiving: A word of four letters and more may have one wrong.
        """
        found: Array | None = None
        for word in typed:
            having = self._beginning_with(word, forgiving=forgiving)
            found = having if found is None else found[np.isin(found, having, assume_unique=True)]
            if not found.size:
                return []
        if found is None:
            return []
        found = found[np.argsort(self._kind[found], kind="stable")]
        line = " ".join(typed)
        hints: list[Hint] = []
        for i in found[: 40 * most].tolist():
            documents = int(visible[self._documents[self._first[i] : self._first[i + 1]]].sum())
            if documents:
                text = str(self._texts[i], "utf-8", "surrogatepass")
                hints.append(
                    Hint(text, int(self._kind[i]), documents, " ".join(WORDS.findall(fold(text))).startswith(line))
                )
        return sorted(hints, key=order)[:most]

    def _beginning_with(self, word: str, *, forgiving: bool) -> Array:
        """Hints with a word that begins so; ascending."""
        if forgiving and len(word) >= FORGIVING:
            return self._of_words(self._nearly(word))
        first, last = self._words.beginning_with(word.encode("utf-8", "surrogatepass"))
        return np.unique(self._word_hints[self._word_first[first] : self._word_first[last]])

    def _nearly(self, word: str) -> list[int]:
        """Words one of whose beginnings is one change away: optimal string alignment, as in `indexer.spelling`."""
        found: set[int] = set()
        for initial in dict.fromkeys((word[0], word[1])):  # the first two may be swapped, or the first one missing
            first, last = self._words.beginning_with(initial.encode("utf-8", "surrogatepass"))
            words = [str(other, "utf-8", "surrogatepass") for other in self._words.part(first, last)]
            for length in (len(word) - 1, len(word), len(word) + 1):
                beginnings = [other[:length] for other in words]
                close = process.extract(word, beginnings, scorer=OSA.distance, score_cutoff=1, limit=None)
                found.update(first + at for _, _, at in close)
        return sorted(found)

    def _of_words(self, words: list[int]) -> Array:
        parts = [self._word_hints[self._word_first[at] : self._word_first[at + 1]] for at in words]
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int64)


def order(hint: Hint) -> tuple[bool, int, int, int, str]:
    """Sorting key: what begins as typed, then titles and topics, then what many documents have, then the shortest."""
    return (not hint.begins, hint.kind, -hint.documents, len(hint.text), hint.text)
