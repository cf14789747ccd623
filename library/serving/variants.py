"""What one address is asked for in: the coding and the language that a page is kept under."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

CODINGS = ("br", "gzip")  # best first
# Requests with one of these are the application's: they are about a person, or about a part of a page.
PERSONAL = (
    "cookie", "authorization", "range", "if-match", "if-modified-since", "if-unmodified-since", "transfer-encoding",
)  # fmt: skip


def spoken_at(path: str, offered: Collection[str], site: str) -> str:
    """The language of the interface at a path: its first part, where that is one of `offered`."""
    first = path[1:].partition("/")[0]
    return first if first in offered else site


@lru_cache(maxsize=256)
def coding(accepts: str) -> str:
    """How a page is packed for this `Accept-Encoding`: "br", "gzip", or "" for not at all."""
    wanted = dict(_weighed(accepts))
    best = max(CODINGS, key=lambda name: (wanted.get(name, 0.0), -CODINGS.index(name)))
    return best if wanted.get(best, 0.0) > 0 else ""


@lru_cache(maxsize=256)
def language(accepts: str, offered: Collection[str], spoken: str) -> str:
    """The language of `offered` that a page in `spoken` suggests for this `Accept-Language`; "" for none."""
    # Ties stay in the order of the header, as browsers mean them.
    asked = sorted(((tag, weight) for tag, weight in _weighed(accepts) if weight > 0), key=lambda one: -one[1])
    wanted = (tag.replace("_", "-").split("-")[0] for tag, _ in asked)
    found = next((tag for tag in wanted if tag in offered), "")
    return "" if found == spoken else found


def _weighed(accepts: str) -> list[tuple[str, float]]:
    """The names of an Accept header with their weights, 0 for one that cannot be understood."""
    found = []
    for part in accepts.lower().split(","):
        name, _, parameters = part.partition(";")
        key, _, value = parameters.partition("=")
        weight = 1.0
        if key.strip() == "q":
            try:
                weight = float(value.strip())
            except ValueError:
                weight = 0.0
        if name.strip():
            found.append((name.strip(), weight))
    return found
