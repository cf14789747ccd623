"""The sitemap (sitemaps.org 0.9): every page that a search engine may show, with when it last changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from lxml import etree
from sqlalchemy import func, select

from library.catalogue import topics
from library.catalogue.models import Document, Kind, Revision, Section, Status
from library.extensions import db
from library.feeds.xml import add, rfc3339, written
from library.reading.network import FIRST
from library.serving.urls import absolute

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 50_000  # addresses that the protocol allows in one file


@dataclass(frozen=True, slots=True)
class Page:
    """An address, and when what is there last changed in a way that matters; None where nobody can say."""

    path: str
    changed: datetime | None


def pages() -> list[Page]:
    """Every public page, in an order that stays."""
    newest = db.session.scalar(select(func.max(Document.changed_at)).where(*_PUBLIC))
    lists = [Page(url_for(name), newest) for name in ("reading.home", "reading.shelf", "reading.topics")]
    found = [*lists, Page(url_for("reading.about"), None), *_topics(), *_pieces()]
    return list({page.path: page for page in found}.values())  # the first of the network's pages is /about/ itself


def parts(found: Sequence[Page]) -> int:
    """How many files the sitemap takes."""
    return max(1, -(-len(found) // MOST))


def write(found: Sequence[Page]) -> bytes:
    """One file of addresses."""
    root = etree.Element(f"{{{NAMESPACE}}}urlset", nsmap={None: NAMESPACE})
    for page in found[:MOST]:
        _located(root, "url", page.path, page.changed)
    return written(root)


def write_index(count: int) -> bytes:
    """The list of files, for a sitemap that one file cannot hold."""
    root = etree.Element(f"{{{NAMESPACE}}}sitemapindex", nsmap={None: NAMESPACE})
    for number in range(1, count + 1):
        _located(root, "sitemap", url_for("feeds.sitemap_part", number=number), None)
    return written(root)


_PUBLIC = (Document.status == Status.PUBLISHED, Document.access == "public", Document.live_id.is_not(None))


def _topics() -> Iterator[Page]:
    counts = topics.counts()
    return (Page(url_for("reading.topic", slug=t.slug), None) for t in topics.all_topics() if counts.get(t.id))


def _pieces() -> Iterator[Page]:
    """Pieces, each followed by its chapters; the network's own pages at their own addresses."""
    chapters = _chapters()
    rows = db.session.execute(
        select(Document.slug, Document.changed_at, Revision.id, Revision.kind)
        .join(Revision, Revision.id == Document.live_id)
        .where(*_PUBLIC)
        .order_by(Document.id)
    )
    for slug, changed, revision, kind in rows:
        if kind == Kind.PAGE:
            yield Page(url_for("reading.about") if slug == FIRST else url_for("reading.page", slug=slug), changed)
            continue
        yield Page(url_for("reading.document", slug=slug), changed)
        for chapter in chapters.get(revision, ()):
            yield Page(url_for("reading.chapter", slug=slug, chapter=chapter), changed)


def _chapters() -> dict[int, list[str]]:
    """Slugs of the chapters of live revisions, in order, by revision."""
    rows = db.session.execute(
        select(Section.revision_id, Section.chapter)
        .join(Document, Document.live_id == Section.revision_id)
        .where(*_PUBLIC, Section.chapter != "")
        .group_by(Section.revision_id, Section.chapter)
        .order_by(Section.revision_id, func.min(Section.position))
    )
    found: dict[int, list[str]] = {}
    for revision, chapter in rows:
        found.setdefault(revision, []).append(chapter)
    return found


def _located(root: object, tag: str, path: str, changed: datetime | None) -> None:
    element = add(root, f"{{{NAMESPACE}}}{tag}")
    add(element, f"{{{NAMESPACE}}}loc", absolute(path))
    if changed is not None:
        add(element, f"{{{NAMESPACE}}}lastmod", rfc3339(changed))
