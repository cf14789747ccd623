"""Archives (ZIP, tar) of files: nothing is read here, each member is handed on as a part to be read by itself."""

from __future__ import annotations

import re
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from library.ingest import containers, encodings, progress
from library.ingest.extraction import Found, Limits, Part, Refusal, Status
from library.ingest.keeping import KEPT

MOST_PARTS = 2_000  # files of one archive
MOST_BYTES = 1 << 30  # of all of them, unpacked
MOST_NAMED = 20  # files that one warning names; the others are counted
_NAME_LENGTH = 300
_CLUTTER = re.compile(r"(?i)(?:^|/)(?:__macosx|\.[^/.][^/]*)(?:/|$)|(?:^|/)(?:thumbs\.db|desktop\.ini|~\$[^/]*)$")
_UTF8 = 0x800

Chunks = Iterable[bytes]


class Unpacking:
    """Members on their way to parts: counted, bounded, and what is left out is remembered by its reason."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.parts: list[Part] = []
        self._limits = limits
        self._left = MOST_BYTES
        self._out: dict[str, list[str]] = {}
        Path(KEPT).mkdir(exist_ok=True)

    @property
    def budget(self) -> int:
        """Bytes that the next member may have at most."""
        return min(self._left, self._limits.file_mb * 2**20, self._limits.upload_bytes)

    def leave_out(self, member: str, why: str) -> None:
        """Remember that `member` is not read; `why` is a sentence with a place for what is left out."""
        self._out.setdefault(why, []).append(member)

    def keep(self, member: str, declared: int, chunks: Callable[[], Chunks]) -> None:
        """Keep a member under a name of ours."""
        if len(self.parts) >= MOST_PARTS:
            return self.leave_out(member, f"Beyond the first {MOST_PARTS} files, these were not read: {{}}.")
        if declared > self.budget:
            return self.leave_out(member, "Too large to be read from an archive: {}. Upload them by themselves.")
        part = Part(member, f"part-{len(self.parts) + 1:05d}")
        target, size = Path(KEPT, part.kept), 0
        try:
            with target.open("wb") as out:
                for chunk in chunks():
                    size += len(chunk)
                    out.write(chunk)
        except Refusal as refusal:
            target.unlink()
            return self.leave_out(member, _WHY.get(refusal.status, _WHY[Status.corrupt]))
        except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, ValueError, OverflowError):
            target.unlink()
            return self.leave_out(member, _WHY[Status.corrupt])
        if not size:
            target.unlink()
            return self.leave_out(member, "Empty files: {}.")
        self._left -= size
        self.parts.append(part)
        return None

    def found(self) -> Found:
        """What the archive holds. Raises Refusal when none of it can be read."""
        if not self.parts:
            raise self._nothing()
        warnings = [why.format(_named(members)) for why, members in self._out.items()]
        return Found("", "", warnings=warnings, parts=self.parts)

    def _nothing(self) -> Refusal:
        if set(self._out) == {_WHY[Status.encrypted]}:
            return Refusal(
                Status.encrypted, f"“{self.name}” is protected by a password; save it without one and upload it again."
            )
        if _WHY[Status.unsafe] in self._out:
            return containers._bomb(self.name, "its files are far larger than the archive")
        said = " ".join(why.format(_named(members)) for why, members in self._out.items())
        if _WHY[Status.corrupt] in self._out:
            return Refusal(Status.corrupt, f"“{self.name}” is damaged: no file in it can be read. {said}")
        return Refusal(Status.empty, f"“{self.name}” is an archive with no file in it that can be read. {said}".strip())


_WHY = {
    Status.encrypted: "Protected by a password, and not read: {}.",
    Status.unsafe: "Packed so that they would swell beyond measure, and not unpacked: {}.",
    Status.corrupt: "Damaged, or packed in a way that is not known here, and not read: {}.",
}
_LINK = "Links to other places, which are not followed: {}."


def read(path: Path, name: str, format: str, limits: Limits) -> Found:
    """The members of the archive at `path` as parts. Works in the current folder. Raises Refusal."""
    unpacking = Unpacking(name, limits)
    if format == "zip":
        _zip(path, name, unpacking)
    else:
        _tar(path, name, unpacking)
    return unpacking.found()


def _zip(path: Path, name: str, unpacking: Unpacking) -> None:
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as raw:
            members = archive.infolist()
            _check(members, name)
            names = _shown_names(members)
            for number, info in enumerate(members):
                progress.report(number, len(members))
                member = names[number]
                if info.is_dir() or _CLUTTER.search(member):
                    continue
                if containers._is_link(info):
                    unpacking.leave_out(member, _LINK)
                elif info.flag_bits & 1:
                    unpacking.leave_out(member, _WHY[Status.encrypted])
                else:
                    unpacking.keep(member, info.file_size, _content(raw, info, unpacking.budget, name))
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, ValueError, OverflowError) as error:
        raise containers._damaged(name) from error


def _content(raw: IO[bytes], info: zipfile.ZipInfo, budget: int, name: str) -> Callable[[], Chunks]:
    return lambda: containers._inflated(raw, info, budget, name)


def _check(members: list[zipfile.ZipInfo], name: str) -> None:
    """Raises Refusal for an archive of too many members, and for members that share bytes, as bombs do."""
    if len(members) > containers.MOST_MEMBERS:
        raise containers._bomb(name, f"it holds {len(members)} files")
    end = -1
    for info in sorted(members, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise containers._bomb(name, "files in it overlap")
        end = info.header_offset + info.compress_size


def _shown_names(members: list[zipfile.ZipInfo]) -> list[str]:
    """The members' names for people. Those not marked as UTF-8 are in whatever code page their machine had: guessed
    from all of them together, since one name alone is too short to tell.
    """
    raw = [info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8 else "cp437", "replace") for info in members]
    old = [name for name, info in zip(raw, members, strict=True) if not info.flag_bits & _UTF8]
    decoded = iter(_decoded(old))
    return [
        _cleaned(name.decode("utf-8", "replace") if info.flag_bits & _UTF8 else next(decoded))
        for name, info in zip(raw, members, strict=True)
    ]


def _decoded(names: list[bytes]) -> list[str]:
    if all(name.isascii() for name in names):
        return [name.decode("ascii") for name in names]
    try:
        return [name.decode("utf-8") for name in names]
    except UnicodeDecodeError:
        pass
    if _is_cp437(names):
        return [name.decode("cp437") for name in names]
    joined, _ = encodings.decode(b"\n".join(name.replace(b"\n", b" ") for name in names))
    lines = joined.split("\n")
    return lines if len(lines) == len(names) else [name.decode("cp437") for name in names]


def _is_cp437(names: list[bytes]) -> bool:
    """Whether the letters beyond ASCII are the accented ones of the code page that ZIP itself prescribes, and few."""
    letters = b"".join(names)
    high = [byte for byte in letters if byte > 127]
    return all(0x80 <= byte <= 0xA8 or byte == 0xE1 for byte in high) and len(high) < 0.3 * len(letters)


def _cleaned(name: str) -> str:
    """A member's name as people see it. It is never a path: `..` and drive letters are but letters here."""
    shown = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", name.replace("\\", "/")))
    return " ".join(shown.split()).strip("/")[-_NAME_LENGTH:] or "file"


