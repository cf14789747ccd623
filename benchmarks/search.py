"""Build and query times beside peers, in one run: `python -m benchmarks.search --corpus FILE.jsonl [--json]`.

A line `{"id","title","text","lang","topic","year"}` is a section. Without --corpus, sections are made from the starter
library, its words shuffled by a fixed seed. The work compared is the whole result page: ten documents, exact total,
facets by topic, language and year, up to three marked snippets each.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from indexer.generations import Pointer, create_generation, write_pointer
from indexer.records import Block, Entry
from indexer.searching import Index, Question
from indexer.writing import GenerationWriter

QUERIES = 200
STARTER = Path(__file__).resolve().parent.parent / "library" / "starter" / "documents"


@dataclass(frozen=True, slots=True)
class Section:
    """A line of a corpus."""

    id: str
    title: str
    text: str
    lang: str
    topic: str
    year: int


class Engine(Protocol):
    """What is compared. `build` takes all sections; `page` does a result page and returns the exact total."""

    name: str

    def build(self, sections: Sequence[Section]) -> None: ...
    def page(self, words: str) -> int: ...


class ThisLibrary:
    """The product's own index, through the code that serves."""

    name = "this library"

    def __init__(self, folder: Path) -> None:
        self.root = folder / "library"
        self.index: Index | None = None

    def build(self, sections: Sequence[Section]) -> None:
        """A generation with one entry a section, each a document of its own."""
        generation = create_generation(self.root)
        writer = GenerationWriter(generation, create=True)
        writer.apply(((s.id, [_entry(s)]) for s in sections), 1, replace=False)
        write_pointer(self.root, Pointer(generation.name))
        self.index = Index(self.root)

    def page(self, words: str) -> int:
        """Index.ask with everything that a page shows."""
        assert self.index is not None
        return self.index.ask(Question(text=words)).total


class Fts5:
    """SQLite's full-text search: porter stems, bm25(), snippet()."""

    name = "SQLite FTS5"

    def __init__(self, folder: Path) -> None:
        self.database = sqlite3.connect(folder / "fts.db")

    def build(self, sections: Sequence[Section]) -> None:
        """One FTS5 table, facet values beside it."""
        self.database.executescript(
            "CREATE VIRTUAL TABLE s USING fts5(title, text, tokenize='porter unicode61');"
            "CREATE TABLE f (id INTEGER PRIMARY KEY, lang TEXT, topic TEXT, year INTEGER)"
        )
        numbered = list(enumerate(sections, start=1))
        self.database.executemany(
            "INSERT INTO s(rowid, title, text) VALUES (?,?,?)", ((n, s.title, s.text) for n, s in numbered)
        )
        self.database.executemany("INSERT INTO f VALUES (?,?,?,?)", ((n, s.lang, s.topic, s.year) for n, s in numbered))
        self.database.commit()

    def page(self, words: str) -> int:
        """OR of the words: ten rows with snippets, total, three facets."""
        query = " OR ".join(f'"{word}"' for word in words.split())
        self.database.execute(
            "SELECT rowid, snippet(s, 1, '<mark>', '</mark>', '…', 30) FROM s WHERE s MATCH ? ORDER BY bm25(s, 2.0, 1.0) LIMIT 10",
            (query,),
        ).fetchall()
        for column in ("lang", "topic", "year"):
            self.database.execute(
                f"SELECT {column}, count(*) FROM f WHERE id IN (SELECT rowid FROM s WHERE s MATCH ?) GROUP BY 1",
                (query,),
            ).fetchall()
        return int(self.database.execute("SELECT count(*) FROM s WHERE s MATCH ?", (query,)).fetchone()[0])


class StockWhoosh:
    """Whoosh as it comes: its writer, its searcher, its groups, its highlights."""

    name = "stock Whoosh"

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "whoosh"
        self.searcher: Any = None

    def build(self, sections: Sequence[Section]) -> None:
        """Stemming analysis, one segment."""
        from whoosh import fields, index
        from whoosh.analysis import StemmingAnalyzer

        self.folder.mkdir()
        schema = fields.Schema(
            title=fields.TEXT(StemmingAnalyzer(), field_boost=2.0), text=fields.TEXT(StemmingAnalyzer(), stored=True),
            lang=fields.ID(sortable=True), topic=fields.ID(sortable=True), year=fields.NUMERIC(sortable=True),
        )  # fmt: skip
        opened = index.create_in(str(self.folder), schema)
        writer = opened.writer(limitmb=256)
        for s in sections:
            writer.add_document(title=s.title, text=s.text, lang=s.lang, topic=s.topic, year=s.year)
        writer.commit()
        self.searcher = index.open_dir(str(self.folder)).searcher()

    def page(self, words: str) -> int:
        """OR of the words, three facets, highlights of ten hits."""
        from whoosh.qparser import MultifieldParser, OrGroup

        query = MultifieldParser(["title", "text"], self.searcher.schema, group=OrGroup).parse(words)
        results = self.searcher.search(query, limit=10, groupedby=["lang", "topic", "year"])
        for hit in results:
            hit.highlights("text", top=3)
        return len(results)


