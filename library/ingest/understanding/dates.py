"""When a piece was written, by what it visibly says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from babel import Locale
from flask_babel import gettext as _

from indexer.folding import fold
from library.ingest.understanding.proposals import Piece, Proposal

LANGUAGES = ("en", "fr", "es", "ar", "de", "pt", "ru")
EARLIEST = 1900
NEAR_TITLE = 8  # blocks
_LABEL = re.compile(
    r"\b(published|publication date|date of publication|issued|released|last (?:updated|reviewed|modified)|updated|version of|date(?= of|\s*:)"
    r"|publie|parution|date de publication|mise? a jour|publicad[oa]|fecha|actualizad[oa]|data(?=\s*:)|atualizad[oa]|veroffentlicht"
    r"|stand(?=\s*:)|datum|erschienen|опубликован\w*|дата|обновлен\w*)\b|تاريخ|نشر|صدر"
)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright|حقوق)", re.IGNORECASE)
_ISO = re.compile(r"(?<![\d/-])((?:19|20)\d\d)-(0[1-9]|1[0-2])-([0-2]\d|3[01])(?![\d/-])")
_DOTTED = re.compile(r"(?<![\d.])([0-3]?\d)\.\s?(0?[1-9]|1[0-2])\.\s?((?:19|20)\d\d)(?![\d.])")
_SLASHED = re.compile(r"(?<![\d/])([0-3]?\d)/([0-3]?\d)/((?:19|20)\d\d)(?![\d/])")
_YEAR = re.compile(r"(?<![\w.,/-])((?:19|20)\d\d)(?![\w/-]|[.,]\d)")
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")
_MONTHS_MORE = {"ar": {"كانون الثاني": 1, "شباط": 2, "آذار": 3, "نيسان": 4, "أيار": 5, "حزيران": 6, "تموز": 7, "آب": 8,
                       "أيلول": 9, "تشرين الأول": 10, "تشرين الثاني": 11, "كانون الأول": 12}}  # fmt: skip


def propose(piece: Piece, today: date | None = None) -> Proposal | None:
    """The date that stands near the title or in the imprint: ISO, or a year alone where no day is told."""
    today = today or date.today()
    found: list[tuple[float, str, str]] = []
    places = [(block, 0.85 if at < NEAR_TITLE else 0.55) for at, block in enumerate(piece.opening)]
    places += [(block, 0.45) for block in piece.closing]
    for block, worth in [(piece.title, 0.5), *places]:
        found += [
            (_sure(worth, block, start, value), value, shown)
            for start, value, shown in _dates(block[:1500], piece.language)
            if int(value[:4]) >= EARLIEST and value[: len(today.isoformat())] <= today.isoformat()
        ]
    if not found:
        return None
    sure, value, shown = max(found, key=lambda each: each[0])
    if sure < 0.5:
        return None
    return Proposal(value, _("“%(words)s” stands in the text", words=shown), min(sure, 0.95))


def _sure(worth: float, block: str, start: int, value: str) -> float:
    """How sure it is that a date in `block` is that of the piece."""
    around = fold(block[max(0, start - 60) : start])
    sure = worth
    if _COPYRIGHT.search(block[max(0, start - 40) : start]):
        return 0.7 if len(value) == 4 else 0.75
    if _LABEL.search(around) and (len(block) < 200 or start < 80):
        return 0.9 if len(value) > 4 else 0.8
    if len(block) > 160:
        sure -= 0.4  # a date in the middle of a sentence is of what is told
    elif len(block) > 60:
        sure -= 0.15
    return sure if len(value) > 4 else sure - 0.2


def _dates(text: str, language: str) -> Iterator[tuple[int, str, str]]:
    """(where, ISO date or year, as it is written) of each date in `text`; a month with its year gives the year."""
    text = text.translate(_DIGITS)
    taken: list[tuple[int, int]] = []
    value: str | None

    def free(start: int, end: int) -> bool:
        return not any(a < end and start < b for a, b in taken)

    for tag in dict.fromkeys([language.split("-")[0], *LANGUAGES]):
        pattern, months = _month_pattern(tag)
        for match in pattern.finditer(text) if pattern else ():
            if not free(*match.span()):
                continue
            month = months[fold(match["m"] or match["m2"])]
            year, day = int(match["y"] or match["y2"]), match["d"] or match["d2"]
            value = _iso(year, month, int(day)) if day else str(year)
            if value:
                taken.append(match.span())
                yield match.start(), value, match[0].strip(" ,")
    for pattern, order in ((_ISO, (1, 2, 3)), (_DOTTED, (3, 2, 1)), (_SLASHED, (3, 2, 1))):
        for match in pattern.finditer(text):
            year, month, day = (int(match[i]) for i in order)
            if pattern is _SLASHED and month <= 12 and day <= 12 and month != day:
                value = str(year)  # 3/4/2021 is another day on each side of an ocean
            elif pattern is _SLASHED and month > 12:
                value = _iso(year, day, month)
            else:
                value = _iso(year, month, day)
            if value and free(*match.span()):
                taken.append(match.span())
                yield match.start(), value, match[0]
    for match in _YEAR.finditer(text):
        if free(*match.span()):
            yield match.start(), match[1], match[0]


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


@cache
def _month_pattern(language: str) -> tuple[re.Pattern[str] | None, dict[str, int]]:
    """A pattern for “5 March 2021”, “March 5, 2021”, “March 2021” in a language, and its months by folded name."""
    months: dict[str, int] = {}
    if language not in LANGUAGES:
        return None, months
    locale = Locale.parse(language)
    written: set[str] = set()
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in locale.months[context][width].items():
                written.add(name.rstrip("."))
                months[fold(name.rstrip("."))] = number
    for name, number in _MONTHS_MORE.get(language, {}).items():
        written.add(name)
        months[fold(name)] = number
    names = "|".join(re.escape(name) for name in sorted(written, key=len, reverse=True))
    of = r"(?:\s+(?:de|del|of|d[’']))?"
    pattern = (
        rf"(?<!\w)(?:(?P<d>[0-3]?\d)(?:st|nd|rd|th|er|\.|º)?{of}\s+)?(?P<m>{names})\b\.?,?{of}\s+(?P<y>(?:19|20)\d\d)(?!\d)"
        rf"|(?<!\w)(?P<m2>{names})\b\.?\s+(?P<d2>[0-3]?\d)(?:st|nd|rd|th)?,?\s+(?P<y2>(?:19|20)\d\d)(?!\d)"
    )
    return re.compile(pattern, re.IGNORECASE), months
