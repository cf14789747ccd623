"""The glossary of a piece: its own section of that name, and the library's page of that name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import url_for
from lxml import html as lxml_html
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from library.access.policy import visible_to
from library.catalogue.models import Document, Kind, Revision, Section, Status
from library.extensions import db
from library.interface import spoken
from library.reading.forms import path
from library.reading.terms import Entry
from library.serving.remembered import Remembered

PAGE = "glossary"  # slug of the network's page that explains words for the whole library
LONGEST = 320  # characters of a meaning that are shown beside a word
_CALLED = re.compile(
    r"(glossary|lexicon|glossaire|lexique|glosario|léxico|glossário|glossario|glossar|begriffe|verklarende woordenlijst"
    r"|słownik|slovník|глоссарий|словарь терминов|глосарій|thuật ngữ|glosarium|daftar istilah|istilah|sözlük|kamusi"
    r"|مسرد|قاموس المصطلحات|معجم المصطلحات|واژه.?نامه|فرہنگ|शब्दावली|পরিভাষা|อภิธานศัพท์|术语表|術語表|词汇表|用語集|용어집?)\b",
    re.IGNORECASE,
)
_SHORT = re.compile(r"(.+?)\s*[(（]([^()（）]{2,12})[)）]")  # "Freedom of information (FOI)"

Row = tuple[tuple[str, ...], str, str, str]
"""Names, meaning, chapter and anchor of an entry."""


def of(document: Document, revision: Revision, person: Any) -> tuple[Entry, ...]:
    """What the piece's own glossary explains, then what the library's does in the piece's language."""
    access = visible_to(person)
    key = (revision.id, access, spoken())  # addresses carry the language of the interface
    return _EXPLAINED.get(key, lambda: _explained(document, revision, access))


_EXPLAINED: Remembered[tuple[Entry, ...]] = Remembered(most=500)


def _explained(document: Document, revision: Revision, access: tuple[str, ...]) -> tuple[Entry, ...]:
    own = [
        Entry(names, meaning, f"{path(document, chapter)}#{anchor}")
        for names, meaning, chapter, anchor in _rows(revision.id, revision.created_at, False)
    ]
    primary = revision.language.split("-")[0].lower()
    for number, slug, live, made, language in db.session.execute(_library(access)):
        if language.split("-")[0].lower() == primary and number != document.id:
            address = url_for("reading.page", slug=slug)
            rows = _rows(live, made, True)
            own += [Entry(names, meaning, f"{address}#{anchor}") for names, meaning, _chapter, anchor in rows]
            break
    return tuple(own)


def is_called_so(heading: str) -> bool:
    """Whether a section of this heading is a glossary."""
    return _CALLED.match(heading.strip()) is not None


def _library(access: tuple[str, ...]) -> Select[int, str, int, datetime, str]:
    """The library's glossary and its translations, as far as `access` lets see them."""
    original = aliased(Document)
    return (
        select(Document.id, Document.slug, Revision.id, Revision.created_at, Revision.language)
        .join(Revision, Revision.id == Document.live_id)
        .outerjoin(original, original.id == Document.translation_of_id)
        .where(
            or_(Document.slug == PAGE, original.slug == PAGE),
            Document.status == Status.PUBLISHED,
            Document.access.in_(access),
            Revision.kind == Kind.PAGE,
        )
        .order_by(Document.id)
    )


@lru_cache(maxsize=512)
def _rows(revision: int, _made: datetime, everything: bool) -> tuple[Row, ...]:
    """The entries of a revision, which never changes (its time is asked for because SQLite gives numbers again).

    `everything`: of all its sections, whatever they are called.
    """
    places = db.session.execute(
        select(Section.position, Section.level, Section.heading)
        .where(Section.revision_id == revision)
        .order_by(Section.position)
    ).all()
    wanted = [position for position, _, _ in places] if everything else list(_of_glossary(places))
    if not wanted:
        return ()
    held = db.session.execute(
        select(Section.chapter, Section.html)
        .where(Section.revision_id == revision, Section.position.in_(wanted))
        .order_by(Section.position)
    )
    return tuple((names, text, chapter, anchor) for chapter, html in held for names, text, anchor in entries(html))


def _of_glossary(places: Iterable[Any]) -> Iterator[int]:
    """Positions of the sections that stand under a heading which says so."""
    inside = 0
    for position, level, heading in places:
        if level and (not inside or level <= inside):
            inside = level if is_called_so(heading) else 0
        if inside:
            yield position


def entries(html: str) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """(names, meaning, anchor) of what definition lists and tables of two columns in a section's HTML explain."""
    if "<dl" not in html and "<tr" not in html:
        return
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    for listing in root.iter("dl"):
        terms: list[Any] = []
        for element in listing:
            if element.tag == "dt":
                terms = [*terms, element] if terms and terms[-1].getnext() is element else [element]
            elif element.tag == "dd" and terms:
                yield from _entry(terms, element)
                terms = []
    for row in root.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        if len(cells) == 2 and cells[1].tag == "td":
            yield from _entry([cells[0]], cells[1], row.get("id"))


def _entry(terms: list[Any], meaning: Any, anchor: str | None = None) -> Iterator[tuple[tuple[str, ...], str, str]]:
    names: list[str] = []
    for term in terms:
        written = _said(term)
        short = _SHORT.fullmatch(written)
        names += [short[1], short[2]] if short else [written]
    names = [name for name in dict.fromkeys(names) if 1 < len(name) < 80]
    place = anchor or terms[0].get("id")
    text = _said(meaning)
    if names and text and place:
        yield tuple(names), _cut(text), place


def _said(element: Any) -> str:
    return " ".join("".join(element.itertext()).replace("↩", "").split())


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
