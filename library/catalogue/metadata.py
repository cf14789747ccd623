"""A piece's description: the fields of the front matter, checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from library.catalogue.errors import BadMetadata
from library.catalogue.models import Kind, Revision
from library.catalogue.storable import is_seen, line, storable

LANGUAGE_TAG = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
COUNTRY_CODE = re.compile(r"^[A-Za-z]{2}$")
YEARS = range(1000, 2200)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is said about a piece. `language` is BCP 47 ("und" when unknown), `countries` ISO 3166-1 alpha-2."""

    title: str
    summary: str = ""
    kind: str = Kind.ARTICLE
    language: str = "und"
    topics: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    publisher: str = ""
    published_on: date | None = None
    year: int | None = None
    licence: str = ""
    source_url: str = ""

    def checked(self) -> Metadata:
        """The same in normal form; raises BadMetadata for a field that cannot be used."""
        if not is_seen(self.title):
            raise BadMetadata("A piece needs a title.")
        if self.kind not in set(Kind):
            raise BadMetadata(f"“{self.kind}” is no kind of piece; it is one of {', '.join(Kind)}.")
        if not LANGUAGE_TAG.match(self.language):
            raise BadMetadata(f"“{self.language}” is no language tag; write one like en, fr or pt-BR.")
        for code in self.countries:
            if not COUNTRY_CODE.match(code):
                raise BadMetadata(f"“{code}” is no country code; write two letters, like GH or KE.")
        if self.source_url and urlsplit(self.source_url).scheme not in ("http", "https"):
            raise BadMetadata("The source is an address that starts with https:// or http://.")
        return replace(
            self,
            title=line(self.title),
            summary=storable(self.summary).strip(),
            topics=_unique(self.topics),
            countries=_unique(code.upper() for code in self.countries),
            authors=_unique(line(name) for name in self.authors),
            publisher=line(self.publisher),
            licence=line(self.licence),
            source_url=line(self.source_url),
            year=self.published_on.year if self.published_on else self.year,
        )

    @classmethod
    def of(cls, revision: Revision) -> Metadata:
        """The description that a revision carries."""
        return cls(
            title=revision.title,
            summary=revision.summary,
            kind=revision.kind,
            language=revision.language,
            topics=tuple(revision.topics),
            countries=tuple(revision.countries),
            authors=tuple(revision.authors),
            publisher=revision.publisher,
            published_on=revision.published_on,
            year=revision.year,
            licence=revision.licence,
            source_url=revision.source_url,
        )


def from_front_matter(fields: Mapping[str, Any], title: str, language: str = "und") -> tuple[Metadata, list[str]]:
    """Metadata from a front matter's fields, with a warning for each field that could not be used.

    `title` and `language` stand in where the front matter names none (or an unusable one).
    """
    warnings: list[str] = []
    said = {str(key).lower(): value for key, value in fields.items() if value not in (None, "")}
    kind = str(said.get("kind", Kind.ARTICLE)).strip().lower()
    if kind not in set(Kind):
        warnings.append(f"The kind “{kind}” is not known here; the piece is taken as an article.")
        kind = Kind.ARTICLE
    tag = str(said.get("language", language)).strip()
    if not LANGUAGE_TAG.match(tag):
        warnings.append(f"The language “{tag}” is no language tag; please choose one.")
        tag = language
    countries = [code for code in _words(said.get("countries")) if COUNTRY_CODE.match(code)]
    if len(countries) < len(_words(said.get("countries"))):
        warnings.append("A country that is not two letters (like GH) was left out.")
    published, year = _date(said.get("published"))
    if "published" in said and not year:
        warnings.append(f"The date “{said['published']}” is not a date like 2024-05-31; it was left out.")
    source = str(said.get("source", "")).strip()
    if source and urlsplit(source).scheme not in ("http", "https"):
        warnings.append("The source is not a web address; it was left out.")
        source = ""
    metadata = Metadata(
        title=next((name for name in (str(said.get("title", "")), title) if is_seen(name)), ""),
        summary=str(said.get("summary", "")),
        kind=kind,
        language=tag,
        topics=tuple(_words(said.get("topics"))),
        countries=tuple(countries),
        authors=tuple(_words(said.get("authors"))),
        publisher=str(said.get("publisher", "")),
        published_on=published,
        year=year,
        licence=str(said.get("licence", ""))[:100],
        source_url=source,
    )
    return metadata.checked(), warnings


def to_front_matter(metadata: Metadata, translation_of: str | None = None) -> dict[str, Any]:
    """The fields of the contract's front matter, without the empty ones."""
    fields: dict[str, Any] = {
        "title": metadata.title,
        "summary": metadata.summary,
        "kind": str(metadata.kind),
        "topics": list(metadata.topics),
        "language": metadata.language,
        "countries": list(metadata.countries),
        "authors": list(metadata.authors),
        "publisher": metadata.publisher,
        "published": metadata.published_on.isoformat() if metadata.published_on else metadata.year,
        "licence": metadata.licence,
        "source": metadata.source_url,
        "translation_of": translation_of,
    }
    return {key: value for key, value in fields.items() if value}


def _date(value: Any) -> tuple[date | None, int | None]:
    """A front matter's date, whole or as a year alone: (date, year)."""
    if isinstance(value, datetime):
        return value.date(), value.year
    if isinstance(value, date):
        return value, value.year
    text = str(value or "").strip()
    if re.fullmatch(r"\d{4}", text) and int(text) in YEARS:
        return None, int(text)
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None, None
    return (day, day.year) if day.year in YEARS else (None, None)


def _words(value: Any) -> list[str]:
    if value is None:
        return []
    parts = value if isinstance(value, list | tuple) else str(value).split(",")
    return [text for part in parts if (text := str(part).strip())]


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
