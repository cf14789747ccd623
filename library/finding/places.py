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


def place(document: Document, passage: Passage, words: tuple[str, ...] = ()) -> str:
    """Path of a passage, with `words` to be marked on the page it leads to."""
    path = piece(document)
    if passage.chapter:
        path = url_for("reading.chapter", slug=document.slug, chapter=passage.chapter)
    marks = "?" + urlencode({"hl": " ".join(words)}) if words else ""
    return f"{path}{marks}#{passage.anchor or passage.section}"
