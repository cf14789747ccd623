"""A selection as EPUB 3: a page a chapter, contents, notes that reading devices open in place, a drawn cover."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flask import render_template
from lxml import etree
from lxml import html as lxml_html

from library.catalogue.scripts import direction
from library.packing import art, leaves
from library.packing.conforming import Element
from library.packing.leaves import Leaf, Piece, Places
from library.packing.selecting import Selection
from library.packing.zipping import Packet
from library.settings import asset_folder

MEDIA_TYPE = "application/epub+zip"
_OPS = "http://www.idpf.org/2007/ops"
_TYPE = f"{{{_OPS}}}type"
etree.register_namespace("epub", _OPS)
_CONTAINER = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n'
)


@dataclass(slots=True)
class Entry:
    """A line of the contents: where it leads, what it says, those below it."""

    href: str
    text: str
    language: str
    below: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Book:
    """What the package file has to say at the end, gathered while pages are written."""

    items: list[tuple[str, str, str]] = field(default_factory=list)  # id, address, media type
    spine: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    pages: list[tuple[str, str]] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    changed: datetime = datetime(2000, 1, 1, tzinfo=UTC)
    first: Piece | None = None
    pictures: dict[str, str] = field(default_factory=dict)  # stored name -> name in the book
    silent: bool = False


def write(selection: Selection, target: Path, proceed: Callable[[], None]) -> None:
    """Write the book to `target`. `proceed` is called before each piece, and may raise to give up."""
    book = Book()
    places = Places(selection.pieces)
    with Packet(target) as packet:
        packet.add("mimetype", MEDIA_TYPE, packed=False)
        packet.add("META-INF/container.xml", _CONTAINER)
        packet.add("EPUB/book.css", (asset_folder("static") / "packing" / "book.css").read_bytes())
        for number, identity in enumerate(selection.pieces, start=1):
            proceed()
            piece = leaves.read(number, identity)
            places.mend(piece, _name)
            _piece(packet, book, piece, selection)
        _end(packet, book, selection)


def _name(_here: Leaf, piece: int, leaf: int, anchor: str) -> str:
    return f"p{piece}-{leaf}.xhtml" + (f"#{anchor}" if anchor else "")


def _piece(packet: Packet, book: Book, piece: Piece, selection: Selection) -> None:
    book.first = book.first or piece
    book.changed = max(book.changed, piece.changed)
    book.silent = book.silent or piece.silent
    if piece.language not in book.languages:
        book.languages.append(piece.language)
    entry = Entry(f"text/{_name(piece.leaves[0], piece.number, 0, '')}", piece.title, piece.language)
    book.entries.append(entry)
    for leaf in piece.leaves:
        _pictures(packet, book, leaf)
        _notes(leaf.root)
        _marks(leaf.root)
        address = f"text/p{piece.number}-{leaf.number}.xhtml"
        page = render_template(
            "packing/page.xhtml",
            piece=piece,
            leaf=leaf,
            text=leaves.fragment(leaf.root, "xml"),
            direction=direction(leaf.language),
        )
        packet.add(f"EPUB/{address}", page)
        book.items.append((f"p{piece.number}-{leaf.number}", address, "application/xhtml+xml"))
        book.spine.append(f"p{piece.number}-{leaf.number}")
        below = [Entry(f"{address}#{found.anchor}", found.text, leaf.language) for found in leaf.headings]
        if leaf.number:
            entry.below.append(Entry(address, leaf.title, leaf.language, below if selection.single else []))
        elif selection.single:
            entry.below.extend(below)
        book.pages += [(f"{address}#{anchor}", number) for anchor, number in leaf.pages] if selection.single else []


def _pictures(packet: Packet, book: Book, leaf: Leaf) -> None:
    for image in list(leaf.root.iter("img")):
        name = leaves.picture_of(image)
        if name not in book.pictures:
            found = art.known_to_readers(name) if name else None
            if found is None:
                image.tag, image.text = "span", image.get("alt") or ""
                image.attrib.clear()
                continue
            ending, content = found
            kept = f"pictures/{name[:32]}{ending}"
            if isinstance(content, Path):
                packet.copy(f"EPUB/{kept}", content)
            else:
                packet.add(f"EPUB/{kept}", content)
            book.pictures[name] = kept
            book.items.append((f"i{len(book.pictures)}", kept, art.MEDIA_TYPES[ending]))
        image.set("src", f"../{book.pictures[name]}")


def _notes(root: Element) -> None:
    """Footnotes as reading devices know them: a mark that opens its note, a note beside the text."""
    for link in root.iter("a"):
        classes = (link.get("class") or "").split()
        if "footnote-ref" in classes and link.get("href"):
            link.set(_TYPE, "noteref")
            link.set("role", "doc-noteref")
        elif "footnote-backref" in classes and link.get("href"):
            link.set("role", "doc-backlink")
    for part in [e for e in root.iter("div") if e.get("class") == "footnotes"]:
        part.tag = "section"
        part.set(_TYPE, "footnotes")
        for listing in list(part.iter("ol")):
            if listing.getparent() is not part:
                continue
            for number, item in enumerate(listing.findall("li"), start=1):
                item.tag = "aside"
                item.set(_TYPE, "footnote")
                item.set("role", "doc-footnote")
                _number(item, item.attrib.pop("value", str(number)))
            listing.drop_tag()


def _number(note: Element, number: str) -> None:
    mark = lxml_html.Element("span", {"class": "note-number"})
    mark.text = f"{number}."
    paragraph = note[0] if len(note) and note[0].tag == "p" and not (note.text or "").strip() else note
    mark.tail, paragraph.text = f" {paragraph.text or ''}", None
    paragraph.insert(0, mark)


def _marks(root: Element) -> None:
    """What XHTML asks for beside HTML: languages twice, pages of the original by their role."""
    for element in root.iter():
        if element.get("lang"):
            element.set("{http://www.w3.org/XML/1998/namespace}lang", element.get("lang"))
        if element.get("class") == "page-break":
            element.set(_TYPE, "pagebreak")
            element.set("role", "doc-pagebreak")
            element.set("aria-label", element.text or "")


def _end(packet: Packet, book: Book, selection: Selection) -> None:
    language = selection.language
    about = {"selection": selection, "book": book, "direction": direction(language), "piece": book.first}
    packet.add("EPUB/cover.svg", art.cover(selection, book.first))
    packet.add("EPUB/cover.xhtml", render_template("packing/cover.xhtml", **about))
    packet.add("EPUB/nav.xhtml", render_template("packing/nav.xhtml", **about))
    modified = book.changed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    packet.add("EPUB/package.opf", render_template("packing/package.opf.xml", modified=modified, **about))
