"""What an operation refuses becomes a sentence on the page that one came from."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import Form

from library.access.errors import AccessError
from library.catalogue.errors import CatalogueError
from library.curating.blueprint import bp


def init_app() -> None:
    """Answer the room's domain errors."""
    if bp._got_registered_once:
        return
    bp.register_error_handler(CatalogueError, refused)
    bp.register_error_handler(AccessError, refused)


def attach(form: Form, error: CatalogueError) -> None:
    """Say in the form what was refused: at the field that it is about, where the form has it."""
    field = form._fields.get(error.field)
    if field is None:
        form.form_errors.append(str(error))
    else:
        field.errors = [*field.errors, str(error)]


def refused(error: Exception) -> AnyResponse | Response:
    """Back to the form, with the sentence on top."""
    flash(str(error), "error")
    return redirect(request.form.get("back") or url_for("curating.desk"), 303)
