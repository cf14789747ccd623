"""Pictures out of originals: stored once under their content's name, joined to the pieces whose text shows them."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from flask import current_app
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from library.catalogue import files, markup
from library.catalogue.errors import FileMissing
from library.catalogue.incoming import explained
from library.catalogue.models import Document, Section, Status, StoredPicture, document_pictures
from library.catalogue.session import writing
from library.extensions import db

_SILENT = re.compile(rf'<img alt="" src="/pictures/({markup.NAME})"')
_AT_ONCE = 500  # names in one query

Sizes = Mapping[str, tuple[int, int]]
"""Width and height in pixels by a picture's name."""


class Kept(Protocol):
    """A picture as reading a file kept it: `kept` is its SHA-256 with the format's ending."""

    @property
    def kept(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def size(self) -> int: ...


def folder() -> Path:
    """The folder of pictures in the instance."""
    return Path(current_app.instance_path) / "pictures"


def store(kept: Path, pictures: Iterable[Kept]) -> None:
    """Keep the `pictures` whose bytes lie in the folder `kept`; what is stored already stays as it is.

    Raises StorageFull when the disk is; whole pictures that were written by then stay, and nothing refers to them.
    """
    pictures = {picture.kept: picture for picture in pictures if re.fullmatch(markup.NAME, picture.kept)}.values()
    for picture in pictures:
        _write(kept / picture.kept, place(picture.kept))
    if not pictures:
        return
    with writing() as session:
        known = set(sizes(picture.kept for picture in pictures))
        for picture in pictures:
            if picture.kept not in known:
                session.add(
                    StoredPicture(
                        name=picture.kept,
                        media_type=picture.media_type,
                        width=picture.width,
                        height=picture.height,
                        size=picture.size,
                    )
                )


def sizes(names: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Width and height of those of `names` that are stored."""
    wanted = list(dict.fromkeys(names))
    found: dict[str, tuple[int, int]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(StoredPicture.name, StoredPicture.width, StoredPicture.height)
        rows = db.session.execute(query.where(StoredPicture.name.in_(wanted[start : start + _AT_ONCE])))
        found.update((name, (width, height)) for name, width, height in rows)
    return found


def sizes_in(body: str) -> dict[str, tuple[int, int]]:
    """Width and height of the stored pictures that the Markdown `body` shows."""
    return sizes(markup.PICTURE.findall(body))


def join(session: Session, document: Document, body: str) -> None:
    """Note within a transaction that `document` has the pictures which the Markdown `body` shows."""
    names = list(dict.fromkeys(markup.PICTURE.findall(body)))
    for start in range(0, len(names), _AT_ONCE):
        shown = select(StoredPicture.id).where(StoredPicture.name.in_(names[start : start + _AT_ONCE]))
        there = select(document_pictures.c.picture_id).where(document_pictures.c.document_id == document.id)
        new = session.scalars(shown.where(StoredPicture.id.not_in(there))).all()
        if new:
            session.execute(insert(document_pictures), [{"document_id": document.id, "picture_id": id} for id in new])


def by_name(name: str) -> StoredPicture | None:
    """The record of a picture, if it is stored."""
    return db.session.scalar(select(StoredPicture).where(StoredPicture.name == name))


def holders(picture: StoredPicture) -> Iterator[Document]:
    """The pieces that have `picture` in one of their revisions, the published ones first."""
    query = (
        select(Document)
        .join(document_pictures)
        .where(document_pictures.c.picture_id == picture.id)
        .order_by((Document.status == Status.PUBLISHED).desc(), Document.access.desc(), Document.id)
    )
    yield from db.session.scalars(query.execution_options(yield_per=50))


def path(picture: StoredPicture) -> Path:
    """Where the picture lies; raises FileMissing when it does not."""
    found = place(picture.name)
    if not found.is_file():
        raise FileMissing(f"The picture {picture.name} is recorded, but is missing; restore it from a backup.")
    return found


def place(name: str) -> Path:
    """Where a picture of this name belongs."""
    return folder() / name[:2] / name


def undescribed(sections: Iterable[Section]) -> list[str]:
    """Names of the pictures that rendered `sections` show without saying what is on them, each once, in order."""
    return list(dict.fromkeys(name for section in sections for name in _SILENT.findall(section.html)))


def _write(source: Path, target: Path) -> None:
    """Copy `source` to `target`, which has its name only when its bytes are safe on the disk."""
    if target.is_file():
        return
    incoming = Path(current_app.instance_path) / "tmp"
    part: Path | None = None
    try:
        incoming.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(prefix="picture-", dir=incoming)
        part = Path(made)
        with os.fdopen(handle, "wb") as out, source.open("rb") as content:
            shutil.copyfileobj(content, out, files.CHUNK)
            out.flush()
            os.fsync(out.fileno())
        files.settle(part, target)
    except OSError as error:
        raise explained(error, "a picture") from error
    finally:
        if part:
            part.unlink(missing_ok=True)
