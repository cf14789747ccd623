"""Requests with files: each file goes to the instance's disk as it comes in, for those alone who may upload.

Uploads take turns: of those that one process takes in at the same time a single one works while the others wait for
their senders, so that readers' requests find the interpreter free.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

import flask
from flask import Flask, current_app
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import ServiceUnavailable

from library.access.policy import Action, allowed
from library.catalogue import files
from library.catalogue.incoming import Incoming
from library.extensions import db
from library.ingest import receiving

FORM_BYTES = 20 * 10**6  # of a form without files
RETRY_SECONDS = 5


class Turns:
    """How many uploads a process takes in at once, and whose turn it is to work."""

    def __init__(self, most: int) -> None:
        self.places = threading.BoundedSemaphore(max(1, most))
        self.working = threading.Lock()


class Taken:
    """A stream whose reader works only while it has the turn; waiting for the sender, it lets others."""

    def __init__(self, stream: IO[bytes], turns: Turns) -> None:
        self._stream, self._turns, self._has = stream, turns, False

    def read(self, size: int = -1) -> bytes:
        """The next bytes, once they are here and it is this stream's turn."""
        self.leave()
        data = self._stream.read(size)
        self._turns.working.acquire()
        self._has = True
        return data

    def leave(self) -> None:
        """Let others work."""
        if self._has:
            self._has = False
            self._turns.working.release()


class Request(flask.Request):
    """Flask's request, with files on the instance's disk instead of the system's temporary folder."""

    _arrived: list[Incoming]
    _taken: Taken | None = None

    @property
    def max_content_length(self) -> int | None:
        """A form with files may be as large as the settings say, where somebody may send one at all."""
        if self._max_content_length is not None:
            return self._max_content_length
        return receiving.largest_request() if self.blueprint == "curating" and _may() else FORM_BYTES

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        self._max_content_length = value

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        incoming = _Dropped() if not _may() else files.incoming(receiving.largest(), receiving.spare())
        self.__dict__.setdefault("_arrived", []).append(incoming)
        return cast(IO[bytes], incoming)

    def _get_stream_for_parsing(self) -> IO[bytes]:
        stream = super()._get_stream_for_parsing()
        if self.mimetype != "multipart/form-data" or self.blueprint != "curating":
            return stream
        self._begin()
        self._taken = Taken(stream, _turns())
        return cast(IO[bytes], self._taken)

    def _begin(self) -> None:
        if not _turns().places.acquire(blocking=False):
            raise ServiceUnavailable(
                _("Many files are being uploaded just now. Go back and press “Upload” again in a minute."),
                retry_after=RETRY_SECONDS,
            )

    def _load_form_data(self) -> None:
        try:
            super()._load_form_data()
        finally:
            if self._taken is not None:
                taken, self._taken = self._taken, None
                taken.leave()
                _turns().places.release()

    def close(self) -> None:
        """Leave nothing of what was not taken over."""
        super().close()
        for incoming in self.__dict__.get("_arrived", []):
            incoming.close()


def init_app(app: Flask) -> None:
    """Have the application's requests be these."""
    app.request_class = Request
    app.extensions["library-turns"] = Turns(int(app.config["UPLOADS_AT_ONCE"]))


@contextmanager
def piece(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """The body of a request that is a piece of a file, taken in turn. Raises ServiceUnavailable when too many come."""
    turns = _turns()
    if not turns.places.acquire(blocking=False):
        raise ServiceUnavailable(_("Many files are being uploaded just now."), retry_after=RETRY_SECONDS)
    taken = Taken(stream, turns)
    try:
        yield cast(IO[bytes], taken)
    finally:
        taken.leave()
        turns.places.release()


def _may() -> bool:
    """Whether who sends this may upload; no connection to the database is held while bytes come in."""
    may = flask.g.get("_may_upload")
    if may is None:
        may = bool(current_user) and allowed(Action.UPLOAD)
        db.session.rollback()
        flask.g._may_upload = may
    return bool(may)


def _turns() -> Turns:
    found: Any = current_app.extensions["library-turns"]
    return cast(Turns, found)


class _Dropped(Incoming):
    """What nobody asked for: read to its end and kept nowhere."""

    def __init__(self) -> None:
        self.path, self._out, self._problem = None, None, PermissionError()
