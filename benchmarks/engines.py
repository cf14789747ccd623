"""The engines that are compared. Each does the whole result page in the way that is natural for it.

The page: sections that have any of the words, grouped by document; the ten documents whose best sections are best; the
exact number of documents; counts of five facets over all of them; for each of the ten up to three of its sections with
the words marked. Words are stemmed as English and titles count double where an engine can do so. None leaves out stop
words and all cut words at what is neither letter nor digit, so that all find the same.
"""

from __future__ import annotations

import importlib
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks.sections import Section, documents

FACETS = ("topic", "kind", "lang", "country", "year")
HITS = 10
SNIPPETS = 3
WORD = r"[^\W_]+"
"""A word, for engines that are told so by a regular expression."""


@dataclass(frozen=True, slots=True)
class Page:
    """A result page. `hits`: document and snippets; `facets`: counts of documents."""

    total: int
    hits: Sequence[tuple[str, Sequence[str]]]
    facets: Mapping[str, Mapping[str, int]]


class Engine(Protocol):
    """What is compared. Building and asking happen in processes of their own, which share `folder`.

    `modules`: what it is made of; imported before anything is measured. `package`: what must be installed for it.
    """

    name: str
    modules: tuple[str, ...]
    package: str

    def __init__(self, folder: Path) -> None: ...

    def build(self, sections: Sequence[Section]) -> None:
        """Make a searchable index in the folder."""
        ...

    def open(self) -> None:
        """Open it for questions."""
        ...

    def page(self, words: str) -> Page:
        """The result page of words."""
        ...


class ThisLibrary(Engine):
    """The product's own index, through the code that serves."""

    name = "this library"
    modules = ("indexer.searching",)
    package = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.index: Any = None

    def build(self, sections: Sequence[Section]) -> None:
        """A generation, as `indexer rebuild` makes it."""
        from indexer.bulk import build_segments
        from indexer.generations import Pointer, create_generation, write_pointer
        from indexer.writing import GenerationWriter

        generation = create_generation(self.folder)
        entries = ([self._entry(s, i) for i, s in enumerate(of_it)] for _, of_it in documents(sections))
        GenerationWriter(generation, create=True).adopt(build_segments(generation, entries), 1)
        write_pointer(self.folder, Pointer(generation.name))

    def open(self) -> None:
        """As a web worker does before its first answer."""
        from indexer.searching import Index

        self.index = Index(self.folder)
        if not self.index.state().ready:
            raise RuntimeError(self.index.state().reason)

    def page(self, words: str) -> Page:
        """Index.ask with everything that a page shows."""
        from indexer.searching import Question

        answer = self.index.ask(Question(text=words, limit=HITS))
        return Page(
            answer.total,
            [(hit.document, [passage.snippet for passage in hit.passages]) for hit in answer.hits],
            {key: {value.value: value.count for value in values} for key, values in answer.facets.items()},
        )

    def _entry(self, section: Section, position: int) -> Any:
        from indexer.records import Block, Entry

        blocks = tuple(Block(f"p-{position}-{i}", text) for i, text in enumerate(section.text.split("\n")))
        return Entry(
            document=section.document, revision=1, position=position, anchor=f"s-{position}", chapter="",
            title=section.title, heading="", blocks=blocks, page=None, language=section.lang, kind=section.kind,
            topics=(section.topic,), topic_names=(), countries=(section.country,), year=section.year, authors=(),
            published=f"{section.year}-01-01", summary="", access="public",
        )  # fmt: skip


