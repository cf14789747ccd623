"""What every answer carries: a strict content policy, no referrer, validators for caches, compression."""

from __future__ import annotations

from flask import Flask, Response, current_app, request
from flask_compress import Compress
from flask_login import current_user

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = "max-age=31536000; includeSubDomains"


def init_app(app: Flask) -> None:
    """Headers are set before compression: Flask runs these functions last registered first."""
    app.config.setdefault("COMPRESS_ALGORITHM", ["br", "gzip"])
    app.config.setdefault("COMPRESS_BR_LEVEL", 5)
    app.config.setdefault("COMPRESS_EVALUATE_CONDITIONAL_REQUEST", True)
    app.config["COMPRESS_MIMETYPES"] = [
        "text/html", "text/css", "text/javascript", "text/plain", "text/markdown", "text/xml", "application/javascript",
        "application/json", "application/xml", "application/atom+xml", "application/rss+xml", "application/feed+json",
        "application/x-suggestions+json", "application/opensearchdescription+xml", "image/svg+xml",
    ]  # fmt: skip
    Compress(app)
    app.after_request(secured)
    app.after_request(validated)


def secured(response: Response) -> Response:
    """The security headers; a view's own (a sandbox for originals) stay."""
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    if current_app.config["SITE_URL"].startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    return response


def validated(response: Response) -> Response:
    """Pages for everyone can be asked for again by their ETag; pages for one person are kept by nobody."""
    if request.endpoint == "static":
        return response
    if current_user.is_authenticated:
        response.headers["Cache-Control"] = "private, no-store"
        return response
    if request.method in ("GET", "HEAD") and response.status_code == 200 and not response.direct_passthrough:
        response.headers.setdefault("Cache-Control", "no-cache")
        if "ETag" not in response.headers and "Set-Cookie" not in response.headers:
            response.add_etag()
            response.make_conditional(request)
    return response
