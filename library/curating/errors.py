"""What an operation refuses becomes a sentence on the page that one came from."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from library.access.errors import AccessError
from library.catalogue.errors import CatalogueError
from library.curating.blueprint import bp


def init_app() -> None:
    """Answer the room's domain errors."""
    if bp._got_registered_once:
        return
    bp.register_error_handler(CatalogueError, refused)
    bp.register_error_handler(AccessError, refused)


def refused(error: Exception) -> AnyResponse | Response:
    """Back to the form, with the sentence on top."""
    flash(str(error), "error")
    return redirect(request.form.get("back") or url_for("curating.desk"), 303)
