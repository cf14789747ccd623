"""JSON Feed 1.1."""

from __future__ import annotations

import json
from typing import Any

from library.feeds.entries import Entry, Feed
from library.feeds.xml import rfc3339

MEDIA_TYPE = "application/feed+json"


def write(feed: Feed) -> bytes:
    """The feed as JSON."""
    record: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.addresses["json"],
        "description": feed.subtitle,
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "items": [_item(entry) for entry in feed.entries],
    }
    return (json.dumps(_filled(record), ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _item(entry: Entry) -> dict[str, Any]:
    text = {"content_html": entry.content} if entry.content else {"content_text": entry.summary or entry.title}
    return _filled(
        {
            "id": entry.id,
            "url": entry.url,
            "title": entry.title,
            **text,
            "summary": entry.summary,
            "date_published": rfc3339(entry.published),
            "date_modified": rfc3339(entry.updated),
            "authors": [{"name": name} for name in entry.authors],
            "tags": list(entry.tags),
            "language": entry.language,
        }
    )


def _filled(record: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty, but for the list of items, which the format asks for."""
    return {key: value for key, value in record.items() if value or key == "items"}
