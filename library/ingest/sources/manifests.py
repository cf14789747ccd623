"""Manifests: a CSV or JSON list of files with what is said of each, under the front matter's names."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from library.ingest import encodings, frontmatter
from library.ingest.extraction import Status
from library.ingest.sources import folders, mirrors
from library.ingest.sources.items import BadSource, Item, Remarks

KIND = "manifest"
NAMES = ("manifest.csv", "manifest.json", "manifest.jsonl", "manifest.ndjson")  # within a folder
FILE = ("file", "filename", "path")
LISTS = frozenset(("topics", "countries", "authors", "author", "country"))
MOST = 100 * 2**20  # bytes

Row = Mapping[str, Any]


def recognises(path: Path) -> bool:
    """Whether the file is a CSV whose first line names a column `file`, or JSON objects that have one."""
    try:
        return _is_table(path) or (
            path.suffix.lower() in (".json", ".jsonl", ".ndjson") and bool(next(_json(path), None))
        )
    except BadSource:
        return False


def read(path: Path, remarks: Remarks) -> Iterator[Item]:
    """The files that are listed, with what is said of them. Raises BadSource for what is no such list."""
    if path.stat().st_size > MOST:
        raise BadSource(_("“%(name)s” is too large for a manifest; split it.", name=path.name), Status.too_large)
    rows = _table(path, remarks) if _is_table(path) else _json(path)
    named = 0
    for row in rows:
        place = next((str(row[key]).strip() for key in FILE if row.get(key)), "")
        if not place:
            remarks.add(_("%(file)s: what names no file was left out.", file=path.name))
            continue
        named += 1
        yield _item(path, place, _fields(path, row, remarks))
    if not named:
        remarks.add(_("%(file)s: it names no file.", file=path.name))


def _item(manifest: Path, place: str, fields: dict[str, Any]) -> Item:
    base, relative = manifest.parent, place.replace("\\", "/").removeprefix("./")
    found = mirrors.within(base, relative)
    if found is not None:
        return folders.item(found, manifest, fields)
    name = Path(relative).name or place
    expected = base / relative if not relative.startswith("/") and "\0" not in relative else base / name
    inside = expected.resolve().is_relative_to(base.resolve()) and not relative.startswith("/")
    if inside:
        status = Status.empty
        reason = _("“%(file)s” is listed in %(manifest)s, but is not there.", file=place, manifest=manifest.name)
    else:
        status = Status.unsafe
        reason = _(
            "“%(file)s” lies outside the folder of %(manifest)s, so it is not read; put it below.",
            file=place,
            manifest=manifest.name,
        )
    return Item(
        folders.KIND, str(manifest.resolve()), place, manifest, name, fields=fields, status=status, reason=reason
    )


def _fields(path: Path, row: Row, remarks: Remarks) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for key, value in row.items():
        if key in FILE or value in (None, "", []):
            continue
        if key not in frontmatter.NAMES:
            remarks.add(
                _("%(file)s: the column “%(column)s” is not known here and was left out.", file=path.name, column=key)
            )
            continue
        said[key] = _parts(key, value) if key in LISTS and isinstance(value, str) else value
    return frontmatter.under_our_names(said)


def _parts(key: str, value: str) -> list[str]:
    """A list in one cell: parted by semicolons; codes and topics by commas too, which names of people may hold."""
    mark = "," if ";" not in value and key not in ("authors", "author") else ";"
    return [part.strip() for part in value.split(mark) if part.strip()]


def _is_table(path: Path) -> bool:
    if path.suffix.lower() not in (".csv", ".tsv", ".txt", ""):
        return False
    with path.open("rb") as file:
        head = file.read(1 << 16)
    return _delimiter(_decoded(head)) is not None


def _decoded(content: bytes) -> str:
    text, _warnings = encodings.decode(content, "")
    return text.lstrip("\ufeff")


def _delimiter(text: str) -> str | None:
    """The sign between columns, by which the first line names a column `file`; None when there is none."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    for sign in (",", ";", "\t"):
        columns = [cell.strip().lower() for cell in next(csv.reader([first], delimiter=sign), [])]
        if len(columns) > 1 and "\0" not in first and any(name in columns for name in FILE):
            return sign
    return None


def _table(path: Path, remarks: Remarks) -> Iterator[Row]:
    text = _decoded(path.read_bytes())
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text) or ",")
    columns: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = [cell.strip().lower() for cell in cells]
                continue
            if len(cells) > len(columns):
                remarks.add(
                    _("%(file)s: line %(line)d has more cells than columns.", file=path.name, line=reader.line_num)
                )
            yield {column: cell.strip() for column, cell in zip(columns, cells, strict=False)}
    except csv.Error as error:
        raise BadSource(
            _("“%(name)s” cannot be read as a table from line %(line)d on.", name=path.name, line=reader.line_num)
        ) from error


def _json(path: Path) -> Iterator[Row]:
    """The objects with a file of a JSON list, or of JSON lines. Raises BadSource."""
    text = _decoded(path.read_bytes())
    try:
        try:
            loaded = json.loads(text)
        except ValueError:
            loaded = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise BadSource(_("“%(name)s” is no sound JSON.", name=path.name)) from error
    if isinstance(loaded, Mapping):
        loaded = loaded.get("files", [loaded])
    for one in loaded if isinstance(loaded, list) else []:
        if isinstance(one, Mapping):
            row = {str(key).strip().lower(): value for key, value in one.items()}
            if any(isinstance(row.get(key), str) for key in FILE):
                yield row