def _entry(section: Section) -> Entry:
    blocks = tuple(Block(f"p{i}", text) for i, text in enumerate(section.text.split("\n")) if text.strip())
    return Entry(
        document=section.id, revision=1, position=0, anchor="start", chapter="", title=section.title, heading="",
        blocks=blocks, page=None, language=section.lang, kind="article", topics=(section.topic,), topic_names=(),
        countries=(), year=section.year, authors=(), published=f"{section.year}-01-01", summary="", access="public",
    )  # fmt: skip


def read(path: Path) -> Iterator[Section]:
    """The sections of a corpus file; fields that are missing are empty, English, of no topic, of 2000."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Section(
                str(row["id"]), str(row.get("title", "")), str(row["text"]), str(row.get("lang") or "en"),
                str(row.get("topic") or "none"), int(row.get("year") or 2000),
            )  # fmt: skip


def made(count: int) -> list[Section]:
    """`count` sections out of the starter library's paragraphs, words swapped by a fixed seed."""
    dice = random.Random(1)
    texts = [path.read_text(encoding="utf-8") for path in sorted(STARTER.glob("*.md"))]
    paragraphs = [" ".join(p.split()) for text in texts for p in text.split("\n\n") if len(p) > 200]
    vocabulary = sorted({word for p in paragraphs for word in re.findall(r"\w{4,}", p)})
    sections = []
    for number in range(count):
        words = " ".join(dice.sample(paragraphs, 3)).split()
        for _ in range(len(words) // 5):
            words[dice.randrange(len(words))] = dice.choice(vocabulary)
        title = " ".join(dice.sample(vocabulary, 4))
        sections.append(
            Section(str(number), title, " ".join(words), "en", dice.choice("abcde"), dice.randrange(2010, 2026))
        )
    return sections


def questions(sections: Sequence[Section]) -> list[str]:
    """QUERIES queries of two to four words from titles, by a fixed seed."""
    dice = random.Random(2)
    titles = [words for s in sections if len(words := re.findall(r"[^\W\d_]{3,}", s.title.lower())) >= 2]
    return [
        " ".join(dice.sample(words, min(len(words), dice.randint(2, 4)))) for words in dice.choices(titles, k=QUERIES)
    ]


def measure(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument(
        "--corpus", type=Path, help="JSON lines; without it, sections are made from the starter library"
    )
    parser.add_argument("--sections", type=int, default=3000, help="how many are made without --corpus")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args(arguments)
    sections = list(read(options.corpus)) if options.corpus else made(options.sections)
    asked = questions(sections)
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        for engine in (ThisLibrary(Path(folder)), Fts5(Path(folder)), StockWhoosh(Path(folder))):
            build = measure(lambda engine=engine: engine.build(sections))  # type: ignore[misc]
            first = measure(lambda engine=engine: engine.page(asked[0]))  # type: ignore[misc]
            times = sorted(measure(lambda q=q, engine=engine: engine.page(q)) * 1000 for q in asked)  # type: ignore[misc]
            rows.append(
                {
                    "engine": engine.name,
                    "build_s": build,
                    "first_ms": first * 1000,
                    "mean_ms": statistics.fmean(times),
                    "median_ms": statistics.median(times),
                    "p99_ms": times[int(len(times) * 0.99)],
                }
            )
    if options.json:
        print(json.dumps({"sections": len(sections), "queries": len(asked), "engines": rows}))
        return
    print(f"{len(sections)} sections, {len(asked)} queries of two to four words; a whole result page each")
    print(
        f"{'engine':14} {'build s':>9} {'first ms':>9} {'mean ms':>9} {'median':>9} {'p99 ms':>9} {'mean, ratio':>12}"
    )
    for row in rows:
        ratio = row["mean_ms"] / rows[0]["mean_ms"]
        print(
            f"{row['engine']:14} {row['build_s']:9.2f} {row['first_ms']:9.2f} {row['mean_ms']:9.2f}"
            f" {row['median_ms']:9.2f} {row['p99_ms']:9.2f} {ratio:12.1f}"
        )


if __name__ == "__main__":
    main()
