"""A published piece as packs hold it: its pages as trees, their headings, places and words, one piece at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from urllib.parse import unquote, urljoin

from flask_babel import gettext as _
from lxml import html as lxml_html
from sqlalchemy import select

from library.catalogue import markup
from library.catalogue.listing import Identity
from library.catalogue.models import Document, Section
from library.catalogue.scripts import direction
from library.extensions import db
from library.feeds.entries import legal
from library.packing import conforming
from library.packing.conforming import Element
from library.reading import context, forms
from library.reading.chapters import Heading, place
from library.serving.urls import absolute

_PICTURE = re.compile(rf"/pictures/({markup.NAME})")
_PIECE = re.compile(r"/documents/([^/]+)/(?:([^/]+)/)?")


@dataclass(frozen=True, slots=True)
class Passage:
    """A section as it is searched. `anchor` is "" for the beginning of its page."""

    anchor: str
    heading: str
    text: str


@dataclass(slots=True)
class Leaf:
    """A page: what stands before the first chapter (or a whole article) is number 0, chapters follow.

    `root`: a `<div>` with the text. `pages`: places where a page of the original begins, and its number.
    """

    number: int
    chapter: str
    title: str
    language: str
    root: Element
    ids: set[str] = field(default_factory=set)
    headings: list[Heading] = field(default_factory=list)
    pages: list[tuple[str, str]] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)


@dataclass(slots=True)
class Piece:
    """A piece in a pack. `number` from 1; `facts`: what is known of it, as (name, words, address or "")."""

    number: int
    slug: str
    title: str
    summary: str
    language: str
    authors: list[str]
    publisher: str
    date: str
    licence: str
    source: str
    address: str
    changed: datetime
    topics: list[str]
    countries: list[str]
    revision: int
    markdown: str
    leaves: list[Leaf]
    pictures: list[str]
    silent: bool  # whether a picture has no description
    facts: list[tuple[str, str, str]]
    document: Document

    @property
    def direction(self) -> str:
        return direction(self.language)

    @property
    def chapters(self) -> list[Leaf]:
        return self.leaves[1:]


class Places:
    """Where links lead within a pack: `href(here, there, anchor)` of the form that is written names the place."""

    def __init__(self, pieces: Sequence[Identity]) -> None:
        self.numbers = {piece.slug: number for number, piece in enumerate(pieces, start=1)}

    def mend(self, piece: Piece, name: Any) -> None:
        """Let every link of `piece` lead to a place in the pack, or to the whole address of one outside of it.

        `name(piece number, leaf number, anchor)` is a place's address as seen from the leaf that is asked for with it.
        """
        for leaf in piece.leaves:
            base = forms.path(piece.document, leaf.chapter)
            for link in list(leaf.root.iter("a")):
                if link.get("href"):
                    self._lead(link, base, piece, leaf, name)

    def _lead(self, link: Element, base: str, piece: Piece, leaf: Leaf, name: Any) -> None:
        href = link.get("href")
        if re.match(r"(?i)(https?:|mailto:)", href):
            target = conforming.web_address(href)
        else:
            whole = urljoin(f"http://library.invalid{base}", href)
            path, _mark, fragment = whole.removeprefix("http://library.invalid").partition("#")
            target = self._within(
                unquote(path), conforming.identifier(unquote(fragment)) if fragment else "", piece, leaf, name
            )
            target = target or conforming.web_address(absolute(path) + (f"#{fragment}" if fragment else ""))
        if target:
            link.set("href", target)
        else:
            del link.attrib["href"]

    def _within(self, path: str, anchor: str, piece: Piece, leaf: Leaf, name: Any) -> str:
        found = _PIECE.fullmatch(path)
        number = self.numbers.get(found[1]) if found else None
        if found is None or number is None:
            return ""
        if number != piece.number:
            return str(name(leaf, number, 0, ""))
        there = next((other for other in piece.leaves if anchor and anchor in other.ids), None)
        if there is None:
            chapter = found[2] or ""
            there, anchor = next((other for other in piece.leaves if other.chapter == chapter), piece.leaves[0]), ""
        return str(name(leaf, number, there.number, anchor))


def read(number: int, identity: Identity) -> Piece:
    """The piece as its live revision has it, with every page as a tree. Words of ours are in the language that is set."""
    document = db.session.get_one(Document, identity.id)
    revision = document.shown
    rows = db.session.execute(
        select(
            Section.chapter,
            Section.chapter_title,
            Section.language,
            Section.anchor,
            Section.heading,
            Section.level,
            Section.page,
            Section.html,
            Section.blocks,
        )
        .where(Section.revision_id == revision.id)
        .order_by(Section.position)
    ).all()
    grouped: dict[str, list[Any]] = {"": []}
    for row in rows:
        grouped.setdefault(row.chapter, []).append(row)
    leaves = [_leaf(place, chapter, found, revision.language) for place, (chapter, found) in enumerate(grouped.items())]
    images = [image for leaf in leaves for image in leaf.root.iter("img")]
    piece = Piece(
        number=number,
        slug=document.slug,
        title=legal(revision.title),
        summary=legal(revision.summary),
        language=revision.language,
        authors=[legal(name) for name in revision.authors],
        publisher=legal(revision.publisher),
        date=_dated(revision.published_on, revision.year),
        licence=legal(revision.licence),
        source=conforming.web_address(revision.source_url) if revision.source_url else "",
        address=absolute(forms.path(document)),
        changed=document.changed_at or revision.created_at,
        topics=[legal(context.topic_name(topic)) for topic in document.topics],
        countries=[context.country_name(code) for code in revision.countries],
        revision=revision.number,
        markdown=forms.markdown(document, revision),
        leaves=leaves,
        pictures=list(
            dict.fromkeys(found[1] for image in images if (found := _PICTURE.fullmatch(image.get("src", ""))))
        ),
        silent=any(not image.get("alt") for image in images),
        facts=[],
        document=document,
    )
    piece.facts = _facts(piece)
    return piece


def picture_of(image: Element) -> str:
    """The name of the stored picture that an `<img>` shows."""
    found = _PICTURE.fullmatch(image.get("src", ""))
    return found[1] if found else ""


def _leaf(number: int, chapter: str, rows: Sequence[Any], language: str) -> Leaf:
    paged = chapter.startswith("pages-")
    title = legal(rows[0].chapter_title) if chapter else ""
    root = conforming.tree("\n".join(row.html for row in rows))
    leaf = Leaf(
        number=number,
        chapter=chapter,
        title=str(_("Pages %(range)s", range=title)) if paged else title,
        language=(rows[0].language or language) if chapter and not paged else language,
        root=root,
    )
    for link in list(root.iter("a")):
        if "heading" in (link.get("class") or "").split():
            link.drop_tag()
    for element in root.iter():
        if element.get("id") in leaf.ids:
            del element.attrib["id"]
        elif element.get("id"):
            leaf.ids.add(element.get("id"))
    if chapter and not paged:
        leaf.ids.add(conforming.identifier(chapter))  # its heading is the page's own
    for element in root.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        if element.get("id") and (text := " ".join(element.text_content().split())):
            place(leaf.headings, Heading(element.get("id"), text, int(element.tag[1])))
    leaf.pages = [
        (element.get("id"), element.text or "")
        for element in root.iter("div")
        if element.get("class") == "page-break" and element.get("id")
    ]
    leaf.passages = [_passage(row, leaf) for row in rows if row.blocks or row.level]
    return leaf


def _passage(row: Any, leaf: Leaf) -> Passage:
    anchors = [conforming.identifier(name) for name in (row.anchor, *(anchor for anchor, _text in row.blocks[:1]))]
    anchor = next((name for name in anchors if name in leaf.ids), "")
    return Passage(anchor, legal(row.heading), legal("\n".join(text for _anchor, text in row.blocks)))


def _dated(day: date | None, year: int | None) -> str:
    return day.isoformat() if day else f"{year:04d}" if year and 0 < year < 10_000 else ""


def _facts(piece: Piece) -> list[tuple[str, str, str]]:
    known = [
        (_("Authors"), ", ".join(piece.authors), ""),
        (_("Publisher"), piece.publisher, ""),
        (_("Date"), piece.date, ""),
        (_("Topics"), ", ".join(piece.topics), ""),
        (_("Countries"), ", ".join(piece.countries), ""),
        (_("Language"), "" if piece.language == "und" else context.language_name(piece.language), ""),
        (_("Licence"), piece.licence, ""),
        (_("Source"), piece.source, piece.source),
        (_("Address"), piece.address, piece.address),
        (_("Revision"), str(piece.revision), ""),
    ]
    return [(str(name), text, href) for name, text, href in known if text]


def fragment(root: Element, method: Literal["html", "xml"]) -> str:
    """What is inside of a leaf's `<div>`, as "xml" or "html"."""
    if method == "html":
        for frame in (e for e in root.iter("div") if e.get("class") == "scroll"):
            frame.set("tabindex", "0")  # a wide table is scrolled by keyboard too
    inner = [lxml_html.tostring(child, encoding="unicode", method=method) for child in root]
    text = lxml_html.Element("p")
    text.text = root.text
    before = lxml_html.tostring(text, encoding="unicode")[3:-4] if (root.text or "").strip() else ""
    return before + "".join(inner)