class Fts5(Engine):
    """SQLite's full-text search: porter stems, bm25(), snippet().

    A row's number holds its document's, so that no join is needed to group; the rows that match are asked for once and
    kept in a temporary table; facets stand in a table of documents.
    """

    name = "SQLite FTS5"
    modules = ("sqlite3",)
    package = ""
    _SHIFT = 16

    def __init__(self, folder: Path) -> None:
        self.file = folder / "fts.db"
        self.database: Any = None

    def build(self, sections: Sequence[Section]) -> None:
        """In one transaction, then merged to one b-tree."""
        database = sqlite3.connect(self.file)
        database.executescript(
            "CREATE VIRTUAL TABLE section USING fts5(title, text, tokenize='porter unicode61');"
            "CREATE TABLE document (id INTEGER PRIMARY KEY, name TEXT, topic TEXT, kind TEXT, lang TEXT, country TEXT, year TEXT)"
        )
        numbered = list(enumerate(documents(sections)))
        database.executemany(
            "INSERT INTO section(rowid, title, text) VALUES (?, ?, ?)",
            ((n << self._SHIFT | i, s.title, s.text) for n, (_, of_it) in numbered for i, s in enumerate(of_it)),
        )
        database.executemany(
            "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((n, name, *(str(getattr(of_it[0], facet)) for facet in FACETS)) for n, (name, of_it) in numbered),
        )
        database.execute("INSERT INTO section(section) VALUES ('optimize')")
        database.commit()
        database.close()

    def open(self) -> None:
        """With more cache than SQLite takes of itself."""
        self.database = sqlite3.connect(self.file)
        self.database.executescript(
            "PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824; PRAGMA temp_store = memory;"
            "CREATE TEMP TABLE match (section INTEGER PRIMARY KEY, document INTEGER, score REAL);"
            "CREATE TEMP TABLE found (id INTEGER PRIMARY KEY, name TEXT, score REAL, topic, kind, lang, country, year)"
        )

    def page(self, words: str) -> Page:
        """One pass of the full-text index for ranks, one for snippets."""
        ask = self.database.execute
        query = " OR ".join(f'"{word}"' for word in words.split())
        ask("DELETE FROM match")
        ask("DELETE FROM found")
        ask(
            f"INSERT INTO match SELECT rowid, rowid >> {self._SHIFT}, bm25(section, 2.0, 1.0)"
            " FROM section WHERE section MATCH ?",
            (query,),
        )
        ask(
            "INSERT INTO found SELECT id, name, score, topic, kind, lang, country, year"
            " FROM (SELECT document, min(score) AS score FROM match GROUP BY document) JOIN document ON id = document"
        )
        (total,) = ask("SELECT count(*) FROM found").fetchone()
        facets = {facet: dict(ask(f"SELECT {facet}, count(*) FROM found GROUP BY 1").fetchall()) for facet in FACETS}
        best = ask("SELECT id, name FROM found ORDER BY score LIMIT ?", (HITS,)).fetchall()
        wanted: dict[int, list[int]] = {}
        for number, _ in best:
            rows = ask(
                "SELECT section FROM match WHERE section BETWEEN ? AND ? ORDER BY score LIMIT ?",
                (number << self._SHIFT, (number + 1 << self._SHIFT) - 1, SNIPPETS),
            )
            wanted[number] = [row for (row,) in rows]
        rows = ",".join(str(row) for chosen in wanted.values() for row in chosen)
        snippets = dict(
            ask(
                "SELECT rowid, snippet(section, 1, '<mark>', '</mark>', '…', 30) FROM section"
                f" WHERE section MATCH ? AND rowid IN ({rows})",
                (query,),
            ).fetchall()
        )
        return Page(total, [(name, [snippets[row] for row in wanted[number]]) for number, name in best], facets)


class StockWhoosh(Engine):
    """Whoosh as it comes: its writer, its searcher, its columns, its highlights."""

    name = "stock Whoosh"
    modules = ("whoosh.index", "whoosh.fields", "whoosh.analysis", "whoosh.qparser")
    package = "whoosh3"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.searcher: Any = None
        self.parser: Any = None
        self.columns: dict[str, Any] = {}

    def build(self, sections: Sequence[Section]) -> None:
        """Stemming analysis, one segment."""
        from whoosh import fields, index
        from whoosh.analysis import StemmingAnalyzer

        analyzer = StemmingAnalyzer(re.compile(WORD), stoplist=None)
        schema = fields.Schema(
            title=fields.TEXT(analyzer, field_boost=2.0),
            text=fields.TEXT(analyzer, stored=True),
            **{name: fields.ID(sortable=True) for name in ("document", *FACETS)},
        )
        writer = index.create_in(str(self.folder), schema).writer(limitmb=256)
        for s in sections:
            facets = {facet: str(getattr(s, facet)) for facet in FACETS}
            writer.add_document(title=s.title, text=s.text, document=s.document, **facets)
        writer.commit()

    def open(self) -> None:
        """Searcher, parser and columns, all kept open."""
        from whoosh import index
        from whoosh.qparser import MultifieldParser, OrGroup

        self.searcher = index.open_dir(str(self.folder)).searcher()
        self.parser = MultifieldParser(["title", "text"], self.searcher.schema, group=OrGroup)
        self.columns = {name: self.searcher.reader().column_reader(name) for name in ("document", *FACETS)}

    def page(self, words: str) -> Page:
        """All sections by rank; the first of a document stands for it."""
        results = self.searcher.search(self.parser.parse(words), limit=None)
        ranks: dict[str, list[int]] = {}
        counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
        document = self.columns["document"]
        for rank, (_, section) in enumerate(results.top_n):
            of_it = ranks.setdefault(document[section], [])
            of_it.append(rank)
            if len(of_it) == 1:
                for facet in FACETS:
                    counts[facet][self.columns[facet][section]] += 1
        best = list(ranks)[:HITS]
        hits = [(name, [results[rank].highlights("text", top=1) for rank in ranks[name][:SNIPPETS]]) for name in best]
        return Page(len(ranks), hits, counts)


