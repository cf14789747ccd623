"""Packs that were made, on the disk: each once, under what it is made of, the longest unasked going first."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from library.packing import epub, folder, onefile, selecting
from library.packing.selecting import Selection
from library.serving.generation import KEY, Generation

WRITERS = {"epub": epub, "html": onefile, "zip": folder}
WAIT_SECONDS = 8.0  # for whoever makes the same, or another pack, at this moment
MOST_SECONDS = 90.0  # that making one may take
STALE_SECONDS = 3_600.0  # after which a file that somebody began and never ended goes
_NAME = re.compile(r"([0-9a-f]{32})-([0-9a-f]{32})\.(epub|html|zip)")


class Busy(Exception):
    """Another pack is being made; ask again in a moment."""


class NoRoom(Exception):
    """The disk is full."""


class TooMuch(Exception):
    """It cannot be packed as it is; the message says why and what to do instead."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A pack on the disk. `size` in bytes; `digest`: the beginning of its SHA-256."""

    path: Path
    size: int
    digest: str


def ready(selection: Selection) -> dict[str, Kept]:
    """The packs of exactly this, by extension, that are made already."""
    if not selection.kept:
        return {}
    keys = {key: extension for extension, key in selection.keys().items()}
    found = {}
    for path, key, digest in _listed(_folder(selection)):
        if keys.get(key) == path.suffix[1:]:
            with suppress(FileNotFoundError):
                found[keys[key]] = Kept(path, path.stat().st_size, digest)
    return found


def get(
    selection: Selection,
    extension: str,
    wait: float = WAIT_SECONDS,
    stopped: Callable[[], bool] | None = None,
    *,
    quietly: bool = False,
) -> Kept:
    """The pack, made now if it is not there. Raises TooMuch, Busy, NoRoom. What is not `kept` is the caller's to remove.

    Pages say the size of a pack once it is there, and are told that it is; `quietly`: the caller does that.
    """
    if why := selecting.too_much(selection, extension):
        raise TooMuch(why)
    if extension in (found := ready(selection)):
        with suppress(FileNotFoundError):
            os.utime(found[extension].path)
            return found[extension]
    with _alone("piece" if selection.single else "collection", wait):
        found = ready(selection)  # somebody else made it meanwhile
        if extension in found:
            return found[extension]
        made = _make(selection, extension, stopped)
    if selection.kept and not quietly:
        tell()
    return made


def tell() -> None:
    """Pages that are kept do not say the sizes of packs that were made since: have them made anew."""
    generation: Generation = current_app.extensions[KEY]
    with suppress(OSError):  # the disk is full; the pack is there all the same
        generation.bump()


def forget(folder_name: str) -> None:
    """Remove what was made of a piece or a topic."""
    for path, _key, _digest in _listed(_root() / folder_name):
        path.unlink(missing_ok=True)
    with suppress(OSError):
        (_root() / folder_name).rmdir()


def folders() -> list[str]:
    """Names of the folders that hold packs: of pieces, of topics, of other collections."""
    return sorted(path.name for path in _root().glob("*/"))


def room() -> float:
    """The share of PACKS_MB that is free, from 0 to 1."""
    most = float(current_app.config["PACKS_MB"]) * 10**6
    held = sum(size for _at, size, _path in _all())
    return max(0.0, 1 - held / most) if most > 0 else 0.0


def _make(selection: Selection, extension: str, stopped: Callable[[], bool] | None) -> Kept:
    began = time.monotonic()

    def proceed() -> None:
        if stopped is not None and stopped():
            raise Busy
        if time.monotonic() - began > MOST_SECONDS:
            raise TooMuch(_("This takes too long to make. Narrow it down by topic, language or year."))

    place = _folder(selection)
    part: Path | None = None
    try:
        place.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".part-", dir=place)
        os.close(handle)
        part = Path(name)
        with force_locale(selecting.spoken(selection).replace("-", "_")):
            WRITERS[extension].write(selection, part, proceed)
        digest = _digest(part)
        if not selection.kept:
            kept, part = Kept(part, part.stat().st_size, digest), None
            return kept
        key = selection.keys()[extension]
        if selection.single:  # of what changed nobody asks for the old one
            for path, other, _sum in _listed(place):
                if other != key and path.suffix == f".{extension}":
                    path.unlink(missing_ok=True)
        made = place / f"{key}-{digest}.{extension}"
        os.replace(part, made)
        part = None
        _bound(made)
        return Kept(made, made.stat().st_size, digest)
    except OSError as error:
        raise NoRoom if error.errno in (errno.ENOSPC, errno.EDQUOT) else error from error
    finally:
        if part:
            part.unlink(missing_ok=True)


def _bound(newest: Path) -> None:
    """Remove the packs that were longest not asked for until PACKS_MB hold what is there; `newest` stays."""
    most = int(current_app.config["PACKS_MB"]) * 10**6
    held = sorted(_all())
    total = sum(size for _at, size, _path in held)
    for at, size, path in held:
        stale = path.name.startswith(".part-") and time.time() - at > STALE_SECONDS
        if (total > most and path != newest and not path.name.startswith(".part-")) or stale:
            path.unlink(missing_ok=True)
            total -= size


def _all() -> Iterator[tuple[float, int, Path]]:
    for path in _root().glob("*/*"):
        with suppress(FileNotFoundError):
            found = path.stat()
            yield found.st_mtime, found.st_size, path


def _listed(place: Path) -> list[tuple[Path, str, str]]:
    try:
        names = sorted(path.name for path in place.iterdir())
    except FileNotFoundError:
        return []
    return [(place / name, found[1], found[2]) for name in names if (found := _NAME.fullmatch(name))]


def _root() -> Path:
    return Path(current_app.instance_path) / "packs"


def _folder(selection: Selection) -> Path:
    return _root() / selection.folder


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


@contextmanager
def _alone(kind: str, wait: float) -> Iterator[None]:
    """One pack of a kind is made at a time, in all processes; raises Busy when it does not come to that."""
    _root().mkdir(parents=True, exist_ok=True)
    with open(_root() / f"{kind}.lock", "w") as lock:
        until = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise Busy from None
                time.sleep(0.05)
        yield
