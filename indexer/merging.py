"""Segments → one segment: their arrays are renumbered and put behind each other; no text is read again."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import Array, distinct, join_strings, pack, smallest
from indexer.drafting import TABLES
from indexer.hints import hint_arrays
from indexer.keywords import MANY, joined_keywords, keyword_arrays
from indexer.postings import Postings
from indexer.segments import SegmentView
from indexer.stem_groups import Stems

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment on its way into another one.

    `live`: shape (its sections,). `sections`: the live ones, ascending. `section_of`, `document_of`, `term_of`: its
    numbers → those in the whole; those of what is left out are -1 (documents) or without meaning.
    """

    view: SegmentView
    live: NDArray[np.bool_]
    sections: Numbers
    section_of: Numbers
    documents: Numbers
    document_of: Numbers
    term_of: Numbers

    @property
    def whole(self) -> bool:
        """Whether nothing of it is left out."""
        return self.sections.size == self.view.sections


def merged(parts: Sequence[tuple[SegmentView, frozenset[int]]]) -> tuple[dict[str, Array], dict[str, object]]:
    """Arrays and values, for `write_arrays`, of what the segments hold together without their deleted sections."""
    words = [list(view.terms) for view, _ in parts]
    terms = _together(words)
    number = {term: i for i, term in enumerate(terms)}
    taken = _parts(parts, [np.fromiter(map(number.__getitem__, of), np.int64, len(of)) for of in words])
    with ThreadPoolExecutor(1) as beside:  # array work needs no lock of the interpreter
        coming = beside.submit(_postings, taken)
        hints = _hints(taken)
        stems = Stems.together(
            [
                Stems(list(part.view.stems.names), part.view.stems.first, part.term_of[part.view.stems.terms])
                for part in taken
            ]
        )
        postings = coming.result()
    if not all(part.whole for part in taken):
        terms, stems = _without_unused(terms, stems, postings)
    lengths = np.concatenate([part.view.lengths[:, part.sections] for part in taken], axis=1).astype(np.int64)
    languages = sorted({name for part in taken for name in part.view.languages})
    language_of = smallest(
        np.concatenate(
            [
                np.array([languages.index(name) for name in part.view.languages], np.int64)[
                    part.view.language_of[part.sections]
                ]
                for part in taken
            ]
        )
    )
    if all(part.sections.size >= MANY for part in taken):
        keywords = joined_keywords([(part.view.keywords, part.sections) for part in taken])
    else:  # small segments did not know which words are common
        keywords = keyword_arrays(Postings.of(postings), terms, stems, lengths, language_of, languages)
    tables, facets = _facets(taken)
    arrays = {
        **pack("terms", terms), **postings, **pack("stems", stems.names),
        "stems.first": stems.first.astype(np.uint32), "stems.terms": stems.terms.astype(np.int32),
        "lengths": smallest(lengths.ravel()), "language_of": language_of,
        "document_of": smallest(np.concatenate([p.document_of[p.view.document_of[p.sections]] for p in taken])),
        **keywords, **join_strings("rows", [(part.view.rows, part.sections) for part in taken]),
        **hints, **facets,
        **join_strings("documents", [(part.view.documents, part.documents) for part in taken]),
        **join_strings("about", [(part.view.abouts, part.documents) for part in taken]),
        "published": np.concatenate([part.view.published[part.documents] for part in taken]),
        "titles": np.concatenate([part.view.titles[part.documents] for part in taken]),
    }  # fmt: skip
    return arrays, {"languages": languages, "tables": tables, "sections": lengths.shape[1]}


def _hints(parts: Sequence[_Part]) -> dict[str, Array]:
    return hint_arrays(
        (kind, text, int(part.document_of[document]))
        for part in parts
        for kind, text, document in part.view.hints.everything()
        if part.document_of[document] >= 0
    )


def _together(parts: Sequence[list[bytes]]) -> list[bytes]:
    """Sorted lists as one, each string once; sorting runs that are in order already only merges them."""
    return list(dict.fromkeys(sorted(word for of in parts for word in of)))


def _parts(parts: Sequence[tuple[SegmentView, frozenset[int]]], term_of: Sequence[Numbers]) -> list[_Part]:
    found: list[_Part] = []
    sections = documents = 0
    for (view, deleted), terms in zip(parts, term_of, strict=True):
        live = np.ones(view.sections, np.bool_)
        live[list(deleted)] = False
        kept = np.flatnonzero(live)
        kept_documents = np.unique(view.document_of[kept]).astype(np.int64)
        document_of = np.full(len(view.documents), -1, np.int64)
        document_of[kept_documents] = np.arange(documents, documents + kept_documents.size)
        found.append(_Part(view, live, kept, np.cumsum(live) - 1 + sections, kept_documents, document_of, terms))
        sections += kept.size
        documents += kept_documents.size
    return found


