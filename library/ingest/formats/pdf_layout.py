"""From a PDF's lines to its paragraphs and headings: by outline, by size, by gaps and indents."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from library.ingest.formats import pdf_tables
from library.ingest.formats.pdf_lines import HYPHENS, Line

MARGIN = 0.12  # share of a page's height, above and below, where running heads and page numbers stand
LARGER = 1.15  # times the body's size from which a line is a heading
HEADING_LENGTH = 200
_PAGE_NUMBER = re.compile(
    r"(?i)^\W*(?:(?:page|seite|p\.|página|pagina|страница|стр\.)\s*)?(?:\d{1,4}|[ivxl]{1,7})"
    r"(?:\s*(?:of|/|von|de|sur|из)\s*\d{1,4})?\W*$"
)
_BULLET = re.compile(r"^([•●○▪■□◦‣⁃∙·►▶➢➤✓✔❖–—*o-]|\d{1,2}[.)]|[a-zA-Z][.)]|\([a-z0-9]{1,3}\))\s+(?=\S)")
_SYMBOL = re.compile(r"^[•●○▪■□◦‣⁃∙·►▶➢➤✓✔❖–—*o-]\s+")
_HYPHENATED = dict.fromkeys(map(ord, HYPHENS), "-")
_CONTENTS = re.compile(r"(?:[.…·_]\s?){4,}\s*(\d{1,4}|[ivxlcIVXLC]{1,7})$")
_ENDS = re.compile(r"[.!?:;。！？؟।։]['\"”’»)\]]*\d{0,3}$")
_JOINED_SCRIPTS = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a page: a heading (`level` 1…6), a list item, a paragraph (`level` 0) or a table with its `rows`.

    `top`: where on its page it begins, in points from the foot.
    """

    text: str
    level: int = 0
    item: bool = False
    rows: tuple[tuple[str, ...], ...] = ()
    top: float = 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the outline: its page (1-based) and depth (0-based)."""

    title: str
    page: int
    depth: int


def without_furniture(pages: Sequence[list[Line]], heights: Sequence[float]) -> list[list[Line]]:
    """The pages' lines without running heads and page numbers: what recurs near an edge, digits aside.

    A line larger than the body's text is a heading wherever it stands: "Part 1", "Part 2" are not running heads.
    """
    sizes: Counter[float] = Counter()
    for line in (line for lines in pages for line in lines):
        sizes[line.height] += len(line.text)
    largest = LARGER * _body_size(sizes) if sizes else 0.0
    seen: Counter[tuple[str, int]] = Counter()
    edges: list[dict[int, tuple[str, int]]] = []
    for lines, height in zip(pages, heights, strict=True):
        found = {id(line): key for line in lines if line.height < largest and (key := _edge(line, height))}
        edges.append(found)
        seen.update(set(found.values()))
    enough = max(3, min(6, len(pages) // 8))
    recurring = {key for key, count in seen.items() if count >= enough}
    kept = [
        [line for line in lines if found.get(id(line)) not in recurring]
        for lines, found in zip(pages, edges, strict=True)
    ]
    # A page that would be left with nothing says something by these lines.
    return [rest or lines for rest, lines in zip(kept, pages, strict=True)]


def _edge(line: Line, height: float) -> tuple[str, int] | None:
    """(text without digits, place in steps of 6 points) of a line near the upper or lower edge."""
    if height <= 0 or line.height <= 0 or (MARGIN * height < line.bottom and line.top < (1 - MARGIN) * height):
        return None
    if _PAGE_NUMBER.match(line.text):
        return ("#", 0 if line.bottom < height / 2 else 1)
    return (re.sub(r"[\d\W_]+", "", line.text.casefold())[:80] or "#", round(line.bottom / 6))


class Styles:
    """What the sizes of a document's lines mean: which is the body's, which are headings' and at what level."""

    def __init__(self, lines: Iterable[Line]) -> None:
        characters: Counter[float] = Counter()
        bold = plain = 0
        for line in lines:
            characters[line.height] += len(line.text)
            if line.bold:
                bold += len(line.text)
            else:
                plain += len(line.text)
        self.body = _body_size(characters)
        whole = sum(characters.values())
        large = {size: count for size, count in characters.items() if size >= LARGER * self.body}
        self.levels: dict[float, int] = {}
        if self.body and sum(large.values()) < 0.3 * whole:
            self.levels = _levels(large)
        self.bold_means_heading = bool(self.body) and 0 < bold < 0.15 * (bold + plain)

    def level(self, line: Line) -> int:
        """The heading level of a line, 0 for one of the body."""
        level = self.levels.get(line.height, 0)
        if not (level or line.bold) or not 3 <= len(line.text) <= HEADING_LENGTH:
            return 0
        if sum(c.isalpha() for c in line.text) < len(line.text) * 0.4:
            return 0
        if level:
            return level
        if self.bold_means_heading and line.bold and line.height >= 0.95 * self.body and len(line.text) <= 100:
            shown = line.text.lstrip("0123456789. ")
            if shown[:1].isupper() and not line.text.endswith((".", ",", ";", ":")):
                return min(6, max(self.levels.values(), default=1) + 1)
        return 0


