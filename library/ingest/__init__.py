"""Room ingest: a file becomes a receipt, Markdown and a draft.

Only what needs neither Flask nor the database is imported here: the child process that reads a file imports it too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from library.ingest.extraction import Extraction, Limits, PageText, Status

if TYPE_CHECKING:
    from library.ingest.extracting import extract, shown_name

__all__ = ["Extraction", "Limits", "PageText", "Status", "extract", "shown_name"]


def __getattr__(name: str) -> Any:
    """What starts children is imported by who starts them, not by the children."""
    if name not in ("extract", "shown_name"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from library.ingest import extracting

    globals().update(extract=extracting.extract, shown_name=extracting.shown_name)
    return globals()[name]
