"""EPUB 2 and 3: a book's documents in the order of its spine, with what its package says about it."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from library.ingest import containers
from library.ingest.extraction import Found, Refusal, Status
from library.ingest.formats import documents, flattened, flow, hypertext, placing, tree, xml
from library.ingest.formats.documents import Element
from library.ingest.formats.footnotes import Footnotes
from library.ingest.formats.nodes import Node

CONTAINER = "META-INF/container.xml"
_SOURCES = re.compile(rb"(?:src|href)\s*=\s*[\"']([^\"'<>#]+)")


def read(path: Path, name: str) -> Found:
    """What the book at `path` says. Works in the current folder. Raises Refusal."""
    members = containers.opened(path, name, "epub")
    with containers.Media(path) as media:
        book = _Book(members, media, name)
        with tree.descending(name):
            reading = tree.Reading([*book.cover(), *book.blocks()])
        found = Found(reading.markdown, reading.text, title=book.said("title"), language=book.said("language"))
        found.metadata = {"authors": book.all_said("creator")}
        found.missing, found.warnings = book.missing(), book.warnings()
        placing.settle(
            found, reading.places, lambda _, place: placing.of_data(place.source) or media.content(place.source)
        )
    return found


@dataclass(frozen=True, slots=True)
class _Item:
    """What the manifest says of a member."""

    place: str
    media_type: str
    properties: frozenset[str]


class _Book:
    """A book's members, and what reading its pages has gathered so far."""

    def __init__(self, members: dict[str, bytes], media: containers.Media, name: str) -> None:
        self._members, self._media, self._name = members, media, name
        self._by_key = {_key(member): member for member in reversed(members)}
        self._opf, self._package = self._opened()
        self._items = dict(self._manifest())
        self._bodies: dict[str, Element] = {}  # pages that were asked for before their turn
        self._notes = Footnotes(self._body)
        self._lost: list[str] = []
        self._foreign: list[str] = []
        self._too_deep = 0

    def said(self, field: str) -> str:
        """The first thing that the package says under a name of Dublin Core, or ""."""
        return next(iter(self.all_said(field)), "")

    def all_said(self, field: str) -> list[str]:
        """What the package says under a name of Dublin Core."""
        said = (" ".join("".join(e.itertext()).split()) for e in self._package.iter(f"{{{xml.DUBLIN_CORE}}}{field}"))
        return [one for one in said if one]

    def missing(self) -> str:
        """The receipt's sentence about a book of which not every page was read, or ""."""
        count, listed = len(self._lost) + len(self._foreign), len(self._spine())
        if not count:
            return ""
        return f"{count} of the {listed} pages that “{self._name}” lists could not be read; the warnings name them."

    def warnings(self) -> list[str]:
        """What a curator should know of the pages that were read."""
        found = _named(self._lost, "is not in it or damaged", "are not in it or damaged")
        found += _named(self._foreign, "is of a kind that is not read here", "are of kinds that are not read here")
        if self._too_deep:
            found.append("Pages are nested too deeply for their layout to be kept; their text was.")
        return found

    def blocks(self) -> list[Node]:
        """The blocks of all pages. Raises Refusal where none of those that are named is there."""
        found: list[Node] = []
        pages = self._spine()
        for place, media_type in pages:
            if media_type.startswith("image/"):
                found.append({"t": "Para", "c": [_picture(place)]})
            elif not _is_page(place, media_type):
                self._foreign.append(posixpath.basename(place))
            elif (body := self._body(place)) is not None:
                found += self._page(place, body)
                self._bodies.pop(place, None)
            else:
                self._lost.append(posixpath.basename(place) or place)
        if pages and len(self._lost) == len(pages):
            raise _damaged(self._name, "none of the pages that it names is in it")
        return found

    def cover(self) -> list[Node]:
        """The cover's picture, unless a page shows it."""
        named = next((e.get("content") for e in xml.below(self._package, "meta") if e.get("name") == "cover"), None)
        item = next((i for i in self._items.values() if "cover-image" in i.properties), self._items.get(named or ""))
        if item is None or not item.media_type.startswith("image/") or item.place not in self._members:
            return []
        last = posixpath.basename(item.place)
        names = {last.encode(), quote(last).encode()}
        if any(place == item.place or names & self._sources(place) for place, _ in self._spine()):
            return []
        return [{"t": "Para", "c": [_picture(item.place)]}]

    def _sources(self, place: str) -> set[bytes]:
        """The last parts of what a page's attributes name, as they are written."""
        return {named.rpartition(b"/")[2] for named in _SOURCES.findall(self._members.get(place, b""))}

    def _page(self, place: str, body: Element) -> list[Node]:
        if b"noteref" in self._members.get(place, b""):
            self._notes.scan(body, place)
        try:
            return hypertext.blocks_of(body, self._notes, place)
        except flow.TooDeep:
            self._too_deep += 1
            return [{"t": "Para", "c": [{"t": "Str", "c": text}]} for text in flattened.of_tree(body)]

    def _body(self, place: str) -> Element | None:
        """The body of a page, None where there is none that can be read."""
        if place not in self._bodies:
            content = self._members.get(place)
            if content == b"":  # a page whose name does not tell that it is one
                content = self._media.content(place)
            body = documents.body_of_xhtml(content) if content else None
            if body is None:
                return None
            self._bodies[place] = body
        return self._bodies[place]

    def _opened(self) -> tuple[str, Element]:
        """(place, root) of the package. Raises Refusal."""
        root = xml.parsed(self._members.get(CONTAINER, b""))
        if root is None:
            raise _damaged(self._name, f"it has no {CONTAINER}, which says what is in it")
        for rootfile in xml.below(root, "rootfile"):
            place = self._found("", rootfile.get("full-path") or "")
            package = xml.parsed(self._members.get(place, b""))
            if package is not None:
                return place, package
        raise _damaged(self._name, "what lists its pages is not in it")

    def _manifest(self) -> Iterator[tuple[str, _Item]]:
        for item in xml.below(self._package, "item"):
            place = self._found(posixpath.dirname(self._opf), item.get("href") or "")
            media_type = (item.get("media-type") or "").partition(";")[0].strip().lower()
            properties = frozenset((item.get("properties") or "").split())
            yield item.get("id") or "", _Item(place, media_type, properties)

    def _spine(self) -> list[tuple[str, str]]:
        """(place, media type) of what is read, in order, each once."""
        items = (self._items.get(reference.get("idref") or "") for reference in xml.below(self._package, "itemref"))
        return list(dict.fromkeys((item.place, item.media_type) for item in items if item is not None))

    def _found(self, folder: str, href: str) -> str:
        """The member that `href` names as seen from `folder`; as it is written where there is none."""
        written = href.partition("#")[0].strip()
        for one in (written, unquote(written)):
            place = posixpath.normpath(posixpath.join(folder, one)).lstrip("/")
            if place in self._members:
                return place
            if (member := self._by_key.get(_key(place))) is not None:
                return member
        return written


def _key(member: str) -> str:
    """A name as systems that do not tell upper from lower case, or composed letters from others, know it."""
    return unicodedata.normalize("NFC", member).casefold()


def _is_page(place: str, media_type: str) -> bool:
    return media_type in documents.MEDIA_TYPES or place.lower().endswith(documents.ENDINGS)


def _named(pages: Sequence[str], one: str, several: str) -> list[str]:
    """The receipt's sentence about pages that were not read."""
    if not pages:
        return []
    named = ", ".join(pages[:5]) + (", …" if len(pages) > 5 else "")
    if len(pages) == 1:
        return [f"1 page that the book lists {one}: {named}."]
    return [f"{len(pages)} pages that the book lists {several}: {named}."]


def _picture(place: str) -> Node:
    return {"t": "Image", "c": [["", [], []], [], [place, ""]]}


def _damaged(name: str, why: str) -> Refusal:
    return Refusal(Status.corrupt, f"“{name}” is damaged: {why}. Ask its publisher for it again, or make it anew.")
