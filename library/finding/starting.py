"""Before anything was asked: what may be typed, shown by questions that find something in this library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from indexer.searching import Answer
from library.finding.asking import Search
from library.finding.labels import Labeller

TOPICS = 4  # whose names stand as examples


@dataclass(frozen=True, slots=True)
class Example:
    """A question that may be typed, and in a sentence what it finds."""

    search: Search
    finds: str


def first_words(answer: Answer, label: Labeller) -> list[Search]:
    """Questions to begin with: the names of the topics that have most pieces, one as a phrase, one with a filter."""
    names = _topics(answer, label)
    found = [Search(name) for name in names]
    if len(found) > 1 and " " in names[1]:
        found[1] = Search(f'"{names[1]}"')
    if len(found) > 2 and (years := _years(answer)):
        found[2] = Search(names[2], {"year": (f"{years[len(years) // 2]}..",)})
    return found


def examples(answer: Answer, label: Labeller) -> Sequence[Example]:
    """The question language by examples made of the topics, kinds, languages, countries and years there are."""
    names = _topics(answer, label)
    rows = _with_words(names) if names else []
    for key, finds in (
        ("topic", _("pieces on this topic")),
        ("kind", _("pieces of this kind")),
        ("lang", _("pieces in this language")),
        ("country", _("pieces about this country")),
    ):
        if value := next((v.value for v in answer.facets.get(key, ()) if v.value and v.value != "und"), ""):
            rows.append((f"{key}:{value}", finds))
    if years := _years(answer):
        rows.append((f"year:{years[len(years) // 2]}..{years[-1]}", _("pieces of these years")))
    return [Example(Search(typed), finds) for typed, finds in rows]


def _topics(answer: Answer, label: Labeller) -> list[str]:
    return [label("topic", value.value) for value in answer.facets.get("topic", ())[:TOPICS] if value.value]


def _years(answer: Answer) -> list[str]:
    return sorted(value.value for value in answer.facets.get("year", ()) if value.value.isdecimal())


def _with_words(names: Sequence[str]) -> list[tuple[str, str]]:
    several = max(names, key=lambda name: (" " in name, max(map(len, name.split()))))
    longest, *others = sorted(several.split(), key=len, reverse=True)
    elsewhere = next((max(name.split(), key=len) for name in names if longest not in name), "")
    rows = [(several, _("any of these words; pieces with all of them come first"))]
    if others:
        rows += [
            (f'"{several}"', _("these words side by side")),
            (f"{longest} AND {others[0]}", _("both words")),
        ]
    if elsewhere:
        rows += [
            (f"{longest} OR {elsewhere}", _("either word")),
            (f"{longest} -{elsewhere}", _("the first word without the second")),
        ]
    if len(longest) > 6 and longest.isalpha():
        rows += [
            (f"{longest[:5]}*", _("words that begin so")),
            (f"{longest[:-2]}{longest[-1]}~", _("words that differ by a letter")),
        ]
    return rows
