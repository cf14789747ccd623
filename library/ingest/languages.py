"""The language of a text: the declared one when it is plausible, else what the text itself looks like."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from library.catalogue.scripts import ONE_LANGUAGE, script_of

UNKNOWN = "und"
ENOUGH = 60  # letters from which a guess is worth something
SAMPLE = 6_000  # characters that are looked at: a third each from the beginning, the middle and the end
_TAG = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
_GENERIC = {"en", "en-US", "en-GB"}  # what programs put into files that nobody told the language


def plausible(declared: str) -> str:
    """`declared` as a BCP 47 tag in its usual spelling, or "" when it is none."""
    tag = declared.strip().replace("_", "-").split(".")[0]
    if not _TAG.match(tag) or tag.lower() in ("und", "mul", "zxx", "xx", "c"):
        return ""
    first, *rest = tag.split("-")
    spelled = [part.upper() if len(part) == 2 else part.title() if len(part) == 4 else part.lower() for part in rest]
    return "-".join([first.lower(), *spelled])


def of_text(text: str, declared: str = "", trusted: bool = False) -> str:
    """BCP 47 tag of the language of `text`, "und" when that cannot be told.

    `trusted`: a person declared it (front matter), so that it stands. What a program declared stands unless the text
    is clearly in another language: office programs write their own language into files of any.
    """
    tag = plausible(declared)
    if tag and trusted:
        return tag
    sample = _sample(text)
    guess = _guess(sample)
    if not tag:
        return guess
    if guess in (UNKNOWN, tag.split("-")[0]):
        return tag
    letters = sum(1 for c in sample if c.isalpha())
    return guess if letters >= 4 * ENOUGH or script_of(sample) != "LATIN" or tag in _GENERIC else tag


def _sample(text: str) -> str:
    """So much of the text as tells its language; of a long one more than its preface, which may be a translator's."""
    if len(text) <= SAMPLE:
        return text
    third, middle = SAMPLE // 3, len(text) // 2
    return f"{text[:third]}\n{text[middle : middle + third]}\n{text[-third:]}"


def _guess(sample: str) -> str:
    script = script_of(sample)
    if script in ONE_LANGUAGE:
        return ONE_LANGUAGE[script]
    letters = sum(1 for c in sample if c.isalpha())
    if letters < (12 if script == "CJK" else ENOUGH):
        return UNKNOWN
    if script == "CJK":
        return "zh"
    words = re.sub(r"https?://\S+|[\w.]+@[\w.]+|`[^`]*`", " ", sample)
    label = str(_identifier().classify(words)[0])
    return {"no": "nb", "jv": "id", "zxx": UNKNOWN}.get(label, label)


@cache
def _identifier() -> Any:
    """py3langid's model: half a second to load, so once a process and only when it is needed."""
    import py3langid

    return py3langid
