"""Styles and scripts: one style sheet made of the layers, and addresses that change with what they lead to."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import brotli
from flask import Flask, Response, request
from werkzeug.security import safe_join
from werkzeug.wrappers import Response as AnyResponse

from library.serving import variants

# In the order of the cascade: later layers win.
LAYERS = ("tokens", "base", "layout", "parts", "packs", "print")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s*([{};\n])\s*")
FOR_EVER = "public, max-age=31536000, immutable"
_TEXTS = {".css": "text/css", ".js": "text/javascript"}


def init_app(app: Flask) -> None:
    """Serve `/styles.css` and give every address of a static file a version, so that browsers may keep it for ever."""
    versions = _Versions()
    folder = str(app.static_folder)
    sheets = [f"{folder}/css/{name}.css" for name in LAYERS]

    @app.get("/styles.css", endpoint="styles")
    def styles() -> AnyResponse:
        """The layers of `static/css/` as one file: one request on a slow line."""
        if "v" in request.args:
            return _for_ever(_sheet(sheets), "text/css")
        response = Response(_sheet(sheets), mimetype="text/css")
        response.add_etag()
        response.headers["Cache-Control"] = "no-cache"
        return response.make_conditional(request)

    as_it_is = app.view_functions["static"]

    def part(filename: str) -> Any:
        """A style sheet or a script at the address of its version, as small as can be; else the file as it is."""
        path = safe_join(folder, filename)
        mimetype = _TEXTS.get(Path(filename).suffix)
        if mimetype is None or "v" not in request.args or path is None or not Path(path).is_file():
            return as_it_is(filename=filename)
        text = _sheet([path]) if mimetype == "text/css" else Path(path).read_text(encoding="utf-8")
        return _for_ever(text, mimetype)

    app.view_functions["static"] = part

    @app.url_defaults
    def versioned(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "styles":
            values.setdefault("v", versions.of(*sheets))
        elif endpoint == "static" and (version := versions.of(f"{folder}/{values['filename']}")):
            values.setdefault("v", version)

    @app.after_request
    def kept(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304) and "v" in request.args:
            response.headers["Cache-Control"] = FOR_EVER
        return response


def _for_ever(text: str, mimetype: str) -> AnyResponse:
    """A text whose address changes with it; packed as well as can be, since that is done once for each version."""
    data = text.encode()
    packed = variants.coding(request.headers.get("Accept-Encoding", "")[:200]) == "br"
    response = Response(_packed(data) if packed else data, mimetype=mimetype)
    if packed:
        response.headers["Content-Encoding"] = "br"
    response.headers["Cache-Control"] = FOR_EVER
    response.add_etag()
    return response.make_conditional(request)


@lru_cache(maxsize=64)
def _packed(data: bytes) -> bytes:
    """By Brotli at its slowest (50 ms for the style sheet), a tenth smaller than pages, which cannot wait for it."""
    packed: bytes = brotli.compress(data, mode=brotli.MODE_TEXT, quality=11)
    return packed


def _sheet(layers: list[str]) -> str:
    """Style sheets behind each other, without comments and indentation."""
    whole = "".join(Path(layer).read_text(encoding="utf-8") for layer in layers)
    return _SPACE.sub(lambda found: found[1].strip(), _COMMENT.sub("", whole)).strip()


class _Versions:
    """Short hashes of what files hold, read when one has changed; how often they are looked at, `url_for` says."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, ...], tuple[int, str]] = {}

    def of(self, *paths: str) -> str:
        """The version of the files at `paths` together; "" when one is not there."""
        changed, version = self._known.get(paths, (-1, ""))
        files = [Path(path) for path in paths]
        if not all(file.is_file() for file in files):
            return ""
        stamp = sum(file.stat().st_mtime_ns for file in files)
        if stamp != changed:
            version = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:10]
        self._known[paths] = (stamp, version)
        return version
