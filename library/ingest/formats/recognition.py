"""The text of pages that are pictures: recognised by Tesseract through OCRmyPDF, a few pages at a time."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from library.ingest.extraction import Limits
from library.ingest.keeping import RECOGNISING

NAMED = 20  # pages, or runs of them, that a warning names
AT_ONCE = 4  # pages; what is recognised is never lost with what is not
PAGE_SECONDS = 90.0  # for one page
_START_SECONDS = 20.0  # OCRmyPDF itself, before its first page


@dataclass(slots=True)
class Recognised:
    """Texts by page number; `failed`: pages on which recognition broke off; `late`: those that its time did not reach."""

    texts: dict[int, str] = field(default_factory=dict)
    failed: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)


def wanted(limits: Limits) -> bool:
    """Whether text is to be recognised, and can be."""
    return limits.ocr_seconds > 0 and bool(languages(limits.ocr_languages))


def languages(names: str) -> str:
    """Those of the named languages that Tesseract has, joined by +; "" when it or OCRmyPDF is not installed."""
    return "+".join(name for name in names.split("+") if name in _installed())


@cache
def _installed() -> frozenset[str]:
    program = shutil.which("tesseract")
    if program is None or importlib.util.find_spec("ocrmypdf") is None:
        return frozenset()
    try:
        told = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset(line.strip() for line in told.stdout.splitlines()[1:]) - {"osd"}


def recognise(
    pages: Sequence[int],
    save: Callable[[Sequence[int], Path], None],
    limits: Limits,
    read: Callable[[int, str], None],
) -> Recognised:
    """The text of `pages`. `save` writes a PDF of some of them; `read` is told how many pages are done and what the
    last one says. Ends by itself within `limits.ocr_seconds`, with what it has by then.
    """
    Path(RECOGNISING).touch()
    until = time.monotonic() + 0.95 * limits.ocr_seconds
    found = Recognised()
    spoken = languages(limits.ocr_languages)
    waiting = [list(pages[:1]), *(list(pages[n : n + AT_ONCE]) for n in range(1, len(pages), AT_ONCE))]
    while waiting:
        some = waiting.pop(0)
        left = until - time.monotonic()
        if left < 2:
            found.late += some
            continue
        texts = _texts(some, save, spoken, min(left, _START_SECONDS + PAGE_SECONDS * len(some)))
        if texts is not None:
            found.texts.update(zip(some, texts, strict=True))
            read(len(found.texts) + len(found.failed), texts[-1])
        elif until - time.monotonic() < 2:
            found.late += some
        elif len(some) > 1:
            waiting[:0] = [[number] for number in some]  # one of them is at fault
        else:
            found.failed += some
    return found


def warnings(found: Recognised, read: Sequence[int], limits: Limits) -> list[str]:
    """What a curator must know: on which pages text was recognised, and on which not, and why."""
    told = []
    if read:
        told.append(
            f"The text of {named_pages(read).lower()} was recognised in a picture (OCR) and may have mistakes;"
            " compare it with the original."
        )
    if found.late:
        told.append(
            f"{named_pages(found.late)} {'was' if len(found.late) == 1 else 'were'} not recognised: the time for it"
            f" (OCR_SECONDS, {limits.ocr_seconds:.0f} seconds) was over. Split the file, or allow more time and read it"
            " again."
        )
    if found.failed:
        told.append(f"{named_pages(found.failed)}: text recognition broke off there.")
    return told


def named_pages(numbers: Sequence[int]) -> str:
    """ "Page 3", "Pages 3–7, 9": the first of them by name, runs together."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    named = ", ".join(str(a) if a == b else f"{a}{'–' if b > a + 1 else ', '}{b}" for a, b in runs[:NAMED])
    more = sum(b - a + 1 for a, b in runs[NAMED:])
    return f"{'Page' if len(numbers) == 1 else 'Pages'} {named}{f' and {more} more' if more else ''}"


def _texts(
    some: Sequence[int], save: Callable[[Sequence[int], Path], None], spoken: str, seconds: float
) -> list[str] | None:
    """The texts of some pages; None when recognition broke off or took too long."""
    source, sidecar = Path("scan.pdf"), Path("scan.txt")
    sidecar.unlink(missing_ok=True)
    try:
        save(some, source)
    except (OSError, ValueError, RuntimeError):
        return None
    command = [sys.executable, "-P", "-m", "ocrmypdf", "--quiet", "--jobs", "1", "--force-ocr", "--rasterizer", "pypdfium",
               "--output-type", "none", "--optimize", "0", "--tesseract-timeout", f"{PAGE_SECONDS:.0f}",
               "--max-image-mpixels", "150", "-l", spoken, "--sidecar", str(sidecar), str(source), "-"]  # fmt: skip
    if not _done(command, seconds) or not sidecar.is_file():
        return None
    texts = sidecar.read_text(encoding="utf-8", errors="replace").split("\f")
    if len(texts) == len(some) + 1 and not texts[-1].strip():
        texts.pop()
    return [_said(text) for text in texts] if len(texts) == len(some) else None


def _done(command: Sequence[str], seconds: float) -> bool:
    """Whether a program ended well in time; otherwise it, and what it started, is ended."""
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    program = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    try:
        return program.wait(timeout=seconds) == 0
    except subprocess.TimeoutExpired:
        _end(program)
        return False


def _end(program: subprocess.Popen[bytes]) -> None:
    """End a program and its children; it stays in our session, so that whoever watches us sees and ends it too."""
    for child in _children(program.pid):
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    program.kill()
    program.wait()


def _children(parent: int) -> list[int]:
    try:
        told = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    except OSError:
        return []
    direct = [int(number) for number in told.split()]
    return [number for child in direct for number in (*_children(child), child)]


def _said(text: str) -> str:
    """Recognised text without OCRmyPDF's own remarks."""
    return re.sub(r"(?m)^\[(?:OCR skipped on page\(s\)|skipped page).*\]$", "", text).strip()
