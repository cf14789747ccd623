"""Room starter: the pieces, pages and topics that ship with the library, and how they are loaded."""

from __future__ import annotations

from library.starter.loading import Loaded, load

__all__ = ["Loaded", "load"]
