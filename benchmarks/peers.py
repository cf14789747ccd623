"""What other programs make of the same files: Pandoc with PDFium, kreuzberg, markitdown, for `benchmarks.extraction`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

import pypandoc
import pypdfium2

READER = Path(__file__).with_name("peer_reader.py")
PANDOC = {"docx": "docx", "odt": "odt", "pptx": "pptx", "epub": "epub", "rtf": "rtf", "html": "html", "md": "markdown"}
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """The text that a peer found, "" for none; in how many seconds."""

    text: str
    seconds: float


class Peer(Protocol):
    """A program that gives the text of files."""

    name: str

    def read(self, path: Path, format: str) -> Answer:
        """What it makes of the file."""
        ...


class PandocAndPdfium:
    """A Pandoc process a file; PDFium for PDF; plain text as it stands."""

    name = "pandoc+pdfium"

    def read(self, path: Path, format: str) -> Answer:
        """What it makes of the file."""
        began = time.perf_counter()
        if format == "pdf":
            text = _pdfium(path)
        elif format in PANDOC:
            command = [
                pypandoc.get_pandoc_path(),
                "--sandbox",
                "-f",
                PANDOC[format],
                "-t",
                "plain",
                "--wrap=none",
                str(path),
            ]
            try:
                done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
                text = done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
            except subprocess.TimeoutExpired:
                text = ""
        else:
            text = path.read_bytes().decode("utf-8", "replace")
        return Answer(text, time.perf_counter() - began)


def _pdfium(path: Path) -> str:
    try:
        with pypdfium2.PdfDocument(path) as document:
            return "\n".join(page.get_textpage().get_text_range() for page in document)
    except pypdfium2.PdfiumError:
        return ""


@dataclass
class Elsewhere:
    """A peer in a process of its own that stays; begun again when a file ends it, which counts as no text."""

    name: str
    python: str
    process: subprocess.Popen[str] = field(init=False)

    def start(self) -> bool:
        """Whether the peer is installed there."""
        self.process = subprocess.Popen(
            [self.python, str(READER), self.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, cwd=tempfile.gettempdir(),
        )  # fmt: skip
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip() == "ready"

    def read(self, path: Path, format: str) -> Answer:
        """What it makes of the file."""
        began = time.perf_counter()
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(str(path.resolve())) + "\n")
            self.process.stdin.flush()
            said = json.loads(self.process.stdout.readline())
            return Answer(said["text"], said["seconds"])
        except (OSError, ValueError):
            self.stop()
            self.start()
            return Answer("", time.perf_counter() - began)

    def stop(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def installed(python: str = sys.executable) -> list[Peer]:
    """The peers that can be asked here: those in the environment of `python` too."""
    found: list[Peer] = [PandocAndPdfium()]
    for name in ("kreuzberg", "markitdown"):
        peer = Elsewhere(name, python)
        if peer.start():
            found.append(peer)
        else:
            peer.stop()
    return found
