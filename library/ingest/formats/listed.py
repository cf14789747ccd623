"""Lists of items and of definitions, as blocks."""

from __future__ import annotations

import itertools

from library.ingest.formats.documents import Element
from library.ingest.formats.flow import Flow, as_line, is_a, joined, with_text
from library.ingest.formats.nodes import Node

Definition = tuple[list[Node], list[list[Node]]]  # a term, and each of its meanings

MOST_DIGITS = 8  # of the first number of a list; Markdown takes nine, which the last one may have


def items(flow: Flow, element: Element) -> None:
    """A list. What stands in it outside of items, such as a list within, belongs to the item before."""
    items: list[list[Node]] = []
    for whole, parts in itertools.groupby(with_text(element), key=lambda part: is_a(part, "li")):
        for run in ([part] for part in parts) if whole else [parts]:
            blocks = flow.blocks_of(run)
            if items and not whole:
                items[-1] += blocks
            elif blocks or whole:
                items.append(blocks)
    if not any(items):
        return
    if element.tag == "ol":
        style = [_first_number(element), {"t": "Decimal"}, {"t": "Period"}]
        flow.blocks.append({"t": "OrderedList", "c": [style, items]})
    else:
        flow.blocks.append({"t": "BulletList", "c": items})


def definitions(flow: Flow, element: Element) -> None:
    """A list of definitions, its terms and their meanings in boxes or not."""
    defined: list[Definition] = []
    inside = (e for child in with_text(element) for e in (with_text(child) if is_a(child, "div") else [child]))
    for kind, parts in itertools.groupby(inside, key=lambda part: "" if isinstance(part, str) else part.tag):
        for run in ([part] for part in parts) if kind in ("dt", "dd") else [parts]:
            blocks = flow.blocks_of(run)
            if kind == "dt":
                defined.append((as_line(blocks), []))
            elif blocks:
                defined = defined or [([], [])]
                defined[-1][1].append(blocks)
    flow.end_paragraph()
    if defined:
        flow.blocks.append({"t": "DefinitionList", "c": [list(one) for one in _with_synonyms(defined)]})


def _with_synonyms(defined: list[Definition]) -> list[Definition]:
    """Terms that follow each other before one meaning as one entry; terms without any as they are."""
    found: list[Definition] = []
    waiting: list[Definition] = []
    for term, meanings in defined:
        waiting.append((term, meanings))
        if meanings:
            found.append((joined([inlines for inlines, _ in waiting]), meanings))
            waiting = []
    return found + waiting


def _first_number(element: Element) -> int:
    first = next((child for child in element if child.tag == "li"), None)
    for stated in (element.get("start"), first.get("value") if first is not None else None):
        stated = (stated or "").strip()
        if stated.isdecimal() and len(stated) <= MOST_DIGITS:
            return int(stated)
    return 1
