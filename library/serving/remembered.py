"""What many pages need and few changes touch, remembered by a process for one generation: names of topics, contents."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from flask import current_app, has_request_context, request

from library.serving.generation import KEY, Generation
from library.serving.keeping import SETTLED

V = TypeVar("V")


class Remembered(Generic[V]):
    """Values by key, the newest `most` of them. Plain values only: rows belong to one session."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[tuple[str, int, Hashable], V] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value that `make` gave under the present generation; made again under another, or outside of a request."""
        # Of the request's beginning: what it reads from the database may be as old as that, however late it asks.
        settled = request.environ.get(SETTLED) if has_request_context() else None
        generation: Generation = current_app.extensions[KEY]
        if settled is None or settled != generation.read():
            return make()
        whole = (current_app.instance_path, settled, key)
        value = self._held.get(whole)
        if value is None:
            value = self._held[whole] = make()
            while len(self._held) > self._most:
                try:
                    self._held.popitem(last=False)
                except KeyError:  # another thread was first
                    break
        return value
