"""What reading a file gave: its status, its receipt, its text as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """The outcome of reading a file."""

    ok = "ok"
    partial = "partial"
    encrypted = "encrypted"
    corrupt = "corrupt"
    empty = "empty"
    unsupported = "unsupported"
    too_large = "too_large"
    unsafe = "unsafe"
    timeout = "timeout"


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take."""

    seconds: float = 60.0  # wall clock
    memory_mb: int = 512  # of all processes that read the file, together
    file_mb: int = 200  # any file written on the way
    open_files: int = 64
    upload_bytes: int = 200 * 2**20
    ocr_seconds: float = 0.0  # wall clock for recognising text in pictures, besides `seconds`; 0: it is not done
    ocr_languages: str = ""  # Tesseract's names, joined by +


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page (1-based) of a paged format."""

    page: int
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture found in a file: decoded and written anew, so that nothing but the picture is left.

    Its bytes lie under `kept` in the folder of kept files; `kept` is its SHA-256 with the format's ending.
    """

    kept: str
    media_type: str
    width: int  # pixels
    height: int
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Part:
    """A file within a file, to be read by itself: an attachment, a member of an archive.

    `name`: as it is called there, for people. `kept`: its name in the folder of kept files, which is ours.
    """

    name: str
    kept: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading of a file is. `opening`: the text of its first pages, as soon as they are read."""

    done: int = 0
    total: int = 0
    opening: str = ""


class Refusal(Exception):
    """A file that cannot be read, with the status and the sentence that say so."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(slots=True)
class Found:
    """What a format's reader found in a file: the body as Markdown and what the file says about itself."""

    markdown: str
    text: str
    title: str = ""
    language: str = ""  # as declared by the file, unchecked
    pages: int | None = None
    pages_with_text: int | None = None
    missing: str = ""  # the sentence about pages that gave nothing, though they are not counted: only a part was read
    warnings: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What a file gave.

    `markdown` is the body without the title, in the dialect that `library.catalogue` renders; in paged formats a line
    `<!-- page N -->` stands before each page's text. `text` is the same as plain text, whole whatever its length.
    `metadata` holds front matter (the contract's keys) and what the document itself visibly says. The bytes of
    `pictures` and `parts` lie in the folder that the caller of `extract` named; `markdown` refers to a picture as
    `![what it shows](picture:KEPT)`.
    """

    file: str
    status: Status
    reason: str = ""
    format: str = ""
    media_type: str = ""
    title: str = ""
    language: str = "und"
    pages: int | None = None
    pages_with_text: int | None = None
    characters: int = 0
    sections: int = 0
    sha256: str = ""
    warnings: tuple[str, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    markdown: str = ""
    text: str = ""
    pictures: tuple[Picture, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether there is text to make a draft of."""
        return self.status in (Status.ok, Status.partial)

    @property
    def batch(self) -> bool:
        """Whether it is nothing but files to be read by themselves: an archive, a message that only carries others."""
        return self.readable and bool(self.parts) and not self.text

    def receipt(self, document: Mapping[str, Any] | None = None, duplicate_of: str | None = None) -> dict[str, Any]:
        """The contract's receipt, keys in its order; `parts`, their names, where there are any.

        `document`: {"id", "slug", "url"} of the draft that was made.
        """
        receipt = {
            "file": self.file,
            "status": str(self.status),
            "reason": self.reason,
            "format": self.format,
            "media_type": self.media_type,
            "title": self.title,
            "language": self.language,
            "pages": self.pages,
            "pages_with_text": self.pages_with_text,
            "characters": self.characters,
            "sections": self.sections,
            "sha256": self.sha256,
            "warnings": list(self.warnings),
            "document": dict(document) if document is not None else None,
            "duplicate_of": duplicate_of,
        }
        return receipt | {"parts": [part.name for part in self.parts]} if self.parts else receipt
