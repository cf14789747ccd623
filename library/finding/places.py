"""Addresses of what was found: a piece, and the paragraph in it that answers."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import url_for

from indexer.searching import Passage
from library.catalogue.models import Document, Kind
from library.reading import network


def piece(document: Document) -> str:
    """Path of a piece; one of the network's own pages has its address elsewhere."""
    if document.shown.kind == Kind.PAGE:
        return network.address(document)
    return url_for("reading.document", slug=document.slug)


def place(document: Document, home: str, passage: Passage, marks: str = "") -> str:
    """Path of a passage of the piece at `home`, with `marks` to be seen on the page it leads to."""
    path = url_for("reading.chapter", slug=document.slug, chapter=passage.chapter) if passage.chapter else home
    return f"{path}{marks}#{passage.anchor or passage.section}"


def marking(words: tuple[str, ...]) -> str:
    """The query by which a page marks `words`; "" without any."""
    return "?" + urlencode({"hl": " ".join(words)}) if words else ""
