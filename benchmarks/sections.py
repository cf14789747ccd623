"""What is measured with: the sections of a corpus file, and queries out of their titles."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Any

QUERIES = 200


@dataclass(frozen=True, slots=True)
class Section:
    """A line of a corpus. The sections of a document follow each other and share all but `id` and `text`.

    A line needs `id` and `text`; what else it lacks is empty or the same for all. Without `document` the part of `id`
    before a `#` names it; what a line has beyond these is passed over.
    """

    id: str
    document: str
    title: str
    text: str
    lang: str
    topic: str
    kind: str
    country: str
    year: int

    @property
    def line(self) -> str:
        """The section as a corpus file has it."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read(path: Path, limit: int | None = None) -> Iterator[Section]:
    """The sections of a corpus file, the first `limit` of them."""
    with open(path, encoding="utf-8") as lines:
        for line in islice(lines, limit):
            yield _section(json.loads(line))


def _section(told: Mapping[str, Any]) -> Section:
    def text(name: str, otherwise: str) -> str:
        return str(told.get(name) or otherwise)

    number = str(told.get("year") or "")
    return Section(
        id=str(told["id"]),
        document=text("document", str(told["id"]).partition("#")[0]),
        title=text("title", ""),
        text=str(told["text"]),
        lang=text("lang", "en"),
        topic=text("topic", "none"),
        kind=text("kind", "article"),
        country=text("country", "XX"),
        year=int(number) if number.isdecimal() else 2000,
    )


def documents(sections: Sequence[Section]) -> Iterator[tuple[str, list[Section]]]:
    """The sections of each document together."""
    for document, of_it in groupby(sections, key=lambda section: section.document):
        yield document, list(of_it)


def queries(sections: Sequence[Section], count: int = QUERIES) -> list[str]:
    """`count` different queries of two to four words, each out of one document's title, by a fixed seed."""
    dice = random.Random(2)
    by_document = {section.document: section.title for section in sections}
    titles = [
        words
        for title in by_document.values()
        if len(words := sorted(set(re.findall(r"[^\W\d_]{3,}", title.lower())))) >= 2
    ]
    found: dict[str, None] = {}
    for _ in range(100 * count if titles else 0):
        words = dice.choice(titles)
        found[" ".join(dice.sample(words, min(len(words), dice.randint(2, 4))))] = None
        if len(found) == count:
            break
    return list(found)
