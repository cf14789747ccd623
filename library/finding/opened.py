"""The process's one open index, kept by the application and opened by the first question."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import cast

from flask import Flask, current_app

from indexer.searching import Index
from library.serving.generation import KEY as GENERATION
from library.serving.generation import Generation

logger = logging.getLogger(__name__)

KEY = "library.index"


def init_app(app: Flask) -> None:
    """Give the application its index; nothing is opened yet, so commands that never search pay nothing."""
    generation: Generation = app.extensions[GENERATION]

    def shown() -> None:
        """Pages show what is alike by this index: those of the one before are not good any more."""
        try:
            generation.bump()
        except OSError:
            logger.exception("Pages that are kept could not be told of the newer index.")

    app.extensions[KEY] = Index(Path(app.instance_path) / "index", shown)


def index() -> Index:
    """The index of the application that is being used: ask it, it is safe between threads."""
    return cast(Index, current_app.extensions[KEY])
