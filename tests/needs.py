"""What a test needs beyond Python: said once when it is missing, an error when `REQUIRE_ALL=1` (CI sets it)."""

from __future__ import annotations

import importlib.util
import os
import shutil

import pytest

from tests import epubcheck, postgresql, redis

PROGRAMS = {
    "chromium": lambda: shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome"),
    "postgresql": postgresql.programs,
    "tesseract": lambda: importlib.util.find_spec("ocrmypdf") and shutil.which("tesseract"),
    "redis": lambda: shutil.which(redis.PROGRAM),
    "epubcheck": epubcheck.command,
    "w3m": lambda: shutil.which("w3m"),
    "tmpfs": lambda: os.name == "posix" and os.geteuid() == 0 and shutil.which("mount"),
}


def needs(program: str) -> pytest.MarkDecorator:
    """A mark that leaves a test out where `program` is missing, unless everything is required."""
    missing = PROGRAMS[program]() is None and os.environ.get("REQUIRE_ALL") != "1"
    return pytest.mark.skipif(missing, reason=f"{program} is not installed")
