"""Room ingest: a file becomes a receipt, Markdown and a draft.

Only what needs neither Flask nor the database is imported here: the child process that reads a file imports it too.
"""

from __future__ import annotations

from library.ingest.extracting import extract, shown_name
from library.ingest.extraction import Extraction, Limits, PageText, Status

__all__ = ["Extraction", "Limits", "PageText", "Status", "extract", "shown_name"]
