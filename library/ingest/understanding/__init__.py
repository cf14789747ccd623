"""What a file's text says about itself: proposals for a draft's description, each with its reason and how sure it is.

Pure but for `alike` (the index) and the sentences in the interface's language. Of a long text a sample is read (see
`proposals.SAMPLE`), so that a book of 2,000 pages takes hardly longer than a guide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext as _

from library.catalogue.metadata import Metadata
from library.catalogue.slugs import slugify
from library.ingest.understanding import authorship, countries, dates, licences, subjects, summaries
from library.ingest.understanding.proposals import CONFIDENT, FILLED, Piece, Proposal
from library.ingest.understanding.subjects import Alike, Vocabulary

__all__ = ["Alike", "Piece", "Proposal", "Proposals", "Vocabulary", "confident", "filled", "piece_of", "propose"]

Proposals = dict[str, Proposal | list[Proposal]]
"""By field of the front matter; `topics` and `countries` have several."""

_ATTRIBUTES = {"published": "published_on", "licence": "licence", "source": "source_url"}


def piece_of(title: str, language: str, sections: Iterable[Any], markdown: str = "", file: str = "") -> Piece:
    """The piece to understand, from its sections (rendered or saved)."""
    headings: list[str] = []
    paragraphs: list[str] = []
    in_order: list[str] = []
    foreign: set[int] = set()
    for section in sections:
        if section.level:
            headings.append(section.heading)
            in_order.append(section.heading)
        texts = [text for _anchor, text in section.blocks]
        if section.language:
            foreign.update(range(len(paragraphs), len(paragraphs) + len(texts)))
        paragraphs += texts
        in_order += texts
    return Piece(title, language, headings, paragraphs, markdown, file, in_order, frozenset(foreign))


def propose(
    piece: Piece, given: Mapping[str, Any], vocabulary: Sequence[Vocabulary] = (), alike: Sequence[Alike] = ()
) -> Proposals:
    """Proposals for the fields that nobody has `given` (keys of the front matter); those given are left alone."""
    made: Proposals = {}
    single = {
        "title": _title,
        "language": _language,
        "summary": summaries.propose,
        "authors": authorship.authors,
        "publisher": authorship.publisher,
        "published": dates.propose,
        "licence": licences.propose,
        "source": licences.source,
    }
    for field, finder in single.items():
        proposal = None if given.get(field) else finder(piece)
        if proposal is not None:
            made[field] = proposal
    if not given.get("countries") and (found := countries.propose(piece)):
        made["countries"] = found
    if not given.get("topics") and (found := subjects.propose(piece, vocabulary, alike)):
        made["topics"] = found
    return made


def filled(metadata: Metadata, proposals: Proposals) -> Metadata:
    """The description with what is sure enough to begin a draft with; topics and countries wait for a curator."""
    return _with(metadata, {field: found for field, found in proposals.items() if isinstance(found, Proposal)}, FILLED)


def confident(metadata: Metadata, proposals: Proposals) -> Metadata:
    """The description with all that is sure enough to publish without a curator, topics and countries too."""
    metadata = _with(metadata, proposals, CONFIDENT)
    for field in ("topics", "countries"):
        found = proposals.get(field)
        if isinstance(found, list) and not getattr(metadata, field):
            values = tuple(proposal.value for proposal in found if proposal.confidence >= CONFIDENT)
            metadata = replace(metadata, **{field: values})  # type: ignore[arg-type]
    return metadata


def as_json(proposals: Proposals) -> dict[str, Any]:
    """As `Document.suggestions` keeps them."""
    return {
        field: [proposal.as_json() for proposal in found] if isinstance(found, list) else found.as_json()
        for field, found in proposals.items()
    }


def _with(metadata: Metadata, proposals: Proposals, at_least: float) -> Metadata:
    changes: dict[str, Any] = {}
    for field, found in proposals.items():
        if not isinstance(found, Proposal) or found.confidence < at_least or field in ("title", "language"):
            continue
        if field == "published":
            whole = len(found.value) > 4
            changes["published_on"] = date.fromisoformat(found.value) if whole else None
            changes["year"] = int(found.value[:4])
        else:
            changes[_ATTRIBUTES.get(field, field)] = tuple(found.value) if field == "authors" else found.value
    return replace(metadata, **changes)


def _title(piece: Piece) -> Proposal | None:
    """A word on a title that was made from the file's name, for want of one in the text."""
    stem = piece.file.rpartition(".")[0] or piece.file
    if not stem or slugify(piece.title) != slugify(stem):
        return None
    return Proposal(piece.title, _("made from the file's name, as the text names no title"), 0.3)


def _language(piece: Piece) -> Proposal | None:
    if piece.language != "und":
        return None
    return Proposal("", _("the text is too short to tell its language"), 0.0)
