"""A corpus of a few sections."""

from __future__ import annotations

from pathlib import Path

from benchmarks.sections import Section

PLACES = "river ferry bridge harbour delta island meadow forest".split()
SECTIONS = [
    Section(
        f"d{d}#{n}", f"d{d}", f"The {a} beside the {b}", f"Of the {b} and the {a}.\nThe {b} of {n} is older than the {a}.",
        "en", "water", "guide", "PL", 2010 + d,
    )
    for d, (a, b) in enumerate((a, b) for a in PLACES[:4] for b in PLACES[4:])
    for n in range(3)
]  # fmt: skip


def corpus(folder: Path) -> Path:
    """The sections as a corpus file."""
    path = folder / "tiny.jsonl"
    path.write_text("".join(section.line + "\n" for section in SECTIONS), encoding="utf-8")
    return path
