"""The catalogue: documents, revisions, sections, topics, files, and the operations on them."""

from __future__ import annotations
