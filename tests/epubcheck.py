"""The W3C's validator of EPUB files, where it is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path


def command() -> list[str] | None:
    """How it is started: Debian's program is a JAR file that the kernel runs only where it was told how."""
    program, java = shutil.which("epubcheck"), shutil.which("java")
    if program is None:
        return None
    jar = Path(program).resolve()
    if jar.suffix == ".jar":
        return [java, "-XX:TieredStopAtLevel=1", "-jar", str(jar)] if java else None
    return [program]


def messages(book: Path) -> list[str]:
    """What it says about a book: errors and warnings, none where all is well."""
    program = command()
    assert program is not None, "epubcheck is not installed"
    report = book.with_suffix(".json")
    subprocess.run([*program, str(book), "--quiet", "--json", str(report)], capture_output=True, timeout=300)
    found = json.loads(report.read_text(encoding="utf-8"))["messages"]
    bad = ("FATAL", "ERROR", "WARNING")
    return [
        f"{message['ID']} {message['message']} {message['locations'][:2]}"
        for message in found
        if message["severity"] in bad
    ]
