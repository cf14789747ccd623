"""Text of every script → index terms: one tokeniser for indexing, for questions and for marking words in snippets."""

import re
import sys
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, Self

import Stemmer
from whoosh.analysis import Analyzer, Token

LONGEST_TERM = 64
"""Letters kept of a term; nobody types more, and a run of 20,000 letters stays harmless."""

_MARKS = (
    "".join(chr(code) for code in range(0x20000) if unicodedata.category(chr(code)) in ("Mn", "Mc", "Me"))
    + "\u200c\u200d\u00ad"
)  # joiners and soft hyphens live inside words
_HYPHENS = "-\u2010\u2011"
_APOSTROPHES = "'\u2019\u02bc\uff07"
# Scripts written without spaces between words: Han, kana, Thai, Lao, Burmese, Khmer.
_UNSPACED = (
    "\u0e01-\u0e4e\u0e81-\u0edf\u1000-\u103f\u1050-\u109f\u1780-\u17dd\u3005\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uaa60-\uaa7f\uf900-\ufaff\U00020000-\U0003134f"
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
_JOINTS = f"[{re.escape(_HYPHENS)}{_APOSTROPHES}]"
_MARK = f"[{_ranges(_MARKS)}]"
_LETTERS = rf"(?:\w+|{_MARK}+\w*)(?:{_MARK}+\w*)*"
_UNMARKED_WORD = re.compile(rf"({_USUAL}|{_SPECIAL}|\w+(?:{_JOINTS}\w+)*)")
_WORD = re.compile(rf"({_USUAL}|(?=[\w{_ranges(_MARKS)}])(?:{_SPECIAL}|{_LETTERS}(?:{_JOINTS}{_LETTERS})*))")
_SPACED = rf"(?:(?![{_UNSPACED}])[^\W_]{_MARK}*)"
_SHOWN_WORD = re.compile(
    rf"[A-Za-z0-9]++(?=[\s,;:!?()\[\]/\"]|\.\s|$)|{_SPECIAL}|(?:[{_UNSPACED}]{_MARK}*){{1,2}}|{_SPACED}+(?:[{_APOSTROPHES}]{_SPACED}+)*|{_MARK}+{_SPACED}*"
)
_HYPHENATED = re.compile(f"[^{_HYPHENS}]+")
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}]+")
_UNIT = re.compile(rf"[^{re.escape(_MARKS)}][{re.escape(_MARKS)}]*|[{re.escape(_MARKS)}]+")
_ELISION = re.compile(
    rf"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|gl|un|all|dall|dell|nell|sull|quell)[{_APOSTROPHES}](?=\w\w)",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}]s?$", re.IGNORECASE)
# Accents of Latin, Greek, Cyrillic; niqqud; tashkeel, hamza forms and tatweel; nukta; joiners. Other marks are letters.
_DROPPED = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u06d6-\u06ed\u093c\u09bc\u0a3c\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d\u00ad\u20d0-\u20ff\ufe00-\ufe0f]"
)
_ALIKE = str.maketrans(
    {
        "ı": "i", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th",
        "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ٱ": "ا", "ँ": "ं",
    }
)  # fmt: skip
_KEPT_WHOLE = {"й": "\ue000", "ї": "\ue001"}  # letters of their own, not accented ones

STEMMERS: dict[str, str] = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian",
    "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali",
    "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""Primary subtag of BCP 47 → Snowball algorithm. Languages that are missing are searched by exact words."""

_stemmers = threading.local()  # a Snowball stemmer keeps state while it works