def _tar(path: Path, name: str, unpacking: Unpacking) -> None:
    """A tar archive, packed or not, read as a stream: it is never laid out on the disk as it says."""
    try:
        with tarfile.open(path, "r|*") as archive:
            for number, info in enumerate(archive):
                if number >= containers.MOST_MEMBERS:
                    raise containers._bomb(name, f"it holds more than {containers.MOST_MEMBERS} files")
                _check_swelling(archive, path, name)
                member = _cleaned(info.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
                if info.isdir() or _CLUTTER.search(member):
                    continue
                if not info.isreg():
                    unpacking.leave_out(member, _LINK)
                    continue
                file = archive.extractfile(info)
                if file is not None:
                    unpacking.keep(member, info.size, lambda file=file: _chunks(file, archive, path, name))  # type: ignore[misc]
    except (tarfile.TarError, EOFError, zlib.error, OSError, ValueError) as error:
        if not unpacking.parts:
            raise containers._damaged(name) from error
        unpacking.leave_out("…", "The archive is cut off or damaged; what comes after the last file was not read: {}.")


def _chunks(file: IO[bytes], archive: tarfile.TarFile, path: Path, name: str) -> Iterator[bytes]:
    while chunk := file.read(containers.CHUNK):
        _check_swelling(archive, path, name)
        yield chunk


def _check_swelling(archive: tarfile.TarFile, path: Path, name: str) -> None:
    """Raises Refusal once much more came out of a packed archive than went in, members that are skipped counted."""
    out = archive.offset
    if out > containers.SUSPICIOUS and out > containers.MOST_RATIO * path.stat().st_size:
        raise containers._bomb(name, f"{path.stat().st_size} bytes swell to more than {out // 2**20} MB")
    if out > 4 * MOST_BYTES:
        raise containers._bomb(name, f"it holds more than {4 * MOST_BYTES // 2**30} GB")


def _named(members: list[str]) -> str:
    shown = ", ".join(f"“{member}”" for member in members[:MOST_NAMED])
    more = len(members) - MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown
