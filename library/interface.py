"""The languages that the interface speaks, and the address of a page in each.

One of them, `SITE_LANGUAGE`, has the addresses as they stand; each other one has them under its tag: `/fr/topics/`.
The tag is taken off before Flask looks at the path and stands in `SCRIPT_NAME`, so that every route exists in every
language and every link stays in it. What machines fetch (feeds, files, the API) has one address, whatever is spoken.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from functools import cache
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from babel import Locale
from flask import Flask, Request, Response, current_app, g, has_request_context, redirect, request
from flask_babel import get_locale, get_translations
from werkzeug.datastructures import LanguageAccept
from werkzeug.utils import redirect as moved

from library.extensions import babel
from library.serving.faults import noted

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SOURCE = "en"  # the language in which the texts stand in the code
SPOKEN = "library.language"  # the environ's key for the language of a prefixed address
TRANSLATIONS = Path(__file__).with_name("translations")
# Blueprints and endpoints without words of the interface, or whose words nobody reads in a browser.
_ONE_ADDRESS = frozenset(
    [
        "static", "styles", "feeds", "serving", "finding.api_search", "finding.api_description", "finding.api_elsewhere",
        "finding.opensearch", "finding.suggest", "reading.form", "reading.original", "reading.picture", "reading.logo",
        "reading.cite", "reading.page_picture", "reading.cover_picture",
        "packing.piece", "packing.topic", "packing.shelf", "packing.worker",
    ]
)  # fmt: skip
_SPEAKING = frozenset(
    [
        "reading.home",
        "reading.document",
        "reading.chapter",
        "reading.topics",
        "reading.about",
        "reading.page",
        "reading.changes",
        "reading.compared",
        "reading.find",
        "reading.original_page",
    ]
)  # pages of which `?lang=` can only mean the interface


_VERSIONED = frozenset(["static", "styles"])  # their addresses change with what they lead to
_PLACES = frozenset(["slug", "chapter", "code", "fmt", "ext", "number", "filename"])
VERSION_SECONDS = 1.0
_PLAIN = "/:@!$&'()*+,;=~"  # what a path may hold as it is (RFC 3986, 3.3)
MOST_ADDRESSES = 20_000


class Library(Flask):
    """Flask whose `url_for` gives machines' addresses without a language, and whose log tells nothing of readers."""

    def log_exception(self, exc_info: Any) -> None:
        """As Flask's, without address and words."""
        noted(self, exc_info)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._addresses: dict[tuple[Any, ...], tuple[float, str]] = {}

    def url_for(
        self,
        endpoint: str,
        *,
        _anchor: str | None = None,
        _method: str | None = None,
        _scheme: str | None = None,
        _external: bool | None = None,
        **values: Any,
    ) -> str:
        """As Flask's; see the module."""
        if endpoint.startswith("."):
            endpoint = f"{request.blueprint}{endpoint}"
        # A page has a hundred links. Only addresses without a query are remembered: a query may be a reader's words.
        environ = asked()
        key = (
            environ is None,
            _anchor,
            _method,
            _scheme,
            _external,
            (environ or {}).get(SPOKEN),
            endpoint,
            *values.items(),
        )
        try:
            until, address = self._addresses[key]
            if until > time.monotonic():
                return address
        except (KeyError, TypeError):  # not known, or not to be: a list among the values
            pass
        address = super().url_for(
            endpoint, _anchor=_anchor, _method=_method, _scheme=_scheme, _external=_external, **values
        )
        address = plain(address) if has_one_address(endpoint) else address
        if not any(key[:5]) and values.keys() <= _PLACES:
            if len(self._addresses) >= MOST_ADDRESSES:
                self._addresses.clear()
            lasts = VERSION_SECONDS if endpoint in _VERSIONED else inf
            self._addresses[key] = time.monotonic() + lasts, address
        return address


def asked() -> dict[str, Any] | None:
    """The environ of the request that is answered, None outside of one. As `request.environ`, in a third of its time."""
    return cast("dict[str, Any]", behind(request).environ) if has_request_context() else None


def behind(proxy: Any) -> Any:
    """What one of Flask's proxies stands for. Each attribute of a proxy takes a microsecond, and a page needs hundreds."""
    return proxy._get_current_object()


@cache
def offered() -> tuple[str, ...]:
    """Tags of the languages that the interface speaks: English, then those that have a catalogue, by tag."""
    translated = {place.parent.parent.name for place in TRANSLATIONS.glob("*/LC_MESSAGES/messages.mo")}
    return (SOURCE, *sorted(translated - {SOURCE}))


