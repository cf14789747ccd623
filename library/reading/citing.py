"""A piece as others cite it: for people, BibTeX, RIS, CSL-JSON.

Names are given as they stand: which part of one is the family's differs by language, and nobody said it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from library.catalogue.models import Document, Kind, Revision
from library.reading.forms import path
from library.serving.urls import absolute

FORMS = {
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "csl.json": "application/vnd.citationstyles.csl+json",
}
_KINDS = {  # (BibTeX, RIS, CSL)
    Kind.GUIDEBOOK: ("book", "BOOK", "book"),
    Kind.TOOLKIT: ("book", "BOOK", "book"),
    Kind.REPORT: ("techreport", "RPRT", "report"),
    Kind.CASE_STUDY: ("techreport", "RPRT", "report"),
    Kind.INTERVIEW: ("misc", "ELEC", "interview"),
}
_OTHERS = ("misc", "ELEC", "article")
# Characters that TeX takes for commands. Everything else stands as it is: BibTeX files are UTF-8 (biber, and bibtex8
# with XeTeX or LuaTeX), in any script.
_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Citation:
    """What is cited. `url` shows this very revision for ever; `key` names it in a bibliography."""

    key: str
    kind: tuple[str, str, str]
    title: str
    authors: tuple[str, ...]
    publisher: str
    date: date | None
    year: int | None
    language: str
    url: str
    latest: str
    revision: int
    summary: str
    licence: str


def citation(document: Document, revision: Revision) -> Citation:
    """What to cite of a revision of `document`."""
    moment = revision.published_on
    year = moment.year if moment else revision.year
    return Citation(
        key=document.slug if document.slug.isascii() else f"piece{document.id}",
        kind=_KINDS.get(Kind(revision.kind), _OTHERS),
        title=" ".join(revision.title.split()),
        authors=tuple(" ".join(name.split()) for name in revision.authors),
        publisher=" ".join(revision.publisher.split()),
        date=moment,
        year=year,
        language="" if revision.language == "und" else revision.language,
        url=absolute(url_for("reading.revision", slug=document.slug, number=revision.number)),
        latest=absolute(path(document)),
        revision=revision.number,
        summary=" ".join(revision.summary.split()),
        licence=revision.licence,
    )


def bibtex(cited: Citation) -> str:
    """One BibTeX entry, UTF-8."""
    fields = {
        "title": "{" + _tex(cited.title) + "}",
        "author": " and ".join("{" + _tex(name) + "}" for name in cited.authors),
        "year": str(cited.year or ""),
        "date": cited.date.isoformat() if cited.date else "",
        ("institution" if cited.kind[0] == "techreport" else "publisher"): _tex(cited.publisher),
        "language": cited.language,
        "edition": f"Revision {cited.revision}",
        "url": cited.url.replace("{", "%7B").replace("}", "%7D"),
    }
    lines = "".join(f",\n  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{cited.kind[0]}{{{cited.key}{lines}\n}}\n"


def ris(cited: Citation) -> str:
    """One RIS record, UTF-8; lines end in CR LF as the format says."""
    lines = [("TY", cited.kind[1]), ("TI", cited.title), *(("AU", name) for name in cited.authors)]
    lines += [("PY", str(cited.year or "")), ("DA", cited.date.strftime("%Y/%m/%d/") if cited.date else "")]
    lines += [("PB", cited.publisher), ("LA", cited.language), ("ET", f"Revision {cited.revision}")]
    lines += [("UR", cited.url), ("AB", cited.summary), ("ID", cited.key), ("ER", "")]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value or tag == "ER")


def csl(cited: Citation) -> str:
    """A CSL-JSON array with one item (the schema's version 1.0)."""
    item: dict[str, Any] = {
        "id": cited.key,
        "type": cited.kind[2],
        "title": cited.title,
        "author": [{"literal": name} for name in cited.authors],
        "publisher": cited.publisher,
        "language": cited.language,
        "abstract": cited.summary,
        "version": str(cited.revision),
        "URL": cited.url,
    }
    if cited.date:
        item["issued"] = {"date-parts": [[cited.date.year, cited.date.month, cited.date.day]]}
    elif cited.year:
        item["issued"] = {"date-parts": [[cited.year]]}
    return json.dumps([{key: value for key, value in item.items() if value}], ensure_ascii=False, indent=2) + "\n"


def _tex(text: str) -> str:
    return "".join(_TEX.get(character, character) for character in text)
