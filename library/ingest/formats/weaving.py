"""Runs of text, each with its own marks, as nodes within nodes: what neighbours have in common goes around them all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from library.ingest.formats.nodes import Node

NO_MARKS: frozenset[str] = frozenset()
LINK = "Link "  # with the target: a mark like any other
_ORDER = ("Link ", "Emph", "Strong", "Strikeout", "Superscript", "Subscript", "Code")
_BLANKS = re.compile(r"[ \t\r\n]{2,}|[\t\r\n]")
_ATTRIBUTES = ["", [], []]


@dataclass(slots=True)
class Piece:
    """A stretch of text, or a node, under marks: names of Pandoc's inlines, and LINK with a target.

    `marks` are None for what stands in emphasised text without being emphasised itself, as a note does.
    """

    content: str | Node
    marks: frozenset[str] | None = NO_MARKS


def woven(pieces: Sequence[Piece], trim: bool = True) -> list[Node]:
    """Pandoc's inlines of `pieces`: each run of blanks as one; with `trim` none, and no break, at either end."""
    said = _without_doubled_blanks(pieces)
    return _nested(list(_with_blanks_outside(_trimmed(said) if trim else said)))


def broken() -> Piece:
    """A line break."""
    return Piece({"t": "LineBreak"}, None)


def picture(source: str, alt: str, title: str = "") -> Piece:
    """A picture where it stands in the text."""
    return Piece({"t": "Image", "c": [_ATTRIBUTES, [{"t": "Str", "c": alt}] if alt else [], [source, title]]}, None)


def note(blocks: list[Node]) -> Piece:
    """A footnote or endnote where the text refers to it."""
    return Piece({"t": "Note", "c": blocks}, None)


def paragraph(inlines: list[Node]) -> Node:
    """A paragraph of inlines."""
    return {"t": "Para", "c": inlines}


def _without_doubled_blanks(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with single blanks within and between them, and none beside a line break."""
    kept: list[Piece] = []
    after_blank = True
    for piece in pieces:
        text = piece.content
        if isinstance(text, str):
            text = _BLANKS.sub(" ", text)
            if after_blank:
                text = text.lstrip(" ")
            if text:
                after_blank = text[-1] == " "
                kept.append(Piece(text, piece.marks))
            continue
        after_blank = text["t"] == "LineBreak"
        if after_blank and kept and isinstance(before := kept[-1].content, str) and before[-1] == " ":
            marks = kept.pop().marks
            if before != " ":
                kept.append(Piece(before[:-1], marks))
        kept.append(piece)
    return kept


def _with_blanks_outside(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Blanks at the ends of pieces under the marks alone that what stands beside them has too."""
    for place, piece in enumerate(pieces):
        text, marks = piece.content, piece.marks
        if not isinstance(text, str) or not marks or (text[0] != " " != text[-1]):
            yield piece
            continue
        before = pieces[place - 1].marks if place else NO_MARKS
        after = pieces[place + 1].marks if place + 1 < len(pieces) else NO_MARKS
        first = marks if before is None else marks & before
        last = marks if after is None else marks & after
        word = text.strip(" ")
        if not word:
            yield Piece(" ", first & last)
            continue
        if text[0] == " ":
            yield Piece(" ", first)
        yield Piece(word, marks)
        if text[-1] == " ":
            yield Piece(" ", last)


def _trimmed(pieces: list[Piece]) -> list[Piece]:
    def says_nothing(piece: Piece) -> bool:
        return not piece.content.strip(" ") if isinstance(piece.content, str) else piece.content["t"] == "LineBreak"

    start, end = 0, len(pieces)
    while start < end and says_nothing(pieces[start]):
        start += 1
    while end > start and says_nothing(pieces[end - 1]):
        end -= 1
    kept = pieces[start:end]
    if kept and isinstance(kept[-1].content, str):
        kept[-1] = Piece(kept[-1].content.rstrip(" "), kept[-1].marks)
    return kept


def _nested(pieces: Sequence[Piece]) -> list[Node]:
    nodes: list[Node] = []
    place = 0
    while place < len(pieces):
        piece = pieces[place]
        if piece.marks:
            mark, end = _widest(pieces, place)
            inner = [Piece(one.content, one.marks and one.marks - {mark}) for one in pieces[place:end]]
            nodes.append(_wrapped(mark, inner))
            place = end
            continue
        if isinstance(piece.content, str):
            if nodes and nodes[-1]["t"] == "Str":
                nodes[-1]["c"] += piece.content
            else:
                nodes.append({"t": "Str", "c": piece.content})
        else:
            nodes.append(piece.content)
        place += 1
    return nodes


def _widest(pieces: Sequence[Piece], start: int) -> tuple[str, int]:
    """The mark of the piece at `start` that goes furthest, and where it ends."""
    ends: dict[str, int] = {}
    for mark in pieces[start].marks or ():
        end = place = start + 1
        while place < len(pieces):
            marks = pieces[place].marks
            if marks is not None:
                if mark not in marks:
                    break
                end = place + 1
            place += 1
        ends[mark] = end
    return min(ends.items(), key=lambda one: (-one[1], _rank(one[0])))


def _rank(mark: str) -> int:
    return next((number for number, name in enumerate(_ORDER) if mark.startswith(name)), len(_ORDER))


def _wrapped(mark: str, pieces: Sequence[Piece]) -> Node:
    if mark == "Code":
        return {"t": "Code", "c": [_ATTRIBUTES, "".join(one.content for one in pieces if isinstance(one.content, str))]}
    if mark.startswith(LINK):
        return {"t": "Link", "c": [_ATTRIBUTES, _nested(pieces), [mark.removeprefix(LINK), ""]]}
    return {"t": mark, "c": _nested(pieces)}
