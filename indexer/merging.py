"""Segments → one segment: their arrays are renumbered and put behind each other; no text is read again."""

from collections.abc import Sequence

import numpy as np

from indexer.building import Draft, Section
from indexer.postings import LAST_PLACE, Keys
from indexer.schema import SEARCHED, About
from indexer.segments import SegmentView


def merged(parts: Sequence[tuple[SegmentView, frozenset[int]]]) -> Draft:
    """What the segments hold together without their deleted sections, in order."""
    terms = sorted({term for view, _ in parts for term in view.terms})
    number = {term: i for i, term in enumerate(terms)}
    stems: dict[bytes, set[int]] = {}
    occurrences: dict[str, list[Keys]] = {name: [] for name in SEARCHED}
    lengths = [np.zeros((len(SEARCHED), 0), np.int64)]
    sections: list[Section] = []
    documents: list[About] = []
    hints: list[tuple[int, str, int]] = []
    for view, deleted in parts:
        term_of = np.array([number[term] for term in view.terms], np.uint64)
        live = np.ones(view.sections, np.bool_)
        live[list(deleted)] = False
        section_of = (np.cumsum(live) - 1 + len(sections)).astype(np.uint64)
        for name in SEARCHED:
            occurrences[name].append(_renumbered(view.fields[name].keys(), live, term_of, section_of))
        for stem, found in view.stem_groups().items():
            stems.setdefault(stem, set()).update(term_of[found].tolist())
        kept = np.flatnonzero(live)
        lengths.append(view.lengths[:, kept].astype(np.int64))
        document_of = view.document_of[kept].astype(np.int64)
        places, document_of = np.unique(document_of, return_inverse=True)
        for at, document in zip(kept.tolist(), (document_of + len(documents)).tolist(), strict=True):
            sections.append(view.section(at, document))
        number_of = dict(zip(places.tolist(), range(len(documents), len(documents) + places.size), strict=True))
        hints += [(kind, text, number_of[d]) for kind, text, d in view.hints.everything() if d in number_of]
        documents += [view.about(place) for place in places.tolist()]
    joined = {name: np.concatenate([np.empty(0, np.uint64), *found]) for name, found in occurrences.items()}
    return _without_unused(
        Draft(terms, joined, dict(stems), np.concatenate(lengths, axis=1), sections, documents, hints)
    )


def _renumbered(keys: Keys, live: np.ndarray, term_of: np.ndarray, section_of: np.ndarray) -> Keys:
    sections = (keys >> np.uint64(24)) & np.uint64(0xFFFF)
    kept = live[sections]
    keys, sections = keys[kept], sections[kept]
    found: Keys = (
        term_of[keys >> np.uint64(40)] << np.uint64(40)
        | section_of[sections] << np.uint64(24)
        | keys & np.uint64(LAST_PLACE)
    )
    return found


def _without_unused(draft: Draft) -> Draft:
    """Terms that only deleted sections had are left out."""
    used = np.zeros(len(draft.terms), np.bool_)
    for keys in draft.occurrences.values():
        used[keys >> np.uint64(40)] = True
    if used.all():
        return draft
    number = (np.cumsum(used) - 1).astype(np.uint64)
    rest = np.uint64((1 << 40) - 1)
    draft.occurrences = {
        name: number[keys >> np.uint64(40)] << np.uint64(40) | keys & rest for name, keys in draft.occurrences.items()
    }
    kept = {stem: [int(number[term]) for term in terms if used[term]] for stem, terms in draft.stems.items()}
    draft.stems = {stem: terms for stem, terms in kept.items() if terms}
    draft.terms = [draft.terms[i] for i in np.flatnonzero(used)]
    return draft
