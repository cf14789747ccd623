"""Pandoc's tree of a document as Markdown that the library renders, and as plain text.

The tree is Pandoc's JSON (pandoc-types 1.23): blocks and inlines are `{"t": name, "c": content}`. Only what the library's
Markdown can say is left of it: boxes and styles go, their text stays.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from library.ingest import plainness
from library.ingest.extraction import Refusal, Status
from library.ingest.formats import placing
from library.ingest.formats.nodes import (
    AROUND,
    THROUGH,
    WRAPPED,
    Node,
    as_paragraph,
    bare,
    has_structure,
    is_contents_line,
    lines_of,
    merged,
    rows_of,
    stringified,
    unboxed,
    words,
)  # fmt: skip
from library.ingest.formats.placing import Place

MOST_FRAMES = 6_000  # of Python, for trees within trees
LONG_CELL = 1200  # characters from which a table's cell is a piece of layout rather than a cell
LONG_HEADER = 80  # characters up to which a table's first row may be its header
_MARK_ONLY = re.compile(rf"(?:{placing.OPEN}\d+{placing.CLOSE}\s*)+")
_MARK = re.compile(rf"{placing.OPEN}\d+{placing.CLOSE}")
_WEB = re.compile(r"(?:https?://|mailto:)\S+")
_MEANT = re.compile(r"[\\`*\[\]_&<{]")
_SPECIAL = re.compile(r"([\\`*\[\]])|(?<![^\W_])(_)|(_)(?![^\W_])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_BAR = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)|\|")  # in code it ends no cell
_BREAK = "\ue0f2"  # a line break, until the text around it is known


@contextmanager
def descending(name: str) -> Iterator[None]:
    """Room for what goes down a tree. Raises Refusal where the tree of the file called `name` goes deeper than that."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(MOST_FRAMES)
    try:
        yield
    except RecursionError as error:
        raise Refusal(
            Status.unsafe,
            f"“{name}” is nested deeper than any program writes it, so it is not read. Open it in an office program and"
            " save it again.",
        ) from error
    finally:
        sys.setrecursionlimit(limit)


