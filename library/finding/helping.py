"""What helps on when nothing was found: the words without their signs, and topics that are near."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from indexer.analysis import terms
from library.catalogue import topics
from library.catalogue.models import Topic

NEAR = 6  # topics that are named
ALIKE = 0.75  # of two words, from 0 to 1: a letter or two are wrong
LONGEST = 40  # words of a question that are compared
_SIGNS = re.compile(r'["“”„«»()*~]|(?<!\S)[-+]|\b(?:AND|OR|NOT)\b|\b(?:title|author|topic|kind|lang|country|year):\S*')


def plain_words(text: str) -> str:
    """The words of a question without quotation marks, brackets, operators and filters; "" when it has none of these."""
    plain = " ".join(_SIGNS.sub(" ", text).split())
    return plain if plain != text else ""


def near(text: str, among: Sequence[Topic]) -> list[Topic]:
    """The topics one of whose names, in whatever language, has a word of `text` or one that is spelt nearly so."""
    asked = list(dict.fromkeys(terms(text)))[:LONGEST]
    found: list[tuple[int, Topic]] = []
    for topic in among:
        named = {word for name in topics.words(topic) for word in terms(name) if len(word) > 3}
        alike = sum(bool(get_close_matches(word, named, 1, ALIKE)) for word in asked if len(word) > 3)
        found += [(alike, topic)] if alike else []
    return [topic for _, topic in sorted(found, key=lambda one: -one[0])[:NEAR]]