def _body_size(characters: Counter[float]) -> float:
    """The size in which most text is set, sizes within 3 % counted together."""
    return max(
        characters,
        key=lambda size: sum(n for other, n in characters.items() if abs(other - size) <= 0.03 * size),
        default=0.0,
    )


def _levels(large: dict[float, int]) -> dict[float, int]:
    """Level of each size above the body's: the largest is 1; sizes within 6 % share one; at most 4 levels."""
    levels: dict[float, int] = {}
    level, last = 0, 0.0
    for size in sorted(large, reverse=True):
        if not last or size < 0.94 * last:
            level, last = min(4, level + 1), size
        levels[size] = level
    return levels


def outlined(pages: Sequence[list[Line]], outline: Sequence[Entry]) -> dict[int, tuple[int, int]]:
    """Lines that are entries of the outline: id of the first line → (level, number of lines).

    Empty when fewer than half of the entries stand on their pages: such an outline says something else.
    """
    found: dict[int, tuple[int, int]] = {}
    hits = 0
    for entry in outline:
        wanted = _key(entry.title)
        if not wanted or not 1 <= entry.page <= len(pages):
            continue
        if (place := _locate(pages[entry.page - 1], wanted, found)) is not None:
            first, count = place
            found[id(first)] = (min(6, entry.depth + 1), count)
            hits += 1
    return found if hits >= 3 and hits >= 0.5 * len(outline) else {}


def _locate(lines: list[Line], wanted: str, taken: dict[int, tuple[int, int]]) -> tuple[Line, int] | None:
    keys = [_key(line.text) for line in lines]
    for number in range(len(lines)):
        if id(lines[number]) in taken or not keys[number]:
            continue
        joined = ""
        for count in range(1, min(4, len(lines) - number) + 1):
            joined += keys[number + count - 1]
            before = len(joined) - len(wanted)  # "1.2", "b.", "Part I" in front of the title, on its own first line
            if joined == wanted or (joined.endswith(wanted) and before <= min(10, len(keys[number]) - 1)):
                return lines[number], count
            if len(joined) > len(wanted) + 10:
                break
    return None


