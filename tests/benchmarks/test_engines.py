"""The engines that are compared do the same work."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from benchmarks.engines import ENGINES, FACETS, Page
from benchmarks.measuring import Measured, missing
from benchmarks.search import judged
from benchmarks.sections import Section

SECTIONS = [
    Section(f"d{d}#{n}", f"d{d}", f"Chapter {d}", text, "en", f"t{d % 3}", "guide", "PL", 2010 + d)
    for d in range(12)
    for n, text in enumerate(["Rivers carry sand.\nA ferry crosses.", "Nothing here.", f"The bridge number{d} is old."])
]


@pytest.mark.parametrize("name", ENGINES)
def test_total_facets_hits_and_snippets(name: str, tmp_path: Path) -> None:
    ENGINES[name](tmp_path).build(SECTIONS)
    engine = ENGINES[name](tmp_path)
    engine.open()
    many, one, none = engine.page("bridges river"), engine.page("number7 volcano"), engine.page("volcano")
    assert (many.total, one.total, none.total) == (12, 1, 0)
    assert len(many.hits) == 10 and all(len(snippets) == 2 for _, snippets in many.hits)
    assert [document for document, _ in one.hits] == ["d7"]
    assert marks(one) == 1 and marks(many) == 20
    assert dict(many.facets["topic"]) == {"t0": 4, "t1": 4, "t2": 4}
    assert {facet: sum(many.facets[facet].values()) for facet in FACETS} == dict.fromkeys(FACETS, 12)


def marks(page: Page) -> int:
    shown = [snippet for _, snippets in page.hits for snippet in snippets]
    return sum(any(mark in snippet for mark in ("<mark", "<b")) for snippet in shown)


def test_a_missing_peer_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert "tantivy (for Tantivy)" in missing(list(ENGINES))
    assert missing(["library", "fts5"]) == ""


def test_bars_are_ratios_to_peers_and_not_judged_without_them() -> None:
    def row(name: str, mean: float) -> Measured:
        return Measured(name, 1, 1.0, 1.0, 50.0, 1.0, mean, 1.0, 9.0, 100.0, 100.0, 1.0, 1.0)

    reached = {(bar.what, bar.peer): value for bar, value in judged({"library": row("", 2.0), "fts5": row("", 40.0)})}
    assert reached["mean_ms", "fts5"] == 0.05
    assert reached["mean_ms", "tantivy"] is None
    assert reached["open_ms", ""] == 50.0
