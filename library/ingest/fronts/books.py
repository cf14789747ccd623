"""The cover of an EPUB, as its package names it. EPUB 3.3, 5.4 (`cover-image`); older books name it in a `meta`."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from library.ingest.cleaning.packages import local_name, xml
from library.ingest.fronts.errors import NoFront

MOST_BYTES = 30 * 2**20  # of one member
_CONTAINER = "META-INF/container.xml"


def cover(path: Path) -> bytes:
    """The bytes of the cover of the EPUB at `path`. Raises NoFront."""
    try:
        with zipfile.ZipFile(path) as archive:
            package = _package(archive)
            return _read(archive, _within(package, _named(archive, package)))
    except (zipfile.BadZipFile, KeyError, RuntimeError, ValueError, NotImplementedError, etree.LxmlError) as error:
        raise NoFront("The book names no cover.") from error


def _package(archive: zipfile.ZipFile) -> str:
    for element in _elements(archive, _CONTAINER):
        if local_name(element) == "rootfile":
            return str(element.get("full-path") or "")
    raise NoFront("The book names no cover.")


def _named(archive: zipfile.ZipFile, package: str) -> str:
    """The address of the cover's picture as the package has it."""
    elements = list(_elements(archive, package))
    items = [element for element in elements if local_name(element) == "item"]
    marked = (item for item in items if "cover-image" in (item.get("properties") or "").split())
    ids = {
        element.get("content")
        for element in elements
        if local_name(element) == "meta" and element.get("name") == "cover"
    }
    old = (item for item in items if item.get("id") in ids and (item.get("media-type") or "").startswith("image/"))
    for item in (*marked, *old):
        return str(item.get("href") or "")
    raise NoFront("The book names no cover.")


def _within(package: str, href: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(package), unquote(href.partition("#")[0])))


def _elements(archive: zipfile.ZipFile, member: str) -> Iterable[etree._Element]:
    return xml(_read(archive, member)).iter(etree.Element)


def _read(archive: zipfile.ZipFile, member: str) -> bytes:
    if archive.getinfo(member).file_size > MOST_BYTES:
        raise NoFront("The book's cover is too large.")
    return archive.read(member)
