"""What a reader might have meant or might like next: completions, "did you mean", similar documents."""

import re
from collections import Counter

import numpy as np

from indexer import facets, querying
from indexer.analysis import fold, terms
from indexer.ranking import Ranking
from indexer.schema import SEARCHED
from indexer.segments import Mask
from indexer.snapshot import Snapshot
from indexer.snippets import leaves
from indexer.spelling import near

TELLING_TERMS = 25  # terms that stand for a document when looking for similar ones
SECTIONS_READ = 12
ALIKE = 0.1
"""Share of its own score that another document must reach to be called similar."""


def completions(snapshot: Snapshot, prefix: str, limit: int, access: tuple[str, ...]) -> list[str]:
    """Titles and topic names in which each typed word begins a word; those that begin with all of it first."""
    typed = [fold(part) for part in re.split(r"\W+", prefix[:200]) if part]
    if not typed:
        return []
    visible = facets.allowed(snapshot, access)
    found: dict[str, tuple[int, int, str]] = {}
    for i in np.flatnonzero(visible):
        about = snapshot.documents[i]
        for rank, text in [(0, about.title), *((1, name) for name in about.topic_names)]:
            folded = fold(text)
            parts = [part for part in re.split(r"\W+", folded) if part]
            if text and all(any(part.startswith(word) for part in parts) for word in typed):
                begins = folded.startswith(" ".join(typed))
                found.setdefault(text, (0 if begins else 1 + rank, len(text), text))
    return sorted(found, key=lambda text: found[text])[:limit]


def did_you_mean(snapshot: Snapshot, text: str, parsed: querying.Parsed, visible: Mask) -> str | None:
    """The question with unknown words replaced by known ones that look alike; None when there is nothing better.

    Only words of documents that the asker may see are offered.
    """
    ranking = Ranking(snapshot)
    vocabularies = [view.vocabulary() for view in snapshot.views]
    better: dict[str, str] = {}
    for leaf in list(leaves(parsed.clause))[:8]:
        if not isinstance(leaf, querying.WordClause) or leaf.unspaced or leaf.optional or leaf.term.isdigit():
            continue
        if len(leaf.term) < 3 or _visible(snapshot, ranking, leaf, visible):
            continue
        for candidate, _, _ in near(leaf.term, vocabularies, 1 if len(leaf.term) < 6 else 2)[:20]:
            if _visible(snapshot, ranking, querying.WordClause(candidate, ""), visible):
                better[leaf.term] = candidate
                break
    if not better:
        return None
    return re.sub(r"\w+", lambda match: better.get(fold(match.group()), match.group()), text[:500])


def similar(snapshot: Snapshot, document: str, limit: int, access: tuple[str, ...]) -> list[str]:
    """Documents that share the words which tell this one from the others (frequency times rarity)."""
    at = snapshot.place.get(document)
    if at is None:
        return []
    first, last = int(snapshot.first[at]), int(snapshot.last[at]) + 1
    counted: Counter[str] = Counter()
    for section in range(first, min(last, first + SECTIONS_READ)):
        _, _, heading, _, blocks = snapshot.shown(section)
        counted.update(terms("\n".join([heading, *(text for _, text in blocks)])[:20_000]))
    about = snapshot.documents[at]
    for name in (about.title, *about.topic_names):
        counted.update(dict.fromkeys(terms(name), 3))
    rare = {term: _rarity(snapshot, term) for term, _ in counted.most_common(400) if len(term) > 1}
    telling = sorted(rare, key=lambda term: -rare[term] * np.log1p(counted[term]))[:TELLING_TERMS]
    if not telling:
        return []
    ranking = Ranking(snapshot)
    found = ranking.find(querying.AnyClause(tuple(querying.WordClause(term, "") for term in telling)))
    worth = np.zeros(len(snapshot.documents), np.float64)
    np.maximum.at(worth, snapshot.document_of, np.where(snapshot.live, found.score, np.float32(0)))
    worth[~facets.allowed(snapshot, access)] = 0
    enough = worth[at] * ALIKE
    worth[at] = 0
    order = np.lexsort((snapshot.newest_first, -worth))[:limit]
    return [snapshot.documents[i].document for i in order if worth[i] > enough]


def _rarity(snapshot: Snapshot, term: str) -> float:
    df = sum(snapshot.postings(name, term)[0].size for name in SEARCHED if name in ("text", "title"))
    if df < 2:
        return 0.0  # a word of this document alone leads nowhere
    return float(np.log1p(snapshot.live_sections / df))


def _visible(snapshot: Snapshot, ranking: Ranking, word: querying.WordClause, visible: Mask) -> bool:
    match = ranking.find(word).match & snapshot.live
    return bool(np.any(match & visible[snapshot.document_of]))
