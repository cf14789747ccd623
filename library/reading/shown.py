"""Published pieces as pages show them: read once for a generation, in no session, and the same for all who ask."""

from __future__ import annotations

from collections.abc import Sequence

from library.catalogue import listing
from library.catalogue.models import Document
from library.serving.remembered import Remembered

_PIECES: Remembered[Document] = Remembered(most=2_000)  # by id
_NUMBERS: Remembered[int] = Remembered(most=4_000)  # ids by slug


def pieces(ids: Sequence[int], access: tuple[str, ...]) -> dict[int, Document]:
    """Those of `ids` that are published and that `access` lets see, by id; see `listing.apart` for what they know."""
    held = _PIECES.get_many(ids, listing.apart)
    return {number: document for number, document in held.items() if document.access in access}


def piece(slug: str, access: tuple[str, ...]) -> Document | None:
    """The one at this address; None where there is none to be seen, or it has moved from there."""
    number = _NUMBERS.get_many([slug], listing.numbers).get(slug)
    return None if number is None else pieces([number], access).get(number)
