"""A document's tree to clean Markdown, plain text and what the file says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from library.ingest.formats import nodes, tree
from library.ingest.formats.placing import Place

Tree = dict[str, Any]  # `meta` and `blocks`, of pandoc-types 1.23


@dataclass(frozen=True, slots=True)
class Converted:
    """What was read. `about`: what the document states as `title`, `author`, `lang`, each a list.

    `places`: the pictures that marks in `markdown` and `text` stand for (see `placing`).
    """

    markdown: str
    text: str
    about: Mapping[str, list[str]]
    places: list[Place]

    def first(self, key: str) -> str:
        """The first thing that the file says under `key`, or ""."""
        return next((" ".join(value.split()) for value in self.about.get(key) or [] if value.strip()), "")

    def authors(self) -> list[str]:
        """Those whom the document names as its authors."""
        return [author for author in self.about.get("author") or [] if author.strip()]


def converted(made: Callable[[], Tree], name: str) -> Converted:
    """What the tree that `made` gives says. Raises Refusal for one that is nested beyond reason."""
    with tree.descending(name):
        document = made()
        reading = tree.Reading(document["blocks"])
    meta = document["meta"]
    about = {
        "title": nodes.said(meta, "title"),
        "author": nodes.said(meta, "author", "creator"),
        "lang": nodes.said(meta, "lang", "language"),
    }
    return Converted(reading.markdown, reading.text, about, reading.places)
