"""Web workers behind the front: who is connected to it stands where the server would have written it (WSGI)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

from library.serving.front.heads import PEER
from library.serving.keeping import FRONT

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PEER = "HTTP_" + PEER.upper().replace("-", "_")  # what a client sends under this name never gets past the front


def init_app(app: Flask) -> None:
    """Believe the front, where there is one: only it can reach the socket that the workers listen at."""
    if FRONT in os.environ:
        app.wsgi_app = Behind(app.wsgi_app)  # type: ignore[method-assign]


class Behind:
    """WSGI: REMOTE_ADDR as if the reader were connected here, so that all else is as without a front."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on."""
        peer = environ.pop(_PEER, "")
        if peer:
            environ["REMOTE_ADDR"] = peer
        return self._application(environ, start_response)
