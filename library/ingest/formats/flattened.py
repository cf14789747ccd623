"""The words of a page that is nested too deeply for its layout to be followed: block by block, without recursion."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from lxml import etree

from library.ingest.formats.documents import Element

_BLOCKS = frozenset(
    (
        "p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "td", "th", "pre", "blockquote", "figcaption",
        "caption", "div", "section", "article", "main", "address", "summary", "br",
    )
)  # fmt: skip
_UNREAD = re.compile(r"(?is)<(script|style|template)\b.*?</\1\s*>|<!--.*?-->")
_BORDER = re.compile(r"(?i)</?(?:p|div|h[1-6]|li|td|th|tr|table|ul|ol|br|blockquote|section|article|pre)\b[^<>]*>")


def of_tree(element: Element) -> list[str]:
    """The text between the starts and ends of blocks within `element`."""
    return [text for text in _of_tree(element) if text]


def _of_tree(top: Element) -> Iterator[str]:
    gathered: list[str] = []
    for event, element in etree.iterwalk(top, events=("start", "end")):
        if element.tag in _BLOCKS:
            yield " ".join("".join(gathered).split())
            gathered = []
        gathered.append((element.text if event == "start" else element.tail) or "")
    yield " ".join("".join(gathered).split())


def of_source(page: str) -> list[str]:
    """The text between the tags of a page that no parser follows to its bottom."""
    blocks = (html.unescape(re.sub(r"<[^<>]*>", "", block)) for block in _BORDER.split(_UNREAD.sub(" ", page)))
    return [text for block in blocks if (text := " ".join(block.split()))]
