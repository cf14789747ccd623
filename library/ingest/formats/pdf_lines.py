"""The lines of a PDF page, in the order in which the page writes them, with their place and size."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from library.ingest.formats import pdf_bidi
from library.ingest.formats.pdf_glyphs import Glyphs

HYPHENS = "\x02\ufffe\u00ad"  # how PDFium marks a hyphen that ends a line
SPACE = 0.13  # gap, in heights of the line, from which there is a space
APART = 0.6  # gap from which two pieces of text that PDFium parts are two
WIDE = 0.75  # gap within a line from which its sides may be cells of a table, or columns
EM = 1.17  # height of a line by its font, for a size of 1
_LINE_END_HYPHENS = (2, 0xFFFE)
_FORMS = re.compile("[\ufb00-\ufb06\ufb13-\ufb17\ufb1d-\ufdff\ufe70-\ufefc]+")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# Bullets of the fonts Symbol and Wingdings, which have no letters of their own.
_BULLETS = dict.fromkeys(
    map(ord, "\uf0b7\uf0a7\uf0d8\uf0fc\uf0fe\uf06e\uf071\uf0a8\uf0e0\uf076\uf09f\uf06c\uf0be\uf0a2"), "•"
)
_HALVES = re.compile("[\ud800-\udfff]")
_SPREAD = re.compile(r"(?<!\S)[^\W\d_](?: [^\W\d_]){3,}(?!\S)")  # letters that stand alone
_SPACED_BRACKET = re.compile(r"\s*(\()\s+|\s+\)")
_SAMPLES = 7  # characters of a line that are measured


@dataclass(slots=True)
class Line:
    """A line of text, or a piece of one: pieces of the same `row` stand beside each other.

    Places in points from the page's lower left corner; `height` is the font's, as printed.
    """

    text: str
    page: int
    left: float
    right: float
    bottom: float
    height: float
    bold: bool
    row: int = 0

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.bottom + self.height


def lines_of(glyphs: Glyphs, page: int) -> list[Line]:
    """The lines of a page that hold something."""
    runs = _runs(glyphs)
    if pdf_bidi.RIGHT_TO_LEFT.search("".join(map(chr, glyphs.codes))):
        lines = _lines_both_ways(glyphs, runs, page)
    else:
        lines = [line for run in runs if (line := _line(glyphs, run, page)) is not None]
    return _downwards(lines)


class _Run(list[int]):
    """Places of characters that follow each other along a line, -1 for a space. `uneven`: some stand higher."""

    row = 0
    uneven = False


def _runs(glyphs: Glyphs) -> list[_Run]:
    codes, left, right = glyphs.codes, glyphs.left, glyphs.right
    bottom, top, baseline = glyphs.bottom, glyphs.top, glyphs.baseline
    runs: list[_Run] = []
    run = _Run()
    row = 0
    last = -1
    broken = spaced = hyphen = False
    for place, code in enumerate(codes):
        if code <= 32 or code == 0xA0 or code == 0xFFFE:
            if code in (10, 13):
                broken = True
            elif code in _LINE_END_HYPHENS:
                if run:  # PDFium puts it in place of a hyphen and the line's end
                    run.append(place)
                    broken = hyphen = True
            elif code:
                spaced = True
            continue
        if last >= 0:
            height, other = top[last] - bottom[last], top[place] - bottom[place]
            if other > height:
                height = other
            gap = left[place] - right[last]
            rise = baseline[place] - baseline[last]
            if rise < 0:
                rise = -rise
            if broken:
                # PDFium also breaks a line where letters are set one by one along it.
                beside = rise <= 0.25 * height and -0.4 * height < gap
                joined = beside and gap < APART * height and not hyphen
            else:
                beside = rise <= 0.6 * height
                joined = gap < WIDE * height if beside else -0.6 * height < gap < 0.6 * height and rise < 1.6 * height
            if not joined:
                runs.append(run)
                run = _Run()
                if not beside or gap < -height:
                    row += 1
                run.row = row
            else:
                if rise > 1:
                    run.uneven = True
                if spaced or (broken and gap > SPACE * height):
                    run.append(-1)
        run.append(place)
        last = place
        broken = spaced = hyphen = False
    if run:
        runs.append(run)
    return _spread_joined(glyphs, runs)


def _spread_joined(glyphs: Glyphs, runs: list[_Run]) -> list[_Run]:
    """The runs, those of one line that are set in spread letters joined: their wide gaps part words, not columns."""
    joined: list[_Run] = []
    for run in runs:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.row == run.row
            and _is_spread(last)
            and _is_spread(run)
            and glyphs.left[run[0]] - glyphs.right[last[-1]] < 2.5 * (glyphs.top[run[0]] - glyphs.bottom[run[0]])
        ):
            last.append(-1)
            last += run
        else:
            joined.append(run)
    return joined


def _is_spread(run: _Run) -> bool:
    return len(run) > 2 and 2 * run.count(-1) >= len(run) - 2


def _line(glyphs: Glyphs, run: _Run, page: int) -> Line | None:
    codes = glyphs.codes
    solid = [place for place in run if place >= 0 and codes[place] not in _LINE_END_HYPHENS]
    if not solid:
        return None
    text = _decoded([32 if place < 0 else codes[place] for place in run])
    if _SPREAD.search(text):
        text = _respaced(glyphs, run, text)
    elif run.uneven and len(solid) > 2:
        text = _with_note_marks(glyphs, run, text)
    return _measured(glyphs, solid, _plain(text), page, run.row)


def _measured(glyphs: Glyphs, solid: Sequence[int], text: str, page: int, row: int) -> Line:
    middle = solid[len(solid) // 2]
    ends = (solid[0], middle, solid[-1])
    sample = [*solid[:: max(1, len(solid) // _SAMPLES)], solid[-1]]
    boxed = median([glyphs.top[place] - glyphs.bottom[place] for place in sample])
    size = median([glyphs.size(place) for place in ends]) * EM
    height = size if 0.6 * boxed < size < 3 * boxed else boxed
    baseline = Counter([round(glyphs.baseline[place], 1) for place in sample]).most_common(1)[0][0]
    return Line(
        text,
        page,
        left=min([glyphs.left[place] for place in sample]),
        right=max([glyphs.right[place] for place in sample]),
        bottom=baseline - 0.2 * height,
        height=round(height, 1),
        bold=all(glyphs.bold(place) for place in ends),
        row=row,
    )


def _plain(text: str) -> str:
    """Presentation forms and ligatures as the letters that they show, white space collapsed."""
    if _FORMS.search(text):
        text = _FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    return " ".join(text.translate(_BULLETS).split())


def _decoded(codes: list[int]) -> str:
    """Characters of code units: beyond the first plane, PDFium may give two halves."""
    text = "".join(map(chr, codes))
    if not text.isascii() and _HALVES.search(text):
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _respaced(glyphs: Glyphs, run: _Run, text: str) -> str:
    """The line with words that are set in spread letters closed up: their gaps are even, and narrower than a space."""
    if len(text) != len(run):
        return text
    spaces = [_gap(glyphs, run, at) for at, place in enumerate(run) if place < 0]
    alone = not _SPREAD.sub("", text).strip()

    def closed(found: re.Match[str]) -> str:
        ats = [at for at in range(found.start(), found.end()) if run[at] < 0]
        gaps = [_gap(glyphs, run, at) for at in ats]
        usual = median(gaps)
        between = [gap for gap in spaces if gap > 1.4 * usual]
        if not between and not alone:
            return found[0]
        height = glyphs.top[run[found.start()]] - glyphs.bottom[run[found.start()]]
        apart = {at for at, gap in zip(ats, gaps, strict=True) if gap > 1.5 * usual + 0.03 * height}
        made = "".join(c for at, c in enumerate(found[0], start=found.start()) if c != " " or at in apart)
        # One letter a column is no spread word.
        return made if any(len(word) > 2 for word in made.split()) and usual < 0.6 * height else found[0]

    return _SPREAD.sub(closed, text)


def _gap(glyphs: Glyphs, run: _Run, at: int) -> float:
    return glyphs.left[run[at + 1]] - glyphs.right[run[at - 1]]


def _with_note_marks(glyphs: Glyphs, run: _Run, text: str) -> str:
    """Small raised digits as raised digits, apart from the word that they follow: a note's number is no part of it."""
    baseline, top, bottom = glyphs.baseline, glyphs.top, glyphs.bottom
    real = [place for place in run if place >= 0]
    if len(text) != len(run):
        return text
    usual = Counter(round(baseline[place], 1) for place in real).most_common(1)[0][0]
    height = max(top[place] - bottom[place] for place in real)
    raised = [
        place >= 0
        and 48 <= glyphs.codes[place] <= 57
        and 0.15 * height < baseline[place] - usual
        and top[place] - bottom[place] < 0.85 * height
        for place in run
    ]
    made: list[str] = []
    for number, character in enumerate(text):
        if not raised[number] or not made:
            made.append(character)
            continue
        if not raised[number - 1]:
            word = re.search(r"[^\W\d_]+$", "".join(made[-4:]))
            if word and len(word[0]) > 2:
                made.append(" ")
        made.append(character.translate(_RAISED))
    return "".join(made)


