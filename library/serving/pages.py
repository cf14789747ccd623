"""Answers that are the same for every reader, kept for one generation and within so many bytes."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

OVERHEAD = 1_000  # bytes that a page takes besides its body and its headers, and a little
SHARE = 16  # no page is kept that would take more than this part of the room
SECONDS = 300.0  # a belt over the generation's braces: changes that no process of this machine could tell of
LABEL = "X-Library-Generation"  # the header by which a web worker tells the front what may be kept
_OF_A_BODY = ("content-length", "content-type", "content-encoding")


@dataclass(frozen=True, slots=True)
class Page:
    """An answer 200 as it goes out. `headers`: as they stand, `Content-Length` among them."""

    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def size(self) -> int:
        """About the bytes that it takes in memory."""
        return OVERHEAD + len(self.body) + sum(len(name) + len(value) + 100 for name, value in self.headers)

    @property
    def etag(self) -> str:
        return next((value for name, value in self.headers if name.lower() == "etag"), "")

    def known_to(self, none_match: str) -> bool:
        """Whether who sends this `If-None-Match` has it already."""
        tags = [tag.strip().removeprefix("W/") for tag in none_match.split(",")]
        return bool(self.etag) and (self.etag in tags or tags == ["*"])

    def unchanged(self) -> list[tuple[str, str]]:
        """Headers of the answer 304."""
        return [(name, value) for name, value in self.headers if name.lower() not in _OF_A_BODY]


class Pages:
    """Pages by what was asked for; those used longest ago go first. Safe between threads."""

    def __init__(self, room: int) -> None:
        """`room`: bytes that all may take together."""
        self.room = room
        self.used = 0
        self._lock = threading.Lock()
        self._number, self._until = -1, 0.0
        self._held: OrderedDict[Hashable, Page] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: Hashable, number: int) -> Page | None:
        """The page, if it was kept under the generation `number`."""
        with self._lock:
            if number != self._number or time.monotonic() > self._until:
                self._clear(number)
                return None
            page = self._held.get(key)
            if page is not None:
                self._held.move_to_end(key)
            return page

    def keep(self, key: Hashable, page: Page, number: int) -> None:
        """Keep a page that was rendered under `number`; forgotten at once if that has passed."""
        with self._lock:
            if number != self._number or page.size > self.room // SHARE:
                return
            before = self._held.pop(key, None)
            self.used += page.size - (before.size if before else 0)
            self._held[key] = page
            while self.used > self.room:
                _, gone = self._held.popitem(last=False)
                self.used -= gone.size

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._clear(-1)

    def _clear(self, number: int) -> None:
        self._held.clear()
        self.used, self._number, self._until = 0, number, time.monotonic() + SECONDS
