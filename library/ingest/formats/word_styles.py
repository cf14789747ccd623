"""What a DOCX says once for many paragraphs: its styles, each with what it is based on, and its lists' levels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from library.ingest.formats.xml import Element, local

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALSE = frozenset({"0", "false", "off"})
_SWITCHES = {"i": "Emph", "b": "Strong", "strike": "Strikeout", "dstrike": "Strikeout"}
_RAISED = {"superscript": "Superscript", "subscript": "Subscript"}
_HEADING = re.compile(r"heading (\d{1,2})")
_DEEPEST = 9  # levels of a list
_LINK_STYLES = frozenset({"hyperlink", "internet link", "followedhyperlink"})


def value(element: Element, name: str = "val") -> str:
    """An attribute of Word's, "" where there is none."""
    return str(element.get(f"{WORD}{name}") or element.get(name) or "")


def child(element: Element | None, name: str) -> Element | None:
    """The first child of a name."""
    for one in element if element is not None else ():
        if local(one) == name:
            return one
    return None


def parts(element: Element | None) -> dict[str, Element]:
    """What is in an element, by name: the first of each."""
    found: dict[str, Element] = {}
    for one in element if element is not None else ():
        found.setdefault(local(one), one)
    return found


def settings(properties: Element | None) -> dict[str, str]:
    """What a run's properties say, by name; a switch that is named alone is on."""
    return {local(one): value(one) for one in properties} if properties is not None else {}


def on(said: Mapping[str, str], name: str) -> bool | None:
    """Whether a switch is on; None where nothing is said."""
    state = said.get(name)
    return None if state is None else state.lower() not in _FALSE


def number(text: str) -> int | None:
    """A whole number as Word writes it; None for anything else."""
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else None


def indentation(properties: Mapping[str, Element]) -> tuple[int | None, int | None]:
    """(indentation from the left, hanging part of it) that a paragraph's properties state."""
    found = properties.get("ind")
    if found is None:
        return None, None
    return number(value(found, "left") or value(found, "start")), number(value(found, "hanging"))


def numbering(properties: Mapping[str, Element]) -> tuple[str, int] | None:
    """(list, level) that a paragraph's properties name; None where they name none."""
    stated = properties.get("numPr")
    named = child(stated, "numId")
    if named is None:
        return None
    level = child(stated, "ilvl")
    return value(named), min(max(number(value(level)) or 0, 0), _DEEPEST) if level is not None else 0


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    based: str
    run: dict[str, str]
    list: tuple[str, int] | None
    left: int | None
    hanging: int | None


