"""The words that tell a section from the others, kept with it: what it is about, for feedback and for likeness.

A keyword is known by the CRC-32 of its stem term, or of itself where it has no stem, so that segments agree on it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from indexer.arrays import Array, ArrayFile, smallest
from indexer.function_words import FUNCTION_WORDS
from indexer.postings import Postings
from indexer.schema import TEXT, WEIGHTS
from indexer.stem_groups import Stems

KEPT = 24  # keywords of a section at most
MANY = 1_000  # sections from which on a segment knows by itself which words are common and which stand alone
COMMON = 0.25  # share of sections; a word that so many have tells nothing
SATURATION = 1.2  # BM25's k1

_Hashes = NDArray[np.uint32]


class Keywords:
    """The keywords of one segment.

    `words`: shape (sections, KEPT), 0 where there are fewer. `frequencies`: the same shape, occurrences, at most 255.
    `known`: all keywords, ascending. `known_sections`: in how many sections each stands; both of shape (known,).
    """

    def __init__(self, file: ArrayFile, sections: int) -> None:
        self.words: _Hashes = file.array("keywords").reshape(sections, KEPT)
        self.frequencies = file.array("keywords.frequencies").reshape(sections, KEPT)
        self.known, self.known_sections = file.array("keywords.known"), file.array("keywords.sections")

    def sections(self, words: _Hashes) -> NDArray[np.int64]:
        """In how many sections each of some words stands; shape (words,)."""
        if not self.known.size:
            return np.zeros(words.size, np.int64)
        at = np.minimum(self.known.searchsorted(words), self.known.size - 1)
        found: NDArray[np.int64] = np.where(self.known[at] == words, self.known_sections[at], 0).astype(np.int64)
        return found


def keyword_arrays(
    postings: Postings,
    terms: Sequence[bytes],
    stems: Stems,
    lengths: NDArray[np.int64],
    language_of: Array,
    languages: Sequence[str],
) -> dict[str, Array]:
    """Arrays for `write_arrays`.

    Args:
        postings: Of the segment.
        terms: Sorted.
        stems: Of these terms.
        lengths: Words; shape (fields, sections).
        language_of: Place in `languages` of each section; shape (sections,).
        languages: Primary subtags.
    """
    n = lengths.shape[1]
    counts = np.diff(postings.at).astype(np.int64)
    of_text = postings.fields == TEXT
    term_of = postings.terms
    hashes = _hashes(terms, stems, languages)
    own = np.repeat(of_text, counts)
    ids, frequencies = postings.ids[own], postings.frequencies[own]
    term = np.repeat(term_of[of_text], counts[of_text])
    known, sections = _known(hashes, language_of[ids], term)

    df = counts[of_text]
    telling = ~_functional(terms, languages)[term_of[of_text]]
    if n >= MANY:
        telling &= (df > 1) & (df <= COMMON * n)
        known, sections = known[sections > 1], sections[sections > 1]
    idf = np.zeros(len(terms), np.float32)
    idf[term_of[of_text]] = np.where(telling, np.log1p((n - df + 0.5) / (df + 0.5)), 0)
    kept = np.repeat(telling, df)
    ids, frequencies, term = ids[kept], frequencies[kept], term[kept]
    words = lengths[TEXT]
    b = WEIGHTS[TEXT].b
    norm = (SATURATION * (1 - b + b * words / max(words[words > 0].mean() if words.any() else 1, 1))).astype(np.float32)
    weight = idf[term] * (frequencies / (frequencies + norm[ids]))
    rank = 255 - (weight * (255 / max(float(weight.max(initial=0)), 1e-9))).astype(np.uint64)
    # Sorted by section, then by weight; the rest is carried along.
    order = ids.astype(np.uint64) << np.uint64(40) | rank << np.uint64(32)
    order |= np.minimum(frequencies, 255).astype(np.uint64) << np.uint64(24) | term.astype(np.uint64)
    order.sort()
    section = (order >> np.uint64(40)).astype(np.int64)
    place = np.arange(order.size) - section.searchsorted(np.arange(n))[section]
    first = place < KEPT
    order, section, place = order[first], section[first], place[first]
    chosen = np.zeros((n, KEPT), np.uint32)
    chosen[section, place] = hashes[language_of[section], order & np.uint64(0xFFFFFF)]
    times = np.zeros((n, KEPT), np.uint8)
    times[section, place] = order >> np.uint64(24) & np.uint64(0xFF)
    return {
        "keywords": chosen.ravel(), "keywords.frequencies": times.ravel(),
        "keywords.known": known, "keywords.sections": smallest(sections),
    }  # fmt: skip


def joined_keywords(parts: Sequence[tuple[Keywords, NDArray[np.int64]]]) -> dict[str, Array]:
    """Arrays for `write_arrays` of some sections (ascending) of several segments, put behind each other.

    Sections that are left out go on being counted where it is told how common a word is.
    """
    known, which = np.unique(np.concatenate([part.known for part, _ in parts]), return_inverse=True)
    counted = np.bincount(which, np.concatenate([part.known_sections for part, _ in parts]), known.size)
    return {
        "keywords": np.concatenate([part.words[sections].ravel() for part, sections in parts]),
        "keywords.frequencies": np.concatenate([part.frequencies[sections].ravel() for part, sections in parts]),
        "keywords.known": known, "keywords.sections": smallest(counted.astype(np.int64)),
    }  # fmt: skip


def _hashes(terms: Sequence[bytes], stems: Stems, languages: Sequence[str]) -> _Hashes:
    """What each term is known by in sections of each language; shape (languages, terms)."""
    own = np.fromiter(map(crc32, terms), np.uint32, len(terms))
    hashes = np.tile(own, (max(len(languages), 1), 1))
    for i, language in enumerate(languages):
        begin, end = stems.of_language(language)
        named = np.fromiter(map(crc32, stems.names[begin:end]), np.uint32, end - begin)
        named = named.repeat(np.diff(stems.first[begin : end + 1]))
        having = stems.terms[stems.first[begin] : stems.first[end]]
        hashes[i, having[::-1]] = named[::-1]  # where a word has two stems the first one stays
    return np.maximum(hashes, 1)


def _known(hashes: _Hashes, language: Array, term: Array) -> tuple[_Hashes, NDArray[np.int64]]:
    """The keywords that occur, ascending, and in how many sections; of forms that share a section both count."""
    of_term = np.bincount(language.astype(np.int64) * hashes.shape[1] + term, minlength=hashes.size)
    met = np.flatnonzero(of_term)
    known, which = np.unique(hashes.ravel()[met], return_inverse=True)
    return known, np.bincount(which, of_term[met], known.size).astype(np.int64)


def _functional(terms: Sequence[bytes], languages: Sequence[str]) -> NDArray[np.bool_]:
    """Terms that are function words of one of the languages; shape (terms,)."""
    found = np.zeros(len(terms), np.bool_)
    for word in {word.encode() for language in languages for word in FUNCTION_WORDS.get(language, ())}:
        at = bisect_left(terms, word)
        if at < len(terms) and terms[at] == word:
            found[at] = True
    return found