def _postings(parts: Sequence[_Part]) -> dict[str, Array]:
    """The postings of all parts, those of a pair behind each other; as `indexer.postings.invert` makes them."""
    taken = [_taken(part) for part in parts]
    pairs = distinct(np.concatenate([of for of, _, _, _, _, _ in taken]))
    counts, place_counts = np.zeros(pairs.size, np.int64), np.zeros(pairs.size, np.int64)
    where = [pairs.searchsorted(of) for of, _, _, _, _, _ in taken]
    for at, (_, sizes, _, _, place_sizes, _) in zip(where, taken, strict=True):
        counts[at] += sizes
        place_counts[at] += place_sizes
    first, first_place = _behind(counts), _behind(place_counts)
    ids = np.empty(int(first[-1]), np.uint16)
    frequencies = np.empty(ids.size, np.result_type(*(found.dtype for _, _, _, found, _, _ in taken)))
    places = np.empty(int(first_place[-1]), np.result_type(*(found.dtype for _, _, _, _, _, found in taken)))
    next_one, next_place = first[:-1].copy(), first_place[:-1].copy()
    for at, (_, sizes, own_ids, own_frequencies, place_sizes, own_places) in zip(where, taken, strict=True):
        to = _runs(next_one[at], sizes)
        ids[to], frequencies[to] = own_ids, own_frequencies
        next_one[at] += sizes.astype(next_one.dtype)
        places[_runs(next_place[at], place_sizes)] = own_places
        next_place[at] += place_sizes.astype(next_place.dtype)
    return {
        "pairs": pairs.astype(np.int32), "at": first.astype(np.uint32), "ids": ids,
        "frequencies": smallest(frequencies), "places_at": first_place.astype(np.uint32), "places": smallest(places),
    }  # fmt: skip


def _taken(part: _Part) -> tuple[Numbers, Numbers, Array, Array, Numbers, Array]:
    """Pairs in the numbers of the whole, how many postings each has, these, how many places each has, and these."""
    own = part.view.postings
    pairs = part.term_of[own.terms] << 3 | own.fields
    sizes, place_sizes = np.diff(own.at).astype(np.int64), np.diff(own.places_at).astype(np.int64)
    if part.whole or not pairs.size:
        ids = part.section_of[own.ids] if part.section_of[:1].any() else own.ids
        return pairs, sizes, ids, own.frequencies, place_sizes, own.places
    kept = part.live[own.ids]
    begins = own.at[:-1].astype(np.int64)
    sizes = np.add.reduceat(kept, begins, dtype=np.int64)
    place_sizes = np.add.reduceat(np.where(kept, own.frequencies, 0), begins, dtype=np.int64)
    places = own.places[np.repeat(kept, own.frequencies)]
    left = sizes > 0
    return (
        pairs[left], sizes[left], part.section_of[own.ids[kept]], own.frequencies[kept], place_sizes[left], places,
    )  # fmt: skip


def _behind(counts: Numbers) -> Array:
    """Where each of some runs begins that lie behind each other, and where the last ends; in as few bits as will do."""
    ends = np.append(0, np.cumsum(counts))
    return ends.astype(np.int32) if ends[-1] < 1 << 31 else ends


def _runs(first: Array, sizes: Array) -> Array:
    """first[0], first[0] + 1, … (sizes[0] of them), first[1], …; of the dtype of `first`."""
    ends = np.cumsum(sizes, dtype=first.dtype)
    found = np.repeat(first - ends + sizes.astype(first.dtype), sizes)
    found += np.arange(found.size, dtype=first.dtype)
    return found


def _without_unused(terms: list[bytes], stems: Stems, postings: dict[str, Array]) -> tuple[list[bytes], Stems]:
    """Without terms that only deleted sections had; their numbers in `postings` are changed in place."""
    used = np.zeros(len(terms), np.bool_)
    of = Postings.of(postings)
    used[of.terms] = True
    number = np.cumsum(used) - 1
    postings["pairs"] = (number[of.terms] << 3 | of.fields).astype(np.int32)
    return [terms[i] for i in np.flatnonzero(used).tolist()], stems.renumbered(used, number)


def _facets(parts: Sequence[_Part]) -> tuple[dict[str, list[str]], dict[str, Array]]:
    """Values of each key, and the arrays that say which document has which."""
    tables: dict[str, list[str]] = {}
    arrays: dict[str, Array] = {}
    for key in TABLES:
        found: list[tuple[list[str], Numbers, Numbers]] = []
        for part in parts:
            values, codes, documents = part.view.table(key)
            left = part.document_of[documents] >= 0
            found.append((values, codes[left].astype(np.int64), part.document_of[documents[left]]))
        tables[key] = sorted({values[code] for values, codes, _ in found for code in np.unique(codes).tolist()})
        number = {value: i for i, value in enumerate(tables[key])}
        renumbered = [np.array([number.get(v, -1) for v in values], np.int64)[own] for values, own, _ in found]
        arrays[f"{key}.codes"] = smallest(np.concatenate(renumbered))
        arrays[f"{key}.documents"] = smallest(np.concatenate([documents for _, _, documents in found]))
    return tables, arrays
