"""Somebody who asks a server on loopback over one connection that is kept, as a browser does."""

from __future__ import annotations

import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

Pairs = Sequence[tuple[str, str]]

PATIENCE = 20.0
"""Seconds to wait for an answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, or `problem`: why there was none."""

    status: int
    body: bytes
    ms: float
    problem: str = ""


class Visitor:
    """Asks, waits for the answer, asks again. The connection is opened anew after an answer that closed it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def get(self, path: str, pairs: Pairs, longest: int | None = None) -> Reply | None:
        """The answer to a GET; None when its address would be longer than `longest` bytes."""
        address = f"{path}?{encoded(pairs)}"
        if longest is not None and len(address) > longest:
            return None
        return self._asked("GET", address)

    def post(self, path: str, pairs: Pairs) -> Reply:
        """The answer to a form."""
        return self._asked("POST", path, encoded(pairs), {"Content-Type": "application/x-www-form-urlencoded"})

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _asked(
        self, method: str, address: str, form: str | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        began = time.perf_counter()
        try:
            self._connection.request(method, address, form, headers or {})
            answer = self._connection.getresponse()
            status, body, problem = answer.status, answer.read(), ""
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            status, body, problem = 0, b"", f"no answer: {error!r}"
        return Reply(status, body, (time.perf_counter() - began) * 1000, problem)


def encoded(pairs: Pairs) -> str:
    """Pairs as an address has them; a lone surrogate becomes the bytes that UTF-8 does not allow."""
    return urlencode(pairs, errors="surrogatepass")
