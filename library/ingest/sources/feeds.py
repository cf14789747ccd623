"""Feeds that were saved to disk: Atom, RSS and JSON Feed. Nothing is fetched; pages saved beside them are used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from lxml import etree

from library.ingest.extraction import Status
from library.ingest.sources import mirrors, pages, values, xmlfile
from library.ingest.sources.items import BadSource, Item, Remarks
from library.ingest.sources.xmlfile import Element

KIND = "feed"
ATOM = "http://www.w3.org/2005/Atom"
RSS1 = "http://purl.org/rss/1.0/"
WHOLE = 1_500  # characters from which an RSS description is taken for the whole text
_GOES_ON = re.compile(
    r"(?:…|\.\.\.|\[(?:…|\.\.\.|&#8230;|&hellip;)\]|(?:continue reading|read more|weiterlesen|lire la suite|leer más)\W*)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of any kind of feed. `body`: its text as HTML; `whole`: whether that is all of it."""

    id: str
    title: str
    link: str
    body: str
    whole: bool
    summary: str = ""
    published: str = ""
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    language: str = ""
    licence: str = ""


def recognises(root: str, namespaces: frozenset[str]) -> bool:
    if root == "rss":
        return not any("wordpress.org/export" in name for name in namespaces)
    return root == f"{{{ATOM}}}feed" or (root.endswith("}RDF") and RSS1 in namespaces)


def recognises_json(loaded: object) -> bool:
    return isinstance(loaded, Mapping) and str(loaded.get("version", "")).startswith("https://jsonfeed.org/")


def read(path: Path, remarks: Remarks) -> Iterator[Item]:
    """The entries as items. An entry whose page was saved beside the feed is read from there when the feed is short."""
    feed = ""
    entries = _json(path) if _is_json(path) else _xml(path)
    for number, (about, entry) in enumerate(entries):
        feed = feed or about or str(path.resolve())
        yield _item(path, feed, entry, number)


def _item(path: Path, feed: str, entry: _Entry, number: int) -> Item:
    base: dict[str, Any] = {
        "kind": KIND,
        "identity": feed,
        "id": entry.id or entry.link or entry.title or str(number),
        "origin": path,
        "name": pages.file_name(entry.title or "entry"),
        "fields": _fields(entry),
    }
    local = mirrors.of_address(path.parent, entry.link)
    if local is not None and not entry.whole:
        return Item(**base | {"name": local.name}, path=local)
    base["stands_for"] = (local,) if local is not None else ()
    if not values.plain(entry.body):
        return Item(
            **base,
            status=Status.empty,
            reason=_("“%(title)s” has no text in the feed.", title=entry.title or entry.link),
        )
    partial = ""
    if not entry.whole:
        partial = _("The feed holds only a summary of “%(title)s”.", title=entry.title or entry.id)
        if values.web(entry.link):
            partial += " " + _("The whole text is at %(address)s.", address=entry.link)
    return Item(**base, content=pages.page(entry.title, entry.body, entry.language), partial=partial)


def _fields(entry: _Entry) -> dict[str, Any]:
    fields = {
        "title": entry.title,
        "summary": values.summary(entry.summary) if entry.whole else "",
        "published": entry.published,
        "authors": [name for name in entry.authors if name and "@" not in name],
        "topics": list(entry.topics),
        "language": entry.language,
        "licence": values.licence(entry.licence),
        "source": values.web(entry.link),
    }
    return {key: value for key, value in fields.items() if value}


def _xml(path: Path) -> Iterator[tuple[str, _Entry]]:
    about = language = ""
    author: tuple[str, ...] = ()
    found = xmlfile.root(path)
    is_atom = found is not None and found[0] == f"{{{ATOM}}}feed"
    depth = 2 if found is not None and found[0] == "rss" else 1  # RSS 2.0 alone has its items within the channel
    names = frozenset(("id", "link", "language", "entry", "item", "author"))
    for element in xmlfile.at_depth(path, depth, names):
        match xmlfile.name(element):
            case "entry" if is_atom:
                language = language or _declared(element)
                yield about, _atom(element, language, author)
            case "item":
                yield about, _rss(element, language)
            case "id" if is_atom:
                about = (element.text or "").strip()
            case "author" if is_atom:
                author = (xmlfile.text(element, "name"),)
            case "link" if not is_atom and xmlfile.namespace(element) != ATOM:
                about = about or (element.text or "").strip()
            case "language":
                language = values.language(element.text or "")


def _declared(element: Element) -> str:
    parent = element.getparent()
    tag = parent.get("{http://www.w3.org/XML/1998/namespace}lang", "") if parent is not None else ""
    return values.language(tag)