class Tantivy(Engine):
    """Tantivy through tantivy-py.

    Its aggregations count what is indexed, so that there are two indexes: of sections, which ranks and shows, and of
    whole documents without positions, which gives the total and the facets.
    """

    name = "Tantivy"
    modules = ("tantivy",)
    package = "tantivy"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sections: Any = None
        self.documents: Any = None
        self.names: list[str] = []

    def build(self, sections: Sequence[Section]) -> None:
        """Both indexes, with the writer's own number of threads."""
        tantivy = self._tantivy
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("title", stored=True, tokenizer_name="en_stem")
        schema.add_text_field("text", stored=True, tokenizer_name="en_stem")
        schema.add_integer_field("document", indexed=True, fast=True)
        writer = self._new("sections", schema.build()).writer(256_000_000)
        for number, (_, of_it) in enumerate(documents(sections)):
            for s in of_it:
                writer.add_document(tantivy.Document(title=s.title, text=s.text, document=number))
        writer.commit()
        writer.wait_merging_threads()
        schema = tantivy.SchemaBuilder()
        schema.add_text_field("words", tokenizer_name="en_stem", index_option="basic")
        for facet in FACETS:
            schema.add_text_field(facet, fast=True, tokenizer_name="raw", index_option="basic")
        writer = self._new("documents", schema.build()).writer(256_000_000)
        names = []
        for name, of_it in documents(sections):
            names.append(name)
            facets = {facet: str(getattr(of_it[0], facet)) for facet in FACETS}
            words = "\n".join([of_it[0].title, *(s.text for s in of_it)])
            writer.add_document(tantivy.Document(words=words, **facets))
        writer.commit()
        writer.wait_merging_threads()
        (self.folder / "names.json").write_text(json.dumps(names), "utf-8")

    def open(self) -> None:
        """Both indexes and the names of the documents."""
        self.sections = self._tantivy.Index.open(str(self.folder / "sections"))
        self.documents = self._tantivy.Index.open(str(self.folder / "documents"))
        self.names = json.loads((self.folder / "names.json").read_text("utf-8"))

    def page(self, words: str) -> Page:
        """Documents of the best sections; of each its own best three; counts from the other index."""
        tantivy, sections, documents = self._tantivy, self.sections.searcher(), self.documents.searcher()
        query = self.sections.parse_query(words, ["title", "text"], field_boosts={"title": 2.0})
        best = self._best(sections, query)
        marker = tantivy.SnippetGenerator.create(sections, query, self.sections.schema, "text")
        marker.set_max_num_chars(200)
        hits = []
        for number in best:
            within = tantivy.Query.term_query(self.sections.schema, "document", number)
            must = tantivy.Occur.Must
            of_it = tantivy.Query.boolean_query([(must, query), (must, tantivy.Query.const_score_query(within, 0.0))])
            found = sections.search(of_it, limit=SNIPPETS, count=False).hits
            snippets = [marker.snippet_from_doc(sections.doc(address)).to_html() for _, address in found]
            hits.append((self.names[number], snippets))
        anywhere = self.documents.parse_query(words, ["words"])
        told = documents.aggregate(anywhere, {facet: {"terms": {"field": facet, "size": 1000}} for facet in FACETS})
        facets = {facet: {b["key"]: b["doc_count"] for b in told[facet]["buckets"]} for facet in FACETS}
        return Page(documents.search(anywhere, limit=1, count=True).count, hits, facets)

    def _best(self, searcher: Any, query: Any) -> list[int]:
        limit = 10 * HITS
        while True:
            found = searcher.search(query, limit=limit, count=False).hits
            numbers = searcher.fast_field_values("document", [address for _, address in found])
            best = list(dict.fromkeys(numbers))[:HITS]
            if len(best) == HITS or len(found) < limit:
                return best
            limit *= 10

    def _new(self, name: str, schema: Any) -> Any:
        (self.folder / name).mkdir()
        return self._tantivy.Index(schema, path=str(self.folder / name))

    @property
    def _tantivy(self) -> Any:
        return importlib.import_module("tantivy")


