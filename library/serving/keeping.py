"""Pages for readers without an account are rendered once per generation and answered from memory afterwards (WSGI).

The layer stands in front of everything else. It looks a request without a cookie up among the pages it keeps; what it
does not find it asks the application for, in the one coding and language that the page is kept under. The application
says of each answer whether it may be kept: only pages in `KEPT`, and only when the address carries nothing but what is
listed there. So no word that a reader typed is kept, not in memory either.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from flask_login import current_user

from library import interface
from library.serving import variants
from library.serving.front.turns import PATIENCE
from library.serving.generation import KEY, Generation
from library.serving.pages import LABEL, SHARE, Page, Pages
from library.serving.row import Row

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FRONT = "LIBRARY_FRONT"  # set in the environment of web workers that stand behind the front
SETTLED = "library.settled"
"""The environ's key for the instance and the generation under which an answer is made. None while something changes, and
not there for requests that may be a person's: then nothing is remembered."""
_WISH = "library.keeping"
_NOTHING, _PAGED, _VERSIONED = (re.compile(form) for form in ("", "(page=[1-9][0-9]{0,5})?", "(v=[0-9a-f]{10})?"))
# Endpoints that are the same for all who have no account, with the queries under which they are kept.
KEPT = {
    "reading.home": _NOTHING,
    "reading.document": _NOTHING,
    "reading.chapter": _NOTHING,
    "reading.revision": _NOTHING,
    "reading.form": _NOTHING,
    "reading.shelf": _PAGED,
    "reading.topics": _NOTHING,
    "reading.topic": _PAGED,
    "reading.country": _PAGED,
    "reading.about": _NOTHING,
    "reading.page": _NOTHING,
    "feeds.everything": _NOTHING,
    "feeds.topic": _NOTHING,
    "finding.opensearch": _NOTHING,
    "styles": _VERSIONED,
    "static": _VERSIONED,
}
_VARIES = frozenset(["accept-encoding", "accept-language", "cookie"])
_PERSONAL = tuple("HTTP_" + name.replace("-", "_").upper() for name in variants.PERSONAL)


def init_app(app: Flask) -> None:
    """Put the layer around the application, which is complete by now."""
    generation: Generation = app.extensions[KEY]
    room = int(app.config["PAGE_CACHE_MB"] * 10**6)

    @app.after_request
    def wished(response: Response) -> Response:
        wish: _Wish | None = request.environ.get(_WISH)
        if wish is not None and response.status_code == 200 and not current_user.is_authenticated:
            form = KEPT.get(request.endpoint or "")
            wish.granted = form is not None and bool(form.fullmatch(request.query_string.decode("latin-1")))
        return response

    site = str(app.config["SITE_LANGUAGE"])
    labels = FRONT in os.environ
    app.wsgi_app = Keeping(app.wsgi_app, generation, Pages(room), site, labels=labels)  # type: ignore[method-assign]


class _Wish:
    """Set by the application while it answers: whether the answer may be kept."""

    granted = False


class Keeping:
    """WSGI: see the module."""

    def __init__(
        self, application: WSGIApplication, generation: Generation, pages: Pages, site: str, *, labels: bool = False
    ) -> None:
        """`site`: the language of addresses without one. `labels`: tell the front what it may keep."""
        self.pages = pages
        self._application = application
        self._row = Row()
        self._generation = generation
        self._site = site
        self._labels = labels

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """From memory, or from the application."""
        method = environ["REQUEST_METHOD"]
        if method not in ("GET", "HEAD") or any(name in environ for name in _PERSONAL) or _has_body(environ):
            return self._application(environ, start_response)
        path = environ.get("PATH_INFO", "")
        coding = variants.coding(environ.get("HTTP_ACCEPT_ENCODING", "")[:200])
        offered = interface.offered()
        spoken = variants.spoken_at(path, offered, self._site)
        language = variants.language(environ.get("HTTP_ACCEPT_LANGUAGE", "")[:200], offered, spoken)
        key = (path, environ.get("QUERY_STRING", ""), coding, language)
        number = self._generation.read()
        page = self.pages.get(key, number)
        if page is None:
            settled = self._generation.settled() if method == "GET" else None
            asked = {
                **environ, "HTTP_ACCEPT_ENCODING": coding, "HTTP_ACCEPT_LANGUAGE": language, _WISH: _Wish(),
                SETTLED: None if settled is None else (str(self._generation.path), settled),
            }  # fmt: skip
            asked.pop("wsgi.file_wrapper", None)  # a file that is sent by the server could not be kept
            made = self._made(asked, start_response, settled)
            if not isinstance(made, Page):
                return made
            page, number = made, settled or 0
            self.pages.keep(key, page, number)
        return self._answer(page, environ, start_response, number)

    def _made(
        self, environ: dict[str, Any], start_response: StartResponse, number: int | None
    ) -> Page | Iterable[bytes]:
        """What the application answers: a page that may be kept, or else an answer that has been begun."""
        begun: list[tuple[str, list[tuple[str, str]]]] = []
        write: list[Callable[[bytes], object]] = []

        def begin(status: str, headers: list[tuple[str, str]], *error: Any) -> Callable[[bytes], object]:
            begun[:] = [(status, headers)]
            return write[0] if write else _refuse

        # One page at a time is made in a process: threads that make several at once mostly hand the interpreter to each
        # other, and all take twice as long. What may wait for something else (files, packs) takes no turn.
        path = environ.get("PATH_INFO", "")
        turn = path.endswith(("/", "/search")) and self._row.take(PATIENCE)
        try:
            body = self._application(environ, begin)
        finally:
            if turn:
                self._row.leave()
        status, headers = begun[0]
        if number is None or not environ[_WISH].granted or not self._keepable(status, headers):
            write.append(start_response(status, headers))
            return body
        try:
            whole = b"".join(body)
        finally:
            if hasattr(body, "close"):
                body.close()
        return Page(tuple(headers), whole)

    def _keepable(self, status: str, headers: list[tuple[str, str]]) -> bool:
        said = {name.lower(): value for name, value in headers}
        varies = {name.strip().lower() for name in said.get("vary", "").split(",") if name.strip()}
        length = said.get("content-length", "")
        return (
            status.startswith("200 ")
            and "set-cookie" not in said
            and varies <= _VARIES
            and length.isdigit()
            and int(length) < self.pages.room // SHARE
        )

    def _answer(
        self, page: Page, environ: WSGIEnvironment, start_response: StartResponse, number: int
    ) -> Iterable[bytes]:
        if "HTTP_IF_NONE_MATCH" in environ and page.known_to(environ["HTTP_IF_NONE_MATCH"]):
            start_response("304 NOT MODIFIED", page.unchanged())
            return []
        headers = list(page.headers)
        if self._labels:
            headers.append((LABEL, str(number)))
        start_response("200 OK", headers)
        return [page.body] if environ["REQUEST_METHOD"] == "GET" else []


def _has_body(environ: WSGIEnvironment) -> bool:
    return environ.get("CONTENT_LENGTH", "") not in ("", "0")


def _refuse(_data: bytes) -> object:
    raise RuntimeError("The application writes past the answer that it returns; Flask never does.")
