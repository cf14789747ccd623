"""ZIP containers (DOCX, ODT, EPUB, PPTX): looked through before anything is unpacked, then copied clean.

The copy holds the documents' XML alone, at the size that it really has. Pictures, fonts and embedded files become
empty members, so that nothing that a later program reads is larger or other than what was looked at here.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import IO
from urllib.parse import unquote

from library.ingest.extraction import Refusal, Status

MOST_MEMBERS = 20_000
MOST_TEXT = 150 * 2**20  # bytes of XML in one file
MOST_MEDIA = 300 * 2**20  # bytes of pictures that are looked at in one file
MOST_OF_ONE = 60 * 2**20  # bytes of one picture
MOST_RATIO = 200  # of a member's size to its compressed size, from SUSPICIOUS bytes on
SUSPICIOUS = 20 * 2**20
MOST_ENTITY = 300  # bytes of an entity's text
MOST_CHAPTERS = 5_000
CHUNK = 1 << 18

_TEXTUAL = re.compile(r"(?i)(?:\.(?:xml|rels|xhtml|html?|opf|ncx|smil)|(?:^|/)mimetype)$")
_BINARY_SHEETS = re.compile(r"(?i)xl/(?!.*vbaproject)[^.]+\.bin")  # XLSB keeps its sheets in these
_ENTITY = re.compile(rb"<!ENTITY\s", re.IGNORECASE)
_SPINE = re.compile(rb"<(?:\w+:)?itemref\b")
_FONT_ONLY = re.compile(r"http://(?:www\.idpf\.org/2008/embedding|ns\.adobe\.com/pdf/enc#RC)")


def write(members: Mapping[str, bytes], target: Path) -> None:
    """Write a container of `members` to `target`, not compressed."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        for filename, content in members.items():
            copy.writestr(zipfile.ZipInfo(filename), content)


def opened(path: Path, name: str, format: str) -> dict[str, bytes]:
    """The members of the container at `path`: XML as it may be read, anything else empty.

    Raises Refusal for one that is damaged, encrypted or made to do harm.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as raw:
            members = archive.infolist()
            _check(members, name)
            if any(info.flag_bits & 1 for info in members):
                raise _protected(name)
            return _inspect(archive, raw, name, format)
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, ValueError, OverflowError) as error:
        raise _damaged(name) from error


class Media:
    """The pictures and the like that lie in the container at `path`, which `opened` has looked through."""

    def __init__(self, path: Path) -> None:
        self._path, self._raw = path, path.open("rb")
        self._left = MOST_MEDIA

    def __enter__(self) -> Media:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    @cached_property
    def _members(self) -> dict[str, zipfile.ZipInfo]:
        """By name; looked up when the first is asked for, since most files have no pictures."""
        with zipfile.ZipFile(self._path) as archive:
            found = archive.infolist()
        return {one.filename: one for one in found if not one.is_dir() and _sound(one.filename) and not _is_link(one)}

    def content(self, source: str) -> bytes | None:
        """The member that a document calls `source`; None where there is none, or it is damaged or too large."""
        info = self._member(source)
        if info is None:
            return None
        try:
            content = b"".join(_inflated(self._raw, info, min(self._left, MOST_OF_ONE), info.filename))
        except (Refusal, zlib.error, struct.error, OSError):
            return None
        self._left -= len(content)
        return content

    def _member(self, source: str) -> zipfile.ZipInfo | None:
        """By its whole name, else by its end: documents name their parts as seen from where they stand."""
        for name in (source, unquote(source)):
            name = posixpath.normpath(name).lstrip("./")
            if name in self._members:
                return self._members[name]
            ending = [member for member in self._members if member.endswith(f"/{name}")]
            if name and ending:
                return self._members[min(ending, key=len)]
        return None


def _check(members: list[zipfile.ZipInfo], name: str) -> None:
    if len(members) > MOST_MEMBERS:
        raise _bomb(name, f"it holds {len(members)} files")
    end = -1
    for info in sorted(members, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise _bomb(name, "files in it overlap")
        end = info.header_offset + info.compress_size
        if info.file_size > SUSPICIOUS and info.file_size > MOST_RATIO * max(1, info.compress_size):
            raise _bomb(name, f"a part of {info.compress_size} bytes swells to {info.file_size // 2**20} MB")


def _inspect(archive: zipfile.ZipFile, raw: IO[bytes], name: str, format: str) -> dict[str, bytes]:
    """The members that have a sound name, the last one of those that share it (as Pandoc and Word read them)."""
    budget = MOST_TEXT
    last = {info.filename: info for info in archive.infolist()}
    kept: dict[str, bytes] = {}
    for filename, info in last.items():
        if info.is_dir() or not _sound(filename) or _is_link(info):
            continue
        content = b""
        if _TEXTUAL.search(filename) or (format == "xlsb" and _BINARY_SHEETS.fullmatch(filename)):
            content = b"".join(_inflated(raw, info, budget, name))
            budget -= len(content)
            content = _inspected(filename, content, name, format)
        kept[filename] = content
    return kept


def _sound(filename: str) -> bool:
    parts = filename.replace("\\", "/").split("/")
    return not (filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in filename)


def _is_link(info: zipfile.ZipInfo) -> bool:
    return (info.external_attr >> 16) & 0o170000 == 0o120000


def _inflated(raw: IO[bytes], info: zipfile.ZipInfo, budget: int, name: str) -> Iterator[bytes]:
    """The member's content, inflated by ourselves: declared sizes may lie."""
    raw.seek(info.header_offset)
    header = raw.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise _damaged(name)
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    raw.seek(name_length + extra_length, 1)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _damaged(name, "it is compressed in a way that is not known here")
    inflater = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
    left, size = info.compress_size, 0
    checksum = 0
    while left > 0 and (packed := raw.read(min(CHUNK, left))):
        left -= len(packed)
        while packed:
            piece = inflater.decompress(packed, CHUNK) if inflater else packed
            packed = inflater.unconsumed_tail if inflater else b""
            size += len(piece)
            checksum = zlib.crc32(piece, checksum)
            if size > budget or (size > SUSPICIOUS and size > MOST_RATIO * max(1, info.compress_size)):
                raise _bomb(name, f"a part of {info.compress_size} bytes swells to more than {size // 2**20} MB")
            yield piece
    if inflater and not inflater.eof:
        yield inflater.flush()
        if not inflater.eof:
            raise _damaged(name)
    if checksum != info.CRC and size == info.file_size:
        raise _damaged(name)
    if size > info.file_size:
        raise _bomb(name, "a part is larger than it says")


