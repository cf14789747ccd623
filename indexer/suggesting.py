"""What a reader might have meant or might like next: completions, "did you mean", similar documents."""

import re
from collections import Counter
from dataclasses import replace

import numpy as np

from indexer import facets, hints, querying
from indexer.analysis import fold, terms
from indexer.ranking import Ranking
from indexer.segments import Mask
from indexer.snapshot import Snapshot
from indexer.snippets import leaves
from indexer.spelling import near

TELLING_TERMS = 25  # terms that stand for a document when looking for similar ones
SECTIONS_READ = 12
ALIKE = 0.1
"""Share of its own score that another document must reach to be called similar."""


def completions(snapshot: Snapshot, prefix: str, limit: int, access: tuple[str, ...]) -> list[str]:
    """Titles, topic names, headings and phrases in which each typed word begins a word, the best first.

    When there are too few, one letter of a longer word may be wrong.
    """
    typed = hints.WORDS.findall(fold(prefix[:200]))[:8]
    visible = facets.allowed(snapshot, access)
    found: dict[str, hints.Hint] = {}
    for forgiving in (False, True):
        if not typed or len(found) >= limit:
            break
        added: dict[str, hints.Hint] = {}
        for view, base in zip(snapshot.views, snapshot.document_bases, strict=True):
            seen = visible[base : base + len(view.documents)]
            for hint in view.hints.find(typed, seen, limit, forgiving=forgiving):
                known = added.get(hint.text)
                added[hint.text] = replace(hint, documents=hint.documents + (known.documents if known else 0))
        for hint in sorted(added.values(), key=hints.order):
            found.setdefault(hint.text, hint)
    return list(found)[:limit]


def did_you_mean(ranking: Ranking, text: str, parsed: querying.Parsed, visible: Mask) -> str | None:
    """The question with unknown words replaced by known ones that look alike; None when there is nothing better.

    Only words of documents that the asker may see are offered.
    """
    snapshot = ranking.snapshot
    better: dict[str, str] = {}
    for leaf in list(leaves(parsed.clause))[:8]:
        if not isinstance(leaf, querying.WordClause) or leaf.unspaced or leaf.optional or leaf.term.isdigit():
            continue
        if len(leaf.term) < 3 or ranking.late or _visible(ranking, leaf, visible):
            continue
        for candidate, _, _ in near(leaf.term, snapshot.views, 1 if len(leaf.term) < 6 else 2, ranking.alike)[:20]:
            if _visible(ranking, querying.WordClause(candidate, ""), visible):
                better[leaf.term] = candidate
                break
    if not better:
        return None
    return re.sub(r"\w+", lambda match: better.get(fold(match.group()), match.group()), text[:500])


def similar(snapshot: Snapshot, document: str, limit: int, access: tuple[str, ...]) -> list[str]:
    """Documents that share the words which tell this one from the others (frequency times rarity)."""
    at = snapshot.find(document)
    if at is None:
        return []
    counted: Counter[str] = Counter()
    for section in range(
        int(snapshot.first[at]), min(int(snapshot.last[at]) + 1, int(snapshot.first[at]) + SECTIONS_READ)
    ):
        view, local = snapshot.view_of(section)
        row = view.row(local)
        counted.update(terms(f"{row.heading}\n{row.text[:20_000]}"))
    about = snapshot.about(at)
    for name in (about.title, *about.topic_names):
        counted.update(dict.fromkeys(terms(name), 3))
    rare = {term: _rarity(snapshot, term) for term, _ in counted.most_common(400) if len(term) > 1}
    telling = sorted(rare, key=lambda term: -rare[term] * np.log1p(counted[term]))[:TELLING_TERMS]
    if not telling:
        return []
    ranking = Ranking(snapshot)
    found = ranking.find(querying.AnyClause(tuple(querying.WordClause(term, "") for term in telling)))
    worth = np.maximum.reduceat(np.where(snapshot.live, found.score, np.float32(0)), snapshot.first)
    worth[~facets.allowed(snapshot, access)] = 0
    enough = worth[at] * ALIKE
    worth[at] = 0
    order = np.lexsort((snapshot.newest_first, -worth))[:limit]
    return [snapshot.document(i) for i in order.tolist() if worth[i] > enough]


def _rarity(snapshot: Snapshot, term: str) -> float:
    df = sum(view.frequency(term) for view in snapshot.views)
    if df < 2:
        return 0.0  # a word of this document alone leads nowhere
    return float(np.log1p(snapshot.live_sections / df))


def _visible(ranking: Ranking, word: querying.WordClause, visible: Mask) -> bool:
    match = ranking.find(word).match & ranking.snapshot.live
    return bool(np.any(match & visible[ranking.snapshot.document_of]))
