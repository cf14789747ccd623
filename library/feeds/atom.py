"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from lxml import etree

from library.feeds.entries import Entry, Feed
from library.feeds.xml import ATOM, XML_LANG, Element, add, rfc3339, written

MEDIA_TYPE = "application/atom+xml"


def write(feed: Feed) -> bytes:
    """The feed as Atom."""
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    root.set(XML_LANG, feed.language)
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    if feed.subtitle:
        _add(root, "subtitle", feed.subtitle)
    _add(root, "updated", rfc3339(feed.updated))
    _add(_add(root, "author"), "name", feed.author)
    _add(root, "link", rel="self", type=MEDIA_TYPE, href=feed.addresses["atom"])
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    for entry in feed.entries:
        _entry(root, entry)
    return written(root)


def _entry(root: Element, entry: Entry) -> None:
    element = _add(root, "entry")
    if entry.language:
        element.set(XML_LANG, entry.language)
    _add(element, "id", entry.id)
    _add(element, "title", entry.title)
    _add(element, "link", rel="alternate", type="text/html", href=entry.url)
    _add(element, "published", rfc3339(entry.published))
    _add(element, "updated", rfc3339(entry.updated))
    for name in entry.authors:
        _add(_add(element, "author"), "name", name)
    for tag in entry.tags:
        _add(element, "category", term=tag)
    if entry.summary:
        _add(element, "summary", entry.summary)
    if entry.content:
        _add(element, "content", entry.content, type="html")


def _add(parent: Element, tag: str, text: str = "", **attributes: str) -> Element:
    return add(parent, f"{{{ATOM}}}{tag}", text, **attributes)
