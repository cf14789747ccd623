"""Heads of HTTP/1.1 requests and answers (RFC 9112): read strictly, and written anew for whoever is next."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 65_536  # bytes of a head; the longest question in an address takes 24,000
MOST_FIELDS = 100
PEER = "X-Library-Peer"  # who is connected to the front, for the web workers
_OWN = "x-library-"  # fields that the front and the workers tell each other; nobody else does

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_REQUEST = re.compile(rb"(" + _TOKEN + rb") ([\x21-\x7e\x80-\xff]+) HTTP/1\.([01])")
_OTHER_VERSION = re.compile(rb"\S+ \S+ HTTP/[0-9.]+")
_FIELD = re.compile(rb"(" + _TOKEN + rb"):[ \t]*([\t\x20-\x7e\x80-\xff]*?)[ \t]*")
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-9][0-9][0-9]) ?([\t\x20-\x7e\x80-\xff]*)")
_ABSOLUTE = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_HOP = frozenset(
    ["connection", "keep-alive", "proxy-connection", "proxy-authenticate", "te", "trailer", "upgrade", "http2-settings"]
)
_FRAMING = frozenset(["content-length", "transfer-encoding", "host"])


class Refused(Exception):
    """A head that is not passed on; `status` is what its sender is told."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


Fields = list[tuple[str, str]]


@dataclass(slots=True)
class Request:
    """The head of a request. `minor`: 0 or 1, of HTTP/1.x. `has_body`: bytes that belong to it follow."""

    method: str
    target: str
    minor: int
    fields: Fields
    has_body: bool

    def get(self, name: str) -> str:
        """The values of a field, joined; "" without it. `name` in small letters."""
        return ", ".join(value for other, value in self.fields if other.lower() == name)

    @property
    def persistent(self) -> bool:
        """Whether the connection is to be kept for the next request."""
        options = _tokens(self.get("connection"))
        return "close" not in options and (self.minor == 1)

    def onward(self, peer: str) -> bytes:
        """The head as the web workers get it: one request of `peer` on a connection of its own."""
        named = _tokens(self.get("connection"))
        if named & _FRAMING:
            raise Refused(400)
        kept = [(name, value) for name, value in self.fields if not _dropped(name.lower(), named)]
        if not any(name.lower() == "host" for name, _ in kept):
            kept.append(("Host", "localhost"))
        kept += [("Connection", "close"), (PEER, peer)]
        return written(f"{self.method} {self.target} HTTP/1.{self.minor}", kept)


@dataclass(slots=True)
class Answer:
    """The head of an answer. `length`: bytes of its body; None where the end of the connection is the end."""

    status: int
    reason: str
    fields: Fields
    length: int | None

    def get(self, name: str) -> str:
        """The first value of a field; "" without it. `name` in small letters."""
        return next((value for other, value in self.fields if other.lower() == name), "")

    def outward(self) -> Fields:
        """The fields as they leave."""
        return [(name, value) for name, value in self.fields if not _dropped(name.lower(), frozenset())]


def request(data: bytes) -> Request:
    """Read a whole head, its empty line included. Raises Refused for what could be read in more than one way."""
    first, fields = _read(data)
    found = _REQUEST.fullmatch(first)
    if found is None:
        raise Refused(505 if _OTHER_VERSION.fullmatch(first) else 400)
    method, target, minor = found[1].decode("ascii"), found[2].decode("latin-1"), int(found[3])
    target = _ABSOLUTE.sub("", target, count=1) or "/"
    if method in ("CONNECT", "TRACE"):
        raise Refused(501)
    if not target.startswith("/") and not (target == "*" and method == "OPTIONS"):
        raise Refused(400)
    hosts = sum(name.lower() == "host" for name, _ in fields)
    if hosts > 1 or (minor == 1 and not hosts):
        raise Refused(400)
    return Request(method, target, minor, fields, _has_body(fields, minor))


def answer(data: bytes, method: str) -> Answer:
    """Read the head of the answer to a request with `method`. Raises Refused (502) for what is none."""
    try:
        first, fields = _read(data)
    except Refused:
        raise Refused(502) from None
    found = _STATUS.fullmatch(first)
    if found is None:
        raise Refused(502)
    status = int(found[1])
    lengths = {value for name, value in fields if name.lower() == "content-length"}
    chunked = any(name.lower() == "transfer-encoding" for name, _ in fields)
    length: int | None = None
    if method == "HEAD" or status in (204, 304):
        length = 0
    elif len(lengths) == 1 and not chunked and (value := lengths.pop()).isascii() and value.isdigit():
        length = int(value)
    return Answer(status, found[2].decode("latin-1"), fields, length)


def written(first: str, fields: Iterable[tuple[str, str]]) -> bytes:
    """A head as it goes over the line."""
    lines = [first, *(f"{name}: {value}" for name, value in fields), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def _read(data: bytes) -> tuple[bytes, Fields]:
    first, *lines = data[:-4].split(b"\r\n")
    if len(lines) > MOST_FIELDS:
        raise Refused(431)
    fields: Fields = []
    for line in lines:
        found = _FIELD.fullmatch(line)  # no folded lines, no spaces before the colon, no control characters
        if found is None:
            raise Refused(400)
        fields.append((found[1].decode("ascii"), found[2].decode("latin-1")))
    return first, fields


def _has_body(fields: Fields, minor: int) -> bool:
    lengths = [value for name, value in fields if name.lower() == "content-length"]
    codings = [value.lower() for name, value in fields if name.lower() == "transfer-encoding"]
    if codings:
        if lengths or minor == 0:
            raise Refused(400)
        if codings != ["chunked"]:
            raise Refused(501)
        return True
    if not lengths:
        return False
    if len(set(lengths)) > 1 or not (lengths[0].isascii() and lengths[0].isdigit() and len(lengths[0]) < 19):
        raise Refused(400)
    return int(lengths[0]) > 0


def _dropped(name: str, named: Iterable[str]) -> bool:
    # WSGI tells `X_Library_Peer` and `X-Library-Peer` not apart.
    return name in _HOP or name in named or "_" in name or name.startswith(_OWN)


def _tokens(value: str) -> frozenset[str]:
    return frozenset(token.strip().lower() for token in value.split(",") if token.strip())
