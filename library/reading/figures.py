"""The figures on drawn covers, one for each thing that a library of civic freedoms is about.

Each takes numbers of chance (0 to 255, the title's) and gives SVG of WIDTH by HEIGHT: shapes of the classes `a` and `b`
(two tones on the ground) and `c`, the one that stands out and is always a small part. `line`: outlines, `thick`: bold
ones, `dot`: points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from math import cos, hypot, pi, sin

WIDTH, HEIGHT = 320, 180
Figure = Callable[[Iterator[int]], str]
Point = tuple[int, int]


def _within(chance: Iterator[int], low: int, high: int) -> int:
    return low + next(chance) * (high - low) // 255


def _dots(style: str, radius: int, places: Iterable[Point]) -> str:
    """Dots of one size and colour: a path of points with round ends, a third of the length of circles."""
    points = "".join(f"M{x} {y}h0" for x, y in places)
    return f'<path class="{style} dot" stroke-width="{2 * radius}" d="{points}"/>' if points else ""


def ripples(chance: Iterator[int]) -> str:
    """One voice that carries, and another that answers."""
    x, y, step = _within(chance, 60, 130), _within(chance, 45, 135), _within(chance, 22, 34)
    far, high = _within(chance, 215, 285), HEIGHT - y + _within(chance, -25, 25)
    rings = "".join(
        f'<circle class="{"ab"[n % 2]} line" cx="{x}" cy="{y}" r="{radius}"/>'
        for n, radius in enumerate(range(step + 12, 330, step))
    )
    answer = f'<circle class="g" cx="{far}" cy="{high}" r="30"/><circle class="c line" cx="{far}" cy="{high}" r="18"/>'
    return f'{rings}<circle class="c" cx="{x}" cy="{y}" r="17"/>{answer}'


def crowd(chance: Iterator[int]) -> str:
    """People who gather: a field of dots, larger the nearer they are to each other."""
    x, y, reach = _within(chance, 80, 240), _within(chance, 50, 130), _within(chance, 60, 84)
    rows = [(16 + 24 * i + (12 if j % 2 else 0), 13 + 22 * j) for j in range(8) for i in range(13)]
    by_size: dict[tuple[str, int], list[Point]] = {}
    for place in rows:
        away = hypot(place[0] - x, place[1] - y) / reach
        size = ("c", 9) if away < 0.5 else ("a", 8) if away < 1 else ("a", 5) if away < 1.6 else ("b", 3)
        by_size.setdefault(size, []).append(place)
    return "".join(_dots(style, radius, places) for (style, radius), places in by_size.items())


def discs(chance: Iterator[int]) -> str:
    """What two hold in common: discs that overlap, and what lies between them."""
    radius, half = _within(chance, 58, 70), _within(chance, 30, 44)
    x, y = _within(chance, 130, 190), 90
    rise = round((radius**2 - half**2) ** 0.5)
    lens = f"M{x} {y - rise}A{radius} {radius} 0 0 1 {x} {y + rise}A{radius} {radius} 0 0 1 {x} {y - rise}z"
    rest = "".join(
        f'<circle class="b line thick" cx="{x + way * (half + 62 * n)}" cy="{y}" r="{radius}"/>'
        for n in (1, 2, 3)
        for way in (-1, 1)
    )
    pair = "".join(f'<circle class="a" cx="{x + way * half}" cy="{y}" r="{radius}"/>' for way in (-1, 1))
    return f'{rest}{pair}<path class="c" d="{lens}"/>'


def lines(chance: Iterator[int]) -> str:
    """A text of which parts are hidden, and one line that is open."""
    runs: dict[str, str] = {"a": "", "b": "", "c": ""}
    lit, edge = _within(chance, 1, 5), _within(chance, 24, 64)
    for row in range(7):
        x, y = edge, 21 + row * 23
        end = WIDTH - 20 - _within(chance, 0, 90) if row != lit else WIDTH - 24
        while x < end - 14:
            width = min(_within(chance, 22, 92), end - x)
            runs["c" if row == lit else "a" if next(chance) > 110 else "b"] += f"M{x} {y}h{width}"
            x += width + 20
    return "".join(f'<path class="{style} line bar" d="{d}"/>' for style, d in runs.items() if d)


def drift(chance: Iterator[int]) -> str:
    """A rumour: lines that begin straight and bend further the further they go; one stays as it was."""
    straight, reach, first = _within(chance, 1, 6), _within(chance, 8, 13), next(chance) & 1
    bends = [round(reach * share) for share in (0.4, 1, 1.8, 2.4, 2.8, 3, 3)]
    wave = "".join(f"q20 {(-1) ** (n + first) * height} 40 0" for n, height in enumerate(bends))
    heights = [13 + n * 22 for n in range(8)]
    runs = (
        "".join(f"M-8 {y}h78{wave}" for n, y in enumerate(heights) if n != straight and n % 2 == odd) for odd in (0, 1)
    )
    bent = "".join(f'<path class="{style} line thick" d="{run}"/>' for style, run in zip("ab", runs, strict=True))
    kept = f"M-8 {heights[straight]}h340"
    return f'{bent}<path class="g line halo" d="{kept}"/><path class="c line thick" d="{kept}"/>'


def whorl(chance: Iterator[int]) -> str:
    """A fingerprint: arches around a core, each broken at its own place."""
    x, found = _within(chance, 110, 210), []
    top, lit = _within(chance, 96, 124), _within(chance, 1, 3)
    for n in range(12):
        radius, gap = 11 + n * 15, _within(chance, 0, 70)
        found.append(
            f'<path class="{"c" if n == lit else "ab"[n % 2]} line thick" '
            f'd="M{x - radius} {196 - gap}V{top}a{radius} {radius} 0 0 1 {2 * radius} 0v{_within(chance, 8, 84)}"/>'
        )
    return "".join(found)


def benches(chance: Iterator[int]) -> str:
    """A chamber: seats in half circles around who speaks."""
    first, many = _within(chance, 2, 42), _within(chance, 3, 6)
    seats: dict[str, list[Point]] = {"a": [], "b": [], "c": []}
    for row in range(4):
        radius, wide = 60 + row * 28, 9 + row * 4
        for n in range(wide):
            angle = pi * (n + 0.5) / wide
            taken = sum(map(len, seats.values()))
            style = "c" if first <= taken < first + many else "ab"[row % 2]
            seats[style].append((round(160 - radius * cos(angle)), round(170 - radius * sin(angle))))
    return "".join(_dots(style, 8, places) for style, places in seats.items()) + _dots("c", 14, [(160, 162)])


def doors(chance: Iterator[int]) -> str:
    """Rooms behind rooms, and at the end one's own."""
    x, y = _within(chance, 100, 220), _within(chance, 66, 116)
    found = []
    for n in range(6):
        left, right = round(x * n / 6.4), round(WIDTH - (WIDTH - x) * n / 6.4)
        top, bottom = round(y * n / 6.4), round(HEIGHT - (HEIGHT - y) * n / 6.4)
        style = "c" if n == 5 else ("g", "b", "a")[n % 3] if n else "b"
        found.append(f'<path class="{style}" d="M{left} {top}H{right}V{bottom}H{left}z"/>')
    return "".join(found)


