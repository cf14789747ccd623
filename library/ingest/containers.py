"""ZIP containers (DOCX, ODT, EPUB, PPTX): looked through before anything is unpacked, then copied clean.

The copy holds the documents' XML alone, at the size that it really has. Pictures, fonts and embedded files become
empty members, so that nothing that a later program reads is larger or other than what was looked at here.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from library.ingest.extraction import Refusal, Status

MOST_MEMBERS = 20_000
MOST_TEXT = 150 * 2**20  # bytes of XML in one file
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


def cleaned(path: Path, target: Path, name: str, format: str) -> list[str]:
    """Write a clean copy of the container at `path` to `target`; returns its members' names.

    Raises Refusal for one that is damaged, encrypted or made to do harm.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as raw:
            members = archive.infolist()
            _check(members, name)
            if any(info.flag_bits & 1 for info in members):
                raise _protected(name)
            with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
                return _copy(archive, raw, copy, name, format)
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, ValueError, OverflowError) as error:
        raise _damaged(name) from error


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


def _copy(archive: zipfile.ZipFile, raw: IO[bytes], copy: zipfile.ZipFile, name: str, format: str) -> list[str]:
    """Copy the members that have a sound name, the last one of those that share it (as Pandoc and Word read them)."""
    budget = MOST_TEXT
    last = {info.filename: info for info in archive.infolist()}
    kept: list[str] = []
    for filename, info in last.items():
        if info.is_dir() or not _sound(filename) or _is_link(info):
            continue
        content = b""
        if _TEXTUAL.search(filename) or (format == "xlsb" and _BINARY_SHEETS.fullmatch(filename)):
            content = b"".join(_inflated(raw, info, budget, name))
            budget -= len(content)
            content = _inspected(filename, content, name, format)
        copy.writestr(zipfile.ZipInfo(filename), content)
        kept.append(filename)
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