class Bm25s(Engine):
    """bm25s: scores of all sections as an array; grouping and counting by numpy.

    It has no fields, so that the title stands before the text, and no snippets: a regular expression marks the words.
    """

    name = "bm25s"
    modules = ("bm25s", "Stemmer", "numpy")
    package = "bm25s"
    _AROUND = 100  # characters of a snippet on each side of the first word

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.retriever: Any = None
        self.stemmer: Any = None
        self.names: list[str] = []
        self.values: dict[str, list[str]] = {}
        self.arrays: dict[str, Any] = {}

    def build(self, sections: Sequence[Section]) -> None:
        """Its sparse matrix and its corpus of lines, facet codes beside them."""
        import numpy as np

        bm25s, stemmer = self._bm25s, self._english()
        texts = [f"{s.title}\n{s.text}" for s in sections]
        tokens = bm25s.tokenize(texts, token_pattern=WORD, stopwords=None, stemmer=stemmer, show_progress=False)
        retriever = bm25s.BM25()
        retriever.index(tokens, show_progress=False)
        retriever.save(str(self.folder / "bm25s"), corpus=[{"text": s.text} for s in sections], show_progress=False)
        grouped = list(documents(sections))
        first = np.cumsum([0, *(len(of_it) for _, of_it in grouped)])[:-1]
        np.save(self.folder / "first.npy", first)
        values: dict[str, list[str]] = {}
        for facet in FACETS:
            of_documents = [str(getattr(of_it[0], facet)) for _, of_it in grouped]
            values[facet] = sorted(set(of_documents))
            code = {value: i for i, value in enumerate(values[facet])}
            np.save(self.folder / f"{facet}.npy", np.array([code[value] for value in of_documents], np.int32))
        told = {"names": [name for name, _ in grouped], "values": values}
        (self.folder / "documents.json").write_text(json.dumps(told), "utf-8")

    def open(self) -> None:
        """Everything large is mapped."""
        import numpy as np

        self.stemmer = self._english()
        self.retriever = self._bm25s.BM25.load(str(self.folder / "bm25s"), mmap=True, load_corpus=True)
        told = json.loads((self.folder / "documents.json").read_text("utf-8"))
        self.names, self.values = told["names"], told["values"]
        self.arrays = {name: np.load(self.folder / f"{name}.npy") for name in ("first", *FACETS)}

    def page(self, words: str) -> Page:
        """Scores by bm25s, the rest by hand."""
        import numpy as np

        known = [token for token in self.stemmer.stemWords(words.split()) if token in self.retriever.vocab_dict]
        if not known:
            return Page(0, [], {facet: {} for facet in FACETS})
        scores, first = self.retriever.get_scores(known), self.arrays["first"]
        worth = np.maximum.reduceat(scores, first)
        found = np.flatnonzero(worth > 0)
        best = found[np.argsort(-worth[found], kind="stable")[:HITS]].tolist()
        marked = re.compile(rf"\b(?:{'|'.join(map(re.escape, known))})\w*", re.IGNORECASE)
        hits = []
        for document in best:
            end = first[document + 1] if document + 1 < len(first) else len(scores)
            of_it = scores[first[document] : end]
            chosen = [i for i in np.argsort(-of_it, kind="stable")[:SNIPPETS].tolist() if of_it[i] > 0]
            texts = [self.retriever.corpus[int(first[document]) + i]["text"] for i in chosen]
            hits.append((self.names[document], [self._snippet(text, marked) for text in texts]))
        facets = {facet: self._counts(facet, self.arrays[facet][found]) for facet in FACETS}
        return Page(len(found), hits, facets)

    def _counts(self, facet: str, codes: Any) -> dict[str, int]:
        import numpy as np

        values = self.values[facet]
        counts: Iterable[int] = np.bincount(codes, minlength=len(values)).tolist()
        return {value: count for value, count in zip(values, counts, strict=True) if count}

    def _snippet(self, text: str, marked: re.Pattern[str]) -> str:
        found = marked.search(text)
        start = max(0, found.start() - self._AROUND) if found else 0
        return marked.sub(r"<mark>\g<0></mark>", text[start : start + 2 * self._AROUND])

    def _english(self) -> Any:
        return importlib.import_module("Stemmer").Stemmer("english")

    @property
    def _bm25s(self) -> Any:
        return importlib.import_module("bm25s")


ENGINES: dict[str, type[Engine]] = {
    "library": ThisLibrary, "whoosh": StockWhoosh, "fts5": Fts5, "tantivy": Tantivy, "bm25s": Bm25s,
}  # fmt: skip
