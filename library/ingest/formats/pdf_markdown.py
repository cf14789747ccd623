"""The parts and figures of a PDF's page as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from library.ingest import plainness
from library.ingest.formats.pdf_layout import Part
from library.ingest.formats.pdf_pictures import Figure
from library.ingest.keeping import markdown_of


def body(parts: Sequence[Part], figures: Sequence[Figure] = ()) -> str:
    """The parts as Markdown that shows them unchanged, each figure after the nearest part above it."""
    placed: dict[int, list[Figure]] = {}
    for figure in figures:
        placed.setdefault(_after(parts, figure), []).append(figure)
    shown: list[str] = _pictures(placed.get(-1, ()))
    open_list = False
    for number, part in enumerate(parts):
        text = _markdown(part)
        if part.item and open_list:
            shown[-1] += f"\n{text}"
        else:
            shown.append(text)
        open_list = part.item
        if number in placed:
            shown += _pictures(placed[number])
            open_list = False
    return "\n\n".join(shown)


def _markdown(part: Part) -> str:
    if part.level:
        return f"{'#' * part.level} {plainness.escaped(part.text)}"
    if part.item:
        return f"- {plainness.escaped(part.text)}"
    return _pipes(part.rows) if part.rows else plainness.escaped(part.text)


def _pipes(rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(plainness.escaped(cell).replace("|", "&#124;") for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])


def _after(parts: Sequence[Part], figure: Figure) -> int:
    """The part after which a figure stands: the lowest of those that begin above it, -1 for none."""
    above = [(part.top, -number) for number, part in enumerate(parts) if part.top >= figure.top - 2]
    return -min(above)[1] if above else -1


def _pictures(figures: Sequence[Figure]) -> list[str]:
    return [markdown_of(figure.picture, figure.alt) for figure in figures if figure.picture is not None]
