"""A selection as a ZIP file: a folder of pages that link to each other, with Markdown, pictures, its own search and the
SHA-256 of everything in it (`sha256sum -c manifest-sha256.txt`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flask import current_app, render_template

from library.catalogue import files, markup, pictures
from library.catalogue.scripts import direction
from library.packing import leaves, sheets
from library.packing.leaves import Leaf, Piece, Places
from library.packing.selecting import Selection
from library.packing.terms import Index
from library.packing.zipping import Packet
from library.reading.originals import offered
from library.settings import asset_folder

MEDIA_TYPE = "application/zip"
MANIFEST = "manifest-sha256.txt"
_ODD = re.compile(r"[^a-z0-9-]+")
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")


def write(selection: Selection, target: Path, proceed: Callable[[], None]) -> None:
    """Write the archive to `target`, a piece at a time. `proceed` is called before each, and may raise to give up."""
    top = _plain(selection.name) or "pack"
    folders = {
        number: f"{number:03d}-{_plain(found.slug)}".rstrip("-") for number, found in enumerate(selection.pieces, 1)
    }
    index = Index()
    contents: list[Line] = []
    with Packet(target) as packet:
        writer = _Writer(packet, top, folders, index, selection)
        for number, identity in enumerate(selection.pieces, start=1):
            proceed()
            piece = leaves.read(number, identity)
            writer.places.mend(piece, writer.name)
            writer.piece(piece)
            place = f"pieces/{folders[number]}"
            chapters = [Line(f"{place}/{_file(leaf.number)}", leaf.title, leaf.language) for leaf in piece.chapters]
            contents.append(Line(f"{place}/index.html", piece.title, piece.language, chapters))
        static = asset_folder("static")
        packet.add(f"{top}/style.css", sheets.page())
        packet.add(f"{top}/search/search.js", (static / "js" / "offline-search.js").read_bytes())
        packet.add(f"{top}/search/page.js", (static / "packing" / "page.js").read_bytes())
        packet.add(f"{top}/search/index.js", f"packSearch.index({_script(index.told())});\n")
        packet.add(f"{top}/index.html", _page("index", selection, contents=contents))
        # Names in the manifest are as seen from where it lies, so that `sha256sum -c` finds them.
        lines = [f"{digest}  {name.removeprefix(f'{top}/')}\n" for name, digest in sorted(packet.sums.items())]
        packet.add(f"{top}/{MANIFEST}", "".join(lines))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the contents: what remains in memory of a piece that is written."""

    address: str
    title: str
    language: str
    below: list[Line] = field(default_factory=list)


class _Writer:
    """Writes the files of one piece after another."""

    def __init__(self, packet: Packet, top: str, folders: dict[int, str], index: Index, selection: Selection) -> None:
        self.packet, self.top, self.folders, self.index = packet, top, folders, index
        self.selection = selection
        self.places = Places(selection.pieces)

    def name(self, here: Leaf, piece: int, leaf: int, anchor: str) -> str:
        del here  # all leaves lie in folders beside each other
        file = f"../{self.folders[piece]}/{_file(leaf)}"
        return f"{file}#{anchor}" if anchor else file

    def piece(self, piece: Piece) -> None:
        folder = f"{self.top}/pieces/{self.folders[piece.number]}"
        texts: list[str] = []
        extra = self._original(piece, folder)
        for leaf in piece.leaves:
            self._pictures(leaf)
            address = f"pieces/{self.folders[piece.number]}/{_file(leaf.number)}"
            title = f"{leaf.title} · {piece.title}" if leaf.title else piece.title
            self.index.page(address, title, leaf.language, direction(leaf.language), piece.number)
            for passage in leaf.passages:
                self.index.section(passage.anchor, passage.heading, passage.text)
                texts.append(passage.text)
            text = leaves.fragment(leaf.root, "html")
            self.packet.add(
                f"{self.top}/{address}",
                _page("leaf", self.selection, piece=piece, leaf=leaf, text=text, original=extra),
            )
        self.packet.add(f"{folder}/text.md", markup.PICTURE.sub(r"../../pictures/\1", piece.markdown))
        self.packet.add(
            f"{self.top}/search/text-{piece.number}.js", f"packSearch.texts({piece.number}, {_script(texts)});\n"
        )

    def _pictures(self, leaf: Leaf) -> None:
        for image in list(leaf.root.iter("img")):
            name = leaves.picture_of(image)
            place = pictures.place(name) if name else None
            if place is None or not place.is_file():
                image.tag, image.text = "span", image.get("alt") or ""
                image.attrib.clear()
                continue
            kept = f"{self.top}/pictures/{name}"
            if kept not in self.packet:
                self.packet.copy(kept, place)
            image.set("src", f"../../pictures/{name}")

    def _original(self, piece: Piece, folder: str) -> str:
        """Name of the original in the piece's folder; "" where readers may not have it."""
        given = offered(piece.document, current_app.config["ORIGINALS"])
        if given is None:
            return ""
        ending = _ENDING.search(given.name)
        name = f"original{ending[0].lower() if ending else ''}"
        self.packet.copy(f"{folder}/{name}", files.path(given.file))
        return name


def _page(name: str, selection: Selection, **about: object) -> str:
    made = render_template(
        f"packing/folder/{name}.html",
        selection=selection,
        way=direction(selection.language),
        file_of=_file,
        **about,
    )
    return f"{made}\n"


def _file(leaf: int) -> str:
    return f"chapter-{leaf}.html" if leaf else "index.html"


def _plain(slug: str) -> str:
    """A name for a folder on any system: of other scripts than Latin nothing is left, a number stands before it."""
    return _ODD.sub("", slug.lower())[:60].strip("-")


def _script(value: object) -> str:
    """JSON that is JavaScript too, whatever stands in it."""
    return (
        json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )
