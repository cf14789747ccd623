"""Anchors of headings: readable, unique in a document, and the same again in its next revision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from library.catalogue.slugs import slugify

# Words that stand for something else in `/documents/<slug>/<chapter>/`.
RESERVED = frozenset({"original", "revisions", "cite", "feed", "search"})
SIMILAR = 0.6  # share of common text from which a reworded heading's section counts as the same one
COMPARED = 400  # characters of a section's text that are compared
MOST_COMPARISONS = 40_000


@dataclass(frozen=True, slots=True)
class Place:
    """A heading and how its section's text begins; `anchor` is "" for one that has none yet."""

    heading: str
    level: int
    text: str
    anchor: str = ""


def assign(places: Sequence[Place], previous: Sequence[Place], taken: set[str]) -> list[str]:
    """An anchor for each of `places`; those found again among `previous` keep theirs. `taken` grows by them.

    The same heading is the same section; where a heading occurs several times, the most similar texts are paired;
    what is left over is paired by similar text alone (a heading that was reworded).
    """
    kept: dict[int, str] = {}
    free = dict(enumerate(previous))
    by_slug: dict[str, list[int]] = defaultdict(list)
    for number, place in enumerate(previous):
        by_slug[slugify(place.heading)].append(number)
    groups: dict[str, list[int]] = defaultdict(list)
    for number, place in enumerate(places):
        groups[slugify(place.heading)].append(number)
    for slug, numbers in groups.items():
        for number, old in _pairs(places, numbers, previous, by_slug.get(slug, []), at_least=0.0):
            kept[number] = previous[old].anchor
            del free[old]
    rest = [number for number in range(len(places)) if number not in kept]
    for number, old in _pairs(places, rest, previous, list(free), at_least=SIMILAR):
        kept[number] = previous[old].anchor

    taken.update(kept.values())
    taken.update(place.anchor for place in previous)  # an address once given is not given to another section
    anchors: list[str] = []
    parents: list[tuple[int, str]] = []
    for number, place in enumerate(places):
        while parents and parents[-1][0] >= place.level:
            parents.pop()
        anchor = kept.get(number) or _fresh(place, parents[-1][1] if parents else "", taken)
        parents.append((place.level, anchor))
        anchors.append(anchor)
    return anchors


def unique(anchor: str, taken: set[str]) -> str:
    """`anchor`, or with the first number that makes it unique; `taken` grows by it."""
    found, number = anchor, 2
    while found in taken or found in RESERVED:
        found, number = f"{anchor}-{number}", number + 1
    taken.add(found)
    return found


def _fresh(place: Place, parent: str, taken: set[str]) -> str:
    slug = slugify(place.heading, default="section")
    if slug.startswith(("ui-", "p-", "page-")):  # names of the page's own parts, of paragraphs, of pages
        slug = f"s-{slug}"
    if slug in taken and parent:
        slug = slugify(f"{parent} {slug}")
    return unique(slug, taken)


def _pairs(
    places: Sequence[Place], numbers: list[int], previous: Sequence[Place], olds: list[int], at_least: float
) -> list[tuple[int, int]]:
    """Pairs (number in `places`, number in `previous`), the most similar first, nearest in order among equals."""
    if not numbers or not olds or len(numbers) * len(olds) > MOST_COMPARISONS:
        return list(zip(numbers, olds, strict=False)) if not at_least else []
    if len(numbers) == len(olds) == 1 and not at_least:
        return [(numbers[0], olds[0])]
    scored = sorted(
        ((_similarity(places[number].text, previous[old].text), -abs(number - old), -number, -old))
        for number in numbers
        for old in olds
    )
    pairs: list[tuple[int, int]] = []
    for score, _, number, old in reversed(scored):
        if score >= at_least and -number not in {n for n, _ in pairs} and -old not in {o for _, o in pairs}:
            pairs.append((-number, -old))
    return pairs


def _similarity(one: str, other: str) -> float:
    if one == other:
        return 1.0 if one else 0.5
    matcher = SequenceMatcher(None, one[:COMPARED], other[:COMPARED], autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() > 0.3 and matcher.quick_ratio() > 0.3 else 0.0
