"""Styles and scripts: one style sheet made of the layers, and addresses that change with what they lead to."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request
from werkzeug.wrappers import Response as AnyResponse

# In the order of the cascade: later layers win.
LAYERS = ("tokens", "base", "layout", "parts", "packs", "print")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s*([{};\n])\s*")
FOR_EVER = "public, max-age=31536000, immutable"


def init_app(app: Flask) -> None:
    """Serve `/styles.css` and give every address of a static file a version, so that browsers may keep it for ever."""
    versions: dict[tuple[str, int], str] = {}

    @app.get("/styles.css", endpoint="styles")
    def styles() -> AnyResponse:
        """The layers of `static/css/` as one file: one request on a slow line."""
        response = Response(_sheet(), mimetype="text/css")
        response.add_etag()
        response.headers["Cache-Control"] = FOR_EVER if "v" in request.args else "no-cache"
        return response.make_conditional(request)

    @app.url_defaults
    def versioned(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "styles":
            values.setdefault("v", _version([_layer(name) for name in LAYERS], versions))
        elif endpoint == "static" and (file := Path(str(app.static_folder)) / values["filename"]).is_file():
            values.setdefault("v", _version([file], versions))

    @app.after_request
    def kept(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304) and "v" in request.args:
            response.headers["Cache-Control"] = FOR_EVER
        return response


def _layer(name: str) -> Path:
    return Path(str(current_app.static_folder)) / "css" / f"{name}.css"


def _sheet() -> str:
    """The layers without comments and indentation."""
    whole = "".join(_layer(name).read_text(encoding="utf-8") for name in LAYERS)
    return _SPACE.sub(lambda found: found[1].strip(), _COMMENT.sub("", whole)).strip()


def _version(files: list[Path], known: dict[tuple[str, int], str]) -> str:
    """A short hash of what the files hold; read again only when one has changed."""
    key = ("\n".join(map(str, files)), sum(file.stat().st_mtime_ns for file in files))
    if key not in known:
        known[key] = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:10]
    return known[key]
