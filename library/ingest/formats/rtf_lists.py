"""Lists and styles of RTF: what its tables say of them, before the text that refers to them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from library.ingest.formats.listing import Item

_BULLET, _NOTHING = 23, 255  # numbers of \levelnfc
_HEADING = re.compile(r"heading (\d)\b")
_DEEPEST = 9


@dataclass(slots=True)
class _Level:
    format: int = 0
    start: int = 1


@dataclass
class Lists:
    """The lists by the numbers that paragraphs call them by, and where each stands while they are read."""

    levels: dict[int, list[_Level]] = field(default_factory=dict)  # by \listid
    overrides: dict[int, int] = field(default_factory=dict)  # \listid by \ls
    _building: list[_Level] = field(default_factory=list)
    _overridden: int = 0
    _at: dict[int, dict[int, int]] = field(default_factory=dict)

    def told(self, word: str, argument: int, in_overrides: bool) -> None:
        """A word of the tables of lists."""
        match word:
            case "list":
                self._building = []
            case "listlevel":
                self._building.append(_Level())
            case "levelnfc" | "levelnfcn" if self._building:
                self._building[-1].format = argument
            case "levelstartat" if self._building:
                self._building[-1].start = argument
            case "listid" if in_overrides:
                self._overridden = argument
            case "listid":
                self.levels[argument] = self._building
            case "ls" if in_overrides:
                self.overrides[argument] = self._overridden

    def item(self, of: int, level: int) -> Item | None:
        """The place of a paragraph of the list `of`; None for a list that no table has."""
        levels = self.levels.get(self.overrides.get(of, -1))
        if not levels:
            return None
        level = min(max(level, 0), len(levels) - 1, _DEEPEST)
        found = levels[level]
        at = self._at.setdefault(of, {})
        for below in range(level + 1, _DEEPEST + 1):
            at.pop(below, None)
        at[level] = at.get(level, found.start - 1) + 1
        return Item(level, str(of), None if found.format == _BULLET else at[level], found.format == _NOTHING)


def heading_of(style: str) -> int:
    """The level of a heading by the name of its style, 0 for any other."""
    found = _HEADING.match(style.strip().rstrip(";").lower())
    return int(found[1]) if found else 0
