"""Addresses of what was found: a piece, and the paragraph in it that answers."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import current_app

from indexer.searching import Passage
from library.catalogue.models import Document, Kind
from library.interface import behind
from library.reading import network


def piece(document: Document) -> str:
    """Path of a piece; one of the network's own pages has its address elsewhere."""
    if document.shown.kind == Kind.PAGE:
        return network.address(document)
    return str(behind(current_app).url_for("reading.document", slug=document.slug))


def place(slug: str, home: str, passage: Passage, marks: str = "") -> str:
    """Path of a passage of the piece at `home`, with `marks` to be seen on the page it leads to."""
    path = home
    if passage.chapter:
        path = behind(current_app).url_for("reading.chapter", slug=slug, chapter=passage.chapter)
    return f"{path}{marks}#{passage.anchor or passage.section}"


def marking(words: tuple[str, ...]) -> str:
    """The query by which a page marks `words`; "" without any."""
    return "?" + urlencode({"hl": " ".join(words)}) if words else ""
