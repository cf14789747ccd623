"""The desk's blueprint: every view below /curate/."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("curating", __name__, url_prefix="/curate")
