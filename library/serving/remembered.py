"""What many pages need and few changes touch, remembered by a process for one generation: names of topics, contents."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from library.interface import asked
from library.serving.keeping import SETTLED

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[V]):
    """Values by key, the newest `most` of them. Nothing that belongs to a session, and never to be changed: all share it."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: OrderedDict[tuple[tuple[str, int], Hashable], V] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value that `make` gave under the present generation; made again under another, or outside of a request."""
        present = _present()
        if present is None:
            return make()
        value = self._held.get((present, key))
        if value is None:
            value = self._keep((present, key), make())
        return value

    def get_many(self, keys: Iterable[K], make: Callable[[list[K]], Mapping[K, V]]) -> dict[K, V]:
        """As `get` for each of `keys`. `make` is asked once for all that are missing; what it leaves out is left out."""
        wanted = list(keys)
        present = _present()
        if present is None:
            return dict(make(wanted))
        found = {key: value for key in wanted if (value := self._held.get((present, key))) is not None}
        missing = [key for key in wanted if key not in found]
        for key, value in make(missing).items() if missing else ():
            found[key] = self._keep((present, key), value)
        return found

    def _keep(self, key: tuple[tuple[str, int], Hashable], value: V) -> V:
        self._held[key] = value
        while len(self._held) > self._most:
            try:
                self._held.popitem(last=False)
            except KeyError:  # another thread was first
                break
        return value


def _present() -> tuple[str, int] | None:
    """The instance and the generation under which the request is answered; None where nothing may be remembered.

    The generation of its beginning: what it reads later may be newer, and then no later request asks for this one.
    """
    environ = asked()
    return None if environ is None else environ.get(SETTLED)
