"""What the XML formats share: elements in namespaces, times, bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lxml import etree

from library.feeds.entries import legal

ATOM = "http://www.w3.org/2005/Atom"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

Element = Any  # lxml's elements are typed by stubs that a checkout without dev tools does not have


def add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    """A new last child of `parent` with `text`; characters that XML does not allow are left out."""
    element: Element = etree.SubElement(parent, tag, {key: legal(value) for key, value in attributes.items()})
    element.text = legal(text) or None
    return element


def rfc3339(moment: datetime) -> str:
    """A moment as Atom, JSON Feed and sitemaps write it, in whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def written(root: Element) -> bytes:
    """The document as UTF-8 with its declaration."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))
