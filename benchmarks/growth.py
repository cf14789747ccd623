"""How this library grows with its corpus: `python -m benchmarks.growth CORPUS.jsonl [--plot FILE.svg] [--json]`.

The corpus needs as many sections as the largest step (`python -m benchmarks.corpus CORPUS.jsonl --sections 500000`);
each step takes the first of them. All steps are asked the same queries, out of titles of the smallest.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from pathlib import Path

from benchmarks.engines import ENGINES
from benchmarks.measuring import Failed, Measured, measure, missing
from benchmarks.sections import queries, read

STEPS = (5_000, 20_000, 46_000, 100_000, 250_000, 500_000)
SHOWN = {
    "build_s": "build, s", "open_ms": "opening, ms", "mean_ms": "a page, mean ms", "p99_ms": "a page, p99 ms",
    "disk_mb": "on the disk, MB", "rss_mb": "in memory, MB",
}  # fmt: skip

_WIDTH, _HEIGHT, _COLUMNS = 300, 190, 3
_LEFT, _TOP, _RIGHT, _BOTTOM = 52, 34, 14, 30


def plot(rows: Sequence[Measured], title: str) -> str:
    """An SVG image with a small diagram for each figure; both axes begin at 0, so that straight is linear."""
    lines = -(-len(SHOWN) // _COLUMNS)
    width, height = _WIDTH * _COLUMNS, _HEIGHT * lines + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="sans-serif" font-size="11" fill="#222">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<text x="14" y="21" font-size="14" font-weight="bold">{escape(title)}</text>',
    ]
    for number, (key, name) in enumerate(SHOWN.items()):
        x, y = number % _COLUMNS * _WIDTH, number // _COLUMNS * _HEIGHT + 30
        points = [(float(row.sections), float(getattr(row, key))) for row in rows]
        parts.append(f'<g transform="translate({x} {y})">{_diagram(name, points)}</g>')
    return "\n".join([*parts, "</svg>\n"])


def _diagram(name: str, points: Sequence[tuple[float, float]]) -> str:
    across, up = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    widest = max(x for x, _ in points)
    tick = _tick(max(y for _, y in points))
    ticks = [i * tick for i in range(6) if (i - 1) * tick < max(y for _, y in points)]
    highest = ticks[-1] or 1.0

    def at(x: float, y: float) -> tuple[str, str]:
        return f"{_LEFT + x / widest * across:.1f}", f"{_TOP + up - y / highest * up:.1f}"

    parts = [f'<text x="{_LEFT}" y="{_TOP - 12}" font-weight="bold">{escape(name)}</text>']
    for value in ticks:
        left, level = at(0, value)
        parts.append(f'<path d="M{left} {level}h{across}" stroke="#ddd"/>')
        parts.append(f'<text x="{left}" y="{level}" dx="-6" dy="4" text-anchor="end">{value:g}</text>')
    for value in (0.0, widest / 2, widest):
        left, level = at(value, 0)
        parts.append(f'<text x="{left}" y="{level}" dy="16" text-anchor="middle">{value / 1000:g}k</text>')
    line = " ".join(",".join(at(x, y)) for x, y in points)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#1a5f8a" stroke-width="2"/>')
    for x, y in points:
        cx, cy = at(x, y)
        parts.append(
            f'<circle cx="{cx}" cy="{cy}" r="3" fill="#1a5f8a"><title>{x:g} sections: {y:.2f}</title></circle>'
        )
    return "".join(parts)


def _tick(highest: float) -> float:
    """A round distance of lines, of which five are enough for `highest`."""
    size = 1e-3
    while True:
        for factor in (1, 2, 2.5, 5):
            if 5 * size * factor >= highest:
                return round(size * factor, 6)
        size *= 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each step, print a table, draw."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.growth", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--steps", type=int, nargs="+", default=list(STEPS), metavar="SECTIONS")
    parser.add_argument("--engine", choices=ENGINES, default="library", help="another one, to compare")
    parser.add_argument("--plot", type=Path, help="an SVG file to write")
    parser.add_argument("--json", action="store_true", help="a line of JSON a step instead of the table")
    options = parser.parse_args(arguments)
    if problem := missing([options.engine]):
        print(problem, file=sys.stderr)
        return 2
    steps = sorted(options.steps)
    asked = queries(list(read(options.corpus, steps[0])))
    rows: list[Measured] = []
    if not options.json:
        print(f"{'sections':>9} " + " ".join(f"{name:>16}" for name in SHOWN.values()))
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        for step in steps:
            try:
                row = measure(options.engine, options.corpus, step, asked, Path(scratch))
            except Failed as failure:
                print(failure, file=sys.stderr)
                return 1
            if row.sections < step:
                print(f"{options.corpus} has {row.sections} sections only; steps above were left out.", file=sys.stderr)
            rows.append(row)
            if options.json:
                print(json.dumps(asdict(row)), flush=True)
            else:
                print(f"{row.sections:9} " + " ".join(f"{getattr(row, key):16.2f}" for key in SHOWN), flush=True)
            if row.sections < step:
                break
    if options.plot:
        title = f"{ENGINES[options.engine].name}: {len(asked)} queries, figures by thousands of sections"
        options.plot.write_text(plot(rows, title), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
