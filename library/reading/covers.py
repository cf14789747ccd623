"""A cover drawn from a piece's topic and title: the topic chooses figure and colours, the title where things stand.

The same words draw the same cover, always. Colours are classes (`hue-…`, `a`, `b`, `c`) that the style sheet fills,
so covers follow light and dark; a cover is under 2 kB.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from math import cos, pi, sin

from markupsafe import Markup

WIDTH, HEIGHT = 320, 180
HUES = 6
_NEAR = ((0, 1), (2, 3), (4, 99))  # steps from the middle of a crowd
Draw = Callable[[Iterator[int]], str]


@lru_cache(maxsize=2000)
def draw(topic: str, title: str) -> Markup:
    """The cover as an SVG element that says nothing to a screen reader (the title stands beside it)."""
    figure, hue = _FIGURES_OF.get(topic) or _chosen(topic)
    chance = _chance(title)
    return Markup(  # noqa: S704  numbers and class names of ours
        f'<svg class="cover hue-{hue}" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false">'
        f'<path class="g" d="M0 0h{WIDTH}v{HEIGHT}H0z"/>{figure(chance)}</svg>'
    )


def hue(topic: str) -> int:
    """The number of the colours that covers of a topic have."""
    return (_FIGURES_OF.get(topic) or _chosen(topic))[1]


def _chosen(topic: str) -> tuple[Draw, int]:
    digest = hashlib.sha256(topic.encode()).digest()
    return _FIGURES[digest[0] % len(_FIGURES)], digest[1] % HUES


def _chance(title: str) -> Iterator[int]:
    """Numbers from 0 to 255 without end, the same for the same title."""
    digest = hashlib.sha256(title.encode()).digest()
    while True:
        yield from digest
        digest = hashlib.sha256(digest).digest()


def _within(chance: Iterator[int], low: int, high: int) -> int:
    return low + next(chance) * (high - low) // 255


def _ripples(chance: Iterator[int]) -> str:
    """One voice that carries: rings around a point, and a second point that answers."""
    x, y = _within(chance, 60, 260), _within(chance, 50, 130)
    rings = "".join(
        f'<circle class="{"ab"[n % 2]} line" cx="{x}" cy="{y}" r="{radius}"/>'
        for n, radius in enumerate(range(34, 320, 26))
    )
    return f'{rings}<circle class="c" cx="{x}" cy="{y}" r="16"/>'


def _dots(style: str, radius: int, places: list[tuple[int, int]]) -> str:
    """Dots of one size and colour: a path of points with round ends, a third of the length of circles."""
    points = "".join(f"M{x} {y}h0" for x, y in places)
    return f'<path class="{style} dot" stroke-width="{2 * radius}" d="{points}"/>'


def _crowd(chance: Iterator[int]) -> str:
    """People who gather: a field of dots, some of them together."""
    middle, row = _within(chance, 3, 8), _within(chance, 1, 4)
    field = [(i, j, abs(i - middle) + abs(j - row)) for j in range(6) for i in range(11)]
    together, near, far = ([(10 + 30 * i, 15 + 30 * j) for i, j, d in field if low <= d <= high] for low, high in _NEAR)
    return _dots("c", 11, together) + _dots("a", 9, near) + _dots("b", 5, far)


def _rings(chance: Iterator[int]) -> str:
    """Things that hold together: rings that overlap."""
    x, step, radius = _within(chance, 50, 90), _within(chance, 52, 66), _within(chance, 44, 58)
    return "".join(
        f'<circle class="{"abc"[n % 3]} line thick" cx="{x + step * n}" cy="{90 + (-1) ** n * 14}" r="{radius}"/>'
        for n in range(4)
    )


def _lines(chance: Iterator[int]) -> str:
    """A text of which parts are hidden, and one line that is open."""
    found, lit = [], _within(chance, 1, 5)
    for row in range(7):
        x, y = 28, 24 + row * 20
        while x < 280:
            width = min(_within(chance, 24, 96), 292 - x)
            style = "c" if row == lit else "a" if next(chance) > 90 else "b"
            found.append(f'<path class="{style}" d="M{x} {y}h{width}v10h-{width}z"/>')
            x += width + 8
    return "".join(found)


def _waves(chance: Iterator[int]) -> str:
    """A rumour that spreads: waves that grow as they go."""
    found, shift = [], _within(chance, 0, 80)
    for n in range(8):
        y, height = 18 + n * 22, 4 + n * 3
        style = "c" if n == 3 + shift // 27 else "ab"[n % 2]
        half = f"q20 -{height} 40 0t40 0"
        found.append(f'<path class="{style} line thick" d="M{-shift} {y}{half}{"t40 0" * 8}"/>')
    return "".join(found)


def _whorl(chance: Iterator[int]) -> str:
    """A fingerprint: arches around a core, each broken at its own place."""
    x, found = _within(chance, 110, 210), []
    for n in range(11):
        radius, gap = 12 + n * 15, _within(chance, 20, 60)
        found.append(
            f'<path class="{"c" if n == 2 else "ab"[n % 2]} line thick" '
            f'd="M{x - radius} {180 - gap}V110a{radius} {radius} 0 0 1 {2 * radius} 0v{gap}"/>'
        )
    return "".join(found)


def _benches(chance: Iterator[int]) -> str:
    """A chamber: seats in half circles around who speaks."""
    first = _within(chance, 4, 40)
    seats: dict[str, list[tuple[int, int]]] = {"a": [], "b": [], "c": []}
    for row in range(4):
        radius, wide = 62 + row * 27, 9 + row * 4
        for n in range(wide):
            angle = pi * (n + 0.5) / wide
            taken = sum(map(len, seats.values()))
            style = "c" if first <= taken < first + 3 else "ab"[row % 2]
            seats[style].append((round(160 - radius * cos(angle)), round(172 - radius * sin(angle))))
    return "".join(_dots(style, 8, places) for style, places in seats.items()) + _dots("c", 14, [(160, 160)])


def _doors(chance: Iterator[int]) -> str:
    """Rooms behind rooms: what is one's own, and a door."""
    x, y, found = _within(chance, 135, 185), _within(chance, 80, 100), []
    for n, size in enumerate(range(262, 30, -44)):
        style = "c" if size < 80 else "ab"[n % 2]
        wide, high = size, round(size * 0.62)
        found.append(f'<path class="{style}" d="M{x - wide // 2} {y - high // 2}h{wide}v{high}h-{wide}z"/>')
    return "".join(found)


