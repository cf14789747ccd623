"""What can be said of Pandoc's nodes without writing them: their words, their lines, the rows of their tables.

The tree is Pandoc's JSON (pandoc-types 1.23): blocks and inlines are `{"t": name, "c": content}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from library.ingest.formats import placing

Node = dict[str, Any]
AROUND = {"Emph": "*", "Strong": "**"}
WRAPPED = {"Superscript": "sup", "Subscript": "sub", "Strikeout": "del"}
THROUGH = frozenset({"Underline", "SmallCaps"})
_CONTENTS = re.compile(r"#(?:_Toc|__RefHeading|toc)")


def said(meta: dict[str, Any], *names: str) -> list[str]:
    """What the document states under the first of `names` that it has: each value as words."""
    value = next((meta[name] for name in names if name in meta), None)
    if value is None:
        return []
    values = value["c"] if value["t"] == "MetaList" else [value]
    return [meta_words(one) for one in values]


def meta_words(value: Node) -> str:
    match value["t"]:
        case "MetaInlines":
            return words(value["c"])
        case "MetaBlocks":
            return stringified(value["c"])
        case "MetaMap":
            return meta_words(value["c"]["text"]) if "text" in value["c"] else ""
        case "MetaList":
            return " ".join(meta_words(one) for one in value["c"])
    return str(value["c"])


def unboxed(block: Node) -> Iterator[Node]:
    """The blocks that are left of one when boxes go."""
    match block["t"]:
        case "Div":
            inner = block["c"][1]
        case "Figure":
            inner = [*block["c"][2], *block["c"][1][1]]
        case "RawBlock":
            inner = []
        case _:
            yield block
            return
    for one in inner:
        yield from unboxed(one)


def as_paragraph(block: Node) -> Node:
    """A block that is a paragraph of its own where it stood in a list or a cell."""
    return {"t": "Para", "c": block["c"]} if block["t"] == "Plain" else block


def lines_of(block: Node) -> Iterator[Sequence[Node]]:
    """The inlines of a block and of those within it, in order."""
    content: Any = block.get("c")
    match block["t"]:
        case "Para" | "Plain":
            yield content
        case "Header":
            yield content[2]
        case "CodeBlock":
            yield [{"t": "Code", "c": content}]
        case "LineBlock":
            yield from content
        case "BlockQuote":
            for inner in content:
                yield from lines_of(inner)
        case "BulletList" | "OrderedList":
            for item in content if block["t"] == "BulletList" else content[1]:
                for inner in item:
                    yield from lines_of(inner)
        case "DefinitionList":
            for term, meanings in content:
                yield term
                for inner in (one for meaning in meanings for one in meaning):
                    yield from lines_of(inner)
        case "Table":
            for inner in (one for row in rows_of(content)[0] for cell in row for one in cell):
                yield from lines_of(inner)
        case "Div" | "Figure":
            for inner in unboxed(block):
                yield from lines_of(inner)


def rows_of(content: Sequence[Any]) -> tuple[list[list[Sequence[Node]]], bool]:
    """(the rows that say something, cells under each other where cells span several; whether the first is a header)."""
    _attributes, _caption, _columns, head, bodies, foot = content
    groups = [head[1], *(rows for body in bodies for rows in (body[2], body[3])), foot[1]]
    filled: list[list[Sequence[Node]]] = []
    headed = False
    for number, group in enumerate(groups):
        rows = [row for row in grid(group) if any(stringified(cell).strip() for cell in row)]
        headed = headed or (number == 0 and bool(rows))
        filled += rows
    return filled, headed


def grid(rows: Sequence[Any]) -> Iterator[list[Sequence[Node]]]:
    waiting: dict[int, int] = {}  # rows by column that a cell above still spans
    for _attributes, cells in rows:
        row: list[Sequence[Node]] = []

        def under_others(row: list[Sequence[Node]] = row) -> None:
            while waiting.get(len(row), 0):
                waiting[len(row)] -= 1
                row.append([])

        for _attr, _align, high, wide, blocks in cells:
            under_others()
            for column in range(min(wide, 500)):
                if high > 1:
                    waiting[len(row)] = high - 1
                row.append([] if column else blocks)
        under_others()
        yield row


def has_structure(blocks: Sequence[Node]) -> bool:
    """Whether a cell holds headings, or a table that stays one."""
    return any(
        inner["t"] == "Header" or (inner["t"] == "Table" and stays(inner["c"]))
        for block in blocks
        for inner in unboxed(block)
    )


def stays(content: Sequence[Any]) -> bool:
    """Whether a table has rows and columns enough to remain one."""
    rows = rows_of(content)[0]
    filled = {number for row in rows for number, cell in enumerate(row) if stringified(cell).strip()}
    return len(rows) > 1 and len(filled) > 1


def stringified(blocks: Sequence[Node]) -> str:
    """The words of blocks and of all within them."""
    return " ".join(words(inlines) for block in blocks for whole in unboxed(block) for inlines in lines_of(whole))


def words(inlines: Iterable[Node]) -> str:
    """The words of inlines, with something in the place of each picture."""
    parts: list[str] = []
    for inline in inlines:
        content: Any = inline.get("c")
        match inline["t"]:
            case "Str":
                parts.append(content)
            case "Space" | "SoftBreak" | "LineBreak":
                parts.append(" ")
            case "Code" | "Math":
                parts.append(content[1])
            case "Image":
                parts.append(words(content[1]) or placing.mark(0))
            case "Span" | "Cite" | "Link" | "Quoted":
                parts.append(words(content[1]))
            case "Note" | "RawInline":
                pass
            case _:
                parts.append(words(content))
    return "".join(parts)


def is_contents_line(inlines: Sequence[Node]) -> bool:
    """A line of a table of contents: nothing but a link into the document, where the headings say the same."""
    linked = False
    for inline in inlines:
        if inline["t"] == "Link" and _CONTENTS.match(inline["c"][2][0]):
            linked = True
        elif inline["t"] == "Note" or words([inline]).strip():
            return False
    return linked


def bare(inlines: Sequence[Node]) -> list[Node]:
    """A heading's inlines without emphasis, which it is by itself."""
    found: list[Node] = []
    for inline in inlines:
        if inline["t"] in AROUND or inline["t"] in THROUGH:
            found += bare(inline["c"])
        elif inline["t"] in ("Span", "Cite"):
            found += bare(inline["c"][1])
        else:
            found.append(inline)
    return found


def merged(inlines: Sequence[Node]) -> Iterator[Node]:
    """Neighbours of the same emphasis as one: marks that meet mean something else."""
    held: Node | None = None
    for inline in inlines:
        if held is not None and inline["t"] == held["t"] and inline["t"] in AROUND:
            held = {"t": held["t"], "c": [*held["c"], *inline["c"]]}
            continue
        if held is not None:
            yield held
        held = inline
    if held is not None:
        yield held
