"""Measures of a judged collection, through the product's own analysis and ranking."""

import json
import math
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import perf_counter

from indexer import generations
from indexer.answering import Question, rank
from indexer.bulk import build_segments
from indexer.records import Block, Entry
from indexer.snapshot import open_snapshot
from indexer.writing import GenerationWriter

DEPTH = 100
RARE = 0.05  # a language guessed for less than this share of a collection is a wrong guess


class BadCollection(Exception):
    """A folder is not a judged collection; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Means over the queries that have judgements."""

    collection: str
    language: str
    documents: int
    queries: int
    ndcg_10: float
    recall_100: float
    mrr: float
    ms_per_query: float


Judgements = Mapping[str, Mapping[str, float]]


def evaluate(folder: Path) -> Measures:
    """Build a temporary index of `corpus.jsonl`, ask `queries.jsonl`, judge by `qrels.tsv`. Raises BadCollection."""
    rows = list(_lines(folder / "corpus.jsonl"))
    judgements = read_judgements(folder / "qrels.tsv")
    queries = {str(row["id"]): str(row["text"]) for row in _lines(folder / "queries.jsonl")}
    languages = guess_languages(rows)
    with tempfile.TemporaryDirectory(prefix="indexer-eval-") as temporary:
        root = Path(temporary)
        _build(root, rows, languages)
        snapshot = open_snapshot(root)
        found: dict[str, list[str]] = {}
        started = perf_counter()
        for query in judgements:
            if query in queries:
                order = rank(snapshot, Question(queries[query], limit=DEPTH)).order
                found[query] = [snapshot.document(at) for at in order.tolist()]
        took = perf_counter() - started
    if not found:
        raise BadCollection(f"{folder}: no query has judgements.")
    judged = [(found[query], judgements[query]) for query in found]
    return Measures(
        collection=folder.name,
        language=Counter(languages).most_common(1)[0][0],
        documents=len(rows),
        queries=len(found),
        ndcg_10=_mean(ndcg(documents, grades, 10) for documents, grades in judged),
        recall_100=_mean(recall(documents, grades, 100) for documents, grades in judged),
        mrr=_mean(reciprocal_rank(documents, grades) for documents, grades in judged),
        ms_per_query=took / len(found) * 1000,
    )


def ndcg(documents: Sequence[str], grades: Mapping[str, float], depth: int) -> float:
    """Normalised discounted cumulative gain with gain = grade, as trec_eval has it. Järvelin & Kekäläinen 2002."""
    gained = sum(grades.get(document, 0.0) / math.log2(i + 2) for i, document in enumerate(documents[:depth]))
    ideal = sum(grade / math.log2(i + 2) for i, grade in enumerate(sorted(grades.values(), reverse=True)[:depth]))
    return gained / ideal if ideal else 0.0


def recall(documents: Sequence[str], grades: Mapping[str, float], depth: int) -> float:
    """Share of the relevant documents among the first `depth`."""
    relevant = {document for document, grade in grades.items() if grade > 0}
    return len(relevant.intersection(documents[:depth])) / len(relevant) if relevant else 0.0


def reciprocal_rank(documents: Sequence[str], grades: Mapping[str, float]) -> float:
    """1 / rank of the first relevant document, 0 without one."""
    return next((1 / rank for rank, document in enumerate(documents, 1) if grades.get(document, 0) > 0), 0.0)


def read_judgements(path: Path) -> dict[str, dict[str, float]]:
    """query → document → grade, of a file `query-id<TAB>corpus-id<TAB>score` with a head line."""
    judgements: dict[str, dict[str, float]] = {}
    for number, line in enumerate(_read(path).splitlines()):
        parts = line.split("\t")
        if number == 0 or not line.strip():
            continue
        if len(parts) != 3:
            raise BadCollection(f"{path}, line {number + 1}: three columns are expected.")
        judgements.setdefault(parts[0], {})[parts[1]] = float(parts[2])
    return {query: grades for query, grades in judgements.items() if any(grade > 0 for grade in grades.values())}


def guess_languages(rows: Sequence[Mapping[str, object]], guess: Callable[[str], str] | None = None) -> list[str]:
    """The language of each row: its own `lang`, or a guess from the text.

    Guesses that are rare in the collection give way to its commonest: a short text is easily taken for another
    language, and a collection seldom is in twenty.
    """
    guess = guess or _guess
    found = [
        str(row.get("lang") or row.get("language") or "") or guess(f"{row.get('title', '')}\n{row['text']}"[:1500])
        for row in rows
    ]
    counted = Counter(found)
    commonest = counted.most_common(1)[0][0] if counted else "und"
    return [language if counted[language] >= RARE * len(found) else commonest for language in found]


@cache
def _classifier() -> Callable[[str], tuple[str, float]]:
    import py3langid  # loads its model, which only this module needs

    classify: Callable[[str], tuple[str, float]] = py3langid.classify
    return classify


def _guess(text: str) -> str:
    return str(_classifier()(text)[0])


def _build(root: Path, rows: Sequence[Mapping[str, object]], languages: Sequence[str]) -> None:
    folder = generations.create_generation(root)
    writer = GenerationWriter(folder, create=True)
    writer.adopt(build_segments(folder, ([_entry(*pair)] for pair in zip(rows, languages, strict=True))), 0)
    generations.write_pointer(root, generations.Pointer(folder.name))


def _entry(row: Mapping[str, object], language: str) -> Entry:
    return Entry(
        document=str(row["id"]), revision=1, position=0, anchor="top", chapter="", title=str(row.get("title") or ""),
        heading="", blocks=(Block("p-1", str(row["text"])),), page=None, language=language, kind="article",
        topics=(), topic_names=(), countries=(), year=None, authors=(), published="", summary="", access="public",
    )  # fmt: skip


def _lines(path: Path) -> Iterator[dict[str, object]]:
    for number, line in enumerate(_read(path).splitlines(), 1):
        if line.strip():
            try:
                row = json.loads(line)
                row["id"], row["text"]
            except (ValueError, KeyError, TypeError):
                raise BadCollection(f"{path}, line {number}: an object with id and text is expected.") from None
            yield row


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadCollection(f"{path} cannot be read ({error.__class__.__name__}).") from None


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found)
