"""CSL-JSON exports of reference managers, with the files that they name or that lie in `files/ID/` beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from library.ingest.sources import mirrors, records, values
from library.ingest.sources.items import BadSource, Item, Remarks

KIND = "csl"


def recognises_json(loaded: object) -> bool:
    """Whether this is a list of entries with a CSL type."""
    entries = _entries(loaded)
    return bool(entries) and all(
        isinstance(entry.get("type"), str) and ("id" in entry or "title" in entry) and "content_html" not in entry
        for entry in entries[:20]
    )


def read(path: Path, remarks: Remarks, *, stubs: bool = False) -> Iterator[Item]:
    """An item a file of each entry. Raises BadSource."""
    try:
        loaded = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadSource(_("“%(name)s” is no sound JSON; export it again.", name=path.name)) from error
    for number, entry in enumerate(_entries(loaded)):
        yield from records.items(_record(path, entry, number), stubs=stubs)


def _entries(loaded: object) -> list[Mapping[str, Any]]:
    if isinstance(loaded, Mapping):
        loaded = loaded.get("items")  # as Better BibTeX and Zotero's API wrap it
    return [entry for entry in loaded if isinstance(entry, Mapping)] if isinstance(loaded, list) else []


def _record(path: Path, entry: Mapping[str, Any], number: int) -> records.Record:
    name = str(entry.get("id") or entry.get("citation-key") or entry.get("title") or number)
    address = values.web(_said(entry, "URL"))
    doi = _said(entry, "DOI")
    fields = {
        "title": values.line(_said(entry, "title")),
        "summary": values.summary(_said(entry, "abstract")),
        "authors": _people(entry.get("author")) or _people(entry.get("editor")),
        "published": _issued(entry.get("issued")),
        "language": values.language(_said(entry, "language")),
        "topics": _words(entry.get("keyword") or entry.get("keywords") or entry.get("tags")),
        "publisher": _said(entry, "publisher"),
        "licence": values.licence(_said(entry, "license") or _said(entry, "rights")),
        "source": address or (values.web(f"https://doi.org/{doi}") if doi else ""),
    }
    return records.Record(
        kind=KIND,
        identity="" if values.web(name) else str(path.resolve()),
        id=name,
        origin=path,
        fields={key: value for key, value in fields.items() if value},
        description=_said(entry, "abstract"),
        files=tuple(_files(path, entry, name)),
    )


def _files(path: Path, entry: Mapping[str, Any], name: str) -> Iterator[str]:
    attachments = entry.get("attachments")
    for one in attachments if isinstance(attachments, list) else []:
        said = one if isinstance(one, Mapping) else {"path": one}
        for key in ("path", "localPath", "file", "url"):
            if isinstance(place := said.get(key), str) and place:
                yield place
    for place in _words(entry.get("file")):
        parts = place.split(":")
        yield parts[1] if len(parts) == 3 else place  # “title:path:type”, as JabRef writes it
    number = mirrors.last_part(name) or name
    folder = path.parent / "files" / number
    if mirrors.last_part(number) == number and number not in ("", ".", "..") and folder.is_dir():
        yield from (f"files/{number}/{file.name}" for file in sorted(folder.iterdir()) if not file.name.startswith("."))
    if address := values.web(_said(entry, "URL")):
        yield address
    yield from records.named(number)


def _people(listed: object) -> list[str]:
    people = [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []
    names = (
        _said(one, "literal")
        or values.person(_said(one, "given"), " ".join((_said(one, "non-dropping-particle"), _said(one, "family"))))
        for one in people
    )
    return [name for name in names if name]


def _issued(said: object) -> str:
    if not isinstance(said, Mapping):
        return values.day(said) if isinstance(said, str) else ""
    parts = said.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    if len(first) >= 3:
        return values.day("-".join(str(part) for part in first[:3]))
    if first:
        return values.day(str(first[0]))
    return values.day(_said(said, "raw") or _said(said, "literal"))


def _words(said: object) -> list[str]:
    if isinstance(said, list):
        return [str(one.get("tag", "")) if isinstance(one, Mapping) else str(one) for one in said if one]
    if not isinstance(said, str):
        return []
    parts = said.split(";" if ";" in said else ",")
    return [part.strip() for part in parts if part.strip()]


def _said(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    return value.strip() if isinstance(value, str) else ""
