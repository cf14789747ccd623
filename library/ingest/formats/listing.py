"""Paragraphs one after another, some of which say at which level of which list they stand, as lists within lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from library.ingest.formats.nodes import Node

_ATTRIBUTES = ["", [], []]
_MERGED = frozenset({"BlockQuote", "CodeBlock"})


@dataclass(frozen=True, slots=True)
class Item:
    """A paragraph's place in a list. `number`: the one that it is shown with, None under a bullet.

    `silent`: it has a place and neither number nor bullet, and so goes on with the item before it.
    """

    level: int
    of: str
    number: int | None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A block as the document has it.

    `follows`: it belongs to the item before it, if one stands there; `names`: it is the caption of a table right below.
    """

    block: Node
    item: Item | None = None
    follows: bool = False
    names: bool = False


def nested(entries: Sequence[Entry]) -> list[Node]:
    """The blocks, list items in lists, in their order."""
    blocks: list[Node] = []
    place = 0
    while place < len(entries):
        item = entries[place].item
        if item is None:
            if (
                place + 1 < len(entries)
                and entries[place].names
                and _took_caption(entries[place + 1].block, entries[place])
            ):
                place += 1
            _add(blocks, entries[place].block)
            place += 1
            continue
        end = _end(entries, place, item)
        blocks.append(_list(entries[place:end], item))
        place = end
    return blocks


def numbered(first: int, items: list[list[Node]]) -> Node:
    """An ordered list."""
    return {"t": "OrderedList", "c": [[first, {"t": "Decimal"}, {"t": "Period"}], items]}


def bulleted(items: list[list[Node]]) -> Node:
    """A list with bullets."""
    return {"t": "BulletList", "c": items}


def _took_caption(table: Node, caption: Entry) -> bool:
    if table["t"] != "Table" or table["c"][1][1]:
        return False
    table["c"][1][1] = [caption.block]
    return True


def _end(entries: Sequence[Entry], place: int, first: Item) -> int:
    """Where the list that begins at `place` ends."""
    while place < len(entries):
        entry = entries[place]
        within = entry.follows if entry.item is None else _belongs(entry.item, first)
        if not within:
            break
        place += 1
    return place


def _belongs(item: Item, first: Item) -> bool:
    return item.level > first.level or (item.level == first.level and item.of == first.of)


def _list(entries: Sequence[Entry], first: Item) -> Node:
    items: list[list[Node]] = []
    place = 0
    while place < len(entries):
        entry = entries[place]
        if entry.item is not None and entry.item.level > first.level:
            end = _end(entries, place, entry.item)
            inner = _list(entries[place:end], entry.item)
            if items:
                items[-1].append(inner)
            else:
                items.append([inner])
            place = end
            continue
        if entry.item is None or (entry.item.silent and items):
            _add(items[-1], entry.block)
        else:
            items.append([entry.block])
        place += 1
    return bulleted(items) if first.number is None else numbered(first.number, items)


def _add(blocks: list[Node], block: Node) -> None:
    """A quotation or code goes on with that before it."""
    if blocks and block["t"] in _MERGED and blocks[-1]["t"] == block["t"]:
        before = blocks[-1]
        if block["t"] == "BlockQuote":
            blocks[-1] = {"t": "BlockQuote", "c": [*before["c"], *block["c"]]}
        else:
            blocks[-1] = {"t": "CodeBlock", "c": [_ATTRIBUTES, f"{before['c'][1]}\n{block['c'][1]}"]}
        return
    blocks.append(block)
