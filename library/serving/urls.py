"""Absolute addresses: from the settings, never from what a request claims to be addressed to."""

from __future__ import annotations

import os

from flask import current_app

from library.interface import plain


def site_root() -> str:
    """Scheme and host under which readers reach the library, without a slash at the end."""
    return str(current_app.config["SITE_URL"] or os.environ.get("LIBRARY_BIND") or "http://127.0.0.1:8000").rstrip("/")


def absolute(path: str) -> str:
    """The whole address of a path of this library ("/feed.atom"), for the world: without the interface's language."""
    return site_root() + plain(path)


def canonical(path: str) -> str:
    """The whole address of a page whose words are the interface's own: in its language."""
    return site_root() + path
