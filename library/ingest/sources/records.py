"""Bibliographic records of any origin: what they say of a text, and the files beside them that hold it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from library.ingest.extraction import Status
from library.ingest.sources import mirrors, pages, values
from library.ingest.sources.items import Item


@dataclass(frozen=True, slots=True)
class Record:
    """A record. `files`: where it says that its texts are (addresses, relative paths), the likeliest first.

    `description`: its abstract as plain text.
    """

    kind: str
    identity: str
    id: str
    origin: Path
    fields: Mapping[str, Any]
    description: str = ""
    files: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)  # of single files, by their place

    @property
    def title(self) -> str:
        return str(self.fields.get("title", "")) or self.id


def items(record: Record, *, stubs: bool) -> list[Item]:
    """A piece a file that lies beside the record; without any, a receipt that says that there is no text.

    `stubs`: make a piece of the description where there is no file.
    """
    found = _local(record)
    base: dict[str, Any] = {"kind": record.kind, "identity": record.identity, "origin": record.origin}
    if found:
        return [_of_file(record, base, number, place, path) for number, (place, path) in enumerate(found.items())]
    description = values.plain(record.description)
    if stubs and description:
        page = pages.page(record.title, pages.paragraphs(description), str(record.fields.get("language", "")))
        partial = _("Only the description of “%(title)s” is here, not its text.", title=record.title)
        name = pages.file_name(record.title)
        return [Item(**base, id=record.id, name=name, content=page, fields=record.fields, partial=partial)]
    missing = [name for place in record.files if mirrors.readable(name := mirrors.last_part(place))]
    reason = _("“%(title)s” has no text here: the record names no file that lies beside it.", title=record.title)
    if missing:
        reason = _(
            "“%(title)s” has no text here: %(names)s is not beside the record.",
            title=record.title,
            names=", ".join(dict.fromkeys(missing)),
        )
    if description:
        reason += " " + _("With --records its description becomes a piece.")
    return [Item(**base, id=record.id, name=record.title, fields=record.fields, status=Status.empty, reason=reason)]


def _of_file(record: Record, base: dict[str, Any], number: int, place: str, path: Path) -> Item:
    """The first file carries the record's own name; others say which of its files they are."""
    fields = dict(record.fields)
    if number:
        fields["title"] = f"{record.title} — {record.titles.get(place) or path.stem}"
    return Item(
        **base, id=record.id if not number else f"{record.id}#{path.name}", name=path.name, path=path, fields=fields
    )


def _local(record: Record) -> dict[str, Path]:
    """The files beside the record, by the place that names them; each once, saved pages only without a document."""
    base = record.origin.parent
    found: dict[str, Path] = {}
    for place in record.files:
        path = _beside(base, place)
        if path is not None and mirrors.readable(path.name) and path not in found.values():
            found[place] = path
    documents = {place: path for place, path in found.items() if not _is_page(path)}
    return documents or dict(list(found.items())[:1])


def _beside(base: Path, place: str) -> Path | None:
    if values.web(place):
        name = mirrors.last_part(place)
        return mirrors.of_address(base, place) or (mirrors.within(base, name) if mirrors.readable(name) else None)
    return mirrors.within(base, place)


def _is_page(path: Path) -> bool:
    return path.suffix.lower() in (".html", ".htm", ".xhtml")


def named(stem: str) -> Iterable[str]:
    """Names of files that a record called `stem` may have beside it: the name with the ending of a text."""
    return (
        [f"{stem}.{ending}" for ending in ("pdf", "docx", "odt", "epub", "html", "htm", "rtf", "md", "txt")]
        if stem
        else []
    )
