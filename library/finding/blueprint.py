"""The room's blueprint; views and API hang their addresses on it."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("finding", __name__)
