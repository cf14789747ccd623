"""Pieces that who has read this one may want to read next."""

from __future__ import annotations

from collections.abc import Iterator

from library.catalogue import listing
from library.catalogue.listing import Shelf
from library.catalogue.models import Document, Kind
from library.finding import index

MOST = 4
_LOOKED_AT = 12


def related(document: Document, access: tuple[str, ...]) -> list[Document]:
    """At most MOST published pieces that `access` lets see: nearest by text first, then the newest of its topics.

    The piece in other languages is not among them; it stands at the head of the page.
    """
    family = (document.translation_of_id or document.id, document.id)
    found: dict[int, Document] = {}
    for piece in _candidates(document, access):
        root = piece.translation_of_id or piece.id
        # Of a piece that there is in several languages, the one nearest is enough.
        if piece.id not in family and root not in family and root not in found:
            found[root] = piece
        if len(found) == MOST:
            break
    return list(found.values())


def _candidates(document: Document, access: tuple[str, ...]) -> Iterator[Document]:
    near = [int(number) for number in index().similar(str(document.id), _LOOKED_AT, access)]
    pieces = listing.published(near, access)
    yield from (pieces[number] for number in near if number in pieces and pieces[number].shown.kind != Kind.PAGE)
    if document.topics:
        wanted = Shelf(topic=tuple(topic.slug for topic in document.topics), access=access)
        same_language = Shelf(topic=wanted.topic, lang=(document.shown.language,), access=access)
        yield from listing.shelf(same_language, size=_LOOKED_AT).documents
