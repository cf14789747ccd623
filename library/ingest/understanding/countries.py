"""Which countries a piece is about, by names, adjectives and capitals in its text, its title and its headings."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _
from flask_babel import ngettext

from indexer.folding import fold
from library.ingest.understanding import country_words as words
from library.ingest.understanding.proposals import Piece, Proposal

LANGUAGES = ("en", "fr", "es", "ar", "de", "pt", "ru")
MOST = 6
SHARE = 0.15  # of all mentions, from which on a country that only the text names is proposed
MENTIONS = 2.4  # three of them, one a capital's
WORDS_A_MENTION = 4_000  # a country named more rarely than once in so many words is passed by
_MARKS = "".join(chr(c) for c in range(0x300, 0x1B00) if unicodedata.category(chr(c)) in ("Mn", "Mc", "Me"))
_TOKEN = re.compile(rf"[^\W\d_][\w{_MARKS}]*")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_CLITIC = re.compile(r"^[وف]?(?:[بلك])?(?=\w{4})")


class Name(NamedTuple):
    """A way to name a country: its folded words, and what they weigh."""

    tokens: tuple[str, ...]
    code: str
    weight: float
    capital: bool  # whether it is written with a capital letter
    shown: str


@dataclass(slots=True)
class Mentions:
    """How a country is named. `times`: how often; `weight`: what they are worth; `shown`: in which words."""

    times: int = 0
    weight: float = 0.0
    doubtful: float = 0.0
    shown: Counter[str] = field(default_factory=Counter)

    @property
    def worth(self) -> float:
        """Doubtful names count in full where a plain one stands beside them."""
        return self.weight + (self.doubtful if self.weight >= 1 else self.doubtful / 3)


def propose(piece: Piece) -> list[Proposal]:
    """Countries (ISO 3166-1 alpha-2) that the piece is about, the surest first, each with how it is named."""
    text = mentions(piece.sample, piece.language)
    title = mentions(piece.title, piece.language)
    headings = mentions("\n".join(piece.headings[:400]), piece.language)
    total = sum(found.worth for found in text.values()) or 1.0
    length = piece.sample.count(" ") + 1
    scored: list[tuple[float, str, str]] = []
    for code in {*text, *title, *headings}:
        here = text.get(code, Mentions())
        named, above = title.get(code, Mentions()), headings.get(code, Mentions())
        share = here.worth / total
        enough = here.worth >= max(MENTIONS, length / WORDS_A_MENTION)
        if named.worth >= 0.9 and (named.weight or here.worth + above.worth >= 1):
            sure = 0.92
        elif above.worth >= 0.9 and here.worth >= 2 and share >= SHARE / 2:
            sure = min(0.85, 0.6 + share / 2)
        elif enough and share >= SHARE:
            sure = min(0.8, 0.4 + share / 2)
        else:
            continue
        scored.append((sure + min(here.worth, 50) / 1000, code, _reason(here, bool(named.worth), bool(above.worth))))
    best = sorted(scored, key=lambda each: (-each[0], each[1]))[:MOST]
    return [Proposal(code, reason, min(sure, 0.97)) for sure, code, reason in best]


def mentions(text: str, language: str) -> dict[str, Mentions]:
    """How each country is named in a text; never within another word, but in scripts that do not part words."""
    found: dict[str, Mentions] = defaultdict(Mentions)
    for name in _found(text, language.split("-")[0].lower()):
        entry = found[name.code]
        entry.times += 1
        entry.shown[name.shown] += 1
        if name.weight < 0.5:
            entry.doubtful += name.weight * 2
        else:
            entry.weight += name.weight
    return dict(found)


def _reason(here: Mentions, in_title: bool, in_heading: bool) -> str:
    said = str(ngettext("named once", "named %(num)d times", here.times) if here.times else _("named"))
    if in_title:
        said = str(_("%(named)s, in the title", named=said))
    elif in_heading:
        said = str(_("%(named)s, in a heading", named=said))
    examples = [shown for shown, _times in here.shown.most_common(2)]
    return str(_("%(named)s (“%(words)s”)", named=said, words="”, “".join(examples))) if examples else said


def _found(text: str, language: str) -> Iterator[Name]:
    names = names_of(language)
    if language in ("zh", "ja", "th", "lo", "my", "km") and _UNSPACED.search(text):
        yield from _found_unspaced(text, language)
    tokens = [(match[0], fold(match[0])) for match in _TOKEN.finditer(unicodedata.normalize("NFC", text))]
    at = 0
    while at < len(tokens):
        name = _at(tokens, at, names)
        if name is None:
            at += 1
            continue
        yield name
        at += len(name.tokens)


def _at(tokens: list[tuple[str, str]], at: int, names: dict[str, list[Name]]) -> Name | None:
    """The longest name that begins at a token."""
    written, folded = tokens[at]
    for first in _forms(folded):
        for name in names.get(first, ()):
            if first != folded and (name.weight < 0.5 or len(first) < 4):
                continue  # behind a joined preposition only what is nothing else
            if name.capital and written[0].islower():
                continue
            rest = tokens[at + 1 : at + len(name.tokens)]
            if tuple(token for _w, token in rest) != name.tokens[1:]:
                continue
            before = tokens[at - 1][1] if at else ""
            behind = tokens[at + len(name.tokens)][1] if at + len(name.tokens) < len(tokens) else ""
            if before in words.NOT_AFTER.get(name.code, ()) or behind in words.NOT_BEFORE.get(name.code, ()):
                continue
            return name
    return None


def _forms(token: str) -> Iterator[str]:
    """A token, and an Arabic one without the conjunction and preposition that are written together with it."""
    yield token
    if not "\u0600" <= token[0] <= "\u06ff":
        return
    bare = _CLITIC.sub("", token)
    if bare != token:
        yield bare
    joined = token[1:] if token[0] in "وف" else token
    if joined.startswith("لل") and len(joined) > 4:
        yield "ال" + joined[2:]


def _found_unspaced(text: str, language: str) -> Iterator[Name]:
    pattern, codes = _unspaced_names(language)
    for match in pattern.finditer(text):
        yield Name((match[0],), codes[match[0]], 1.0, False, match[0])


@cache
def _unspaced_names(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    codes = {name: code for code, name in _territories(language) if len(name) > 1 and _UNSPACED.match(name)}
    if language == "zh":
        codes |= {name: code for code, name in _territories("zh_Hant") if len(name) > 1}
    pattern = "|".join(re.escape(name) for name in sorted(codes, key=len, reverse=True)) or r"(?!)"
    return re.compile(pattern), codes


@cache
def names_of(language: str) -> dict[str, list[Name]]:
    """Names by their first folded word, the longest first: those of a language and the English ones, or of LANGUAGES."""
    found: dict[tuple[str, ...], Name] = {}
    own = [language, "en"] if language != "und" else list(LANGUAGES)
    for tag in dict.fromkeys(own):
        for name in _names_in(tag):
            found.setdefault(name.tokens, name)
    index: dict[str, list[Name]] = defaultdict(list)
    for name in sorted(found.values(), key=lambda name: -len(name.tokens)):
        index[name.tokens[0]].append(name)
    return dict(index)


def _names_in(language: str) -> Iterator[Name]:
    doubtful = {fold(word) for word in words.AMBIGUOUS.get(language, ())}

    def name(shown: str, code: str, weight: float = 1.0, *, small: bool = False) -> Name | None:
        tokens = tuple(fold(token) for token in _TOKEN.findall(unicodedata.normalize("NFC", shown)))
        if not tokens or len("".join(tokens)) < 2:
            return None
        weight = 0.4 if len(tokens) == 1 and tokens[0] in doubtful else weight
        shown = shown.replace("-", " ") if shown.count("-") and "-" not in language else shown
        return Name(tokens, code, weight, not small and shown[0].isupper(), shown)

    found: list[Name | None] = []
    for table in ("*", language):
        found += [name(shown, code) for shown, code in words.NAMES.get(table, {}).items()]
    for code, shown in _territories(language):
        found.append(name(shown, code))
        found += [name(form, code) for form in _declined(shown, language)]
    if language == "en":
        found += [name(shown, code, 0.9) for code, listed in words.ENGLISH.items() for shown in listed.split()]
    for stem, code in words.STEMS.get(language, {}).items():
        found += [name(stem + ending, code, 0.9, small=True) for ending in words.ENDINGS[language] if code]
    found += [
        name(shown, code, 0.3, small=language != "en") for shown, code in words.LANGUAGE_WORDS.get(language, {}).items()
    ]
    found += [name(shown, code, 0.6) for code, listed in words.CAPITALS.items() for shown in listed.split()]
    yield from (each for each in found if each is not None)


def _territories(language: str) -> list[tuple[str, str]]:
    """(code, name) of the countries in a language; none in one that Babel does not know."""
    try:
        territories = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return []
    apart = {"EU", "UN", "EZ", "ZZ", "XA", "XB", "QO", "AC", "CP", "DG", "EA", "IC", "TA", "AQ", "UM", "IM"}
    return [
        (code, re.sub(r"\s*[(（].*", "", str(name)).strip())
        for code, name in territories.items()
        if len(code) == 2 and code not in apart
    ]


def _declined(name: str, language: str) -> list[str]:
    """Forms of a one-word name in the languages that decline them."""
    if language == "de":
        return [f"{name}s"] if name[-1] not in "sxz" else []
    if language != "ru" or " " in name or "-" in name:
        return []
    for ending, forms in (("ия", "ии ию ией"), ("а", "ы и е у ой"), ("я", "и е ю ей"), ("й", "я ю ем е")):
        if name.endswith(ending):
            return [name[: -len(ending)] + form for form in forms.split()]
    return [name + form for form in ("а", "у", "ом", "е")] if name[-1] not in "оиыэеьу" else []
