"""Which of the library's topics a piece is about: by their words in its text, and by the pieces that are most like it."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _
from flask_babel import ngettext

from indexer.analysis import STEMMERS, primary, stems, words
from library.ingest.understanding.proposals import Piece, Proposal

MOST = 5
LEAST = 0.5  # confidence from which on a topic is proposed
LIKE_ONLY = 0.6  # most confidence in a topic that only similar pieces speak for
ENOUGH_ALIKE = 2  # similar pieces under a topic
MENTIONS = 3  # of a topic's words in the text, where neither title nor a heading has one


_BREAK = re.compile(r"[.!?;:\n。！？؟؛।]")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A topic's words: its slug, the slug of the topic above it ("" for none), names and synonyms in all languages."""

    slug: str
    above: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """A published piece that is like this one. `weight`: how much, from 0 to 1."""

    title: str
    topics: tuple[str, ...]
    weight: float


@dataclass(slots=True)
class _Evidence:
    title: str = ""
    headings: int = 0
    times: int = 0
    shown: Counter[str] = field(default_factory=Counter)
    alike: list[Alike] = field(default_factory=list)
    share: float = 0.0


def propose(piece: Piece, vocabulary: Sequence[Vocabulary], alike: Sequence[Alike] = ()) -> list[Proposal]:
    """Slugs of topics, the surest first, with reasons. A topic above a proposed one is left out: it has the piece too."""
    evidence = _from_words(piece, vocabulary)
    for slug, (pieces, share) in _from_alike(alike).items():
        evidence[slug].alike, evidence[slug].share = pieces, share
    known = {topic.slug: topic for topic in vocabulary}
    sure = {slug: _confidence(found) for slug, found in evidence.items() if slug in known}
    above = {_above for slug, value in sure.items() if value >= LEAST and (_above := known[slug].above)}
    best = sorted(
        (slug for slug, value in sure.items() if value >= LEAST and slug not in above),
        key=lambda slug: (-sure[slug], slug),
    )
    return [Proposal(slug, _reason(evidence[slug]), sure[slug]) for slug in best[:MOST]]


def keys(text: str, language: str, *, breaks: bool = False) -> list[str]:
    """The words of a text as they are compared: stems where the language has a stemmer. `breaks`: "" between sentences."""
    tag = primary(language)
    stemmed = tag in STEMMERS
    found: list[str] = []
    end = 0
    for word in words(text):
        if breaks and found and _BREAK.search(text, end, word.start):
            found.append("")
        end = word.end
        for piece in word.pieces:
            if piece.joined or piece.tail:
                continue
            first = next(iter(stems(piece.whole, tag)), "") if stemmed and piece.whole else ""
            found.append(first or piece.term)
    return found


def _from_words(piece: Piece, vocabulary: Sequence[Vocabulary]) -> dict[str, _Evidence]:
    phrases = _phrases(vocabulary, piece.language)
    found: dict[str, _Evidence] = defaultdict(_Evidence)
    for slug, phrase in _matches(keys(piece.title, piece.language), phrases):
        found[slug].title = found[slug].title or phrase
    for heading in piece.headings[:400]:
        for slug in {slug for slug, _phrase in _matches(keys(heading, piece.language), phrases)}:
            found[slug].headings += 1
    for slug, phrase in _matches(keys(piece.sample, piece.language, breaks=True), phrases):
        found[slug].times += 1
        found[slug].shown[phrase] += 1
    return found


def _phrases(vocabulary: Sequence[Vocabulary], language: str) -> dict[str, list[tuple[tuple[str, ...], str, str]]]:
    """(keys, slug, phrase) by the first key, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str, str]]] = defaultdict(list)
    for topic in vocabulary:
        for phrase in topic.words:
            made = tuple(keys(phrase, language))
            if made and len("".join(made)) > 2:
                found[made[0]].append((made, topic.slug, phrase))
    for listed in found.values():
        listed.sort(key=lambda each: -len(each[0]))
    return found


def _matches(
    text: Sequence[str], phrases: Mapping[str, Sequence[tuple[tuple[str, ...], str, str]]]
) -> list[tuple[str, str]]:
    """(slug, phrase) for each place where a topic's words stand; of one topic's phrases only the longest there."""
    found: list[tuple[str, str]] = []
    for at, key in enumerate(text):
        here: set[str] = set()
        for made, slug, phrase in phrases.get(key, ()):
            if slug not in here and tuple(text[at : at + len(made)]) == made:
                here.add(slug)
                found.append((slug, phrase))
    return found


def _from_alike(alike: Sequence[Alike]) -> dict[str, tuple[list[Alike], float]]:
    """For each topic the similar pieces under it, and their share of the weight of all."""
    total = sum(piece.weight for piece in alike)
    under: dict[str, list[Alike]] = defaultdict(list)
    for piece in alike:
        for slug in piece.topics:
            under[slug].append(piece)
    return {
        slug: (pieces, sum(piece.weight for piece in pieces) / total)
        for slug, pieces in under.items()
        if len(pieces) >= ENOUGH_ALIKE and total
    }


def _confidence(found: _Evidence) -> float:
    named = 6.0 * bool(found.title) + 1.5 * min(found.headings, 3)
    if named or found.times >= MENTIONS:
        named += 1.2 * math.log2(1 + found.times)
    alike = 5.5 * found.share
    sure = 1 - math.exp(-(named + alike) / 6)
    return min(sure, 0.97) if named else min(sure, LIKE_ONLY)


def _reason(found: _Evidence) -> str:
    phrase = found.title or (found.shown.most_common(1)[0][0] if found.shown else "")
    said: list[str] = []
    if phrase:
        times = ngettext("once in the text", "%(num)d times in the text", found.times)
        if found.title and found.times:
            said.append(_("“%(words)s” stands in the title and %(times)s", words=phrase, times=times))
        elif found.title:
            said.append(_("“%(words)s” stands in the title", words=phrase))
        elif found.headings:
            said.append(_("“%(words)s” stands in a heading and %(times)s", words=phrase, times=times))
        else:
            said.append(_("“%(words)s” stands %(times)s", words=phrase, times=times))
    if found.alike:
        others = len(found.alike) - 1
        said.append(
            ngettext(
                "like “%(title)s” and one other piece under this topic",
                "like “%(title)s” and %(num)d other pieces under this topic",
                others,
                title=found.alike[0].title,
            )
        )
    return "; ".join(said)
