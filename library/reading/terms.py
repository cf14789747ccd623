"""Words that a glossary explains: where they stand in a text for the first time, in whatever form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from indexer import analysis

MOST = 500  # entries of a glossary
ENDING = 2  # letters by which a form may be longer or shorter than the glossary's: publications are not the public


@dataclass(frozen=True, slots=True)
class Entry:
    """What a glossary says of something. `names`: what it is called; `path`: where the entry stands."""

    names: tuple[str, ...]
    meaning: str
    path: str


@dataclass(frozen=True, slots=True)
class _Form:
    """A word of a text as it is compared. `written`: as it stands there."""

    start: int
    end: int
    term: str
    stems: frozenset[str]
    written: str

    def says(self, other: _Form, exactly: bool) -> bool:
        """Whether it is the word `other` of a glossary; `exactly`: in the same letters, for abbreviations."""
        if exactly:
            return self.written == other.written
        if self.term == other.term:
            return True
        return bool(self.stems & other.stems) and abs(len(self.term) - len(other.term)) <= ENDING


@dataclass(frozen=True, slots=True)
class _Name:
    forms: tuple[_Form, ...]
    exactly: bool
    entry: Entry


class Finder:
    """Finds each entry of a glossary once, in texts given one after another."""

    def __init__(self, entries: tuple[Entry, ...], language: str) -> None:
        self._language = analysis.primary(language)
        self._names = _names(entries, self._language)
        self._met: set[Entry] = set()

    def find(self, text: str) -> Iterator[tuple[int, int, Entry]]:
        """(start, end, entry) of what stands in `text` and in none before it, in order and apart."""
        forms = list(_forms(text, self._language))
        at = 0
        while at < len(forms):
            name = next((name for name in self._begun_by(forms[at]) if _stands(name, forms, at)), None)
            if name is None:
                at += 1
                continue
            self._met.add(name.entry)
            last = at + len(name.forms) - 1
            yield forms[at].start, forms[last].end, name.entry
            at = last + 1

    def _begun_by(self, form: _Form) -> Iterator[_Name]:
        for key in {form.term, *form.stems}:
            for name in self._names.get(key, ()):
                if name.entry not in self._met:
                    yield name


def _stands(name: _Name, forms: list[_Form], at: int) -> bool:
    there = forms[at : at + len(name.forms)]
    return len(there) == len(name.forms) and all(
        one.says(other, name.exactly) for one, other in zip(there, name.forms, strict=True)
    )


@lru_cache(maxsize=64)
def _names(entries: tuple[Entry, ...], language: str) -> dict[str, list[_Name]]:
    """Names by the forms of their first word, those of more words first."""
    found: dict[str, list[_Name]] = {}
    for entry in entries[:MOST]:
        for written in entry.names:
            forms = tuple(_forms(written, language))
            name = _Name(forms, written.isupper() and len(forms) == 1, entry)
            for key in {forms[0].term, *forms[0].stems} if forms else ():
                found.setdefault(key, []).append(name)
    for names in found.values():
        names.sort(key=lambda name: -len(name.forms))
    return found


def _forms(text: str, language: str) -> Iterator[_Form]:
    for word in analysis.words(text):
        for piece in word.pieces:
            if not piece.joined and not piece.tail:
                start, end = word.start + piece.start, word.start + piece.end
                stems = frozenset(analysis.stems(piece.whole, language))
                yield _Form(start, end, piece.term, stems, text[start:end])
