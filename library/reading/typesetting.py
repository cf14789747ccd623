"""A page's kept HTML as it is shown: notes that can stand in the margin, words explained, pages that lead to the original."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from functools import lru_cache
from typing import Any

from lxml import html as lxml_html

from library.reading import fragments
from library.reading.terms import Entry, Finder

IN_MARGIN = 40  # notes of one page that have a place beside the text; the style sheet has as many
LONGEST_KEPT = 200_000  # characters of a page that is kept as it was set; so all kept ones take at most 50 MB
DEEPEST = 60  # elements within elements that are looked into for words to explain
_UNTOUCHED = frozenset("a h1 h2 h3 h4 h5 h6 code pre kbd samp sup dt table figcaption abbr mark".split())
# A link whose words are its address: on paper nothing need stand behind it.
_BARE = re.compile(r'<a href="(https?://([^"]+?)/?)">(?=(?:https?://)?\2/?</a>)')
_NOT_IN = frozenset({"footnotes", "admonition-title", "page-break", "nested-heading"})


def typeset(html: str, entries: tuple[Entry, ...], language: str, page: tuple[str, str] | None) -> str:
    """The HTML of one page with what reading adds.

    `entries`: what is explained where it is named first, in a text of `language`. `page`: the address of a page of the
    original and the words for a link to it, each with "0" for its number; None where the original is not shown.
    """
    if not html.strip():
        return html
    made: str = (_kept if len(html) <= LONGEST_KEPT else _typeset)(html, entries, language, page)
    return made


def _typeset(html: str, entries: tuple[Entry, ...], language: str, page: tuple[str, str] | None) -> str:
    root = fragments.parse(with_bare_links(html))
    _number_notes(root)
    if page is not None:
        _lead_to_pages(root, page)
    if entries:
        _explain(root, Finder(entries, language), {entry.path.rpartition("#")[2] for entry in entries})
    return fragments.inner(root)


_kept = lru_cache(maxsize=128)(_typeset)


def with_bare_links(html: str) -> str:
    """`html` with a class on links whose words are their address."""
    return _BARE.sub(lambda link: f'<a class="bare" href="{link[1]}">', html)


def _number_notes(root: Any) -> None:
    """Each note and the place that names it first are told apart by classes: the style sheet puts one beside the other."""
    notes = {item.get("id"): item for part in root.find_class("footnotes") for item in part.iter("li")}
    number = 0
    for link in root.find_class("footnote-ref"):
        note = notes.pop((link.get("href") or "").removeprefix("#"), None)
        if note is None or link.getparent() is None:
            continue
        number += 1
        if number > IN_MARGIN:
            return
        link.set("class", f"footnote-ref r{number}")
        note.set("class", f"m{number}")


def _lead_to_pages(root: Any, page: tuple[str, str]) -> None:
    address, words = page
    for mark in root.find_class("page-break"):
        number = (mark.text or "").strip()
        if number.isdigit():
            link = lxml_html.Element(
                "a", {"href": address.replace("/0/", f"/{number}/"), "aria-label": words.replace("0", number)}
            )
            link.text, mark.text = number, None
            mark.append(link)


def _explain(element: Any, finder: Finder, own: Set[str], depth: int = 0) -> None:
    """Mark the words within `element`, in the order in which they are read. `own`: anchors of the glossary's entries."""
    if not isinstance(element.tag, str) or element.tag in _UNTOUCHED or depth > DEEPEST:
        return
    if element.tag == "dl" and any(term.get("id") in own for term in element.iter("dt")):
        return  # the glossary itself
    if _NOT_IN.intersection((element.get("class") or "").split()):
        return
    children = list(element)
    made = _marked(element.text or "", finder)
    if made:
        element.text = made[0]
        for place, link in enumerate(made[1]):
            element.insert(place, link)
    for child in children:
        _explain(child, finder, own, depth + 1)
        after = _marked(child.tail or "", finder)
        if after:
            child.tail = after[0]
            place = element.index(child) + 1
            for number, link in enumerate(after[1]):
                element.insert(place + number, link)


def _marked(text: str, finder: Finder) -> tuple[str, Iterable[Any]] | None:
    """What stands before the first word explained, and links with what follows each."""
    if len(text) < 2:
        return None
    found = list(finder.find(text))
    if not found:
        return None
    links = []
    for number, (start, end, entry) in enumerate(found):
        link = lxml_html.Element("a", {"class": "term", "href": entry.path, "aria-description": entry.meaning})
        link.text = text[start:end]
        until = found[number + 1][0] if number + 1 < len(found) else len(text)
        link.tail = text[end:until]
        links.append(link)
    return text[: found[0][0]], links
