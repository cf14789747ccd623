"""The process's one open index, kept by the application and opened by the first question."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from flask import Flask, current_app

from indexer.searching import Index

KEY = "library.index"


def init_app(app: Flask) -> None:
    """Give the application its index; nothing is opened yet, so commands that never search pay nothing."""
    app.extensions[KEY] = Index(Path(app.instance_path) / "index")


def index() -> Index:
    """The index of the application that is being used: ask it, it is safe between threads."""
    return cast(Index, current_app.extensions[KEY])