class Styles:
    """The styles of a document; what one does not say is as in that which it is based on."""

    def __init__(self, root: Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        for style in root if root is not None else ():
            if local(style) != "style":
                continue
            stated = parts(style)
            named, based, paragraph = stated.get("name"), stated.get("basedOn"), parts(stated.get("pPr"))
            self._styles[value(style, "styleId")] = _Style(
                value(named).lower() if named is not None else "",
                value(based) if based is not None else "",
                settings(stated.get("rPr")),
                numbering(paragraph),
                *indentation(paragraph),
            )
        self.marks = cache(self._marks)
        self.names = cache(self._names)
        self.hides = cache(self._hides)

    def _chain(self, style: str) -> Iterator[_Style]:
        seen: set[str] = set()
        while style in self._styles and style not in seen:
            seen.add(style)
            yield self._styles[style]
            style = self._styles[style].based

    def name(self, style: str) -> str:
        """A style's own name, in small letters."""
        return self._styles[style].name if style in self._styles else ""

    def _names(self, style: str) -> tuple[str, ...]:
        """Its name and those of what it is based on, in small letters."""
        return tuple(one.name for one in self._chain(style))

    def heading(self, style: str) -> int | None:
        """The level of a heading, None for any other paragraph."""
        found = next((level for name in self.names(style) if (level := _HEADING.fullmatch(name))), None)
        return int(found[1]) if found else None

    def list_of(self, style: str) -> tuple[str, int] | None:
        """(list, level) of a paragraph's style."""
        return next((one.list for one in self._chain(style) if one.list), None)

    def indentation(self, style: str) -> tuple[int, int]:
        """(from the left, hanging) of a paragraph's style."""
        for one in self._chain(style):
            if one.left is not None or one.hanging is not None:
                return one.left or 0, one.hanging or 0
        return 0, 0

    def _hides(self, style: str) -> bool:
        """Whether text in the style is hidden."""
        return next((state for one in self._chain(style) if (state := on(one.run, "vanish")) is not None), False)

    def _marks(self, style: str, complex: bool) -> dict[str, bool | str]:
        """What a run's style says of its marks: see `marks_of`."""
        said: dict[str, bool | str] = {}
        for one in self._chain(style):
            if one.name in _LINK_STYLES:
                break
            for name, state in marks_of(one.run, complex).items():
                said.setdefault(name, state)
        return said


def is_complex(said: Mapping[str, str]) -> bool:
    """Whether a run is of a script that has switches of its own: Arabic, Hebrew."""
    return bool(on(said, "rtl") or on(said, "cs"))


def marks_of(said: Mapping[str, str], complex: bool) -> dict[str, bool | str]:
    """Switches of emphasis that a run's properties set or unset, and `raised`, which may be none."""
    states: dict[str, bool | str] = {}
    for name, mark in _SWITCHES.items():
        own = f"{name}Cs" if complex and mark in ("Emph", "Strong") else name
        if (state := on(said, own)) is not None:
            states[mark] = state or bool(states.get(mark))
    if "vertAlign" in said:
        states["raised"] = _RAISED.get(said["vertAlign"], "")
    return states


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a list: `format` as Word calls it, the `text` around the number, the number it begins with."""

    format: str
    text: str
    start: int | None


@dataclass
class Lists:
    """The lists of a document, and which number each stands at while its paragraphs are read in order."""

    root: Element | None
    _abstract: dict[str, dict[int, Level]] = field(init=False, default_factory=dict)
    _linked: dict[str, str] = field(init=False, default_factory=dict)
    _lists: dict[str, tuple[str, dict[int, Level], dict[int, int]]] = field(init=False, default_factory=dict)
    _at: dict[str, dict[int, int]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for one in self.root if self.root is not None else ():
            match local(one):
                case "abstractNum":
                    name = value(one, "abstractNumId")
                    self._abstract[name] = _levels(one)
                    if (link := child(one, "styleLink")) is not None:
                        self._linked[f"style {value(link)}"] = name
                    if (link := child(one, "numStyleLink")) is not None:
                        self._linked[name] = f"style {value(link)}"
                case "num":
                    self._lists[value(one, "numId")] = _of_num(one)

    def level(self, of: str, level: int) -> Level | None:
        """A level of the list; None for one that nothing describes."""
        if of not in self._lists:
            return None
        abstract, own, starts = self._lists[of]
        if style := self._linked.get(abstract):
            abstract = self._linked.get(style, abstract)
        found = own.get(level) or self._abstract.get(abstract, {}).get(level)
        if found is None or level not in starts:
            return found
        return Level(found.format, found.text, starts[level])

    def next(self, of: str, level: int, start: int) -> int:
        """The number of the next paragraph: lists go on where they stopped, levels below begin anew."""
        at = self._at.setdefault(of, {})
        for below in range(level + 1, _DEEPEST + 1):
            at.pop(below, None)
        at[level] = at.get(level, start - 1) + 1
        return at[level]


def _levels(parent: Element) -> dict[int, Level]:
    return {
        number(value(one, "ilvl")) or 0: Level(
            value(form) if (form := child(one, "numFmt")) is not None else "decimal",
            value(text) if (text := child(one, "lvlText")) is not None else "",
            number(value(start)) if (start := child(one, "start")) is not None else None,
        )
        for one in parent
        if local(one) == "lvl"
    }


def _of_num(num: Element) -> tuple[str, dict[int, Level], dict[int, int]]:
    named = child(num, "abstractNumId")
    own: dict[int, Level] = {}
    starts: dict[int, int] = {}
    for one in num:
        if local(one) != "lvlOverride":
            continue
        own |= _levels(one)
        start = child(one, "startOverride")
        if start is not None and (first := number(value(start))) is not None:
            starts[number(value(one, "ilvl")) or 0] = first
    return value(named) if named is not None else "", own, starts
