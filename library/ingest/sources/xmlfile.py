"""XML of sources, read piece by piece: without entities, without network, in memory that does not grow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from lxml import etree

from library.ingest.extraction import Status
from library.ingest.sources.items import BadSource

Element = Any

HEAD = 1 << 16
MOST_WHOLE = 300 * 2**20  # bytes of a file that has to be held as a whole
_SUBSET = re.compile(rb"\A[^<]*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<!DOCTYPE[^\[>]*\[", re.DOTALL)


def root(path: Path) -> tuple[str, frozenset[str]] | None:
    """(the root's name as `{namespace}name`, the namespaces declared there); None for what is no XML."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        return None
    parser = etree.XMLPullParser(events=("start",), resolve_entities=False, no_network=True, load_dtd=False)
    try:
        parser.feed(head)
        for _event, element in parser.read_events():
            return str(element.tag), frozenset(value for value in element.nsmap.values() if value)
    except etree.XMLSyntaxError:
        # What stands after the root may be broken already; the root itself was read before.
        for _event, element in parser.read_events():
            return str(element.tag), frozenset(value for value in element.nsmap.values() if value)
    return None


def at_depth(path: Path, wanted: int, names: frozenset[str]) -> Iterator[Element]:
    """The elements called one of `names` (without namespace) that lie at the depth `wanted` (the root's is 0), whole.

    What was given is forgotten when the next is asked for. Raises BadSource for what is no sound XML, after the
    elements that came before the damage.
    """
    _refuse_entities(path)
    depth = -1
    try:
        events = etree.iterparse(
            str(path),
            events=("start", "end"),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        for event, element in events:
            if event == "start":
                depth += 1
                continue
            if depth == wanted:
                if name(element) in names:
                    yield element
                forget(element)
            depth -= 1
    except etree.XMLSyntaxError as error:
        raise _broken(path, error) from error


def whole(path: Path) -> Element:
    """The root of a file whose parts refer to each other. Raises BadSource."""
    _refuse_entities(path)
    if path.stat().st_size > MOST_WHOLE:
        raise BadSource(
            _("“%(name)s” is too large to be read as a whole; export it in parts.", name=path.name), Status.too_large
        )
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        return etree.parse(str(path), parser).getroot()
    except etree.XMLSyntaxError as error:
        raise _broken(path, error) from error


def name(element: Element) -> str:
    """An element's name without its namespace; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def namespace(element: Element) -> str:
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def children(element: Element, called: str) -> Iterator[Element]:
    """The direct children called so, in any namespace."""
    return (child for child in element if name(child) == called)


def text(element: Element, *called: str) -> str:
    """The text of the first child that has one of these names, the first name first; "" without one."""
    for wanted in called:
        for child in children(element, wanted):
            if found := "".join(child.itertext()).strip():
                return found
    return ""


def forget(element: Element) -> None:
    """Let go of an element and of those before it, so that a long file stays small in memory."""
    element.clear(keep_tail=True)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _refuse_entities(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(1 << 20).replace(b"\0", b"")
    subset = _SUBSET.match(head)
    if subset and b"<!ENTITY" in head[subset.end() - 1 :].partition(b"]>")[0]:
        raise BadSource(
            _(
                "“%(name)s” declares entities, by which XML can swell or fetch other files, so it is not read.",
                name=path.name,
            ),
            Status.unsafe,
        )


def _broken(path: Path, error: etree.XMLSyntaxError) -> BadSource:
    return BadSource(
        _(
            "“%(name)s” breaks off or is damaged at line %(line)s; what came before it was taken. Export it again.",
            name=path.name,
            line=error.lineno or 1,
        )
    )