class Piece(NamedTuple):
    """One term of a raw word. `start`, `end`: characters in the raw word; `step`: how far the position moves on.

    `joined`: "cooperation" of "co-operation", a second reading at the place of the first.
    `tail`: the last unit of an unspaced run alone, indexed so that a single character finds it.
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


class Word(NamedTuple):
    """A raw word in a text: characters `start` to `end`, with the pieces that it is made of."""

    start: int
    end: int
    pieces: tuple[Piece, ...]


def fold(text: str) -> str:
    """The form that is compared: NFKC, case and accents folded, the marks of Indic scripts kept."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKC", text).casefold()
    for letter, stand_in in _KEPT_WHOLE.items():
        text = text.replace(letter, stand_in)
    text = _DROPPED.sub("", unicodedata.normalize("NFD", text))
    for letter, stand_in in _KEPT_WHOLE.items():
        text = text.replace(stand_in, letter)
    return unicodedata.normalize("NFC", text.translate(_ALIKE))


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


def primary(language: str) -> str:
    """The primary subtag: "pt" of "pt-BR"."""
    return re.split("[-_]", language, maxsplit=1)[0].lower()


@lru_cache(maxsize=200_000)
def stems(whole: str, language: str) -> tuple[str, ...]:
    """Stem terms of a word in a language (primary subtag), prefixed with it: "en/polici". Empty without a stemmer.

    Two where the accents change the stem, so that a word typed without accents is found as well.
    """
    algorithm = STEMMERS.get(language)
    if algorithm is None or not whole:
        return ()
    if whole.isascii():
        return (f"{language}/{_stem(algorithm, whole)}",)
    found = {f"{language}/{fold(_stem(algorithm, form))}" for form in (whole, fold(whole))}
    return tuple(sorted(found))


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
    if len(parts) > 1 and len(raw) <= LONGEST_TERM and raw[0].isalpha() and not _UNSPACED_RUN.search(raw):
        joined = fold("".join(piece.term for piece in pieces))
        # Directly behind the first part and without a step: at the same place.
        pieces.insert(1, Piece(joined, "", 0, len(raw), step=0, joined=True))
    return tuple(pieces)


_pieces = lru_cache(maxsize=200_000)(_analyse)


def _part(raw: str, offset: int) -> list[Piece]:
    pieces: list[Piece] = []
    done = 0
    for run in _UNSPACED_RUN.finditer(raw):
        pieces.extend(_spaced(raw[done : run.start()], offset + done))
        pieces.extend(_unspaced(run.group(), offset + run.start()))
        done = run.end()
    pieces.extend(_spaced(raw[done:], offset + done))
    return pieces


def _spaced(raw: str, offset: int) -> list[Piece]:
    elided = _ELISION.match(raw)
    start = elided.end() if elided else 0
    whole = _POSSESSIVE.sub("", raw[start:])
    for apostrophe in _APOSTROPHES:
        whole = whole.replace(apostrophe, "")
    term = fold(whole)[:LONGEST_TERM]
    if not term:
        return []
    whole = unicodedata.normalize("NFKC", whole).casefold()[:LONGEST_TERM]
    return [Piece(term, whole, offset + start, offset + len(raw))]


def _unspaced(raw: str, offset: int) -> list[Piece]:
    units = list(_UNIT.finditer(raw))
    if len(units) == 1:
        return _unit_piece(raw, offset, 0, len(raw), tail=False)
    pieces = []
    for one, two in pairwise(units):
        pieces += _unit_piece(raw, offset, one.start(), two.end(), tail=False)
    return pieces + _unit_piece(raw, offset, units[-1].start(), len(raw), tail=True)


def _unit_piece(raw: str, offset: int, start: int, end: int, *, tail: bool) -> list[Piece]:
    term = fold(raw[start:end])
    return [Piece(term, "", offset + start, offset + end, tail=tail, unspaced=True)] if term else []


def _stem(algorithm: str, word: str) -> str:
    stemmer = getattr(_stemmers, algorithm, None)
    if stemmer is None:
        stemmer = Stemmer.Stemmer(algorithm, 0)  # its own cache costs more than it saves
        setattr(_stemmers, algorithm, stemmer)
    return sys.intern(stemmer.stemWord(word))
