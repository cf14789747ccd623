"""The tokens of `static/css/tokens.css` as values, and how well a text is seen on a ground (WCAG 2.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

LIGHT, DARK = "light", "dark"
TEXT, EDGE = 4.5, 3.0  # least contrast: of text (1.4.3), of what bounds a control or says its state (1.4.11)
_DARK = re.compile(r"@media \(prefers-color-scheme: dark\)\s*\{\s*:root\s*\{([^}]*)\}")
_TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_GROUNDS = ("paper", "raised", "sunk")
# Which text stands on which ground, and which edge. A pair that a part needs is added here and tested with the others.
TEXTS: tuple[tuple[str, str], ...] = (
    *((text, ground) for text in ("ink", "soft", "accent", "accent-deep", "error", "success", "warn") for ground in _GROUNDS),
    *((text, "accent-wash") for text in ("ink", "soft", "accent", "accent-deep")),
    ("on-accent", "accent"), ("on-accent", "accent-deep"), ("mark-ink", "mark"), ("paper", "ink"), ("paper", "error"),
    ("ink", "success-wash"), ("success", "success-wash"), ("ink", "error-wash"), ("error", "error-wash"),
    ("ink", "warn-wash"), ("warn", "warn-wash"),
)  # fmt: skip
EDGES: tuple[tuple[str, str], ...] = tuple((edge, ground) for edge in ("edge", "accent") for ground in _GROUNDS)


@dataclass(frozen=True, slots=True)
class Pair:
    """A colour on another, by their tokens' names; `light` and `dark` are ratios, `least` what is asked of them."""

    upper: str
    ground: str
    light: float
    dark: float
    least: float


def tokens(folder: Path) -> dict[str, dict[str, str]]:
    """Every custom property of the root, by scheme: {"light": {"paper": "#faf8f3", …}, "dark": {…}}."""
    text = (folder / "tokens.css").read_text(encoding="utf-8")
    root = text[text.index(":root") :]
    light = dict(_TOKEN.findall(root[: root.index("}")]))
    found = _DARK.search(text)
    return {LIGHT: light, DARK: light | dict(_TOKEN.findall(found[1] if found else ""))}


def colours(values: Mapping[str, str]) -> dict[str, str]:
    """Those of the tokens that are a colour."""
    return {name: value for name, value in values.items() if _HEX.fullmatch(value)}


def contrast(one: str, other: str) -> float:
    """Ratio of the two colours' luminances, 1 to 21; WCAG 2.2, “contrast ratio”."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def pairs(folder: Path) -> list[Pair]:
    """Every text on its ground, then every edge, in both schemes."""
    found = tokens(folder)
    light, dark = found[LIGHT], found[DARK]
    return [
        Pair(upper, ground, contrast(light[upper], light[ground]), contrast(dark[upper], dark[ground]), least)
        for least, listed in ((TEXT, TEXTS), (EDGE, EDGES))
        for upper, ground in listed
    ]


def _luminance(colour: str) -> float:
    """Relative luminance of “#rrggbb”, 0 to 1."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
