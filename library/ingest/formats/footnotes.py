"""Footnotes of books and pages: which link calls which element, by `epub:type` or by the roles of DPUB-ARIA."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable
from urllib.parse import unquote

from library.ingest.formats.documents import Element

Pages = Callable[[str], Element | None]

MOST_CALLS = 20  # of one note; beyond them a call stays what it is
LONGEST_NUMBER = 5  # letters of a note's number that leads back to its call
_TYPES = ("epub:type", "{http://www.idpf.org/2007/ops}type", "role")
_CALLS = {"noteref", "doc-noteref"}
_NOTES = {"footnote", "endnote", "rearnote", "note", "doc-footnote", "doc-endnote"}
_COLLECTIONS = {"footnotes", "endnotes", "rearnotes", "notes", "doc-endnotes"}
_BACK = {"backlink", "referrer", "doc-backlink"}
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class Footnotes:
    """The notes that `scan` found. `placed`: elements that are said where they are called, and nowhere else.

    `pages` gives the body of another page by its place in the book.
    """

    def __init__(self, pages: Pages | None = None) -> None:
        self.placed: set[Element] = set()
        self._pages = pages
        self._called: dict[Element, tuple[str, Element]] = {}
        self._known: dict[str, dict[str, Element]] = {}  # elements by their ids, page by page
        self._calls: set[str] = set()  # ids of links that call a note

    def scan(self, body: Element, page: str = "") -> None:
        """Find what is called in `body`, of the page at `page`."""
        self._known[page] = _by_id(body)
        counted = Counter[Element]()
        collections: set[Element] = set()
        for link in body.iter("a"):
            if not types(link) & _CALLS or _note_around(link) is not None:
                continue
            found = self._target(link.get("href") or "", page)
            if found is None or counted[found[1]] >= MOST_CALLS:
                continue
            counted[found[1]] += 1
            self._called[link] = found
            self._calls |= {e.get("id") for e in (link, link.getparent()) if e is link or e.tag in ("sup", "span")}
            self.placed.add(found[1])
            collections |= {e for e in found[1].iterancestors() if types(e) & _COLLECTIONS}
        self.placed |= {one for one in collections if self._is_emptied(one)}

    def of(self, link: Element) -> tuple[str, Element] | None:
        """(page, element) of the note that `link` calls."""
        return self._called.get(link)

    def leads_back(self, link: Element) -> bool:
        """Whether `link` leads from a note to where it is called, which goes without saying."""
        if not self._calls or _note_around(link) is None:
            return False
        if types(link) & _BACK:
            return True
        target = (link.get("href") or "").partition("#")[2]
        return target in self._calls and _letters(link) <= LONGEST_NUMBER

    def address(self, source: str, page: str) -> str:
        """What the page calls `source`, as seen from the top of the book."""
        if not page or ":" in source.partition("/")[0] or source.startswith("/"):
            return source
        return posixpath.normpath(posixpath.join(posixpath.dirname(page), source.partition("#")[0]))

    def _target(self, href: str, page: str) -> tuple[str, Element] | None:
        place, _, name = href.partition("#")
        where = self.address(unquote(place), page) if place else page
        if not name or (place and not page):
            return None
        if where not in self._known:
            body = self._pages(where) if self._pages is not None else None
            self._known[where] = _by_id(body) if body is not None else {}
        found = self._known[where].get(name, self._known[where].get(unquote(name)))
        note = _note_around(found) if found is not None else None
        return None if note is None else (where, note)

    def _is_emptied(self, collection: Element) -> bool:
        """Whether nothing but headings is left of a collection of notes without those that are placed."""
        gone = [e for e in collection.iter() if e in self.placed]
        headings = [e for e in collection.iter(*_HEADINGS) if not any(a in self.placed for a in e.iterancestors())]
        return sum(map(_letters, [*gone, *headings])) >= _letters(collection)


def _by_id(body: Element) -> dict[str, Element]:
    return {element.get("id"): element for element in body.xpath("//*[@id]")}


def types(element: Element) -> set[str]:
    """What `element` is to the text, in the words of EPUB and DPUB-ARIA."""
    return {word for name in _TYPES for word in (element.get(name) or "").split()}


def _note_around(element: Element) -> Element | None:
    """The note that `element` is or stands in: what is called one, or an item of a collection of them."""
    inner = element
    while inner is not None:
        if types(inner) & _NOTES:
            return inner
        parent = inner.getparent()
        if parent is not None and inner.tag in ("li", "p", "dd", "div", "aside"):
            around = parent.getparent() if parent.tag in ("ol", "ul", "dl") else parent
            if (around is not None and types(around) & _COLLECTIONS) or types(parent) & _COLLECTIONS:
                return inner
        inner = parent
    return None


def _letters(element: Element) -> int:
    return sum(len("".join(part.split())) for part in element.itertext())