class Reading:
    """One pass over a tree: `markdown` and `text` of its blocks, and the `places` of pictures met on the way."""

    def __init__(self, blocks: Sequence[Node]) -> None:
        self.places: list[Place] = []
        self._notes: list[str] = []
        self._lines: list[str] = []
        body = self._joined(blocks)
        self.markdown = "\n\n".join([body, *self._notes]).strip("\n") + "\n"
        self.text = "\n".join(self._lines)

    def _joined(self, blocks: Sequence[Node], tight: bool = False) -> str:
        said = [(block, text) for block, text in self._blocks(blocks) if text]
        parts: list[str] = []
        for number, (block, text) in enumerate(said):
            if number:
                parts.append("\n" if tight and block["t"] in ("BulletList", "OrderedList") else "\n\n")
            parts.append(text)
        return "".join(parts)

    def _blocks(self, blocks: Sequence[Node]) -> Iterator[tuple[Node, str]]:
        for block in blocks:
            for whole in unboxed(block):
                yield whole, self._block(whole)

    def _block(self, block: Node) -> str:
        content: Any = block.get("c")
        match block["t"]:
            case "Para" | "Plain":
                return self._paragraph(content)
            case "Header":
                return self._heading(content[0], content[2])
            case "LineBlock":
                broken = [inline for line in content for inline in [*line, {"t": "LineBreak"}]][:-1]
                return self._paragraph(broken)
            case "CodeBlock":
                self._lines.append(content[1])
                return "\n".join(f"    {line}" for line in content[1].split("\n"))
            case "BlockQuote":
                return _prefixed(self._joined(content), "> ")
            case "BulletList":
                return self._list(content, ["-   "] * len(content))
            case "OrderedList":
                first = content[0][0]
                return self._list(content[1], [f"{first + n}. ".ljust(4) for n in range(len(content[1]))])
            case "DefinitionList":
                return "\n\n".join(self._definition(term, meanings) for term, meanings in content)
            case "HorizontalRule":
                return "---"
            case "Table":
                return self._table(content)
        return ""

    def _paragraph(self, inlines: Sequence[Node]) -> str:
        if is_contents_line(inlines):
            return ""
        place = len(self._lines)
        text = self._inlines(inlines)
        self._say(inlines, place)
        lines = [plainness.guarded(line.strip()) for line in text.split(_BREAK)]
        return "  \n".join(line for line in lines if line)

    def _heading(self, level: int, inlines: Sequence[Node]) -> str:
        place = len(self._lines)
        text = " ".join(self._inlines(bare(inlines)).replace(_BREAK, " ").split())
        self._say(inlines, place)
        shown = [found[0] for found in _MARK.finditer(text)]
        text = " ".join(_MARK.sub(" ", text).split())
        heading = [f"{'#' * min(level, 6)} {text}"] if any(c.isalnum() for c in text) else [text] if text else []
        return "\n\n".join([*heading, *shown])

    def _say(self, inlines: Sequence[Node], place: int) -> None:
        """A line of the plain text, before those of its footnotes, which were said at `place` meanwhile."""
        if line := self._plain(inlines).strip():
            self._lines.insert(place, line)

    def _list(self, items: Sequence[Sequence[Node]], marks: Sequence[str]) -> str:
        tight = all(not item or item[0]["t"] != "Para" for item in items)
        said = []
        for item, mark in zip(items, marks, strict=True):
            text = self._joined(item, tight)
            if text:
                said.append(mark + _prefixed(text, "    ")[4:])
        return ("\n" if tight else "\n\n").join(said)

    def _definition(self, term: Sequence[Node], meanings: Sequence[Sequence[Node]]) -> str:
        name = self._paragraph(term)
        said = [_prefixed(text, "    ")[4:] for meaning in meanings if (text := self._joined(meaning))]
        if not name or not said:
            return "\n\n".join([name, *said]).strip("\n")
        return "\n".join([name.replace("  \n", " "), *(f":   {text}" for text in said)])

    def _table(self, content: Sequence[Any]) -> str:
        caption = content[1][1]
        rows, headed = rows_of(content)
        texts = [[stringified(cell) for cell in row] for row in rows]
        layout = len(rows) == 1 or any(
            len(text) > LONG_CELL or has_structure(cell)
            for row, said in zip(rows, texts, strict=True)
            for cell, text in zip(row, said, strict=True)
        )
        columns = range(max((len(row) for row in rows), default=0))
        kept = [n for n in columns if any(n < len(said) and said[n].strip() for said in texts)]
        if layout or len(kept) < 2:
            return self._joined([*caption, *(as_paragraph(block) for row in rows for cell in row for block in cell)])
        titled = f"*{' '.join(named.split())}*" if (named := self._joined(caption)) else ""
        first = [texts[0][n] if n < len(texts[0]) else "" for n in kept]
        if not headed and not all(text.strip() and len(text) <= LONG_HEADER for text in first):
            rows = [[], *rows]
        lines = [f"| {' | '.join(self._cell(row[n]) if n < len(row) else '' for n in kept)} |" for row in rows]
        table = "\n".join([lines[0], f"|{'-----|' * len(kept)}", *lines[1:]])
        return f"{titled}\n\n{table}" if titled else table

    def _cell(self, blocks: Sequence[Node]) -> str:
        place = len(self._lines)
        said = " ".join(self._of_cell(blocks)).replace(_BREAK, " ")
        texts = self._lines[place:]
        self._lines[place:] = [" ".join(texts)] if texts else []
        return " ".join(said.split())

    def _of_cell(self, blocks: Sequence[Node]) -> Iterator[str]:
        """The text of a cell's blocks without their structure, which a row cannot have."""
        for block in (whole for one in blocks for whole in unboxed(one)):
            place = len(self._lines)
            for inlines in lines_of(block):
                yield _BAR.sub(lambda found: found[0] if found[1] else "&#124;", self._inlines(inlines))
                self._say(inlines, place)
                place = len(self._lines)

    def _inlines(self, inlines: Sequence[Node]) -> str:
        """Markdown of `inlines` in one line, breaks as _BREAK."""
        parts: list[str] = []
        for inline in merged(inlines):
            part = self._inline(inline)
            if part.startswith("[") and parts and parts[-1].endswith("!"):
                parts[-1] = f"{parts[-1][:-1]}\\!"
            parts.append(part)
        return "".join(parts)

    def _inline(self, inline: Node) -> str:
        name: str = inline["t"]
        content: Any = inline.get("c")
        match name:
            case "Str":
                return _escaped(content)
            case "Space" | "SoftBreak":
                return " "
            case "LineBreak":
                return _BREAK
            case "Emph" | "Strong":
                return _around(AROUND[name], self._inlines(content))
            case "Superscript" | "Subscript" | "Strikeout":
                said = self._inlines(content)
                return f"<{WRAPPED[name]}>{said}</{WRAPPED[name]}>" if said.strip() else said
            case "Underline" | "SmallCaps":
                return self._inlines(content)
            case "Span" | "Cite":
                return self._inlines(content[1])
            case "Quoted":
                opened, closed = _quotes(content[0])
                return f"{opened}{self._inlines(content[1])}{closed}"
            case "Code" | "Math":
                return _code(content[1])
            case "Link":
                return self._link(content[1], content[2][0])
            case "Image":
                self.places.append(Place(content[2][0], words(content[1]), content[2][1]))
                inline["mark"] = placing.mark(len(self.places))
                return str(inline["mark"])
            case "Note":
                return self._note(content)
        return ""

    def _link(self, inlines: Sequence[Node], target: str) -> str:
        said = self._inlines(inlines)
        if not said.strip():
            return ""
        if not _WEB.fullmatch(target):
            return said
        address = target.replace("(", "%28").replace(")", "%29").replace("<", "%3C").replace(">", "%3E")
        return f"[{' '.join(said.replace(_BREAK, ' ').split())}]({address})"

    def _note(self, blocks: Sequence[Node]) -> str:
        number = len(self._notes) + 1
        self._notes.append("")  # its number is taken: a note may hold another
        self._notes[number - 1] = f"[^{number}]: {_prefixed(self._joined(blocks), '    ')[4:]}"
        return f"[^{number}]"

    def _plain(self, inlines: Iterable[Node]) -> str:
        parts: list[str] = []
        for inline in inlines:
            name: str = inline["t"]
            content: Any = inline.get("c")
            match name:
                case "Str":
                    parts.append(content)
                case "Space" | "SoftBreak":
                    parts.append(" ")
                case "LineBreak":
                    parts.append("\n")
                case "Code" | "Math":
                    parts.append(content[1])
                case "Image":
                    parts.append(inline.get("mark", ""))
                case "Quoted":
                    opened, closed = _quotes(content[0])
                    parts.append(f"{opened}{self._plain(content[1])}{closed}")
                case "Span" | "Cite" | "Link":
                    parts.append(self._plain(content[1]))
                case _ if name in AROUND or name in WRAPPED or name in THROUGH:
                    parts.append(self._plain(content))
        return "".join(parts)


def _around(mark: str, said: str) -> str:
    """`said` between marks that touch its words; none around blanks and pictures."""
    inner = said.strip()
    if not inner or _MARK_ONLY.fullmatch(inner):
        return said
    before, after = said[: len(said) - len(said.lstrip())], said[len(said.rstrip()) :]
    if _BREAK in inner:
        return before + _BREAK.join(_around(mark, line) for line in inner.split(_BREAK)) + after
    return f"{before}{mark}{inner}{mark}{after}"


def _escaped(text: str) -> str:
    if not _MEANT.search(text):
        return text
    text = _SPECIAL.sub(r"\\\g<0>", text)
    return _TAG.sub("&lt;", _ENTITY.sub("&amp;", text)).replace("{:", "&#123;:")


def _code(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        return ""
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    return f"{ticks} {text} {ticks}" if "`" in text else f"`{text}`"


def _quotes(kind: Node) -> tuple[str, str]:
    return ("‘", "’") if kind["t"] == "SingleQuote" else ("“", "”")


def _prefixed(text: str, prefix: str) -> str:
    return "\n".join(prefix + line if line or prefix.strip() else line for line in text.split("\n"))
