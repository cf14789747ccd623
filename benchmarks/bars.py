"""What is measured against what must be kept: bars, verdicts, and the spread of times."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.engines import ENGINES


@dataclass(frozen=True, slots=True)
class Bar:
    """What this library must keep to. `most`: of `what`, or of its ratio to the engine `peer`'s."""

    what: str
    most: float
    peer: str = ""


Verdict = tuple[Bar, float | None]
"""A bar with what was reached; None where it was not measured."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Times in milliseconds. Percentiles are times that were measured (nearest rank)."""

    count: int
    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float

    @classmethod
    def of(cls, times: Iterable[float]) -> Spread:
        """Of milliseconds in any order; all zero when there are none."""
        found = sorted(times)
        if not found:
            return cls(0, 0.0, 0.0, 0.0, 0.0)
        half, most, nearly = (found[math.ceil(share * len(found)) - 1] for share in (0.5, 0.9, 0.99))
        return cls(len(found), half, most, nearly, found[-1])

    HEADING = f"{'asked':>7} {'p50 ms':>9} {'p90 ms':>9} {'p99 ms':>9} {'max ms':>9}"

    @property
    def row(self) -> str:
        """The figures below HEADING."""
        return f"{self.count:7} {self.p50_ms:9.2f} {self.p90_ms:9.2f} {self.p99_ms:9.2f} {self.max_ms:9.2f}"


def kept(verdicts: Iterable[Verdict]) -> bool:
    """Whether every bar was measured and is kept."""
    return all(reached is not None and reached <= bar.most for bar, reached in verdicts)


def as_json(verdicts: Iterable[Verdict]) -> list[dict[str, Any]]:
    """Bars with what was reached, for `--json`."""
    return [asdict(bar) | {"reached": reached} for bar, reached in verdicts]


def print_verdicts(verdicts: Sequence[Verdict]) -> None:
    """A line a bar."""
    if verdicts:
        print("\nbars")
    for bar, reached in verdicts:
        beside = f"of {ENGINES[bar.peer].name}'s" if bar.peer else ""
        verdict = "not measured" if reached is None else f"{reached:.3f}, {'kept' if reached <= bar.most else 'MISSED'}"
        print(f"  {bar.what:10} at most {bar.most:.3g} {beside:18} {verdict}")


def shortened(text: str, most: int = 60) -> str:
    """A question on one line: escaped, and cut with the number of its characters."""
    told = ascii(text[:most])[: 2 * most]
    return told if len(text) <= most else f"{told} … {len(text):,} characters"