def ways(chance: Iterator[int]) -> str:
    """A machine's choices: every way there is through a net, and the one that was taken."""
    layers = [(30 + 65 * i, [22 + 136 * j // (n - 1) for j in range(n)]) for i, n in enumerate((3, 4, 5, 4, 3))]
    taken = [ys[next(chance) % len(ys)] for _x, ys in layers]
    pairs = list(pairwise(layers))
    net = "".join(f"M{x} {y}L{on} {to}" for (x, ys), (on, tos) in pairs for y in ys for to in tos if abs(y - to) < 72)
    way = "L".join(f"{x} {y}" for (x, _ys), y in zip(layers, taken, strict=True))
    others = [(x, y) for (x, ys), mine in zip(layers, taken, strict=True) for y in ys if y != mine]
    mine = [(x, y) for (x, _ys), y in zip(layers, taken, strict=True)]
    return (
        f'<path class="b line thin" d="{net}"/>{_dots("a", 6, others)}'
        f'<path class="c line" d="M{way}"/>{_dots("c", 10, mine)}'
    )


def hills(chance: Iterator[int]) -> str:
    """Common ground: hills one behind another, and what rises over them."""
    x, y = _within(chance, 70, 250), _within(chance, 40, 74)
    found = [f'<circle class="c" cx="{x}" cy="{y}" r="{_within(chance, 22, 32)}"/>']
    for n, style in enumerate(("b", "a", "b", "g")):
        top, crest = 66 + 29 * n, _within(chance, 20, 56)
        left = _within(chance, -60, 20)
        found.append(
            f'<path class="{style}" d="M{left - 120} {top + 24}q80 -{crest} 160 0t160 0t160 0t160 0V{HEIGHT}H-200z"/>'
        )
    return "".join(found)


def voices(chance: Iterator[int]) -> str:
    """Many who speak, and one whose word is of another kind."""
    lit, shift = next(chance) % 8 + 4, _within(chance, -36, 0)
    said: dict[str, str] = {"a": "", "b": "", "c": ""}
    for n in range(18):
        row, place = divmod(n, 6)
        style = "c" if n == lit else "ab"[(n * 7 + row) % 3 % 2]
        x, y = shift + place * 64 + (32 if row % 2 else 0), 14 + row * 56
        said[style] += f"M{x} {y}h52v34h-30l-12 11v-11h-10z"
    return "".join(f'<path class="{style} round" d="{d}"/>' for style, d in said.items() if d)


def windows(chance: Iterator[int]) -> str:
    """Screens behind screens, and a line on the one in front."""
    step, high = _within(chance, 24, 34), _within(chance, 10, 18)
    found = []
    for n in range(5):
        x, y = 24 + n * step, 12 + n * high
        found.append(f'<rect class="{"ba"[n % 2]}" x="{x}" y="{y}" width="150" height="96" rx="8"/>')
        found.append(f'<path class="g line" d="M{x} {y + 18}h150"/>')
    x, y = 24 + 4 * step, 12 + 4 * high
    wide = _within(chance, 40, 96)
    return "".join(found) + f'<path class="c line bar" d="M{x + 24} {y + 46}h{wide}M{x + 24} {y + 70}h{wide // 2}"/>'


ALL: tuple[Figure, ...] = (
    ripples, crowd, discs, lines, drift, whorl, benches, doors, ways, hills, voices, windows,
)  # fmt: skip
