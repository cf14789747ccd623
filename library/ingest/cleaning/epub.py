"""EPUB with title and language, without what else its package says; its pages as HTML pages are. EPUB 3.3, 5.5."""

from __future__ import annotations

import hashlib
import re
import uuid

from lxml import etree

from library.ingest.cleaning import pictures
from library.ingest.cleaning.packages import Members, local_name, without_places, written, xml
from library.ingest.formats.xml import removed

_ENCRYPTION = "META-INF/encryption.xml"
_IN_META_INF = frozenset({"META-INF/container.xml", _ENCRYPTION})
_DROPPED = re.compile(r"(?i)(?:^|/)(?:iTunesMetadata\.plist|iTunesArtwork|\.DS_Store|Thumbs\.db|calibre_\w+\.txt)$")
_PICTURE = re.compile(r"(?i)\.(?:png|jpe?g|gif|webp)$")
_PAGE = re.compile(r"(?i)\.(?:x?html?|xml|svg|ncx|smil)$")
_KEPT_WITHOUT_CHANGE = re.compile(r"(?i)\.(?:css|ttf|otf|woff2?)$")
_SAID_OF_PEOPLE = frozenset({"docAuthor"})


def cleaner(members: Members, name: str) -> Members:
    """The package's members as they may be given out, `mimetype` first."""
    kept = {
        member: content
        for member, content in members.items()
        if not _DROPPED.search(member) and (not member.startswith("META-INF/") or member in _IN_META_INF)
    }
    # Fonts may be veiled by the book's identifier; such a book keeps it.
    identifier = "" if _ENCRYPTION in kept else _identifier(kept)
    first = {"mimetype": b"application/epub+zip"}
    return first | {m: _part(m, content, identifier) for m, content in kept.items() if m != "mimetype"}


def _identifier(members: Members) -> str:
    """One that comes from the book's pages, as two copies of the same book are the same; it says nothing of a machine."""
    digest = hashlib.sha256()
    for member in sorted(members):
        if _PAGE.search(member):
            digest.update(members[member])
    return uuid.UUID(bytes=digest.digest()[:16], version=4).urn


def _part(member: str, content: bytes, identifier: str) -> bytes:
    try:
        if member in _IN_META_INF:
            return written(xml(content))
        if member.lower().endswith(".opf"):
            return _package(content, identifier)
        if _PAGE.search(member):
            return _page(content, identifier)
    except etree.XMLSyntaxError:
        return b""
    if _PICTURE.search(member):
        return pictures.member(content, member)
    return content if _KEPT_WITHOUT_CHANGE.search(member) else b""


def _package(content: bytes, identifier: str) -> bytes:
    root = xml(content)
    for element in list(root.iter(etree.Element)):
        parent = element.getparent()
        if parent is None or local_name(parent) not in ("metadata", "dc-metadata", "x-metadata"):
            continue
        name = local_name(element)
        if name == "identifier" and element.get("id") == root.get("unique-identifier"):
            element.text = identifier or element.text
        elif name == "meta" and element.get("property") == "dcterms:modified":
            element.text = "2000-01-01T00:00:00Z"  # the standard asks for one
        elif not (name in ("title", "language", "dc-metadata") or _shows(element)):
            removed(element)
    without_places(root)
    return written(root)


def _shows(element: etree._Element) -> bool:
    """Whether a `meta` says how the book is shown: its cover, its layout."""
    return element.get("name") == "cover" or (element.get("property") or "").startswith("rendition:")


def _page(content: bytes, identifier: str) -> bytes:
    root = xml(content)
    for element in list(root.iter(etree.Element)):
        name = local_name(element)
        if name in _SAID_OF_PEOPLE or name == "script":
            removed(element)
        elif name == "meta" and element.get("name") == "dtb:uid" and identifier:
            element.set("content", identifier)
        elif name == "meta" and not (element.get("name") or "viewport").startswith(("viewport", "dtb:")):
            removed(element)
    without_places(root)
    return written(root)