def has_one_address(endpoint: str) -> bool:
    """Whether what the endpoint answers is the same in every language."""
    return endpoint in _ONE_ADDRESS or endpoint.partition(".")[0] in _ONE_ADDRESS


def spoken() -> str:
    """The language of this request's interface, or the site's outside of one."""
    environ = asked()
    if environ is not None and SPOKEN in environ:
        return str(environ[SPOKEN])
    return str(behind(current_app).config["SITE_LANGUAGE"])


def plain(address: str) -> str:
    """A path of this request without the language of the interface."""
    prefix = f"/{environ[SPOKEN]}" if (environ := asked()) and SPOKEN in environ else ""
    return address[len(prefix) :] if prefix and address.startswith(f"{prefix}/") else address


def here_in(tag: str) -> str:
    """The path and query of the page that is asked for, in another language of the interface."""
    prefix = "" if tag == behind(current_app).config["SITE_LANGUAGE"] else f"/{tag}"
    now: Request = behind(request)
    query = now.query_string.decode("latin-1") if now.method == "GET" else ""
    # The path is decoded: what is no text of a page, or a part of an address, is encoded again, as `url_for` does.
    return f"{prefix}{quote(now.path, safe=_PLAIN)}" + (f"?{query}" if query else "")


def suggested(accepts: LanguageAccept) -> str:
    """The offered language that a browser asks for and this page is not in; "" when there is none."""
    # Not `best_match`, which prefers a less wanted language to a more wanted one's other country.
    asked = (tag.replace("_", "-").split("-")[0].lower() for tag, quality in accepts if quality > 0)
    wanted = next((tag for tag in asked if tag in offered()), "")
    return "" if wanted == spoken() else wanted


@cache
def _locale_of(tag: str) -> Locale:
    """One object for a language, for ever: what is kept by it is found without comparing its parts."""
    return Locale.parse(tag.replace("-", "_"))


def locale() -> Locale:
    """The locale of the language that is spoken. As `get_locale`, which takes three times as long; a page asks 200 times."""
    try:
        found: Locale | None = behind(g)._flask_babel.babel_locale  # where flask-babel puts it
    except (AttributeError, RuntimeError):  # the first to ask, or outside of a request
        found = None
    return found or get_locale() or _locale_of(SOURCE)


_catalogues: dict[Locale, Any] = {}


def catalogue() -> Any:
    """The messages of the language that is spoken. flask-babel looks for them anew at each of a page's 150 messages."""
    spoken_now = locale()
    found = _catalogues.get(spoken_now)
    if found is None:
        found = _catalogues[spoken_now] = get_translations()
    return found


def init_app(app: Flask) -> None:
    """Take the language off the path, send machines to their one address."""
    site = str(app.config["SITE_LANGUAGE"])
    app.wsgi_app = Prefixes(app.wsgi_app, [tag for tag in offered() if tag != site])  # type: ignore[method-assign]
    babel.init_app(app, locale_selector=lambda: _locale_of(spoken()))
    app.jinja_env.globals.update(here_in=here_in, interface_languages=offered, suggested_language=suggested)

    @app.before_request
    def one_address() -> Any:
        if SPOKEN in request.environ and has_one_address(request.endpoint or ""):
            query = request.query_string.decode("latin-1")
            return redirect(request.path + (f"?{query}" if query else ""), 301)
        return None

    @app.before_request
    def asked_for() -> Any:
        """`?lang=fr` leads to the page's address in French, wherever `lang` does not narrow a list."""
        tag = request.args.get("lang", "")
        if tag in offered() and request.method == "GET" and request.endpoint in _SPEAKING:
            return redirect(here_in(tag).partition("?")[0])
        return None

    @app.after_request
    def varies(response: Response) -> Response:
        if response.mimetype == "text/html":
            response.vary.add("Accept-Language")
        return response


class Prefixes:
    """WSGI: `/fr/topics/` is `/topics/` with the language French and `SCRIPT_NAME` `/fr`."""

    def __init__(self, application: WSGIApplication, tags: Iterable[str]) -> None:
        self._application = application
        self._tags = frozenset(tags)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass the request on, the language beside it."""
        first, slash, rest = environ.get("PATH_INFO", "")[1:].partition("/")
        if first not in self._tags:
            return self._application(environ, start_response)
        if not slash:
            return moved(_with_query(f"{environ.get('SCRIPT_NAME', '')}/{first}/", environ), 308)(
                environ, start_response
            )
        environ = dict(environ)
        environ[SPOKEN] = first
        environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{first}"
        environ["PATH_INFO"] = f"/{rest}"
        return self._application(environ, start_response)


def _with_query(path: str, environ: Mapping[str, Any]) -> str:
    return f"{path}?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else path
