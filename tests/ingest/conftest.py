"""Small files of every format, made here, and the way through the sandbox."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pypandoc
import pytest
from flask import Flask

from library import create_app
from library.ingest import Extraction, Limits, child, extract, sandbox

Words = tuple[float, float, float, str]  # size, x, y, text


@pytest.fixture
def sandboxed(tmp_path: Path) -> Callable[..., Extraction]:
    """Writes content to a file and reads it in a child process: `sandboxed(content, "name.md")`; a Path as it is."""

    def read(content: str | bytes | Path, name: str = "", limits: Limits | None = None) -> Extraction:
        path = _file(content, tmp_path)
        return extract(path, name or path.name, limits or Limits(), tmp_path / "scratch")

    return read


@pytest.fixture
def extracted(sandboxed: Callable[..., Extraction], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Extraction]:
    """The same, with the child's work done in this process: faster, and seen by coverage."""

    def run(
        path: Path, name: str, limits: Limits, scratch: Path, *, keep: Path | None = None, told: object = None
    ) -> dict[str, Any]:
        scratch.mkdir(exist_ok=True)
        monkeypatch.chdir(scratch)
        found = child.read(path, name, limits)
        if keep is not None:
            sandbox.move_kept(scratch, keep, found)
        return found

    monkeypatch.setattr(sandbox, "run", run)
    return sandboxed


def _file(content: str | bytes | Path, folder: Path) -> Path:
    if isinstance(content, Path):
        return content
    path = folder / "upload"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.fixture
def converted(tmp_path: Path) -> Callable[[str, str], Path]:
    """A file of an office format made of Markdown by Pandoc: `converted(markdown, "docx")`."""

    def make(markdown: str, format: str) -> Path:
        target = tmp_path / f"made.{format}"
        command = [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", format, "-s", "-o", str(target)]
        subprocess.run(command, input=markdown.encode(), check=True)
        return target

    return make


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[..., Path]:
    """A ZIP container of members: `zipped("a.docx", {"word/document.xml": b"..."})`."""

    def make(name: str, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
        target = tmp_path / name
        with zipfile.ZipFile(target, "w", compression) as archive:
            for member, content in members.items():
                archive.writestr(member, content)
        return target

    return make


def pdf(pages: Sequence[Sequence[Words]], title: str = "", outline: Sequence[tuple[str, int]] = ()) -> bytes:
    """A PDF with lines of Helvetica at their places; `outline`: (title, 0-based page)."""
    objects: list[bytes] = [
        b"",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines in pages:
        drawn = b"\n".join(
            b"BT /F1 %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET" % (size, x, y, _literal(text)) for size, x, y, text in lines
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>"  # noqa: E501
            % len(objects)
        )
        kids.append(len(objects))
    catalog = b"<< /Type /Catalog /Pages 2 0 R"
    if outline:
        root = len(objects) + 1
        first, last = root + 1, root + len(outline)
        objects.append(b"<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>" % (first, last, len(outline)))
        for number, (text, page) in enumerate(outline):
            near = b" /Next %d 0 R" % (first + number + 1) if first + number < last else b""
            destination = b" /Dest [%d 0 R /Fit]" % kids[page]
            objects.append(b"<< /Title (%s) /Parent %d 0 R%s%s >>" % (_literal(text), root, near, destination))
        catalog += b" /Outlines %d 0 R" % root
    objects[0] = catalog + b" >>"
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(b"%d 0 R" % kid for kid in kids))
    objects.append(b"<< /Title (%s) >>" % _literal(title))
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R /Info %d 0 R >>\n" % (len(objects) + 1, len(objects))
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % start


def _literal(text: str) -> bytes:
    return text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


@pytest.fixture
def made_pdf() -> Callable[..., bytes]:
    """`pdf` as a fixture."""
    return pdf


@pytest.fixture(scope="session")
def app_for_laws(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application for property tests, which may not have a new one for each example."""
    return create_app(tmp_path_factory.mktemp("laws"), TESTING=True)