def _lattice(chance: Iterator[int]) -> str:
    """A machine's choices: nodes on a grid and the way taken through them."""
    rows = [_within(chance, 0, 4) for _ in range(6)]
    dots = "".join(
        f'<circle class="{"c" if rows[i] == j else "b"}" cx="{35 + 50 * i}" cy="{22 + 34 * j}" '
        f'r="{9 if rows[i] == j else 5}"/>'
        for i in range(6)
        for j in range(5)
    )
    way = "".join(f"{'L' if i else 'M'}{35 + 50 * i} {22 + 34 * row}" for i, row in enumerate(rows))
    return f'<path class="a line thick" d="{way}"/>{dots}'


_FIGURES: tuple[Draw, ...] = (_ripples, _crowd, _rings, _lines, _waves, _whorl, _benches, _doors, _lattice)
_FIGURES_OF: dict[str, tuple[Draw, int]] = {
    "freedom-of-expression": (_ripples, 0),
    "freedom-of-assembly": (_crowd, 2),
    "freedom-of-association": (_rings, 3),
    "right-to-information": (_lines, 1),
    "disinformation": (_waves, 4),
    "digital-identity": (_whorl, 5),
    "open-parliament": (_benches, 1),
    "privacy": (_doors, 3),
    "ai-governance": (_lattice, 0),
    "civic-space": (_crowd, 0),
    "hate-speech": (_ripples, 4),
    "online-gender-based-violence": (_doors, 5),
}
