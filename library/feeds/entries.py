"""What a feed says: one list of entries, made from pieces, that every format is written from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin
from uuid import NAMESPACE_URL, uuid5

import nh3
from flask import url_for
from lxml import html as lxml_html
from sqlalchemy import func, select

from library.catalogue import topics
from library.catalogue.models import Document, Kind, OutboxRow, Section
from library.extensions import db
from library.reading import context
from library.serving.urls import absolute

WHOLE = 30_000  # characters up to which a piece that is read whole stands in feeds with its text
OPENING = 300  # characters of a piece's beginning that stand in for a summary
BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)  # when a feed of a library without any piece was last changed
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "dfn", "dl", "dt", "em", "h1", "h2",
    "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong",
    "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "var", "figcaption", "figure", "img",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"},
    "img": {"alt", "src", "width", "height"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece in a feed. `id` never changes; `updated` moves when a curator says that a change matters.

    `summary` is plain text, `content` HTML with absolute links or "" where the piece is to be read in the library.
    """

    id: str
    url: str
    title: str
    summary: str
    content: str
    language: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    published: datetime
    updated: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed before it has a format. `addresses`: of the same feed by format; `page`: what a reader opens instead."""

    title: str
    subtitle: str
    page: str
    addresses: Mapping[str, str]
    language: str
    author: str
    entries: tuple[Entry, ...]
    updated: datetime

    @property
    def id(self) -> str:
        """The feed's own identity: of its address, the same in every format and at every time."""
        return f"urn:uuid:{uuid5(NAMESPACE_URL, self.addresses['atom'])}"


def legal(text: str) -> str:
    """`text` without the characters that XML does not allow."""
    return _ILLEGAL.sub("", text)


def from_documents(documents: Sequence[Document]) -> tuple[Entry, ...]:
    """Entries of published pieces, in their order. The network's own pages are none."""
    pieces = [d for d in documents if d.live and d.shown.kind != Kind.PAGE]
    texts = _sections(pieces)
    names = {topic.id: context.topic_name(topic) for topic in topics.all_topics()}
    return tuple(_entry(piece, texts.get(piece.shown.id, []), names) for piece in pieces)


def beginning() -> datetime:
    """When the library began: its first piece was made; a fixed day before there is one."""
    return db.session.scalar(select(func.min(Document.created_at))) or BEGINNING


def last_touched() -> datetime | None:
    """When anything that readers see last changed: the time of the newest outbox row."""
    newest = select(OutboxRow).order_by(OutboxRow.id.desc()).limit(1)
    row = db.session.scalar(newest)
    return row.at if row else None


def _entry(piece: Document, sections: Sequence[Section], names: Mapping[int, str]) -> Entry:
    revision = piece.shown
    url = absolute(url_for("reading.document", slug=piece.slug))
    changed = piece.changed_at or piece.published_at or piece.created_at
    return Entry(
        id=f"urn:uuid:{piece.uuid}",
        url=url,
        title=legal(revision.title),
        summary=legal(revision.summary) or _opening(sections),
        content=_content(sections, url) if revision.characters <= WHOLE else "",
        language="" if revision.language == "und" else revision.language,
        authors=tuple(legal(name) for name in revision.authors),
        tags=tuple(legal(names[topic.id]) for topic in piece.topics),
        published=piece.published_at or changed,
        updated=changed,
    )


def _sections(pieces: Sequence[Document]) -> dict[int, list[Section]]:
    """By revision: all sections of short pieces, the first ones of those without a summary. One query."""
    whole = [d.shown.id for d in pieces if d.shown.characters <= WHOLE]
    opening = [d.shown.id for d in pieces if not d.shown.summary]
    rows = db.session.scalars(
        select(Section)
        .where(Section.revision_id.in_(whole) | (Section.revision_id.in_(opening) & (Section.position < 3)))
        .order_by(Section.revision_id, Section.position)
    )
    found: dict[int, list[Section]] = {}
    for section in rows:
        found.setdefault(section.revision_id, []).append(section)
    return found


def _content(sections: Sequence[Section], url: str) -> str:
    """The text of a piece that is read whole, clean and with absolute links; "" for one read by chapters."""
    if not sections or any(section.chapter for section in sections):
        return ""
    root = lxml_html.fragment_fromstring("".join(section.html for section in sections), create_parent="div")
    for link in root.iter("a"):
        if link.get("href"):
            link.set("href", urljoin(url, link.get("href")))
    for image in root.iter("img"):
        image.set("src", urljoin(url, image.get("src", "")))
    inner = (root.text or "") + "".join(lxml_html.tostring(child, encoding="unicode") for child in root)
    return legal(nh3.clean(inner, tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None).strip())


def _opening(sections: Sequence[Section]) -> str:
    text = legal(" ".join(section.text for section in sections[:3]).replace("\n", " "))
    if len(text) <= OPENING:
        return text
    return text[:OPENING].rsplit(" ", 1)[0] + " …"
