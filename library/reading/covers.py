"""A cover drawn from a piece's topic and title: the topic chooses figure and family of colours, the title the rest.

The same words draw the same cover, always. Colours are classes (`hue-…`, `a`, `b`, `c`) that the style sheet fills,
so covers follow light and dark; a cover is under 2 kB.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import lru_cache

from markupsafe import Markup

from library.reading import figures
from library.reading.figures import HEIGHT, WIDTH, Figure

FAMILIES = 4  # of colours; each has a dark ground (even hues) and a light one (odd hues)

_OF_TOPIC: dict[str, tuple[Figure, int]] = {
    "freedom-of-expression": (figures.ripples, 0),
    "freedom-of-assembly": (figures.crowd, 1),
    "freedom-of-association": (figures.discs, 0),
    "right-to-information": (figures.lines, 2),
    "disinformation": (figures.drift, 2),
    "digital-identity": (figures.whorl, 3),
    "open-parliament": (figures.benches, 2),
    "privacy": (figures.doors, 1),
    "ai-governance": (figures.ways, 3),
    "civic-space": (figures.hills, 0),
    "hate-speech": (figures.voices, 2),
    "online-gender-based-violence": (figures.windows, 3),
}


@lru_cache(maxsize=2000)
def draw(topic: str, title: str) -> Markup:
    """The cover as an SVG element that says nothing to a screen reader (the title stands beside it).

    A piece without a topic ("") has figure and family by its title.
    """
    figure, _family = _chosen(topic or title)
    chance = _chance(title)
    tone = hue(topic, title)
    inside = figure(chance)
    turned = f'<g transform="matrix(-1 0 0 1 {WIDTH} 0)">{inside}</g>' if next(chance) & 1 else inside
    return Markup(  # noqa: S704  numbers and class names of ours
        f'<svg class="cover hue-{tone}" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" focusable="false">'
        f'<path class="g" d="M0 0h{WIDTH}v{HEIGHT}H0z"/>{turned}</svg>'
    )


def hue(topic: str, title: str) -> int:
    """The number of the colours that the cover of a piece has: the topic's family, the ground as the title says."""
    return _chosen(topic or title)[1] * 2 + (hashlib.sha256(title.encode()).digest()[-1] & 1)


def _chosen(topic: str) -> tuple[Figure, int]:
    if topic in _OF_TOPIC:
        return _OF_TOPIC[topic]
    digest = hashlib.sha256(topic.encode()).digest()
    return figures.ALL[digest[0] % len(figures.ALL)], digest[1] % FAMILIES


def _chance(title: str) -> Iterator[int]:
    """Numbers from 0 to 255 without end, the same for the same title."""
    digest = hashlib.sha256(title.encode()).digest()
    while True:
        yield from digest
        digest = hashlib.sha256(digest).digest()
