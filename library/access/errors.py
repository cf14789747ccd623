"""What can go wrong with accounts, in words; and where somebody goes who has to sign in first."""

from __future__ import annotations

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest, Unauthorized
from werkzeug.wrappers import Response


class AccessError(Exception):
    """The message is a sentence for the person."""


class EmailTaken(AccessError):
    """An account with that address exists."""


class BadPassword(AccessError):
    """A password that is not taken."""


class BadLink(AccessError):
    """A one-time link that is used, expired or unknown."""


class TooManyAttempts(AccessError):
    """Signing in was tried too often; `minutes` until it may be tried again."""

    def __init__(self, message: str, minutes: int) -> None:
        super().__init__(message)
        self.minutes = minutes


class LastAdministrator(AccessError):
    """The library would be left without an administrator."""


def sign_in_first(error: Unauthorized) -> Response | Unauthorized:
    """To the sign-in page, and back afterwards; a machine is told 401."""
    if request.method == "GET" and not request.path.startswith("/api/"):
        return redirect(url_for("access.login", next=request.full_path.rstrip("?")))
    return error


def forged(_error: CSRFError) -> ResponseReturnValue:
    """A form without its token: of a session that ended, of a browser without cookies, or sent from elsewhere."""
    said = _("The form belongs to a session that has ended, or the browser keeps no cookies. Go back, load the page again and send it once more.")  # fmt: skip
    return current_app.handle_http_exception(BadRequest(said))
