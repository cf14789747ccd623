"""The published pieces that are most like a text, asked of the index; none where there is no index."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import cast

from flask import current_app

from indexer.analysis import primary, terms
from indexer.function_words import FUNCTION_WORDS
from indexer.searching import Index, Question
from library.catalogue import listing
from library.catalogue.models import Kind
from library.ingest.understanding.proposals import Piece
from library.ingest.understanding.subjects import Alike

KEY = "ingest.index"
TELLING = 14  # words that the index is asked for
PIECES = 8
LEAST = 0.45  # of the best one's score, below which a piece is not like this one
SAMPLE = 60_000  # characters that words are counted in


def pieces(piece: Piece) -> list[Alike]:
    """Up to PIECES published pieces, the most alike first."""
    asked = _words(piece)
    index = _index()
    if not asked or index is None:
        return []
    everyone = ("public", "members")  # only curators see the proposals
    answer = index.ask(Question(" OR ".join(asked), limit=PIECES, access=everyone, facets=False))
    best = max((hit.score for hit in answer.hits), default=0.0)
    near = {int(hit.document): (hit.score / best) ** 2 for hit in answer.hits if best and hit.score >= LEAST * best}
    found = listing.published(list(near), access=everyone)
    return [
        Alike(found[number].shown.title, tuple(topic.slug for topic in found[number].topics), weight)
        for number, weight in near.items()
        if number in found and found[number].shown.kind != Kind.PAGE
    ]


def _words(piece: Piece) -> list[str]:
    """The words of the title and those that the text says most often."""
    function = FUNCTION_WORDS.get(primary(piece.language), frozenset())

    def telling(text: str) -> list[str]:
        return [term for term in terms(text) if len(term) > 2 and term.isalpha() and term not in function]

    counted = Counter(telling(piece.sample[:SAMPLE]))
    title = list(dict.fromkeys(telling(piece.title)))[: TELLING // 2]
    often = [term for term, times in counted.most_common(TELLING) if times > 1]
    return list(dict.fromkeys([*title, *often]))[:TELLING]


def _index() -> Index | None:
    """The process's index for this, opened by the first question once there is one."""
    root = Path(current_app.instance_path) / "index"
    if not (root / "current").exists():
        return None
    return cast(Index, current_app.extensions.setdefault(KEY, Index(root)))
