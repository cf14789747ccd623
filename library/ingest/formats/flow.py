"""The text of a tree of elements on its way into paragraphs: borders between them, blanks, what wraps what.

An emphasis or a link around whole paragraphs is opened again in each of them. Blanks collapse as browsers do it, across
the borders of inline elements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from library.ingest.formats import nodes
from library.ingest.formats.documents import Element
from library.ingest.formats.footnotes import Footnotes
from library.ingest.formats.nodes import Node

Wrap = Callable[[list[Node]], Node]
Act = Callable[["Flow", Element], None]

DEEPEST = 200  # elements within elements; a person's page has some thirty
ATTRIBUTES: list[Any] = ["", [], []]
EDGES = " \t\n\r\f"
_BLANKS = re.compile(r" ?[\t\n\r\f][ \t\n\r\f]*|  [ \t\n\r\f]*")
# Between these a line's end is none of the text: they are written without blanks.
_IDEOGRAPHIC = "\u2e80-\u30ff\u31f0-\u9fff\uf900-\ufaff\uff01-\uff9f\U00020000-\U0003ffff"
_LINE_END = re.compile(rf"(?<=[{_IDEOGRAPHIC}])[ \t\r\f]*\n[ \t\n\r\f]*(?=[{_IDEOGRAPHIC}])")


class TooDeep(Exception):
    """Elements are nested beyond DEEPEST."""


class Flow:
    """Walks a tree and gathers `blocks`; the paragraph under way is in `inlines`, a list for each wrap that is open."""

    def __init__(self, acts: Mapping[str, Act], notes: Footnotes, page: str = "", depth: int = 0) -> None:
        self.blocks: list[Node] = []
        self.acts, self.notes, self.page, self.depth = acts, notes, page, depth
        self._said: list[str] = []  # words that are not yet in `_inlines`: pieces of text make one
        self._wraps: list[Wrap] = []
        self.inlines: list[list[Node]] = [[]]
        self.kind = "Plain"
        self._after_blank = True
        self.quotes = 0
        self.in_code = False

    def within(self, element: Element) -> None:
        """What is in `element`, its own text and that of its children."""
        if element.text:
            self.say(element.text)
        for child in element:
            self.element(child)
            if child.tail:
                self.say(child.tail)

    def end_paragraph(self) -> None:
        """Close the paragraph under way; what wraps it goes on in the next one."""
        self.settle()
        while len(self.inlines) > 1:
            self._close(self._wraps[len(self.inlines) - 2])
        if any(inline["t"] != "Str" or inline["c"].strip(EDGES) for inline in self.inlines[0]):
            self.blocks.append({"t": self.kind, "c": self.inlines[0]})
        self.inlines = [[] for _ in range(len(self._wraps) + 1)]
        self._after_blank = True

    def element(self, element: Element) -> None:
        """One element with what is in it, as its act has it. Raises TooDeep."""
        tag = element.tag
        if not isinstance(tag, str) or (self.notes.placed and element in self.notes.placed):
            return
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeep
        act = self.acts.get(tag)
        if act is None:
            self.within(element)
        else:
            act(self, element)
        self.depth -= 1

    def say(self, text: str) -> None:
        """Text as it stands in the page: its blanks collapse."""
        if "\n" in text and not text.isascii():
            text = _LINE_END.sub("", text)
        text = _BLANKS.sub(" ", text)
        if self._after_blank and text.startswith(" "):
            text = text[1:]
        if not text:
            return
        self._after_blank = text.endswith(" ")
        if self.in_code and text != " ":
            self.settle()
            self.inlines[-1] += _coded(text)
        else:
            self._said.append(text)

    def settle(self) -> None:
        """Nothing of the text is waiting any more: `inlines` holds all of it."""
        if self._said:
            self.inlines[-1].append({"t": "Str", "c": "".join(self._said)})
            self._said = []

    def put(self, inline: Node) -> None:
        """An inline that is no text."""
        self.settle()
        self.inlines[-1].append(inline)
        self._after_blank = inline["t"] == "LineBreak"

    def _close(self, wrap: Wrap) -> None:
        """End the innermost wrap in this paragraph. Blanks at its edges stand outside: a mark touches its words."""
        self.settle()
        content = self.inlines.pop()
        before, after = "", ""
        if content and content[0]["t"] == "Str" and content[0]["c"].startswith(" "):
            before, content[0] = " ", {"t": "Str", "c": content[0]["c"][1:]}
        if content and content[-1]["t"] == "Str" and content[-1]["c"].endswith(" "):
            after, content[-1] = " ", {"t": "Str", "c": content[-1]["c"][:-1]}
        content = [inline for inline in content if inline.get("c") != ""]
        outer = self.inlines[-1]
        if before:
            outer.append({"t": "Str", "c": before})
        if content and all(inline["t"] == "Note" for inline in content):
            outer += content  # raised by itself
        elif content:
            outer.append(wrap(content))
        if after:
            outer.append({"t": "Str", "c": after})

    def wrapped(self, element: Element, wrap: Wrap) -> None:
        """What is in `element`, wrapped in each paragraph of it."""
        self.settle()
        self._wraps.append(wrap)
        self.inlines.append([])
        self.within(element)
        self._close(self._wraps.pop())

    @contextmanager
    def apart(self, kind: str = "Plain") -> Iterator[list[Node]]:
        """What is said within becomes blocks of their own, which are yielded rather than put among the others."""
        self.end_paragraph()
        outer, self.blocks = self.blocks, []
        before, self.kind = self.kind, kind
        try:
            yield self.blocks
            self.end_paragraph()
        finally:
            self.blocks, self.kind = outer, before

    def blocks_within(self, element: Element) -> list[Node]:
        """Blocks of what is in `element`."""
        with self.apart() as blocks:
            self.within(element)
        return blocks

    def blocks_of(self, parts: Iterable[Any]) -> list[Node]:
        """Blocks of elements and of texts (str) that stand side by side."""
        with self.apart() as blocks:
            for part in parts:
                if isinstance(part, str):
                    self.say(part)
                else:
                    self.element(part)
        return blocks

    def line_within(self, element: Element) -> list[Node]:
        """What is in `element` as one line, whatever blocks there are in it."""
        return as_line(self.blocks_within(element))


def as_line(blocks: list[Node]) -> list[Node]:
    """The inlines of blocks, each line of them after a break."""
    return joined([inlines for block in blocks for inlines in nodes.lines_of(block)])


def joined(lines: Iterable[Sequence[Node]]) -> list[Node]:
    """Lines of inlines as one, with breaks between them."""
    return [inline for line in lines for inline in ({"t": "LineBreak"}, *line)][1:]


def _coded(text: str) -> list[Node]:
    """Code, blanks at its edges outside of it."""
    inner = text.strip(" ")
    before, after = text.startswith(" "), text.endswith(" ")
    blank = {"t": "Str", "c": " "}
    return [blank] * before + [{"t": "Code", "c": [ATTRIBUTES, inner]}] + [blank] * after


def with_text(element: Element) -> Iterator[Any]:
    """What is in `element`, in order: its children, and as strings the text around them."""
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            yield child
        if child.tail:
            yield child.tail


def is_a(part: Any, *tags: str) -> bool:
    """Whether what `with_text` yields is an element of one of these names."""
    return not isinstance(part, str) and part.tag in tags
