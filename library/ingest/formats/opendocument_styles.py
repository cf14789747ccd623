"""Styles of an ODT, common and automatic: what each says of letters, paragraphs and lists, by itself or its parents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from library.ingest.formats.xml import Element, attribute, below, local

_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_FORMAT = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_LENGTH = re.compile(r"(-?\d+(?:\.\d+)?)(mm|cm|in|pt|pc|px)")
_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 0.3528, "pc": 4.2333, "px": 0.2646}
_BOLD = frozenset({"bold", "600", "700", "800", "900"})

Marks = Mapping[str, bool | str]
"""Emphasis that is set or unset, by the names of Pandoc's inlines; `raised`: "Superscript", "Subscript" or ""."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """A level of a list's style. `ordered`: by numbers rather than bullets; the number that it begins with."""

    ordered: bool
    start: int


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    parent: str
    marks: Marks
    left: float | None
    automatic: bool


class Styles:
    """The styles of a text, from the roots of its members."""

    def __init__(self, *roots: Element | None) -> None:
        self._styles: dict[tuple[str, str], _Style] = {}
        self._lists: dict[str, dict[int, Numbering]] = {}
        for root in roots:
            for one in below(root, "style", "default-style", "list-style") if root is not None else ():
                if local(one) == "list-style":
                    self._lists[attribute(one, "name")] = _levels(one)
                elif local(one) == "style":
                    name = one.get(f"{_STYLE}name", "")
                    self._styles[one.get(f"{_STYLE}family", ""), name] = _style(one, name)
        self.marks = cache(self._marks)
        self.names = cache(self._names)

    def _chain(self, family: str, name: str) -> Iterator[_Style]:
        seen: set[str] = set()
        while (family, name) in self._styles and name not in seen:
            seen.add(name)
            style = self._styles[family, name]
            yield style
            name = style.parent

    def _marks(self, family: str, name: str) -> Marks:
        """What a style of a family says of its letters."""
        said: dict[str, bool | str] = {}
        for one in self._chain(family, name):
            for mark, state in one.marks.items():
                said.setdefault(mark, state)
        return said

    def direct(self, name: str) -> Marks:
        """The emphasis that somebody gave to a whole paragraph, which its named style does not have."""
        style = self._styles.get(("paragraph", name))
        if style is None or not style.automatic:
            return {}
        usual = self.marks("paragraph", style.parent)
        return {mark: state for mark, state in style.marks.items() if state and not usual.get(mark)}

    def _names(self, name: str) -> tuple[str, ...]:
        """The names of a paragraph's style and of its parents, blanks for what files write as `_20_`."""
        return tuple(one.name.replace("_20_", " ") for one in self._chain("paragraph", name)) or (name,)

    def left(self, name: str) -> float:
        """How far a paragraph stands in from the left, in millimetres."""
        return next((one.left for one in self._chain("paragraph", name) if one.left is not None), 0.0)

    def numbering(self, name: str, level: int) -> Numbering:
        """A level, from 1 on, of a list's style; bullets where nothing is said."""
        return self._lists.get(name, {}).get(level, Numbering(False, 1))


def number(text: str, otherwise: int) -> int:
    """A whole number as a file writes it, within reason."""
    return int(text) if re.fullmatch(r"\d{1,6}", text) else otherwise


def _levels(style: Element) -> dict[int, Numbering]:
    return {
        number(level.get(f"{_TEXT}level", ""), 1): Numbering(
            local(level) == "list-level-style-number" and bool(level.get(f"{_STYLE}num-format")),
            number(level.get(f"{_TEXT}start-value", ""), 1),
        )
        for level in style
        if local(level).startswith("list-level-style-")
    }


def _style(style: Element, name: str) -> _Style:
    marks: dict[str, bool | str] = {}
    left: float | None = None
    for properties in style:
        match local(properties):
            case "text-properties":
                marks = _of_letters(properties)
            case "paragraph-properties":
                left = _millimetres(properties.get(f"{_FORMAT}margin-left") or properties.get(f"{_FORMAT}margin"))
    automatic = local(style.getparent()) == "automatic-styles"
    return _Style(name, style.get(f"{_STYLE}parent-style-name", ""), marks, left, automatic)


def _of_letters(properties: Element) -> dict[str, bool | str]:
    marks: dict[str, bool | str] = {}
    if slant := properties.get(f"{_FORMAT}font-style"):
        marks["Emph"] = slant in ("italic", "oblique")
    if weight := properties.get(f"{_FORMAT}font-weight"):
        marks["Strong"] = weight in _BOLD
    struck = properties.get(f"{_STYLE}text-line-through-style") or properties.get(f"{_STYLE}text-line-through-type")
    if struck:
        marks["Strikeout"] = struck != "none"
    if position := properties.get(f"{_STYLE}text-position"):
        marks["raised"] = _raised(position.split()[0] if position.split() else "")
    return marks


def _raised(position: str) -> str:
    if position == "super" or re.fullmatch(r"[1-9]\d*(?:\.\d+)?%", position):
        return "Superscript"
    return "Subscript" if position == "sub" or re.fullmatch(r"-[1-9]\d*(?:\.\d+)?%", position) else ""


def _millimetres(length: str | None) -> float | None:
    found = _LENGTH.fullmatch(length or "")
    return float(found[1]) * _MILLIMETRES[found[2]] if found else None