def _inspected(filename: str, content: bytes, name: str, format: str) -> bytes:
    """The part as it may be read. Refuses encrypted parts, and entities by which XML swells or fetches files."""
    # UTF-16 and UTF-32 spell the same letters with NULs between them.
    if _ENTITY.search(content.replace(b"\0", b"")):
        content = _without_entities(content, name, format)
    if format == "epub" and filename.lower().endswith(".opf") and len(_SPINE.findall(content)) > MOST_CHAPTERS:
        raise _bomb(name, f"it lists more than {MOST_CHAPTERS} chapters")
    if format in ("odt", "ods") and filename == "META-INF/manifest.xml" and b"encryption-data" in content:
        raise _protected(name)
    if format == "epub" and filename == "META-INF/encryption.xml":
        algorithms = re.findall(r"EncryptionMethod[^>]*Algorithm=[\"']([^\"']+)", content.decode("utf-8", "replace"))
        if any(not _FONT_ONLY.match(algorithm) for algorithm in algorithms):
            raise Refusal(
                Status.encrypted,
                f"“{name}” is protected by its seller (DRM) and cannot be read. Ask its publisher for a free copy.",
            )
    return content


def _without_entities(content: bytes, name: str, format: str) -> bytes:
    """A book's page without the entities that it declares: they are neither swollen nor fetched.

    Office programs write none, and entities made of entities are made to swell: such files are refused.
    """
    values = re.findall(rb"<!ENTITY\s+[\w.:-]+\s+(\"[^\"]*\"|'[^']*')", content)
    swelling = any(b"&" in value.replace(b"&#", b"") or len(value) > MOST_ENTITY for value in values)
    subset = re.search(rb"<!DOCTYPE[^\[>]*(\[.*?\])\s*>", content, re.DOTALL)
    if format != "epub" or swelling or b"\0" in content or subset is None:
        raise Refusal(
            Status.unsafe,
            f"“{name}” declares entities in its XML, by which a file can swell or fetch other files, so it is not read."
            " Save it again in an office program and upload that.",
        )
    declared = set(re.findall(rb"<!ENTITY\s+([\w.:-]+)", subset[1]))
    content = content[: subset.start(1)] + content[subset.end(1) :]
    return re.sub(rb"&([\w.:-]+);", lambda found: b"" if found[1] in declared else found[0], content)


def _protected(name: str) -> Refusal:
    return Refusal(Status.encrypted, f"“{name}” is protected by a password; save it without one and upload it again.")


def _bomb(name: str, why: str) -> Refusal:
    return Refusal(
        Status.unsafe,
        f"“{name}” is packed so that it would swell beyond measure ({why}); it is not unpacked."
        " Save it again in the program that made it.",
    )


def _damaged(name: str, why: str = "its archive is cut off or broken") -> Refusal:
    return Refusal(Status.corrupt, f"“{name}” is damaged: {why}. Save it again in the program that made it.")
