"""A selection as one HTML file: styles and pictures inside, nothing outside, to be opened from a phone's own storage."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

from flask import render_template

from library.catalogue import pictures
from library.catalogue.scripts import direction
from library.packing import art, leaves, sheets
from library.packing.conforming import Element
from library.packing.leaves import Leaf, Piece, Places
from library.packing.selecting import Selection

MEDIA_TYPE = "text/html"
_AGAIN = (
    10 * 10**6
)  # bytes of pictures that are put in once more where they are shown once more; then a link leads back


def write(selection: Selection, target: Path, proceed: Callable[[], None]) -> None:
    """Write the file to `target`, a piece at a time. `proceed` is called before each, and may raise to give up."""
    places = Places(selection.pieces)
    page = _Page(selection)
    with target.open("w", encoding="utf-8", newline="\n") as out:
        for number, identity in enumerate(selection.pieces, start=1):
            proceed()
            piece = leaves.read(number, identity)
            places.mend(piece, page.name)
            for leaf in piece.leaves:
                page.prepare(leaf, piece)
            if number == 1:
                out.write(_render("head", selection, piece))
            out.write(
                _render("piece", selection, piece, texts=[leaves.fragment(leaf.root, "html") for leaf in piece.leaves])
            )
        out.write(_render("tail", selection, None))


def _render(part: str, selection: Selection, piece: Piece | None, **more: object) -> str:
    made = render_template(
        f"packing/onefile/{part}.html",
        selection=selection,
        piece=piece,
        style=sheets.page() if part == "head" else "",
        way=direction(selection.language),
        **more,
    )
    return f"{made}\n"


class _Page:
    """One page for everything: ids are made different from piece to piece, headings stand lower."""

    def __init__(self, selection: Selection) -> None:
        self._single = selection.single
        self._ids: set[str] = set()
        self._shown: dict[str, str] = {}  # picture -> id where it is first
        self._again = 0

    def name(self, _here: Leaf, piece: int, leaf: int, anchor: str) -> str:
        return f"#{self._own(piece, anchor)}" if anchor else f"#ui-p{piece}-{leaf}"

    def prepare(self, leaf: Leaf, piece: Piece) -> None:
        """Make a leaf part of the page."""
        deeper = (1 if leaf.number and not leaf.chapter.startswith("pages-") else 0) + (0 if self._single else 1)
        for element in leaf.root.iter():
            if element.get("id"):
                own = self._own(piece.number, element.get("id"))
                if own in self._ids:
                    del element.attrib["id"]
                else:
                    self._ids.add(own)
                    element.set("id", own)
            if element.tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
                element.tag = f"h{min(6, int(element.tag[1]) + deeper)}"
        for heading in leaf.headings:
            heading.anchor = self._own(piece.number, heading.anchor)
        for image in list(leaf.root.iter("img")):
            self._picture(image)

    def _own(self, piece: int, anchor: str) -> str:
        return anchor if self._single else f"p{piece}-{anchor}"

    def _picture(self, image: Element) -> None:
        name = leaves.picture_of(image)
        place = pictures.place(name) if name else None
        alt = image.get("alt") or ""
        if place is None or not place.is_file():
            image.tag, image.text = "span", alt
            image.attrib.clear()
            return
        size = place.stat().st_size
        if name in self._shown and self._again + size > _AGAIN:
            image.tag, image.text = "a", alt or "↑"
            image.attrib.clear()
            image.set("href", f"#{self._shown[name]}")
            return
        if name in self._shown:
            self._again += size
        else:
            self._shown[name] = f"ui-i{len(self._shown) + 1}"
            image.set("id", self._shown[name])
        content = base64.b64encode(place.read_bytes()).decode("ascii")
        image.set("src", f"data:{art.MEDIA_TYPES[place.suffix]};base64,{content}")
