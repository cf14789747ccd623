"""Why a file has no front to show."""

from __future__ import annotations


class NoFront(Exception):
    """There is nothing to show; the message is a sentence for curators."""
