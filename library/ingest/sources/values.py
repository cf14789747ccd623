"""Values as other systems write them, as the contract's front matter has them: dates, languages, licences, plain text."""

from __future__ import annotations

import re
from datetime import date
from email.utils import parsedate_to_datetime
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from babel.core import get_global

from library.ingest import languages

SUMMARY = 600  # characters of a summary that a source states
_DAY = re.compile(r"(?<!\d)(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)")
_YEAR = re.compile(r"(?<!\d)(1[0-9]{3}|20\d\d|21\d\d)(?!\d)")
_COMMONS = re.compile(r"creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)", re.IGNORECASE)
_BLOCKS = frozenset("p div br li h1 h2 h3 h4 h5 h6 tr blockquote section article figure".split())


def day(text: str) -> str:
    """A date in any of the usual spellings as `2024-05-31`, or the year alone where no day is said; "" without one."""
    text = text.strip()
    if found := _DAY.search(text):
        year, month, number = (int(part) for part in found.groups())
        try:
            return date(year, month, number).isoformat()
        except ValueError:
            return str(year)  # 2019-05-00: a month
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError):
        pass
    year_alone = _YEAR.search(text)
    return year_alone[1] if year_alone else ""


def language(text: str) -> str:
    """A language as a BCP 47 tag (`eng` and `en_GB` are written so by others); "" for what is none."""
    tag = languages.plausible(text)
    first, dash, rest = tag.partition("-")
    return str(get_global("language_aliases").get(first, first)) + dash + rest


def licence(text: str) -> str:
    """An SPDX name for a Creative Commons address, else the words as they are."""
    found = _COMMONS.search(text)
    if not found:
        return " ".join(text.split())[:100]
    kind, name, version = found[1].lower(), found[2].lower(), found[3]
    if kind == "publicdomain":
        return f"CC0-{version}" if name == "zero" else "CC-PDM-1.0"
    return f"CC-{name.upper()}-{version}"


def web(text: str) -> str:
    """An address of the web, "" for anything else."""
    text = text.strip()
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc and not re.search(r"\s", text) else ""


def person(given: str, family: str) -> str:
    return " ".join(f"{given} {family}".split())


def line(text: str) -> str:
    """Words of a title: without tags and character references, on one line."""
    return " ".join(plain(text).split())


def plain(markup: str) -> str:
    """The words of a piece of HTML, a line a paragraph."""
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    reader = _Words()
    reader.feed(markup)
    reader.close()
    lines = (" ".join(one.split()) for one in "".join(reader.words).split("\n"))
    return "\n".join(one for one in lines if one)


def summary(markup: str) -> str:
    """A stated summary as one paragraph, cut at a sentence or word where it is as long as a text."""
    said = " ".join(plain(markup).split())
    if len(said) <= SUMMARY:
        return said
    end = max(said.rfind(mark, 0, SUMMARY) for mark in (". ", "? ", "! ", "。", "؟ "))
    return said[: end + 1].strip() if end > SUMMARY // 3 else said[:SUMMARY].rpartition(" ")[0] + "…"


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style") and self._hidden > 0
        if tag in _BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def decoded(text: str) -> str:
    """Character references resolved, as some exports write them into plain fields."""
    return unescape(text).strip()