def _downwards(lines: list[Line]) -> list[Line]:
    """The lines, turned over where the page writes them from its foot to its head."""
    steps = [one.bottom - other.bottom for one, other in pairwise(lines) if one.row != other.row]
    upwards = sum(-3 * line.height < step < -0.3 * line.height for step, line in zip(steps, lines, strict=False))
    if len(steps) < 2 or upwards <= 0.7 * len(steps):
        return lines
    return sorted(lines, key=lambda line: (-round(line.bottom), line.left))


def _lines_both_ways(glyphs: Glyphs, runs: list[_Run], page: int) -> list[Line]:
    """The lines of a page on which some run from right to left: these are read by where their letters stand."""
    rows = _rows(glyphs, runs)
    said = {(run[at - 1], run[at + 1]) for run in runs for at, place in enumerate(run) if place < 0}
    right, other = pdf_bidi.letters("".join(chr(c) for c in glyphs.codes if c > 32))
    page_turned = right > 0.4 * (right + other)
    read: list[tuple[Line, list[tuple[str, bool]]]] = []
    for row, places in enumerate(rows):
        segments = _segments(glyphs, places, _em(glyphs, places))
        if page_turned:
            segments.reverse()
        for segment in segments:
            solid = [place for place in segment if glyphs.codes[place] not in _LINE_END_HYPHENS]
            if not solid:
                continue
            clusters = _clusters(glyphs, segment, _em(glyphs, segment), said)
            rtl, ltr = pdf_bidi.letters("".join(clusters))
            turned = rtl > 0 and (page_turned or rtl > ltr)
            order = pdf_bidi.logical(clusters, turned) if rtl else [(text, False) for text in clusters]
            line = _measured(glyphs, solid, "", page, row)
            read.append((line, order))
    as_it_is = sum(pdf_bidi.unbalanced("".join(text for text, _ in order)) for _, order in read)
    turned_round = sum(pdf_bidi.unbalanced(pdf_bidi.mirrored(order)) for _, order in read)
    for line, order in read:
        texts = "".join(text for text, _ in order), pdf_bidi.mirrored(order)
        wrong = [pdf_bidi.unbalanced(text) for text in texts]
        choice = int(turned_round < as_it_is) if wrong[0] == wrong[1] else int(wrong[1] < wrong[0])
        line.text = _plain(_SPACED_BRACKET.sub(lambda found: " (" if found[1] else ")", texts[choice]))
    return [line for line, _ in read if line.text]