def _atom(entry: Element, language: str, feed_author: tuple[str, ...]) -> _Entry:
    content = next(xmlfile.children(entry, "content"), None)
    summary = next(xmlfile.children(entry, "summary"), None)
    body = _atom_html(content) if content is not None and not content.get("src") else ""
    links = [
        link.get("href", "") for link in xmlfile.children(entry, "link") if link.get("rel", "alternate") == "alternate"
    ]
    authors = tuple(name for one in xmlfile.children(entry, "author") if (name := xmlfile.text(one, "name")))
    return _Entry(
        id=xmlfile.text(entry, "id"),
        title=values.line(xmlfile.text(entry, "title")),
        link=links[0] if links else "",
        body=body or (_atom_html(summary) if summary is not None else ""),
        whole=bool(values.plain(body)),
        summary=_atom_html(summary) if summary is not None else "",
        published=values.day(xmlfile.text(entry, "published", "updated")),
        authors=authors or feed_author,
        topics=_terms(c.get("label") or c.get("term", "") for c in xmlfile.children(entry, "category")),
        language=values.language(entry.get("{http://www.w3.org/XML/1998/namespace}lang", "")) or language,
        licence=xmlfile.text(entry, "rights"),
    )


def _atom_html(element: Element) -> str:
    match element.get("type", "text"):
        case "xhtml":
            return "".join(etree.tostring(child, encoding="unicode", with_tail=False) for child in element)
        case "html" | "text/html":
            return "".join(element.itertext())
        case _:
            return pages.paragraphs("".join(element.itertext()))


def _rss(item: Element, language: str) -> _Entry:
    encoded = next((e for e in xmlfile.children(item, "encoded") if "content" in xmlfile.namespace(e)), None)
    description = xmlfile.text(item, "description")
    whole = "".join(encoded.itertext()) if encoded is not None else ""
    links = [e for e in xmlfile.children(item, "link") if xmlfile.namespace(e) != ATOM]
    link = (links[0].text or "").strip() if links else ""
    guid = next(xmlfile.children(item, "guid"), None)
    name = (guid.text or "").strip() if guid is not None else ""
    if not link and guid is not None and guid.get("isPermaLink", "true") == "true":
        link = name
    author = xmlfile.text(item, "creator") or re.sub(r"^\S+@\S+\s*\((.*)\)$", r"\1", xmlfile.text(item, "author"))
    return _Entry(
        id=name,
        title=values.line(xmlfile.text(item, "title")),
        link=link,
        body=whole or _as_html(description),
        whole=bool(values.plain(whole)) or _is_whole(description),
        summary=description if values.plain(whole) else "",
        published=values.day(xmlfile.text(item, "pubDate", "date", "published")),
        authors=(author,),
        topics=_terms(e.text or "" for e in (*xmlfile.children(item, "category"), *xmlfile.children(item, "subject"))),
        language=values.language(xmlfile.text(item, "language")) or language,
        licence=xmlfile.text(item, "rights", "license"),
    )


def _json(path: Path) -> Iterator[tuple[str, _Entry]]:
    try:
        feed = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadSource(_("“%(name)s” is no sound JSON; save the feed again.", name=path.name)) from error
    about, language = _said(feed, "feed_url") or _said(feed, "home_page_url"), values.language(_said(feed, "language"))
    shared = _people(feed)
    listed = feed.get("items")
    for one in listed if isinstance(listed, list) else []:
        if not isinstance(one, Mapping):
            continue
        body = _said(one, "content_html") or pages.paragraphs(_said(one, "content_text"))
        summary = _said(one, "summary")
        tags = one.get("tags")
        yield (
            about,
            _Entry(
                id=str(one.get("id", "")),
                title=values.line(_said(one, "title")),
                link=_said(one, "url") or _said(one, "external_url"),
                body=body or pages.paragraphs(summary),
                whole=bool(values.plain(body)),
                summary=escape(summary),
                published=values.day(_said(one, "date_published") or _said(one, "date_modified")),
                authors=_people(one) or shared,
                topics=_terms(str(tag) for tag in tags) if isinstance(tags, list) else (),
                language=values.language(_said(one, "language")) or language,
            ),
        )


def _people(said: Mapping[str, Any]) -> tuple[str, ...]:
    listed = said.get("authors") or [said.get("author")]
    return tuple(_said(one, "name") for one in listed if isinstance(one, Mapping)) if isinstance(listed, list) else ()


def _said(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""


def _terms(terms: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term.strip() for term in terms if term.strip()))


def _is_whole(description: str) -> bool:
    """Whether an RSS description is the text itself: it is long, and does not say that it goes on elsewhere."""
    words = values.plain(description)
    return len(words) >= WHOLE and not _GOES_ON.search(words)


def _as_html(text: str) -> str:
    return text if re.search(r"<[a-zA-Z/!]", text) else pages.paragraphs(text)


def _is_json(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(100).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
