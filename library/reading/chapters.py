"""A revision as it is read: its contents, one chapter at a time, what comes before and after."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import bindparam, func, select

from library.catalogue.models import Revision, Section
from library.extensions import db
from library.reading.words import minutes
from library.serving.remembered import Remembered

DEEPEST = 3  # levels of headings that a contents list shows: a chapter's (or article's) sections and theirs


@dataclass(slots=True)
class Heading:
    """A heading in a contents list, with those below it. `language` is set where it is not the piece's."""

    anchor: str
    text: str
    level: int
    below: list[Heading] = field(default_factory=list)
    language: str = ""


@dataclass(slots=True)
class Chapter:
    """A chapter in the contents: `number` from 1, `minutes` to read it, `headings` within it.

    `pages` is set ("1–20") where a long piece without headings is cut by the pages of its original. `language` is set
    where the chapter begins in another than the piece's.
    """

    slug: str
    title: str
    number: int
    minutes: int = 1
    pages: str = ""
    headings: list[Heading] = field(default_factory=list)
    language: str = ""


@dataclass(slots=True)
class Contents:
    """What a revision holds. `headings`: those outside chapters (all of them, in a piece that is read whole)."""

    headings: list[Heading]
    chapters: list[Chapter]
    anchors: dict[str, str]  # a heading's anchor -> the chapter it stands in ("" outside)

    def place(self, slug: str) -> int | None:
        """Where chapter `slug` stands in `chapters`; None when there is no such chapter."""
        return next((n for n, chapter in enumerate(self.chapters) if chapter.slug == slug), None)

    def around(self, slug: str) -> tuple[Chapter | None, Chapter | None]:
        """The chapters before and after `slug`."""
        place = self.place(slug)
        if place is None:
            return None, None
        before = self.chapters[place - 1] if place else None
        after = self.chapters[place + 1] if place + 1 < len(self.chapters) else None
        return before, after


_CONTENTS: Remembered[Contents] = Remembered(most=100)  # by revision


def contents(revision: Revision) -> Contents:
    """The contents of a revision, without loading its text; not to be changed, other pages show the same."""
    return _CONTENTS.get(revision.id, lambda: _read(revision))


def _read(revision: Revision) -> Contents:
    rows = db.session.execute(
        select(
            Section.anchor,
            Section.heading,
            Section.level,
            Section.chapter,
            Section.chapter_title,
            Section.language,
            func.length(Section.html),
        )
        .where(Section.revision_id == revision.id)
        .order_by(Section.position)
    ).all()
    characters = sum(row[6] for row in rows) or 1
    chapters: dict[str, Chapter] = {}
    lengths: dict[str, int] = {}
    loose: list[Heading] = []
    anchors: dict[str, str] = {}
    for anchor, heading, level, slug, title, language, length in rows:
        if slug and slug not in chapters:
            paged = title if slug.startswith("pages-") else ""
            chapters[slug] = Chapter(slug, title, len(chapters) + 1, pages=paged, language=language)
        lengths[slug] = lengths.get(slug, 0) + length
        if not level:
            continue
        anchors[anchor] = slug
        if anchor != slug:
            found = Heading(anchor, heading, level, language=language)
            place(chapters[slug].headings if slug else loose, found, DEEPEST)
    for slug, chapter in chapters.items():
        share = lengths[slug] * revision.characters // characters  # markup is spread evenly enough for a minute's sake
        chapter.minutes = minutes(share, revision.language)
    return Contents(loose, list(chapters.values()), anchors)


def place(headings: list[Heading], heading: Heading, deepest: int | None = None) -> None:
    """Put `heading` below the last one of a higher level; what would stand deeper than `deepest` is left out."""
    depth = 1
    while headings and headings[-1].level < heading.level:
        headings, depth = headings[-1].below, depth + 1
    if deepest is None or depth < deepest:
        headings.append(heading)


def text(revision: Revision, chapter: str = "") -> str:
    """The HTML of one chapter's sections; of what stands outside chapters for ""."""
    return "\n".join(db.session.scalars(_HTML, {"revision": revision.id, "chapter": chapter}))


_HTML = (
    select(Section.html)
    .where(Section.revision_id == bindparam("revision"), Section.chapter == bindparam("chapter"))
    .order_by(Section.position)
)
