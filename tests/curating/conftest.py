"""The desk's tests sign people in as those of accounts do."""

from __future__ import annotations

from tests.access.conftest import signed_in

__all__ = ["signed_in"]
