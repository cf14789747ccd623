"""Which pieces stand in which feed: all, a topic's, a search's."""

from __future__ import annotations

from flask import current_app, url_for
from flask_babel import gettext as _

from indexer.searching import Index
from library.catalogue import listing
from library.catalogue.listing import Shelf
from library.catalogue.models import Document, Topic
from library.feeds.entries import Feed, beginning, from_documents, legal
from library.finding import Search, said
from library.reading import context
from library.serving.urls import absolute

FORMATS = ("atom", "rss", "json")
LOOKED_AT = 200  # newest results of a search of which those that were published or changed last are taken


def everything(access: tuple[str, ...]) -> Feed:
    """All that is new or has changed."""
    return _feed(
        "",
        current_app.config["SITE_TAGLINE"],
        url_for("reading.home"),
        {fmt: url_for("feeds.everything", fmt=fmt) for fmt in FORMATS},
        _newest(Shelf(access=access)),
    )


def of_topic(topic: Topic, access: tuple[str, ...]) -> Feed:
    """What is new in a topic and in those below it."""
    return _feed(
        context.topic_name(topic),
        context.topic_description(topic),
        url_for("reading.topic", slug=topic.slug),
        {fmt: url_for("feeds.topic", slug=topic.slug, fmt=fmt) for fmt in FORMATS},
        _newest(Shelf(access=access, topic=(topic.slug,))),
    )


def of_search(search: Search, index: Index, access: tuple[str, ...]) -> Feed:
    """What fits a search: in its order where it names one, else what was published or changed last first."""
    size = current_app.config["FEED_ENTRIES"]
    newest_first = search.sort is None
    wanted = search.on_page(1).sorted_by("newest") if newest_first else search.on_page(1)
    answer = index.ask(wanted.question(access, max(size, LOOKED_AT) if newest_first else size, facets=False))
    ids = [int(hit.document) for hit in answer.hits]
    documents = listing.published(ids, access)
    pieces = [documents[number] for number in ids if number in documents]
    if newest_first:
        pieces.sort(key=lambda piece: (piece.changed_at or beginning(), piece.id), reverse=True)
    query = search.on_page(1).query()
    tail = f"?{query}" if query else ""
    return _feed(
        _("Search: %(words)s", words=said(search)) if said(search) else _("Search"),
        _("What is new in the library for this search."),
        url_for("finding.search") + tail,
        {fmt: url_for("feeds.search", fmt=fmt) + tail for fmt in FORMATS},
        pieces[:size],
    )


def _newest(wanted: Shelf) -> list[Document]:
    shelf = Shelf(topic=wanted.topic, access=wanted.access, sort="added")
    return list(listing.shelf(shelf, size=current_app.config["FEED_ENTRIES"]).documents)


def _feed(name: str, subtitle: str, page: str, addresses: dict[str, str], pieces: list[Document]) -> Feed:
    site = current_app.config["SITE_NAME"]
    entries = from_documents(pieces)
    return Feed(
        title=legal(f"{name} – {site}" if name else site),
        subtitle=legal(subtitle),
        page=absolute(page),
        addresses={fmt: absolute(address) for fmt, address in addresses.items()},
        language=current_app.config["SITE_LANGUAGE"],
        author=legal(site),
        entries=entries,
        updated=max((entry.updated for entry in entries), default=beginning()),
    )
