"""A connection to the web workers for one request: its answer goes to the reader, and into the shelf where it may."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from library.serving.front import heads
from library.serving.pages import LABEL, SHARE, Page

if TYPE_CHECKING:
    from library.serving.front.reader import Reader
    from library.serving.front.shelf import Key, Shelf
    from library.serving.front.turns import Turn
    from library.serving.front.workers import Worker

_LABEL = LABEL.lower()
_OWN_DATE = frozenset(["date", "server"])


class Relay(asyncio.Protocol):
    """One request and its answer.

    A request without a body has its answer's head read, so that the reader's connection can go on afterwards and a
    page that may be kept is. For any other request bytes are copied both ways until the web worker closes.
    """

    def __init__(self, reader: Reader, shelf: Shelf, request: heads.Request, key: Key | None) -> None:
        self.takes_body = request.has_body
        self._reader: Reader | None = reader
        self._shelf = shelf
        self._request = request
        self._key = key if request.method == "GET" else None
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._answer: heads.Answer | None = None
        self._left = 0  # bytes of the answer that are still to come, where that is known
        self._kept: list[bytes] | None = None
        self._begun = False
        self._worker: Worker | None = None
        self.turn: Turn | None = None
        self.again: Callable[[], None] | None = None  # asks another worker where one ends before it answers

    @property
    def changes(self) -> bool:
        """Whether it may change something, so that it must not be asked twice."""
        return self.takes_body or self._request.method not in ("GET", "HEAD")

    @property
    def wants_page(self) -> bool:
        """Whether a page has to be made for it that is the same for everyone."""
        return self._key is not None and self._request.target.partition("?")[0].endswith(("/", "/search"))

    def go_to(self, worker: Worker) -> None:
        """It is this web worker's to answer, and no longer the one's before it."""
        self._leave()
        if self._reader is not None:
            worker.under_way += 1
            self._worker = worker

    def begin(self, onward: bytes) -> None:
        """Send the request: there is a connection."""
        assert self._transport is not None
        if self._reader is None:  # gone meanwhile
            self._transport.abort()
            return
        if self._reader.slow:
            self._transport.pause_reading()
        self._transport.write(onward)
        if self.takes_body:
            self._reader.release()

    def unreachable(self) -> None:
        """There is no web worker."""
        self._end(failed=503)

    # What the reader tells its relay.

    def send(self, data: bytes) -> None:
        """More of the request's body."""
        if self._transport is not None:
            self._transport.write(data)

    def hold(self) -> None:
        """The reader takes no more for now."""
        if self._transport is not None:
            self._transport.pause_reading()

    def release(self) -> None:
        """It does again."""
        if self._transport is not None:
            self._transport.resume_reading()

    def drop(self) -> None:
        """The reader is gone."""
        self._reader = None
        self._settle()
        if self._transport is not None:
            self._transport.abort()

    # What the web worker tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def pause_writing(self) -> None:
        if self._reader is not None and self.takes_body:
            self._reader.hold()

    def resume_writing(self) -> None:
        if self._reader is not None and self.takes_body:
            self._reader.release()

    def data_received(self, data: bytes) -> None:
        if self._reader is None:
            return
        if self.takes_body:
            self._begun = True
            self._reader.give(data)
            return
        if self._answer is None:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                if len(self._head) > heads.LONGEST:
                    self._end(failed=502)
                return
            try:
                self._answer = heads.answer(self._head[: end + 4], self._request.method)
            except heads.Refused as refused:
                self._end(failed=refused.status)
                return
            data, self._head = self._head[end + 4 :], b""
            self._begin_answer(self._answer)
        self._body(data)

    def connection_lost(self, _error: Exception | None) -> None:
        if self._reader is not None and not self._head and self._answer is None and not self._begun:
            if self._worker is not None:
                self._worker.ended()
            again, self.again = self.again, None
            if again is not None:
                again()
                return
        complete = self._begun and (self.takes_body or (self._answer is not None and self._answer.length is None))
        self._end(failed=0 if complete else 502)

    def _begin_answer(self, answer: heads.Answer) -> None:
        assert self._reader is not None
        self._settle()
        fields = answer.outward()
        label = answer.get(_LABEL)
        if self._key is not None and label.isdigit() and answer.status == 200 and answer.length is not None:
            self._kept = [] if answer.length < self._shelf.pages.room // SHARE else None
        self._left = answer.length or 0
        if not self._persistent:
            fields = [*fields, ("Connection", "close")]
        self._begun = True
        self._reader.give(heads.written(f"HTTP/1.1 {answer.status} {answer.reason}", fields))

    @property
    def _persistent(self) -> bool:
        known = self._answer is not None and self._answer.length is not None
        return known and self._request.persistent

    def _body(self, data: bytes) -> None:
        assert self._answer is not None
        if self._answer.length is not None:
            data = data[: self._left]
            self._left -= len(data)
        if data and self._reader is not None:
            self._reader.give(data)
        if self._kept is not None:
            self._kept.append(data)
        if self._answer.length is not None and not self._left:
            self._keep()
            self._end()

    def _keep(self) -> None:
        if self._kept is None or self._answer is None or self._key is None:
            return
        headers = tuple((n, v) for n, v in self._answer.outward() if n.lower() not in _OWN_DATE)
        self._shelf.keep(self._key, Page(headers, b"".join(self._kept)), int(self._answer.get(_LABEL)))

    def _leave(self) -> None:
        """The web worker has no more to do for it."""
        if self._worker is not None:
            self._worker.under_way -= 1
            self._worker = None

    def _settle(self) -> None:
        """The page is made, or is not wanted: the next may begin."""
        self._leave()
        if self.turn is not None:
            self.turn.end()

    def _end(self, failed: int = 0) -> None:
        self._settle()
        reader, self._reader = self._reader, None
        if self._transport is not None:
            self._transport.abort()
        if reader is None:
            return
        if failed:
            reader.failed(failed, begun=self._begun)
        else:
            reader.answered(persistent=self._persistent)
