"""XML of office files as trees, read without entities and network, and changed before it is understood."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lxml import etree

from library.ingest.extraction import Refusal, Status

DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
DEEPEST = 400  # levels of elements: a table within a table takes some ten
Element = Any  # lxml's elements are typed by stubs that a checkout without dev tools does not have


def parsed(content: bytes) -> Element | None:
    """The root of an office file's XML, read without entities and network, as far as it is sound; None for no XML."""
    if not content:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=True)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return None


def check_depth(root: Element, name: str) -> None:
    """Raises Refusal for what is nested as no program nests it: readers take time that grows with its square."""
    if root.xpath(f"boolean({'/*' * DEEPEST})"):
        raise Refusal(
            Status.unsafe,
            f"“{name}” is nested hundreds of levels deep, as no program writes it, so it is not read."
            " Open it in an office program and save it again.",
        )


def local(element: Element) -> str:
    """The name without its namespace: strict and transitional files differ in those alone."""
    return _without_namespace(element.tag) if isinstance(element.tag, str) else ""


@lru_cache(maxsize=4096)
def _without_namespace(tag: str) -> str:
    return tag.rpartition("}")[2]


def below(element: Element, *names: str) -> list[Element]:
    """Elements of these names within `element`, itself included, whatever their namespace."""
    return list(element.iter(*(f"{{*}}{name}" for name in names)))


def attribute(element: Element, name: str) -> str:
    """An attribute by its name without its namespace, "" where there is none."""
    plain = element.get(name)
    if plain is not None:
        return str(plain)
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def removed(element: Element) -> None:
    """Take `element` out with all that is in it; the text after it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def unwrapped(element: Element) -> None:
    """Put what is in `element` in its place."""
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    if element.text:
        if place:
            parent[place - 1].tail = (parent[place - 1].tail or "") + element.text
        else:
            parent.text = (parent.text or "") + element.text
    children = list(element)
    parent[place:place] = children
    removed(element)
