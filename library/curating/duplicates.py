"""What the desk says of pieces that are the same as another, or nearly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_login import current_user

from library.access.policy import may_edit, may_see
from library.catalogue import resemblance
from library.catalogue.models import Document
from library.catalogue.resemblance import Likeness


@dataclass(frozen=True, slots=True)
class Known:
    """`same`: pieces made from the very file. `near`: pieces with nearly the same text. Those that one may see."""

    same: Sequence[Document] = ()
    near: Sequence[Likeness] = ()

    def __bool__(self) -> bool:
        return bool(self.same or self.near)


def of(document: Document | None) -> Known:
    """The pieces like this one, for the person at the desk."""
    if document is None:
        return Known()
    same = [other for other in resemblance.same_file(document) if _may_know(other)]
    numbers = {other.id for other in same}
    near = [like for like in resemblance.resembling(document) if like.document.id not in numbers]
    return Known(same, [like for like in near if _may_know(like.document)])


def _may_know(document: Document) -> bool:
    return bool(may_edit(current_user, document) or may_see(current_user, document))
