"""A connection from outside: kept pages are answered at once, one request after the other is relayed."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from library.serving.front import heads
from library.serving.front.pool import Stored
from library.serving.front.relay import Relay

if TYPE_CHECKING:
    from library.serving.front.house import House

HEAD_SECONDS = 10.0  # for a head, from its first byte on
IDLE_SECONDS = 60.0  # between two requests, and for the last answer to be taken
RELAY_SECONDS = 600.0  # without a byte either way
LINGER_SECONDS = 3.0  # for a client to read why no more of what it sends is taken
MOST_AHEAD = 65_536  # bytes of further requests that wait while one is answered
_SLOW, _FULL, _AHEAD = 1, 2, 4  # why nothing is read: it takes no more, the web worker takes no more, it is far ahead
SENTENCES = {
    400: "This request cannot be understood.",
    408: "The request did not come in time.",
    431: "The head of this request is too long.",
    501: "This method or coding is not known here.",
    502: "The library did not answer as it should; please try again in a moment.",
    503: "The library is busy or starting; please try again in a moment.",
    505: "Please speak HTTP/1.1.",
}
RETRY_SECONDS = 2


class Reader(asyncio.Protocol):
    """One client."""

    __slots__ = (
        "_ahead",
        "_holds",
        "_house",
        "_parting",
        "_relay",
        "_shelf",
        "_socket",
        "deadline",
        "peer",
        "transport",
    )

    def __init__(self, house: House) -> None:
        self._house = house
        self._shelf = house.shelf
        self._ahead = b""
        self._relay: Relay | None = None
        self._holds = 0
        self._parting = False  # what it sends is not looked at any more
        self.deadline = house.now + IDLE_SECONDS
        self.peer = ""
        self._socket = -1
        self.transport: asyncio.Transport = cast(asyncio.Transport, None)

    @property
    def idle(self) -> bool:
        """Whether nothing that it asked for is under way."""
        return self._relay is None

    @property
    def slow(self) -> bool:
        """Whether the client takes no more for now."""
        return bool(self._holds & _SLOW)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._socket = transport.get_extra_info("socket").fileno()
        about = transport.get_extra_info("peername")
        self.peer = str(about[0]) if isinstance(about, tuple) else ""
        if not self._house.admit(self):
            self.refuse(503)

    def connection_lost(self, _error: Exception | None) -> None:
        self._house.left(self)
        if self._relay is not None:
            self._relay.drop()
            self._relay = None

    def data_received(self, data: bytes) -> None:
        # The way of most requests, kept short on purpose: a head that was answered within this second.
        if self._relay is None and not self._ahead and not self._parting:
            shelf = self._shelf
            whole = shelf.heads.get(hash(data))
            if whole is not None and shelf.numbers[0] == shelf.number:
                self._send(whole)
                self.deadline = self._house.idle_until
                return
        if self._parting:
            return
        if self._relay is not None and self._relay.takes_body:
            self.deadline = self._house.now + RELAY_SECONDS
            self._relay.send(data)
            return
        if not self._ahead and self._relay is None:
            self.deadline = self._house.now + HEAD_SECONDS
        self._ahead += data
        if self._relay is not None:
            if len(self._ahead) > MOST_AHEAD:
                self._hold(_AHEAD)
            return
        self._go_on()

    def eof_received(self) -> bool:
        return False  # gone, as far as anybody can tell: what is under way for it ends

    def pause_writing(self) -> None:
        self._hold(_SLOW)
        if self._relay is not None:
            self._relay.hold()

    def resume_writing(self) -> None:
        self._let(_SLOW)
        if self._relay is not None:
            self._relay.release()
        else:
            self._go_on()

    def late(self) -> None:
        """The deadline has passed."""
        if self._ahead and self._relay is None and not self._parting:
            self.refuse(408)
        else:
            self.transport.abort()

    def _go_on(self) -> None:
        """Answer the requests that have come, up to one that has to be relayed."""
        while self._ahead and self._relay is None and not self._holds and not self._parting:
            self._ahead = self._ahead.lstrip(b"\r\n") if self._ahead[0] in b"\r\n" else self._ahead
            end = self._ahead.find(b"\r\n\r\n")
            if end < 0 or end > heads.LONGEST:
                if len(self._ahead) > heads.LONGEST:
                    self.refuse(431)
                return
            raw, self._ahead = self._ahead[: end + 4], self._ahead[end + 4 :]
            self.deadline = self._house.now + (HEAD_SECONDS if self._ahead else IDLE_SECONDS)
            try:
                self._answer(raw)
            except heads.Refused as refused:
                self.refuse(refused.status)

    def _answer(self, raw: bytes) -> None:
        request = heads.request(raw)
        key = self._shelf.key(request)
        whole = self._shelf.answer(request, key, raw) if key else None
        if whole is not None:
            self._send(whole)
            if not request.persistent:
                self.part()
            return
        onward = request.onward(self.peer)
        self.deadline = self._house.now + RELAY_SECONDS
        self._relay = Relay(self, self._shelf, request, key)
        if request.has_body:
            onward, self._ahead = onward + self._ahead, b""
            self._hold(_FULL)  # until there is somebody to give it to
        self._house.connect(self._relay, onward)

    def _send(self, whole: bytes | Stored) -> None:
        """A whole answer, behind what has not left yet."""
        transport = self.transport
        if not isinstance(whole, Stored):
            transport.write(whole)
            return
        if transport.is_closing():
            return  # and the socket's number may be another's soon
        if transport.get_write_buffer_size():
            transport.write(whole.read())
            return
        try:
            rest = whole.send(self._socket)
        except OSError:  # the client is gone
            transport.abort()
            return
        if rest:
            transport.write(rest)

    # What a relay tells its reader.

    def give(self, data: bytes) -> None:
        """Bytes of an answer."""
        self.deadline = self._house.now + RELAY_SECONDS
        self.transport.write(data)

    def hold(self) -> None:
        """No more of the request's body for now."""
        self._hold(_FULL)

    def release(self) -> None:
        """More of it."""
        self._let(_FULL)

    def answered(self, *, persistent: bool) -> None:
        """The answer is complete."""
        lingers = self._relay is not None and self._relay.takes_body
        self._relay = None
        if not persistent:
            self.part(lingers=lingers)
            return
        self.deadline = self._house.now + (HEAD_SECONDS if self._ahead else IDLE_SECONDS)
        self._let(_AHEAD)
        self._go_on()

    def failed(self, status: int, *, begun: bool) -> None:
        """There is no answer, or not all of it."""
        self._relay = None
        if begun:
            self.transport.abort()
        else:
            self.refuse(status)

    def refuse(self, status: int) -> None:
        """Answer in one sentence, and part."""
        said = SENTENCES[status].encode() + b"\n"
        fields = [
            ("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(said))), ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"), ("Connection", "close"),
        ]  # fmt: skip
        if status in (502, 503):
            fields.append(("Retry-After", str(RETRY_SECONDS)))
        self.transport.write(heads.written(f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", fields) + said)
        self.part(lingers=True)

    def part(self, *, lingers: bool = False) -> None:
        """Close once all is sent; `lingers`: the client may be sending still, and would lose the answer to a reset."""
        self._parting, self._ahead = True, b""
        self.deadline = self._house.now + (LINGER_SECONDS if lingers else IDLE_SECONDS)
        if lingers and self.transport.can_write_eof() and not self.transport.is_closing():
            self.transport.write_eof()
            self._let(_SLOW | _FULL | _AHEAD)
        else:
            self.transport.close()

    def _hold(self, why: int) -> None:
        if not self._holds:
            self.transport.pause_reading()
        self._holds |= why

    def _let(self, why: int) -> None:
        held, self._holds = self._holds, self._holds & ~why
        if held and not self._holds and not self.transport.is_closing():
            self.transport.resume_reading()