def _key(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def parts(lines: list[Line], styles: Styles, entries: dict[int, tuple[int, int]], words: set[str]) -> list[Part]:
    """The headings, items, paragraphs and tables of a page. `entries` as of `outlined`, `words` those of the document."""
    result: list[Part] = []
    for block in pdf_tables.blocks(lines, entries.keys(), styles.body):
        if isinstance(block, pdf_tables.Table):
            result += _of_table(block, words)
        else:
            result += _of_lines(block, styles, entries, words)
    return result


def _of_table(table: pdf_tables.Table, words: set[str]) -> list[Part]:
    rows = tuple(tuple(_joined(cell, words) if cell else "" for cell in row) for row in table.rows)
    top = max(line.top for cell in table.rows[0] for line in cell)
    if table.lists_contents:
        return [Part(" ".join(text for text in row if text), item=True, top=top) for row in rows]
    return [Part("\n".join("\t".join(row).strip("\t") for row in rows), rows=rows, top=top)]


def _of_lines(lines: list[Line], styles: Styles, entries: dict[int, tuple[int, int]], words: set[str]) -> list[Part]:
    result: list[Part] = []
    rights = _column_edges(lines)
    leading = _leading(lines)
    number = 0
    while number < len(lines):
        line = lines[number]
        if id(line) in entries:
            level, count = entries[id(line)]
            result.append(Part(_joined(lines[number : number + count], words), level, top=line.top))
            number += count
            continue
        if named := _in_contents(line.text):
            result.append(Part(named, item=True, top=line.top))
            number += 1
            continue
        level = 0 if entries else styles.level(line)
        end = number + 1
        while end < len(lines) and id(lines[end]) not in entries:
            following = 0 if entries else styles.level(lines[end])
            if level != following:
                break
            if level:
                if not _same_heading(lines[end - 1], lines[end]) or end - number >= 4:
                    break
            elif not _continues(lines[end - 1], lines[end], rights, leading, lines[number]):
                break
            end += 1
        text = _joined(lines[number:end], words)
        if level and len(text) <= HEADING_LENGTH:
            result.append(Part(text, level, top=line.top))
        else:
            result.append(_body_part(text, line.top))
        number = end
    return result


def recognised(text: str) -> list[Part]:
    """The paragraphs of recognised text, which has blank lines between them, and some within them."""
    words = {word.casefold() for word in re.findall(r"\w+(?:-\w+)*", text)}
    joined: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [" ".join(line.split()) for line in paragraph.split("\n") if line.strip()]
        if not lines:
            continue
        goes_on = joined and not _ENDS.search(joined[-1]) and lines[0][:1].islower()
        whole = joined.pop() if goes_on else lines.pop(0)
        for line in lines:
            if _BULLET.match(line):
                joined.append(whole)
                whole = line
            else:
                whole = _glued(whole, line, words)
        joined.append(whole)
    return [_body_part(paragraph, 0.0) for paragraph in joined]


def _body_part(text: str, top: float) -> Part:
    if symbol := _SYMBOL.match(text):
        rest = text[symbol.end() :]
        if text[0] not in "o*" or rest[:1].isupper():
            return Part(rest, item=True, top=top)
    return Part(text, top=top)


def _same_heading(one: Line, other: Line) -> bool:
    near = 0 < one.bottom - other.bottom <= 1.7 * max(one.height, other.height)
    return near and abs(one.height - other.height) <= 0.06 * one.height and one.bold == other.bold


def _continues(one: Line, other: Line, rights: dict[int, float], leading: float, first: Line) -> bool:
    """Whether `other` goes on with the paragraph that `one` is a line of and `first` began."""
    if _BULLET.match(other.text) or _in_contents(other.text) or (_names_page(one.text) and _names_page(other.text)):
        return False
    if min(one.height, other.height) < 0.85 * max(one.height, other.height):
        return False
    if one.bold != other.bold and ((one.bold and len(one.text) < 80) or (other.bold and _ENDS.search(one.text))):
        return False
    step = one.bottom - other.bottom
    if abs(step) <= 0.3 * one.height:
        return True  # parts of the same visual line
    if step < 0:
        # The next column: a sentence that has not ended goes on there.
        return not _ENDS.search(one.text) and step < -5 * one.height
    if step > max(1.32 * leading, 1.15 * one.height) if leading else step > 1.9 * one.height:
        return False
    indent = other.left - one.left
    if indent > 0.9 * one.height and not _BULLET.match(first.text) and _ENDS.search(one.text):
        return False
    edge = rights.get(_column(one), one.right)
    width = max(1.0, edge - one.left)
    return not (edge - one.right > 0.2 * width and _ENDS.search(one.text))


def _in_contents(text: str) -> str:
    """A line of a table of contents with its leaders as one sign; "" for any other line."""
    if len(text) > HEADING_LENGTH + 100 or not text[-1:].isalnum():
        return ""
    found = _CONTENTS.search(text)
    name = text[: found.start()].strip() if found else ""
    return f"{name} … {found[1]}" if found and any(c.isalnum() for c in name) else ""


def _names_page(text: str) -> bool:
    """Whether a line may be one of a table of contents: words, then a number."""
    return text[-1:].isdigit() and not text.rstrip("0123456789")[-1:].isdigit() and text[:1].isalnum() and len(text) > 6


def _column(line: Line) -> int:
    return round(line.left / 40)


def _column_edges(lines: list[Line]) -> dict[int, float]:
    """Right edge of the text that begins at about the same place."""
    edges: dict[int, float] = defaultdict(float)
    for line in lines:
        for column in (_column(line) - 1, _column(line), _column(line) + 1):
            edges[column] = max(edges[column], line.right)
    return edges


def _leading(lines: list[Line]) -> float:
    """Usual distance between the baselines of neighbouring lines, in points; 0 when there are too few."""
    steps = [
        one.bottom - other.bottom
        for one, other in pairwise(lines)
        if 0.5 * one.height < one.bottom - other.bottom < 2.2 * one.height and abs(one.height - other.height) < 1
    ]
    return median(steps) if len(steps) >= 3 else 0.0


def _joined(lines: Sequence[Line], words: set[str]) -> str:
    """The lines as one text; words parted at line ends are mended."""
    text = lines[0].text
    for line in lines[1:]:
        text = _glued(text, line.text, words)
    return text.translate(_HYPHENATED)


def _glued(text: str, following: str, words: set[str]) -> str:
    last = text[-1:]
    if (last in HYPHENS or last in "-‐") and text[-2:-1].isalpha() and following[:1].islower():
        start = re.search(r"[\w-]*$", text[:-1])
        end = re.match(r"\w+", following)
        stem, rest = (start[0] if start else ""), (end[0] if end else "")
        if f"{stem}-{rest}".casefold() in words and (stem + rest).casefold() not in words:
            return f"{text[:-1]}-{following}"
        return text[:-1] + following
    if (last in HYPHENS or last in "-‐") and text[-2:-1].isalnum():
        return f"{text[:-1]}-{following}"
    if _is_joined_script(last) and _is_joined_script(following[:1]):
        return text + following
    return f"{text} {following}"


def _is_joined_script(character: str) -> bool:
    return bool(character) and unicodedata.name(character, "").startswith(_JOINED_SCRIPTS)
