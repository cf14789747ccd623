"""What a file really is, by its content. A name only breaks the tie between Markdown and plain text."""

from __future__ import annotations

import mmap
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from library.ingest import headers, tars
from library.ingest.extraction import Refusal, Status

MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "epub": "application/epub+zip",
    "rtf": "application/rtf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsb": "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "eml": "message/rfc822",
    "mbox": "application/mbox",
    "mhtml": "multipart/related",
    "zip": "application/zip",
    "tar": "application/x-tar",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "html": "text/html",
    "markdown": "text/markdown",
    "text": "text/plain",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "tiff": "image/tiff",
}
READ_HERE = (
    "Markdown, HTML, PDF, DOCX, ODT, EPUB, RTF, PPTX, XLSX, XLS, ODS, CSV, e-mail, plain text, and ZIP or tar archives of"
    " these are read."
)
HEAD = 4096
_BODY_WITHIN = 1 << 22  # bytes of an OpenDocument file's content: its styles come before its body

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
    head = _head(path, HEAD)
    if not head.strip(b"\x00\t\r\n\x0c "):
        with path.open("rb") as file:
            if not any(chunk.strip(b"\x00\t\r\n\x0c ") for chunk in iter(lambda: file.read(1 << 20), b"")):
                raise Refusal(Status.empty, f"“{name}” holds no text: only blanks.")
    if re.search(rb"(?:^|[\r\n]|[^\x09-\x7e]|^.{0,40})%PDF-\d", head[:1024]) or head.startswith(b"%PDF"):
        return Kind("pdf")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind(_in_zip(path, name))
    if head.startswith(_COMPOUND):
        return Kind(_in_compound(path, name))
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{\\rtf"):
        return Kind("rtf")
    if tars.is_tar(path, head, name):
        return Kind("tar")
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
    if b"PK\x03\x04" in head and zipfile.is_zipfile(path) and _binary(head):
        return Kind(_in_zip(path, name))
    if mail := headers.mail_format(_head(path, headers.ENOUGH), name):
        return Kind(mail)
    return Kind("textual")


def _head(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def textual_format(text: str, name: str) -> str:
    """ "html", "markdown" or "text" for a decoded text. Raises Refusal for XML of other kinds and saved mail pages."""
    start = text[:HEAD].lstrip("\ufeff \t\r\n")
    ending = name.lower().rpartition(".")[2]
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
            if "opendocument" in mimetype and "content.xml" in names:
                mimetype = _of_body(archive) or mimetype
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
        if found[1] in ("spreadsheet", "spreadsheet-template"):
            return "ods"
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
            return "xlsb" if "xl/workbook.bin" in names else "xlsx"
        raise Refusal(
            Status.corrupt, f"“{name}” is an Office file without its main part; save it again and upload that."
        )
    if "content.xml" in names:
        return "odt"
    ending = name.lower().rpartition(".")[2]
    if ending in ("docx", "odt", "epub", "pptx", "xlsx", "xlsb", "ods"):
        raise Refusal(
            Status.corrupt,
            f"“{name}” is an archive, but not a sound {ending.upper()} file: its main part is missing."
            " Save it again in the program that made it.",
        )
    if "META-INF/MANIFEST.MF" in names or any(member.endswith(".iwa") for member in names):
        what = "a program" if "META-INF/MANIFEST.MF" in names else "an iWork file"
        raise Refusal(Status.unsupported, f"“{name}” is {what}, which is not read here. {READ_HERE}")
    return "zip"


def _mimetype(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "mimetype" not in names or archive.getinfo("mimetype").file_size > 200:
        return ""
    try:
        return archive.read("mimetype").decode("ascii", "replace").strip()
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):  # damaged or encrypted: the other members tell
        return ""


def _of_body(archive: zipfile.ZipFile) -> str:
    """The media type that an OpenDocument file's content shows, whatever it calls itself; "" where it shows none."""
    try:
        with archive.open("content.xml") as content:
            start = content.read(_BODY_WITHIN)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError):
        return ""  # damaged or encrypted: its reader says so
    found = re.search(rb"<office:(text|spreadsheet)[\s>/]", start)
    return f"application/vnd.oasis.opendocument.{found[1].decode()}" if found else ""


def _in_compound(path: Path, name: str) -> str:
    """The format of a file in Microsoft's compound format (before 2007, or encrypted). Raises Refusal for most."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:

        def holds(stream: str) -> bool:
            return whole.find(stream.encode("utf-16-le")) >= 0

        if holds("EncryptedPackage") or holds("EncryptionInfo"):
            raise Refusal(
                Status.encrypted, f"“{name}” is protected by a password; save it without one and upload it again."
            )
        if holds("__substg1.0_"):
            raise Refusal(
                Status.unsupported,
                f"“{name}” is an Outlook message (.msg); save it as .eml or as HTML and upload that.",
            )
        if holds("WordDocument"):
            raise Refusal(
                Status.unsupported, f"“{name}” is an old Word document (.doc); save it as .docx and upload that."
            )
        if holds("PowerPoint Document"):
            raise Refusal(
                Status.unsupported, f"“{name}” is an old PowerPoint file (.ppt); save it as .pptx and upload that."
            )
        if holds("Workbook") or holds("Book"):
            return "xls"
    raise Refusal(
        Status.unsupported, f"“{name}” is an old Office file of a kind that is not read here. Save it as .docx or PDF."
    )
