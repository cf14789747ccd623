"""Kept pages as the front has them: found by what a request asks for, and ready to be written in one piece."""

from __future__ import annotations

from email.utils import formatdate

from library.serving import variants
from library.serving.front.heads import Request, written
from library.serving.front.pool import Pool, Stored
from library.serving.generation import Generation
from library.serving.pages import Page, Pages

LONGEST_HEAD = 2_048  # bytes of a head that is known again as a whole
MOST_HEADS = 4_096
LONGEST_TARGET = 500

Key = tuple[str, str, str]


class Shelf:
    """The front's kept pages. `tick` is to be called every second.

    A head that was answered once is known again by its hash, without being read, until the next tick: heads tell of
    readers, so they themselves are not kept.
    """

    def __init__(self, generation: Generation, room: int, offered: tuple[str, ...], site: str) -> None:
        """`room`: bytes. `offered`, `site`: languages of the interface, and that of addresses without one."""
        self.pages = Pages(room)
        self.heads: dict[int, bytes | Stored] = {}
        self.numbers = generation.numbers()
        self.number = int(self.numbers[0])
        self._generation = generation
        self._offered, self._site = offered, site
        self._built: dict[tuple[Key, str, str], bytes | Stored] = {}
        self._built_bytes = 0
        self._pool = Pool()
        self._date = ""
        self.tick()

    def tick(self) -> None:
        """A second has gone by: dates are others, and the file of the generation may be."""
        self.numbers = self._generation.numbers()
        self._date = formatdate(usegmt=True)
        self._forget()

    def current(self) -> int:
        """The generation now; what was made ready under another one is forgotten."""
        if self.numbers[0] != self.number:
            self.number = int(self.numbers[0])
            self._forget()
        return self.number

    def key(self, request: Request) -> Key | None:
        """What a page that answers the request is kept under; None where only the application can answer."""
        if request.method not in ("GET", "HEAD") or request.has_body or len(request.target) > LONGEST_TARGET:
            return None
        names = {name.lower() for name, _ in request.fields}
        if not names.isdisjoint(variants.PERSONAL):
            return None
        spoken = variants.spoken_at(request.target.partition("?")[0], self._offered, self._site)
        language = variants.language(request.get("accept-language")[:200], self._offered, spoken)
        return request.target, variants.coding(request.get("accept-encoding")[:200]), language

    def answer(self, request: Request, key: Key, raw: bytes) -> bytes | Stored | None:
        """The whole answer to the request, whose head is `raw`; None when the page is not kept."""
        number = self.current()
        page = self.pages.get(key, number)
        if page is None:
            return None
        known = request.get("if-none-match")
        kind = "304" if known and page.known_to(known) else request.method
        if not request.persistent:
            return self._wire(page, kind, [("Connection", "close")])
        whole = self._built.get((key, kind, page.etag))
        if whole is None:
            whole = self._built[key, kind, page.etag] = self._pool.put(self._wire(page, kind, []))
            self._built_bytes += len(whole)
        if len(raw) <= LONGEST_HEAD:
            self.heads[hash(raw)] = whole
        if len(self.heads) > MOST_HEADS or self._built_bytes > self.pages.room:
            self._forget()
        return whole

    def keep(self, key: Key, page: Page, number: int) -> None:
        """Keep what a web worker rendered under the generation `number`."""
        self.pages.get(key, self.current())  # forgets what was kept under another
        self.pages.keep(key, page, number)

    def _wire(self, page: Page, kind: str, more: list[tuple[str, str]]) -> bytes:
        date = [("Date", self._date), *more]
        if kind == "304":
            return written("HTTP/1.1 304 Not Modified", [*page.unchanged(), *date])
        head = written("HTTP/1.1 200 OK", [*page.headers, *date])
        return head if kind == "HEAD" else head + page.body

    def _forget(self) -> None:
        self.heads.clear()
        self._built.clear()
        self._built_bytes = 0
        self._pool = Pool()
