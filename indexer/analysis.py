"""Text of every script → index terms: one tokeniser for indexing, for questions and for marking words in snippets."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, Self

from whoosh.analysis import Analyzer, Token

from indexer.folding import ARMENIAN_MARKS, INVISIBLE, fold
from indexer.stemming import STEMMERS, primary, stems

__all__ = [
    "LONGEST_TERM", "STEMMERS", "Analysed", "LibraryAnalyzer", "Piece", "Word", "analyse", "fold", "primary", "split",
    "stem_terms", "stems", "terms", "word_at", "words",
]  # fmt: skip

LONGEST_TERM = 64
"""Letters kept of a term; nobody types more, and a run of 20,000 letters stays harmless."""

_COMBINING = "".join(chr(code) for code in range(0x20000) if unicodedata.category(chr(code)) in ("Mn", "Mc", "Me"))
_HYPHENS = "\\-\u2010\u2011"
_APOSTROPHES = "'\u2018\u2019\u02b9\u02bb\u02bc\u02c8\u05f3\uff07"
_HANGUL = "\u1100-\u11ff\ua960-\ua97c\uac00-\ud7fb"
# Scripts written without spaces between words: Han, kana, Thai, Lao, Burmese, Khmer; and Hangul, in which spaces do not
# tell words from their particles nor a compound from its parts.
_UNSPACED = (
    "\u0e01-\u0e4e\u0e81-\u0ecf\u0edc-\u0edf\u1000-\u103f\u1050-\u108f\u109a-\u109f\u1780-\u17dd\u3005\u3007"
    "\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9ef\ua9fa-\ua9fe"
    f"\uaa60-\uaa7f\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f{_HANGUL}"
)


def _ranges(letters: str) -> str:
    """Letters as the inside of a character class; ranges make the class five times faster."""
    runs: list[list[int]] = []
    for code in sorted(map(ord, letters)):
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in runs)


# Raw words of a text in which spaces stand for its underscores. The first alternative is the usual case, told by what
# follows; the others are: dotted acronyms (U.S.A., e.g.), C++ and C#, letters with hyphens and apostrophes in them.
_USUAL = r"\w++(?=[\s,;:!?()\[\]/\"“”«»]|\.\s)"
_SPECIAL = r"(?:[^\W\d]\.){2,}[^\W\d]?(?!\w)|[^\W\d](?:\+\+|\#)(?!\w)"
_JOINTS = rf"(?:[{_HYPHENS}{_APOSTROPHES}]|(?<=[lL])\u00b7(?=[lL]))"  # the last of Catalan, col·legi
_MARKS = f"{_ranges(_COMBINING)}{INVISIBLE}{ARMENIAN_MARKS}"
_MARK = f"[{_MARKS}]"
_BREAK = rf"\u200b(?=[{_UNSPACED}])"  # where such a script may break a line: no letter, and some texts lack it
_LETTERS = rf"(?:\w+|{_MARK}+\w*)(?:{_MARK}+\w*|{_BREAK}\w*)*"
_UNMARKED_WORD = re.compile(rf"({_USUAL}|{_SPECIAL}|\w+(?:{_JOINTS}\w+)*)")
_WORD = re.compile(rf"({_USUAL}|(?=[\w{_MARKS}])(?:{_SPECIAL}|{_LETTERS}(?:{_JOINTS}{_LETTERS})*))")
_UNSPACED_RUN = re.compile(rf"[{_UNSPACED}](?:[{_UNSPACED}]|{_MARK}|{_BREAK})*")
_BURMESE = (
    "[\u1000-\u102a\u103f\u1050-\u1055\u105a-\u105d\u1061\u1065\u1066\u106e-\u1070\u1075-\u1081\u108e\uaa60-\uaa7a]"
)
# What is never torn apart: a letter with its marks, in Thai and Lao with the vowels before and behind it, in Khmer with
# the letters below it, in Burmese with these and the consonants that close the syllable, the jamo of a syllable.
_UNIT_PATTERN = (
    rf"(?:[\u0e40-\u0e44]?[\u0e01-\u0e2e](?:{_MARK}|[\u0e30\u0e32\u0e33\u0e45])*"
    rf"|[\u0ec0-\u0ec4]?[\u0e81-\u0eae\u0edc-\u0edf](?:{_MARK}|[\u0eb0\u0eb2\u0eb3\u0ebd])*"
    rf"|[\u1780-\u17b3](?:\u17d2[\u1780-\u17b3]|{_MARK})*"
    rf"|{_BURMESE}(?:\u1039{_BURMESE}|{_MARK})*(?:{_BURMESE}\u1037?\u103a{_MARK}*)*"
    r"|[\u1100-\u115f\ua960-\ua97c][\u1160-\u11a7]?[\u11a8-\u11ff]?"
    rf"|[^{_MARKS}](?:{_MARK}|[\uff9e\uff9f])*|{_MARK}+)\u200b?"
)
_UNIT = re.compile(_UNIT_PATTERN)
_SPACED = rf"(?:(?![{_UNSPACED}])[^\W_]{_MARK}*)"
_SHOWN_WORD = re.compile(
    rf"[A-Za-z0-9]++(?=[\s,;:!?()\[\]/\"]|\.\s|$)|{_SPECIAL}|(?:(?=[{_UNSPACED}]){_UNIT_PATTERN}){{1,2}}"
    rf"|{_SPACED}+(?:[{_APOSTROPHES}]{_SPACED}+)*|{_MARK}+{_SPACED}*"
)
# Of a word with hyphens the parts. Persian and Urdu join with a sign without width what others join with a hyphen.
_HYPHENATED = re.compile(rf"(?:[^{_HYPHENS}\u200c]|(?<![\u0600-\u06ff])\u200c)+")
_ELISION = re.compile(
    r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu|gl|un|nessun|all|dall|dell|nell|sull|coll|quell|quest"
    rf"|bell|sant|tutt|mezz|anch|dov|agl|dagl|degl|negl|sugl|quegl)[{_APOSTROPHES}](?=\w{_MARK}*\w)",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}]s?$", re.IGNORECASE)
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")
# Vietnamese writes other words with other accents. Told from languages whose accents are often left out by horns, hooks,
# and tones on letters that have an accent already.
_VIETNAMESE = re.compile(
    "[\u031b\u0309]|[ay]\u0323|[aeo][\u0302\u0306][\u0300\u0301\u0303\u0323]|[aeo]\u0323[\u0302\u0306]"
)
_TONE_PLACE = re.compile("(?<=[ou])([\u0300\u0301\u0303\u0309\u0323])([aey])$")  # hòa is hoà
_PARTICLES = re.compile(
    "에서는|에서도|에서의|으로는|으로도|으로써|으로서|으로의|이라는|이라고|에게서|로부터|까지는|입니다|에서|에는|에도|에게|께서|한테|으로|로서"
    "|로써|라는|라고|이며|이란|인가|이다|부터|까지|처럼|보다|마다|조차|마저|만이|만을|과의|와의|들은|들이|들을|들의"
    "|[은는이가을를의에와과도로만]"
)
"""Korean particles and forms of the copula; a question does not ask for them."""
_JAPANESE_PARTICLES = frozenset("はがをにのでともへや")
_KOREAN = re.compile(f"[{_HANGUL}]$")


class Piece(NamedTuple):
    """One term of a raw word. `start`, `end`: characters in the raw word; `step`: how far the position moves on.

    `joined`: "cooperation" of "co-operation", a second reading at the place of the first.
    `tail`: indexed but not asked for: the last unit of an unspaced run alone, so that a single character finds it; a
    Korean particle; a Vietnamese word without its accents.
    `whole`: the word before its accents were taken away, which is what stemmers expect; "" when it has no stem.
    """

    term: str
    whole: str
    start: int
    end: int
    step: int = 1
    joined: bool = False
    tail: bool = False
    unspaced: bool = False

    @property
    def single(self) -> bool:
        """Whether this is one character of an unspaced script, or what stands for one: Thai น้ำ, Khmer ខ្មែ."""
        return self.unspaced and _UNIT.fullmatch(self.term) is not None


class Word(NamedTuple):
    """A raw word in a text: characters `start` to `end`, with the pieces that it is made of."""

    start: int
    end: int
    pieces: tuple[Piece, ...]


class Analysed(str):
    """A text that knows its words: it is tokenised once for all that is made of it."""

    found: tuple[Word, ...]

    def __new__(cls, text: str) -> Self:
        """`text` with its words looked up."""
        analysed = super().__new__(cls, text)
        analysed.found = tuple(_find(text))
        return analysed


def words(text: str) -> Iterator[Word]:
    """The words of a text in order, with their places."""
    return iter(text.found) if isinstance(text, Analysed) else _find(text)


def _find(text: str) -> Iterator[Word]:
    at = 0
    for i, part in enumerate(split(text)):
        if i % 2 and (pieces := analyse(part)):
            yield Word(at, at + len(part), pieces)
        at += len(part)


def split(text: str) -> list[str]:
    """What is between the raw words of a text, and these, in turn: the odd ones are raw words. Joined it is as long."""
    text = text.replace("_", " ")
    return (_UNMARKED_WORD if _unmarked(text) else _WORD).split(text)


def _unmarked(text: str) -> bool:
    """Whether a text has no marks, told fast: ASCII and Windows-1252 have only one, the soft hyphen."""
    if text.isascii():
        return True
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return "\u00ad" not in text


def word_at(text: str, start: int) -> int:
    """The character behind the word that begins at `start`: of an unspaced run two units, else up to what joins."""
    found = _SHOWN_WORD.match(text, start)
    return found.end() if found else start + 1


def analyse(raw: str) -> tuple[Piece, ...]:
    """The pieces of a raw word, kept for words of usual length."""
    return _pieces(raw) if len(raw) <= LONGEST_TERM else _analyse(raw)


def terms(text: str) -> list[str]:
    """The terms of a text as a question looks them up: no second readings, no tails."""
    return [piece.term for word in words(text) for piece in word.pieces if not piece.joined and not piece.tail]


def stem_terms(text: str, language: str) -> list[str]:
    """All the stem terms of a text, repeated as often as its words are."""
    language = primary(language)
    if language not in STEMMERS:
        return []
    return [
        stem
        for word in words(text)
        for piece in word.pieces
        if piece.whole and not piece.joined
        for stem in stems(piece.whole, language)
    ]


class LibraryAnalyzer(Analyzer):
    """The tokeniser as Whoosh wants it. With `mode="index"` the tails of unspaced runs are terms too."""

    def __call__(self, value: str, positions: bool = False, mode: str = "", **options: Any) -> Iterator[Token]:
        """Tokens of `value`; second readings stand at the place of the first."""
        token = Token(positions=positions, chars=options.get("chars", False), mode=mode, boosts=True)
        token.boost = 1.0
        token.stopped = False
        position = -1
        for word in words(value):
            for piece in word.pieces:
                if piece.tail and mode != "index":
                    continue
                position += piece.step
                token.text = piece.term
                token.pos = position
                token.startchar, token.endchar = (word.start + piece.start, word.start + piece.end)
                yield token


def _analyse(raw: str) -> tuple[Piece, ...]:
    if "." in raw:
        return (Piece(fold(raw.replace(".", "")), "", 0, len(raw)),)
    if raw[-1] in "+#":
        return (Piece(fold(raw), "", 0, len(raw)),)
    pieces: list[Piece] = []
    parts = list(_HYPHENATED.finditer(raw))
    for part in parts:
        pieces.extend(_part(part.group(), part.start()))
    if len(parts) > 1 and pieces and len(raw) <= LONGEST_TERM and raw[0].isalpha() and not _UNSPACED_RUN.search(raw):
        joined = fold("".join(piece.term for piece in pieces if not piece.tail))
        # Directly behind the first part and without a step: at the same place.
        pieces.insert(1, Piece(joined, "", 0, len(raw), step=0, joined=True))
    return tuple(pieces)


_pieces = lru_cache(maxsize=200_000)(_analyse)


def _part(raw: str, offset: int) -> list[Piece]:
    if raw.isascii():
        return _spaced(raw, offset)
    pieces: list[Piece] = []
    done = 0
    for run in _UNSPACED_RUN.finditer(raw):
        pieces.extend(_spaced(raw[done : run.start()], offset + done))
        pieces.extend(_unspaced(run.group(), offset + run.start(), alone=not pieces))
        done = run.end()
    pieces.extend(_spaced(raw[done:], offset + done))
    return pieces


def _spaced(raw: str, offset: int) -> list[Piece]:
    if raw.isascii() and raw.isalnum():
        term = raw.lower()[:LONGEST_TERM]
        return [Piece(term, term, offset, offset + len(raw))]
    elided = _ELISION.match(raw)
    start = elided.end() if elided else 0
    whole = _APOSTROPHE.sub("'", _POSSESSIVE.sub("", raw[start:])).strip("'")
    term = fold(whole.replace("'", ""))[:LONGEST_TERM]
    if not term:
        return []
    if whole.isascii():
        return [Piece(term, whole.lower()[:LONGEST_TERM], offset + start, offset + len(raw))]
    whole = unicodedata.normalize("NFKC", whole).casefold()[:LONGEST_TERM]
    accented = unicodedata.normalize("NFD", whole)
    if not _VIETNAMESE.search(accented):
        return [Piece(term, whole, offset + start, offset + len(raw))]
    written = unicodedata.normalize("NFC", _TONE_PLACE.sub(r"\2\1", accented).replace("'", ""))[:LONGEST_TERM]
    return [
        Piece(written, whole, offset + start, offset + len(raw)),
        Piece(term, "", offset + start, offset + len(raw), step=0, tail=True),
    ]


def _unspaced(raw: str, offset: int, *, alone: bool) -> list[Piece]:
    """Overlapping pairs of the units of a run; what a Korean particle takes part in is indexed but not asked for."""
    units = list(_UNIT.finditer(raw))
    asked = len(units) - _particle(raw, alone=alone)
    if len(units) == 1:
        return _unit_piece(raw, offset, 0, len(raw), tail=not asked)
    pieces = []
    for i, (one, two) in enumerate(pairwise(units)):
        pieces += _unit_piece(raw, offset, one.start(), two.end(), tail=i + 1 >= asked)
    return pieces + _unit_piece(raw, offset, units[-1].start(), len(raw), tail=True)


def _particle(raw: str, *, alone: bool) -> int:
    """How many syllables at the end of a Korean word are its particle; of a word `alone` at least two are left.

    Behind Latin letters and digits a Japanese particle may stand alone as well.
    """
    if not alone and unicodedata.normalize("NFC", raw) in _JAPANESE_PARTICLES:
        return 1
    if not _KOREAN.search(raw):
        return 0
    spoken = unicodedata.normalize("NFC", raw)
    for start in range(max(2 if alone else 0, len(spoken) - 3), len(spoken)):
        if _PARTICLES.fullmatch(spoken, start):
            return len(spoken) - start
    return 0


def _unit_piece(raw: str, offset: int, start: int, end: int, *, tail: bool) -> list[Piece]:
    term = fold(raw[start:end])[:LONGEST_TERM]
    # What is not asked for takes no place, so that the words of a phrase are side by side.
    return [Piece(term, "", offset + start, offset + end, 0 if tail else 1, tail=tail, unspaced=True)] if term else []
