"""Segments → one segment: their arrays are renumbered and put behind each other; no text is read again."""

from collections.abc import Sequence

import numpy as np

from indexer.building import Draft, Section
from indexer.postings import Keys, renumbered, sections_of, terms_of
from indexer.schema import SEARCHED, About
from indexer.segments import SegmentView
from indexer.stemming import Stems


def merged(parts: Sequence[tuple[SegmentView, frozenset[int]]]) -> Draft:
    """What the segments hold together without their deleted sections, in order."""
    terms = sorted({term for view, _ in parts for term in view.terms})
    number = {term: i for i, term in enumerate(terms)}
    stems: list[Stems] = []
    occurrences: list[Keys] = [np.empty(0, np.uint64)]
    lengths = [np.zeros((len(SEARCHED), 0), np.int64)]
    sections: list[Section] = []
    documents: list[About] = []
    hints: list[tuple[int, str, int]] = []
    for view, deleted in parts:
        term_of = np.array([number[term] for term in view.terms], np.int64)
        live = np.ones(view.sections, np.bool_)
        live[list(deleted)] = False
        section_of = np.cumsum(live) - 1 + len(sections)
        keys = view.postings.keys()
        occurrences.append(renumbered(keys[live[sections_of(keys)]], term_of, np.where(live, section_of, 0)))
        own = view.stems
        stems.append(Stems(list(own.names), own.first, term_of[own.terms]))
        kept = np.flatnonzero(live)
        lengths.append(view.lengths[:, kept].astype(np.int64))
        document_of = view.document_of[kept].astype(np.int64)
        places, document_of = np.unique(document_of, return_inverse=True)
        for at, document in zip(kept.tolist(), (document_of + len(documents)).tolist(), strict=True):
            sections.append(view.section(at, document))
        number_of = dict(zip(places.tolist(), range(len(documents), len(documents) + places.size), strict=True))
        hints += [(kind, text, number_of[d]) for kind, text, d in view.hints.everything() if d in number_of]
        documents += [view.about(place) for place in places.tolist()]
    joined = np.concatenate(occurrences)
    return _without_unused(
        Draft(terms, joined, Stems.together(stems), np.concatenate(lengths, axis=1), sections, documents, hints)
    )


def _without_unused(draft: Draft) -> Draft:
    """Terms that only deleted sections had are left out."""
    used = np.zeros(len(draft.terms), np.bool_)
    used[terms_of(draft.occurrences)] = True
    if used.all():
        return draft
    number = np.cumsum(used) - 1
    draft.occurrences = renumbered(draft.occurrences, np.where(used, number, 0), np.arange(len(draft.sections)))
    draft.stems = draft.stems.renumbered(used, number)
    draft.terms = [draft.terms[i] for i in np.flatnonzero(used)]
    return draft
