"""What a revision's receipt says to those who read and search: whether something of the original could not be read."""

from __future__ import annotations

from sqlalchemy import select

from library.catalogue.models import Revision, Section
from library.extensions import db

PARTIAL = "partial"
MOST_NAMED = 20  # stretches of pages


def partly_read(revision: Revision) -> bool:
    """Whether some pages or parts of the original gave no text, so that search does not find what stands there."""
    return bool(revision.receipt) and (revision.receipt or {}).get("status") == PARTIAL


def unread_pages(revision: Revision) -> str:
    """The pages that gave no text, as people write them: “4–9, 12”; "" where they are not known by number."""
    receipt = revision.receipt or {}
    pages, with_text = receipt.get("pages"), receipt.get("pages_with_text")
    if not partly_read(revision) or not pages or with_text is None:
        return ""
    read = set(db.session.scalars(select(Section.page).where(Section.revision_id == revision.id).distinct()))
    unread = [page for page in range(1, int(pages) + 1) if page not in read]
    if len(unread) != int(pages) - int(with_text):  # a curator has changed the text meanwhile
        return ""
    stretches = _stretches(unread)
    return ", ".join(stretches) if len(stretches) <= MOST_NAMED else ""


def _stretches(pages: list[int]) -> list[str]:
    found: list[list[int]] = []
    for page in pages:
        if found and page == found[-1][1] + 1:
            found[-1][1] = page
        else:
            found.append([page, page])
    return [str(first) if first == last else f"{first}–{last}" for first, last in found]
