"""RSS 2.0, with authors from Dublin Core and whole texts from the content module."""

from __future__ import annotations

from email.utils import format_datetime
from html import escape

from lxml import etree

from library.feeds.entries import Entry, Feed
from library.feeds.xml import ATOM, Element, add, rfc3339, written

MEDIA_TYPE = "application/rss+xml"
DC = "http://purl.org/dc/elements/1.1/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"


def write(feed: Feed) -> bytes:
    """The feed as RSS."""
    root = etree.Element("rss", {"version": "2.0"}, nsmap={"atom": ATOM, "dc": DC, "content": CONTENT})
    channel = add(root, "channel")
    add(channel, "title", feed.title)
    add(channel, "link", feed.page)
    add(channel, "description", feed.subtitle or feed.title)
    add(channel, "language", feed.language.lower())
    add(channel, "lastBuildDate", format_datetime(feed.updated, usegmt=True))
    add(channel, f"{{{ATOM}}}link", rel="self", type=MEDIA_TYPE, href=feed.addresses["rss"])
    for entry in feed.entries:
        _item(channel, entry)
    return written(root)


def _item(channel: Element, entry: Entry) -> None:
    item = add(channel, "item")
    add(item, "title", entry.title)
    add(item, "link", entry.url)
    add(item, "guid", entry.id, isPermaLink="false")
    add(item, "pubDate", format_datetime(entry.published, usegmt=True))
    add(item, f"{{{ATOM}}}updated", rfc3339(entry.updated))
    for name in entry.authors:
        add(item, f"{{{DC}}}creator", name)
    if entry.language:
        add(item, f"{{{DC}}}language", entry.language)
    for tag in entry.tags:
        add(item, "category", tag)
    add(item, "description", escape(entry.summary or entry.title, quote=False))  # readers take it for HTML
    if entry.content:
        add(item, f"{{{CONTENT}}}encoded", entry.content)