def _rows(glyphs: Glyphs, runs: list[_Run]) -> list[list[int]]:
    """The places of each visual line: runs that follow each other at the same height."""
    rows: list[list[int]] = []
    at = height = 0.0
    for run in runs:
        places = [place for place in run if place >= 0]
        solid = [place for place in places if glyphs.codes[place] not in _LINE_END_HYPHENS]
        if not solid:
            continue
        baseline = median(glyphs.baseline[place] for place in solid)
        if rows and abs(baseline - at) <= 0.3 * height:
            rows[-1] += places
            continue
        rows.append(places)
        at, height = baseline, max(median(glyphs.top[p] - glyphs.bottom[p] for p in solid), 1.0)
    return rows


def _em(glyphs: Glyphs, places: Sequence[int]) -> float:
    """The height of a line by its font's size, else by its letters' boxes."""
    sample = places[:: max(1, len(places) // _SAMPLES)]
    boxed = median([glyphs.top[place] - glyphs.bottom[place] for place in sample])
    size = median([glyphs.size(place) for place in sample]) * EM
    return size if 0.6 * boxed < size < 3 * boxed else max(boxed, 1.0)


def _segments(glyphs: Glyphs, places: list[int], height: float) -> list[list[int]]:
    """The places from left to right, parted at wide gaps."""
    ordered = sorted(places, key=lambda place: (glyphs.left[place] + glyphs.right[place], place))
    segments: list[list[int]] = [[]]
    edge = glyphs.right[ordered[0]]
    for place in ordered:
        if glyphs.left[place] - edge > 1.5 * height:
            segments.append([])
        segments[-1].append(place)
        edge = max(glyphs.right[place], edge)
    return segments


def _clusters(glyphs: Glyphs, segment: list[int], height: float, said: set[tuple[int, int]]) -> list[str]:
    """The letters from left to right, each with its marks, ligatures in one, with spaces at the gaps.

    `said`: between which characters PDFium has a space, which a narrow gap then is.
    """
    drawn: dict[tuple[float, float], list[int]] = {}
    for place in segment:
        drawn.setdefault((glyphs.left[place], glyphs.right[place]), []).append(place)
    texts: list[str] = []
    sides: list[tuple[float, float]] = []
    ends: list[tuple[int, int]] = []
    marks: list[tuple[float, str]] = []
    for (start, end), places in sorted(drawn.items(), key=lambda item: item[0][0] + item[0][1]):
        places.sort()
        text = pdf_bidi.cluster(_decoded([glyphs.codes[place] for place in places]), _turned(glyphs, places))
        if all(pdf_bidi.is_mark(c) for c in text):
            marks.append(((start + end) / 2, text))
        else:
            texts.append(text)
            sides.append((start, end))
            ends.append((places[0], places[-1]))
    for middle, text in marks:
        if sides:
            nearest = min(
                range(len(sides)),
                key=lambda n: (max(sides[n][0] - middle, middle - sides[n][1], 0), abs(sum(sides[n]) / 2 - middle)),
            )
            texts[nearest] += text
    spaced: list[str] = []
    for at, text in enumerate(texts):
        if at:
            gap = sides[at][0] - max(side[1] for side in sides[max(0, at - 3) : at])
            if gap > _least_space(glyphs, ends[at - 1], ends[at], said) * height:
                spaced.append(" ")
        spaced.append(text)
    return spaced


def _least_space(glyphs: Glyphs, one: tuple[int, int], other: tuple[int, int], said: set[tuple[int, int]]) -> float:
    """From which gap, in heights, there is a space between clusters (first place, last place) beside each other."""
    if (one[1], other[0]) in said or (other[1], one[0]) in said:
        return 0.03
    start, end = min(one[1], other[1]) + 1, max(one[0], other[0])
    if end - start <= 2 and all(glyphs.codes[place] > 32 for place in range(start, end)):
        return 0.2  # PDFium has them side by side, but for marks
    return 0.1


def _turned(glyphs: Glyphs, places: list[int]) -> bool:
    """Whether PDFium gives the letters around a ligature from right to left."""
    after = places[-1] + 1
    while after < len(glyphs.codes) and glyphs.codes[after] <= 32:
        after += 1
    if after < len(glyphs.codes) and abs(glyphs.baseline[after] - glyphs.baseline[places[0]]) < 1:
        return glyphs.left[after] < glyphs.left[places[0]]
    before = places[0] - 1
    while before >= 0 and glyphs.codes[before] <= 32:
        before -= 1
    return before < 0 or glyphs.left[before] > glyphs.left[places[0]]
