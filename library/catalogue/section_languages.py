"""Which sections of a piece are plainly in another language than the piece: told by script and by function words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from indexer.folding import fold
from indexer.function_words import FUNCTION_WORDS
from library.catalogue.scripts import ONE_LANGUAGE, script_of

WORDS = 25  # from which on a text in the piece's own script is looked at; shorter ones are not guessed
LETTERS = 25  # in another script
SAMPLE = 3000  # characters of a section that are looked at
SHARE = 0.15  # of function words, from which on a text is in a language; running English has 0.4, Arabic 0.2
UNKNOWN_SHARE = 0.3  # where the piece's language has no list, and may resemble one that has
RIVAL = 0.4  # of the other language's share, above which the piece's own language is not ruled out
NEAR_RIVAL = 0.25  # among languages that share many of these words
_NEAR = (
    {"da", "nb", "nn", "sv"}, {"bs", "hr", "sr", "sl", "mk", "bg"}, {"id", "ms"}, {"cs", "sk"}, {"be", "ru", "uk"},
    {"ca", "es", "gl", "it", "pt"}, {"fa", "ur"}, {"hi", "mr", "ne"}, {"af", "nl"},
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+")

Text = tuple[str, Sequence[str]]
"""A section's heading and its paragraphs."""


def differing(sections: Sequence[Text], language: str) -> list[str]:
    """For each section the BCP 47 tag of its language where it is plainly not `language`, else "".

    `language` is the piece's; "" asks for nothing. A section too short to tell goes with its neighbours when both are
    in one other language.
    """
    if not language or not sections:
        return [""] * len(sections)
    own = language.split("-")[0].lower()
    samples = ["\n".join([heading, *paragraphs])[:SAMPLE] for heading, paragraphs in sections]
    usual = script_of("".join(sample[:400] for sample in samples[:400]))
    found = [_language(sample, own, usual) for sample in samples]
    for at in range(1, len(found) - 1):
        before, after = found[at - 1], found[at + 1]
        if not found[at] and before and before == after and len(_words(samples[at])) < WORDS:
            found[at] = before
    return [tag if tag not in ("", own) else "" for tag in found]


def _language(sample: str, own: str, usual: str) -> str:
    """The language of a sample, `own` when nothing speaks against it, "" when it is too short to tell."""
    sample = _ADDRESS.sub(" ", sample)
    letters = sum(character.isalpha() for character in sample)
    if letters < LETTERS:
        return ""
    script = script_of(sample)
    foreign = script != usual
    if script in ONE_LANGUAGE and script != script_of_own(own):
        return ONE_LANGUAGE[script] if foreign or own == "und" else own
    if script == "CJK":
        return "zh" if foreign and own not in ("ja", "ko") else own
    words = _words(sample)
    if len(words) < (WORDS // 2 if foreign else WORDS):
        return ""
    return _by_function_words(words, own, foreign)


def _by_function_words(words: Sequence[str], own: str, foreign: bool) -> str:
    counted: Counter[str] = Counter()
    for word, times in Counter(words).items():
        counted.update(dict.fromkeys(_languages_of().get(word, ()), times))
    if not counted:
        return own
    mine = counted[own] / len(words)
    # Of languages with the same words the one that stands first: hr before bs, nb before nn.
    best = max(counted, key=lambda tag: (counted[tag], tag not in ("nn", "bs", "ms"), tag))
    share = counted[best] / len(words)
    if best == own or own in (tag for tag, times in counted.items() if times == counted[best]):
        return own
    near = any({best, own} <= group for group in _NEAR)
    needed = SHARE if foreign or own in FUNCTION_WORDS or own == "und" else UNKNOWN_SHARE
    plain = share >= needed and mine <= share * (NEAR_RIVAL if near else RIVAL)
    return best if plain else own


def _words(sample: str) -> list[str]:
    return [fold(word) for word in _WORD.findall(sample)]


def script_of_own(language: str) -> str:
    """The script that only this language writes, as `script_of` names it; "" for one that shares its script."""
    return next((script for script, tag in ONE_LANGUAGE.items() if tag == language), "")


@cache
def _languages_of() -> dict[str, tuple[str, ...]]:
    """Function word → the languages that have it."""
    found: dict[str, list[str]] = {}
    for language, words in FUNCTION_WORDS.items():
        for word in words:
            found.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}
