"""What every answer carries: a strict content policy, no referrer, validators for caches, compression."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, Response, current_app, request
from flask_compress import Compress
from flask_login import current_user

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# What no page here needs: sensors, devices, money, other sites' storage, the machine's own network. A browser that does
# not know one of them passes over it. Left as browsers have them: fullscreen (of a PDF), writing to the clipboard, sharing.
DENIED = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "compute-pressure", "display-capture",
    "encrypted-media", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get", "idle-detection",
    "keyboard-map", "local-fonts", "local-network-access", "loopback-network", "magnetometer", "microphone", "midi",
    "otp-credentials", "payment", "picture-in-picture", "publickey-credentials-create", "publickey-credentials-get",
    "screen-wake-lock", "serial", "speaker-selection", "storage-access", "sync-xhr", "usb", "window-management",
    "xr-spatial-tracking",
)  # fmt: skip
SECURITY = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "X-DNS-Prefetch-Control": "off",  # else a browser asks for the names of the hosts that a page links to
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in DENIED),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# What a page may do and open is said with the page; its styles and scripts would only carry it along, a kilobyte each.
OF_PAGES = {
    "Content-Security-Policy", "Permissions-Policy", "X-DNS-Prefetch-Control", "X-Frame-Options",
    "Cross-Origin-Opener-Policy",
}  # fmt: skip
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
    app.after_request(timeless)
    Compress(app)
    app.after_request(secured)
    app.after_request(validated)


def timeless(response: Response) -> Response:
    """Without the moment that Gzip writes into its head: the same page is the same bytes, as its strong ETag says."""
    if response.content_encoding == "gzip" and not response.is_streamed and not response.direct_passthrough:
        packed = response.get_data()
        response.set_data(packed[:4] + bytes(4) + packed[8:])
    return response


def secured(response: Response) -> Response:
    """The security headers; a view's own (a sandbox for originals) stay."""
    part = request.endpoint in ("static", "styles") and response.mimetype in ("text/css", "text/javascript")
    said = {name.lower() for name, _value in response.headers}
    for name, value in SECURITY.items():
        if name.lower() not in said and not (part and name in OF_PAGES):
            response.headers.add(name, value)
    if current_app.config["SITE_URL"].startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    onion = current_app.config["ONION_URL"]
    if onion and response.mimetype == "text/html":
        response.headers.setdefault("Onion-Location", onion + _asked_for())
    return response


def _asked_for() -> str:
    """Path and query of this request, in ASCII whatever a client sent: it goes into a header."""
    path = quote(request.root_path + request.path, safe="/:@!$&'()*+,;=~")
    query = quote(request.query_string, safe="/?:@!$&'()*+,;=~%")
    return f"{path}?{query}" if query else path


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
