"""Feedback: what the best sections are about says which of the others belong to them.

Rocchio's centroid in BM25 weights over the keywords of the best sections, taken as if they had been judged relevant
(pseudo-relevance feedback; Rocchio 1971, Buckley et al. 1994). The weight of a section falls steeply with its score, so
that a question with one evident answer is hardly changed by it and a broad one is. Only the order of the best sections
changes, nothing is found that has no word of the question.
"""

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import Array, best_places, run_starts
from indexer.keywords import COMMON, KEPT, SATURATION
from indexer.schema import TEXT
from indexer.segments import F32
from indexer.snapshot import Snapshot

BELIEVED = 10  # sections that are taken to be what was looked for
STEEPNESS = 16  # exponent of their score, as a share of the best one's
WORDS = 20  # keywords that stand for them
REORDERED = 50  # sections
SHARE = 0.5  # of the best score, which the section most like them gains


def with_feedback(snapshot: Snapshot, sections: NDArray[np.int64], score: F32, tier: NDArray[np.int8]) -> F32:
    """The scores with what the best sections add.

    Args:
        snapshot: What `sections` are of.
        sections: Found, ascending; shape (n,).
        score: Of these; shape (n,).
        tier: Of these; those of a higher one stand first whatever their scores are; shape (n,).
    """
    highest = score.max(initial=0)
    if sections.size <= BELIEVED or highest <= 0:
        return score
    best = _best(score + tier * highest if tier.any() else score, REORDERED)[: 2 * REORDERED]
    words, weights = _keywords(snapshot, sections[best])
    first = best[:BELIEVED]
    believed = (score[first] / highest) ** STEEPNESS * (tier[first] == tier[first[0]])
    telling, worth, rarity = _centroid(
        snapshot, words[:BELIEVED], weights[:BELIEVED] * (believed / believed.sum())[:, None]
    )
    if not telling.size:
        return score
    at = np.minimum(telling.searchsorted(words), telling.size - 1)
    gains = np.where(telling[at] == words, (worth * rarity)[at] * weights, np.float32(0)).sum(axis=1)
    most = gains.max()
    if most > 0:
        score = score.copy()
        score[best] += gains * np.float32(SHARE * highest / most)
    return score


def _best(score: F32, count: int) -> NDArray[np.int64]:
    """Places of the `count` highest scores and of what equals the last of them, highest first, of equal ones the first."""
    likely = best_places(score, count)
    return likely[np.argsort(-score[likely], kind="stable")]


def _keywords(snapshot: Snapshot, sections: NDArray[np.int64]) -> tuple[Array, F32]:
    """Keywords of sections, and how strongly each section is about them; both of shape (sections, KEPT)."""
    if len(snapshot.views) == 1:
        kept = snapshot.views[0].keywords
        words, weights = kept.words[sections], kept.frequencies[sections].astype(np.float32)
        return words, _saturated(snapshot, sections, weights)
    words = np.zeros((sections.size, KEPT), np.uint32)
    weights = np.zeros((sections.size, KEPT), np.float32)
    for view, base in zip(snapshot.views, snapshot.bases, strict=True):
        inside = np.flatnonzero((sections >= base) & (sections < base + view.sections))
        if inside.size:
            words[inside] = view.keywords.words[sections[inside] - base]
            weights[inside] = view.keywords.frequencies[sections[inside] - base]
    return words, _saturated(snapshot, sections, weights)


def _saturated(snapshot: Snapshot, sections: NDArray[np.int64], frequencies: F32) -> F32:
    frequencies *= snapshot.norms[TEXT, sections][:, None]
    frequencies /= frequencies + np.float32(SATURATION)
    return frequencies


def _centroid(snapshot: Snapshot, words: Array, weights: F32) -> tuple[Array, F32, F32]:
    """The words that tell most, ascending, with their weights and their inverse document frequencies."""
    order = words.ravel().argsort()  # `np.unique` would take twice as long for so few
    ordered = words.ravel()[order]
    first = run_starts(ordered)
    different = ordered[first]
    n = snapshot.live_sections
    df = np.zeros(different.size, np.int64)
    for view in snapshot.views:
        df += view.keywords.sections(different)
    rarity = np.log1p((n - df + 0.5) / (df + 0.5)).astype(np.float32, copy=False)
    worth = np.add.reduceat(weights.ravel()[order], first) * rarity
    worth[(different == 0) | (df < 2) | (df > COMMON * n)] = 0
    chosen = np.sort(np.argpartition(-worth, WORDS)[:WORDS]) if worth.size > WORDS else np.arange(worth.size)
    chosen = chosen[worth[chosen] > 0]
    return different[chosen], worth[chosen], rarity[chosen]
