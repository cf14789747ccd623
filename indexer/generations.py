"""Folders of the index: generations, the pointer to the live one, its manifest, checks, rollback, locks.

<root>/current                      {"current": name, "previous": name or null, "switched": seconds since 1970}
<root>/generations/<name>/          Whoosh's files of one generation
<root>/generations/<name>/manifest  what they must be: sizes and CRC-32, and the last change applied
<root>/*.lock                       flock'ed: one writer, one rebuild, one follower
"""

import fcntl
import json
import os
import shutil
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from indexer.schema import FORMAT, schema

INDEX_NAME = "MAIN"
_CHUNK = 1 << 20


class IndexDamaged(Exception):
    """The index is missing, truncated, corrupt or of another format; the message is a sentence for people."""


class Busy(Exception):
    """Another process holds the lock; the message says which work it does."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which generation is live, and the one before it. `switched`: since when, in seconds since 1970."""

    current: str
    previous: str | None = None
    switched: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was true after a commit. `change`: the last outbox row applied. `toc`: Whoosh's count of commits.

    `files`: name → (size in bytes, CRC-32) of segment files, which never change once written, and of the
    table of contents of this commit.
    """

    format: int
    change: int
    toc: int
    entries: int
    files: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class State:
    """What `/readyz` and `indexer status` report. `reason`: a sentence when the index is not ready, else ""."""

    ready: bool
    reason: str
    generation: str | None
    entries: int
    documents: int
    change: int


def generation_folder(root: Path, name: str) -> Path:
    """Where the generation called `name` lives."""
    return root / "generations" / name


def read_pointer(root: Path) -> Pointer:
    """The pointer; raises IndexDamaged when there is none or it cannot be read."""
    try:
        content = json.loads((root / "current").read_text("utf-8"))
        pointer = Pointer(str(content["current"]), content["previous"], float(content["switched"]))
    except FileNotFoundError:
        raise IndexDamaged("There is no index yet; `indexer rebuild` makes one.") from None
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise IndexDamaged(f"The pointer to the live index cannot be read ({error}).") from None
    if "/" in pointer.current or pointer.current in ("", ".", ".."):
        raise IndexDamaged("The pointer to the live index names no generation.")
    return pointer


def write_pointer(root: Path, pointer: Pointer) -> None:
    """Make a generation the live one, by one atomic rename."""
    write_atomically(root / "current", json.dumps(asdict(replace(pointer, switched=time.time()))))


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation; raises IndexDamaged."""
    try:
        content = json.loads((folder / "manifest").read_text("utf-8"))
        files = {str(name): (int(size), int(crc)) for name, (size, crc) in content["files"].items()}
        return Manifest(
            format=int(content["format"]), change=int(content["change"]), toc=int(content["toc"]),
            entries=int(content["entries"]), files=files,
        )  # fmt: skip
    except FileNotFoundError:
        raise IndexDamaged(f"Generation {folder.name} of the index is missing or has no manifest.") from None
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
        raise IndexDamaged(f"The manifest of generation {folder.name} cannot be read ({error}).") from None


def write_manifest(folder: Path, change: int, known: Manifest | None = None) -> Manifest:
    """Record what the folder holds after a commit; CRCs of `known` files are taken over, new files are synced."""
    toc = read_toc(folder)
    files: dict[str, tuple[int, int]] = {}
    for name in [toc_name(toc.generation), *(segment.file for segment in toc.segments)]:
        if known and name in known.files:
            files[name] = known.files[name]
        else:
            sync(folder / name)
            files[name] = checksum(folder / name)
    entries = sum(segment.live for segment in toc.segments)
    manifest = Manifest(FORMAT, change, toc.generation, entries, files)
    write_atomically(folder / "manifest", json.dumps(asdict(manifest)))
    return manifest


def check(folder: Path, *, thorough: bool = True) -> Manifest:
    """The manifest, once its files are found as it says; raises IndexDamaged. `thorough` reads every byte.

    A writer killed between commit and manifest leaves newer files than the manifest knows: these count as sound
    when Whoosh opens them, and the changes in them are applied again.
    """
    manifest = read_manifest(folder)
    if manifest.format != FORMAT:
        raise IndexDamaged(f"The index has format {manifest.format}, this program writes {FORMAT}.")
    try:
        toc = read_toc(folder)
        if toc.generation < manifest.toc:
            raise IndexDamaged(f"Generation {folder.name} of the index lost its newest table of contents.")
        for name in [toc_name(toc.generation), *(segment.file for segment in toc.segments)]:
            size = (folder / name).stat().st_size
            wanted = manifest.files.get(name)
            if wanted and size != wanted[0]:
                raise IndexDamaged(f"{name} of the index has {size} bytes instead of {wanted[0]}.")
            if wanted and thorough and checksum(folder / name) != wanted:
                raise IndexDamaged(f"{name} of the index is corrupt (checksum).")
    except FileNotFoundError as error:
        raise IndexDamaged(f"{Path(error.filename).name} of the index is missing.") from None
    except OSError as error:
        raise IndexDamaged(f"The index cannot be read ({error}).") from None
    return manifest


def read_toc(folder: Path) -> TOC:
    """Whoosh's table of contents; raises IndexDamaged when it cannot be read."""
    try:
        toc: TOC = TOC.read(FileStorage(str(folder)), INDEX_NAME, schema=schema())
    except FileNotFoundError:
        raise
    except Exception as error:
        raise IndexDamaged(f"The table of contents of generation {folder.name} cannot be read ({error}).") from None
    return toc


def rollback(root: Path) -> Pointer:
    """Make the generation before the live one; the follower then applies the changes it lacks."""
    with lock(root, "writer", "writes to the index", wait=30):
        pointer = read_pointer(root)
        if not pointer.previous or not generation_folder(root, pointer.previous).is_dir():
            raise IndexDamaged("There is no generation to go back to.")
        check(generation_folder(root, pointer.previous))
        pointer = Pointer(pointer.previous, pointer.current)
        write_pointer(root, pointer)
    return pointer


def create_generation(root: Path) -> Path:
    """A new, empty folder for a generation."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    folder = generation_folder(root, f"{stamp}-{os.urandom(3).hex()}")
    folder.mkdir(parents=True)
    return folder


def tidy(root: Path) -> None:
    """Delete generations that are neither live nor the one before. The caller holds the lock "rebuild"."""
    try:
        pointer = read_pointer(root)
    except IndexDamaged:
        return
    for folder in (root / "generations").glob("*"):
        if folder.name not in (pointer.current, pointer.previous):
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def lock(root: Path, name: str, work: str, wait: float = 0) -> Iterator[None]:
    """Hold `<root>/<name>.lock`; raises Busy after `wait` seconds. The kernel frees it when its holder dies."""
    root.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + wait
    with open(root / f"{name}.lock", "a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise Busy(f"Another process already {work} in {root}.") from None
                time.sleep(0.02)
        yield


def toc_name(generation: int) -> str:
    """File name of Whoosh's table of contents."""
    return f"_{INDEX_NAME}_{generation}.toc"


def checksum(path: Path) -> tuple[int, int]:
    """(size, CRC-32) of a file."""
    size = crc = 0
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            crc = zlib.crc32(chunk, crc)
    return size, crc


def sync(path: Path) -> None:
    """Have the disk keep a file or a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, text: str) -> None:
    """Replace a file so that a reader sees the old or the new content and a crash leaves one of them."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with open(beside, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync(path.parent)
