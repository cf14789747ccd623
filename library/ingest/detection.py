"""What a file really is, by its content. A name only breaks the tie between Markdown and plain text."""

from __future__ import annotations

import mmap
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from library.ingest.extraction import Refusal, Status

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "epub": "application/epub+zip",
    "rtf": "application/rtf",
    "html": "text/html",
    "markdown": "text/markdown",
    "text": "text/plain",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "tiff": "image/tiff",
}
READ_HERE = "Markdown, HTML, PDF, DOCX, ODT, EPUB, RTF, PPTX and plain text are read."
HEAD = 4096

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"ID3", "a sound recording"),
    (b"OggS", "a sound or film recording"),
    (b"%!PS", "a PostScript file"),
    (b"\x93NUMPY", "a numeric array"),
)
_SCANS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
)
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_DOCUMENT = re.compile(r"application/(?:vnd\.oasis|x-vnd\.oasis)\.opendocument\.([a-z-]+)")
_HTML_START = re.compile(
    r"(?is)\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|title|meta|link|script|style|div|"
    r"table|h[1-6]|p|article|main|section|header|nav|ul|ol|center|font|iframe|span|a|b|i|em|strong|pre|img|form|svg)\b"
)
_XML_ROOT = re.compile(
    r"(?s)\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>\s*)*<([A-Za-z_][\w.:-]*)"
)
_MARKDOWN_SIGNS = (
    re.compile(r"(?m)^#{1,6} \S"),
    re.compile(r"\[[^\]\n]+\]\([^)\s]+\)"),
    re.compile(r"(?m)^(?:```|~~~)"),
    re.compile(r"(?m)^\|.+\|\s*$\n^\|[ :|-]+\|\s*$"),
    re.compile(r"\*\*[^*\n]+\*\*"),
    re.compile(r"(?m)^>\s\S"),
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What was detected: one of MEDIA_TYPES' formats; "textual" when the text itself has still to be looked at."""

    format: str


def detect(path: Path, name: str, scans: Callable[[], bool] = lambda: False) -> Kind:
    """The kind of the file at `path`. `scans` says whether text in pictures is read; it is asked for pictures alone.

    Raises Refusal for what is not read here.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip(b"\x00\t\r\n\x0c "):
        with path.open("rb") as file:
            if not any(chunk.strip(b"\x00\t\r\n\x0c ") for chunk in iter(lambda: file.read(1 << 20), b"")):
                raise Refusal(Status.empty, f"“{name}” holds no text: only blanks.")
    if re.search(rb"(?:^|[\r\n]|[^\x09-\x7e]|^.{0,40})%PDF-\d", head[:1024]) or head.startswith(b"%PDF"):
        return Kind("pdf")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind(_in_zip(path, name))
    if head.startswith(_COMPOUND):
        raise _in_compound(path, name)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        return Kind("rtf")
    for magic, format in _SCANS:
        if head.startswith(magic):
            if scans():
                return Kind(format)
            raise Refusal(
                Status.unsupported,
                f"“{name}” is a {format.upper()} image; its text can be read where text recognition (OCR) is installed,"
                f" which it is not here. {READ_HERE}",
            )
    for magic, what in _MAGIC:
        if head.startswith(magic):
            raise Refusal(Status.unsupported, f"“{name}” is {what}, which is not read here. {READ_HERE}")
    if head[4:8] == b"ftyp":
        raise Refusal(Status.unsupported, f"“{name}” is a film or sound recording, which is not read here. {READ_HERE}")
    if head[257:262] == b"ustar":
        raise Refusal(Status.unsupported, f"“{name}” is a tar archive; unpack it and upload what is in it.")
    if b"PK\x03\x04" in head and zipfile.is_zipfile(path) and _binary(head):
        return Kind(_in_zip(path, name))
    return Kind("textual")


def textual_format(text: str, name: str) -> str:
    """ "html", "markdown" or "text" for a decoded text. Raises Refusal for XML of other kinds and saved mail pages."""
    start = text[:HEAD].lstrip("\ufeff \t\r\n")
    ending = name.lower().rpartition(".")[2]
    if re.match(
        r"(?i)(?:from|mime-version|date|subject):.*?content-type:\s*multipart/", start[:2000].replace("\n", " ")
    ):
        raise Refusal(
            Status.unsupported, f"“{name}” is a saved mail or web archive (MHTML); save it as a HTML page or as PDF."
        )
    if start.startswith("<"):
        if root := _root(start, name):
            return root
        if ending in ("htm", "html", "xhtml") or (ending not in ("md", "markdown", "txt") and _HTML_START.match(start)):
            return "html"
        if re.match(r"(?is)(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", start):
            return "html"
    if ending in ("htm", "html", "xhtml") and re.search(
        r"(?i)<(?:p|div|h[1-6]|body|table|li|br|a|td|span)\b", text[:20000]
    ):
        return "html"
    if ending in ("md", "markdown", "mdown", "mkd"):
        return "markdown"
    return "markdown" if _looks_like_markdown(text[:50_000]) else "text"


def _root(start: str, name: str) -> str | None:
    """ "html" for XHTML; None when there is no XML declaration or root that decides. Raises Refusal for other XML."""
    declared = start.startswith("<?xml")
    found = _XML_ROOT.match(start)
    tag = found[1].lower().rpartition(":")[2] if found else ""
    if tag == "html":
        return "html"
    if tag == "svg":
        raise Refusal(Status.unsupported, f"“{name}” is a drawing (SVG), which is not read here. {READ_HERE}")
    if declared and tag and not _HTML_START.match(f"<{tag} "):
        raise Refusal(Status.unsupported, f"“{name}” is an XML file of a kind that is not read here. {READ_HERE}")
    return None


def _looks_like_markdown(text: str) -> bool:
    if re.match(r"(---|\+\+\+)\r?\n(?:.*\r?\n){0,60}?\1\s*(?:\n|$)", text):
        return True
    signs = sum(1 for sign in _MARKDOWN_SIGNS if sign.search(text))
    return signs >= 2


def _binary(head: bytes) -> bool:
    return any(byte < 9 or 13 < byte < 27 for byte in head)


def _in_zip(path: Path, name: str) -> str:
    """The format of a ZIP container by its members."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = {info.filename for info in archive.infolist()}
            mimetype = _mimetype(archive, names)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refusal(
            Status.corrupt,
            f"“{name}” is damaged: its archive is cut off or broken. Save it again in the program that made it.",
        ) from error
    if not names:
        raise Refusal(Status.empty, f"“{name}” is an archive with nothing in it.")
    if found := _OPEN_DOCUMENT.match(mimetype):
        if found[1] in ("text", "text-template", "text-master"):
            return "odt"
        raise Refusal(Status.unsupported, f"“{name}” is an OpenDocument {found[1]}; save it as PDF and upload that.")
    if mimetype == MEDIA_TYPES["epub"] or "META-INF/container.xml" in names:
        return "epub"
    folders = {member.replace("\\", "/").lstrip("/").partition("/")[0].lower() for member in names}
    if "[Content_Types].xml" in names or "_rels/.rels" in names:
        if "word" in folders:
            return "docx"
        if "ppt" in folders:
            return "pptx"
        if "xl" in folders:
            raise Refusal(Status.unsupported, f"“{name}” is a spreadsheet (XLSX); save it as PDF and upload that.")
        raise Refusal(
            Status.corrupt, f"“{name}” is an Office file without its main part; save it again and upload that."
        )
    if "content.xml" in names:
        return "odt"
    ending = name.lower().rpartition(".")[2]
    if ending in ("docx", "odt", "epub", "pptx"):
        raise Refusal(
            Status.corrupt,
            f"“{name}” is an archive, but not a sound {ending.upper()} file: its main part is missing."
            " Save it again in the program that made it.",
        )
    raise Refusal(Status.unsupported, f"“{name}” is a ZIP archive; unpack it and upload what is in it.")


def _mimetype(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" not in names or archive.getinfo("mimetype").file_size > 200:
        return ""
    try:
        return archive.read("mimetype").decode("ascii", "replace").strip()
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):  # damaged or encrypted: the other members tell
        return ""


def _in_compound(path: Path, name: str) -> Refusal:
    """Why a file in Microsoft's compound format (before 2007, or encrypted) is not read."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:

        def holds(stream: str) -> bool:
            return whole.find(stream.encode("utf-16-le")) >= 0

        if holds("EncryptedPackage") or holds("EncryptionInfo"):
            return Refusal(
                Status.encrypted, f"“{name}” is protected by a password; save it without one and upload it again."
            )
        if holds("WordDocument"):
            return Refusal(
                Status.unsupported, f"“{name}” is an old Word document (.doc); save it as .docx and upload that."
            )
        if holds("PowerPoint Document"):
            return Refusal(
                Status.unsupported, f"“{name}” is an old PowerPoint file (.ppt); save it as .pptx and upload that."
            )
        if holds("Workbook") or holds("Book"):
            return Refusal(
                Status.unsupported, f"“{name}” is an old spreadsheet (.xls); save it as PDF and upload that."
            )
    return Refusal(
        Status.unsupported, f"“{name}” is an old Office file of a kind that is not read here. Save it as .docx or PDF."
    )
