"""Pieces that are nearly the same: a MinHash signature of each one's newest text, in bands that the database looks up.

Broder 1997, "On the resemblance and containment of documents". Shingles are runs of SHINGLE words as the index takes
words, so that scripts without spaces have them too; punctuation, case and line ends make no difference. Translations
share no words and therefore do not resemble each other.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, insert, inspect, select, tuple_
from sqlalchemy.orm import Session, defer, joinedload

from indexer.analysis import terms
from library.catalogue.models import Document, Revision, Signature, SignatureBand
from library.catalogue.session import writing
from library.extensions import db

SHINGLE = 4  # words: three are too common to tell texts apart, five break at every corrected word
PERMUTATIONS = 128  # standard error of a similarity of 0.5: 0.044
BANDS = (
    32  # of four rows: texts with a similarity of 0.4 share a band in 56 of 100 cases, with 0.7 in all but one of 6,000
)
ROWS = PERMUTATIONS // BANDS
SHORTEST = 40  # shingles; of shorter texts the same words say little
NEARLY_SAME = 0.7  # the same text out of two formats has 0.78 and more; guides that share passages have up to 0.65
CONTAINED = 0.9  # share of the shorter text that the longer one has: an edition that grew, a chapter of a book
LEAST = 0.3  # similarity below which an estimate of containment is mostly chance
AT_ONCE = 50_000  # shingles: bounds the memory of a long text's signature to some 50 MB
CANDIDATES = 200

U32 = NDArray[np.uint32]
_MIX = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D, 0x27D4EB2F], dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a text is like. `shingles`: how many different ones; `minhash`: shape (PERMUTATIONS,)."""

    shingles: int
    minhash: U32


@dataclass(frozen=True, slots=True)
class Likeness:
    """A piece that is nearly the same. `similarity`: Jaccard, estimated; `contained`: the share of the shorter of the
    two texts that the longer one has. Both from 0 to 1."""

    document: Document
    similarity: float
    contained: float


def sketch(text: str) -> Sketch:
    """The sketch of a text, whole whatever its length: a second for some 2,000 pages."""
    found = shingles(text)
    # datasketch brings SciPy along, which takes a second to import: only what makes signatures pays it.
    from datasketch import MinHash  # type: ignore[import-untyped]

    made = MinHash(num_perm=PERMUTATIONS, seed=1, hashfunc=int)
    for start in range(0, len(found), AT_ONCE):
        made.update_batch(found[start : start + AT_ONCE].tolist())
    return Sketch(len(found), made.hashvalues.astype(np.uint32))


def text_of(sections: Iterable[Any]) -> str:
    """The words of sections, rendered or saved: headings and paragraphs."""
    lines: list[str] = []
    for section in sections:
        if section.level:
            lines.append(section.heading)
        lines += [text for _anchor, text in section.blocks]
    return "\n".join(lines)


def similarity(one: Sketch, other: Sketch) -> float:
    """The estimated share of shingles in common of all that either has (Jaccard)."""
    if not one.shingles or not other.shingles:
        return float(one.shingles == other.shingles)
    return float(np.mean(one.minhash == other.minhash))


def containment(one: Sketch, other: Sketch) -> float:
    """The estimated share of the shorter text's shingles that the longer one has too."""
    shorter = min(one.shingles, other.shingles)
    alike = similarity(one, other)
    if not shorter:
        return alike
    return min(1.0, alike * (one.shingles + other.shingles) / (1 + alike) / shorter)


def keep(session: Session, document: Document, made: Sketch) -> None:
    """Write the sketch of a document's newest text, within the transaction that writes the text."""
    session.flush()
    forget(session, document.id)
    # Plain rows, in one statement each: as 33 objects they take ten times as long, which a long import feels.
    kept = made.minhash.astype("<u4").tobytes()
    session.execute(insert(Signature), [{"document_id": document.id, "shingles": made.shingles, "minhash": kept}])
    if made.shingles >= SHORTEST:
        rows = [{"band": band, "value": value, "document_id": document.id} for band, value in bands(made)]
        session.execute(insert(SignatureBand), rows)


def forget(session: Session, document_id: int) -> None:
    """Drop the signature of a text that is no longer the newest; `catch_up` makes another."""
    for table in (SignatureBand, Signature):
        gone = delete(table).where(table.document_id == document_id)
        session.execute(gone, execution_options={"synchronize_session": False})
    known = session.identity_map.get(inspect(Signature).identity_key_from_primary_key((document_id,)))
    if known is not None:
        session.expunge(known)


def catch_up(limit: int = 20) -> int:
    """Make the signatures of up to `limit` documents that have none for their newest text; how many were made."""
    missing = db.session.scalars(
        select(Document.id)
        .outerjoin(Signature, Signature.document_id == Document.id)
        .where(Signature.document_id.is_(None))
        .order_by(Document.id)
        .limit(limit)
    ).all()
    count = 0
    for number in missing:
        document = db.session.get(Document, number)
        if document is None or not document.revisions:
            continue
        newest = document.latest.id
        made = sketch(text_of(document.latest.sections))
        with writing() as session:
            document = session.get(Document, number)
            # Somebody may have written meanwhile; the newer text has its turn next.
            if document is not None and document.latest.id == newest:
                keep(session, document, made)
                count += 1
    db.session.rollback()
    return count


def same_file(document: Document) -> list[Document]:
    """The other pieces that were made from the same file, the oldest first."""
    if document.file_id is None:
        return []
    same = (Document.file_id == document.file_id, Document.id != document.id)
    return list(db.session.scalars(select(Document).where(*same).order_by(Document.id)))


def resembling(of: Document | Sketch, limit: int = 5) -> list[Likeness]:
    """The pieces whose newest text is nearly the one given, the most alike first.

    A translation family is left out, and so is a document itself. A document without a signature yet resembles none
    until `catch_up` has been there.
    """
    itself = of if isinstance(of, Document) else None
    made = sketch_of(of) if isinstance(of, Document) else of
    if made is None or made.shingles < SHORTEST:
        return []
    numbers = _candidates(made, itself)
    rows = db.session.execute(
        select(Signature, Document)
        .join(Document, Document.id == Signature.document_id)
        .where(Signature.document_id.in_(numbers))
        .options(joinedload(Document.live).options(defer(Revision.body), defer(Revision.receipt)))
    )
    family = _family(itself) if itself else set()
    found = [
        Likeness(document, alike, containment(made, other))
        for signature, document in rows
        if document.id not in family
        and (alike := similarity(made, other := _read(signature))) >= LEAST
        and (alike >= NEARLY_SAME or containment(made, other) >= CONTAINED)
    ]
    return sorted(found, key=lambda like: (-like.similarity, like.document.id))[:limit]


def _candidates(made: Sketch, itself: Document | None) -> list[int]:
    """Documents that share a band, those that share most first."""
    shared = func.count()
    query = (
        select(SignatureBand.document_id)
        .where(tuple_(SignatureBand.band, SignatureBand.value).in_(bands(made)))
        .group_by(SignatureBand.document_id)
        .order_by(shared.desc(), SignatureBand.document_id)
        .limit(CANDIDATES)
    )
    if itself is not None:
        query = query.where(SignatureBand.document_id != itself.id)
    return list(db.session.scalars(query))


def _family(document: Document) -> set[int]:
    root = document.translation_of or document
    return {document.id, root.id, *(other.id for other in root.translations)}


def sketch_of(document: Document) -> Sketch | None:
    """The sketch that is kept of a document's newest text; None while there is none."""
    signature = db.session.get(Signature, document.id)
    return _read(signature) if signature else None


def _read(signature: Signature) -> Sketch:
    return Sketch(signature.shingles, np.frombuffer(signature.minhash, dtype="<u4"))


def bands(made: Sketch) -> list[tuple[int, str]]:
    """(number, value) of each band: texts that share one are worth comparing."""
    rows = made.minhash.astype("<u4").reshape(BANDS, ROWS)
    return [(band, hashlib.blake2b(row.tobytes(), digest_size=16).hexdigest()) for band, row in enumerate(rows)]


def shingles(text: str) -> U32:
    """Hashes of the different runs of SHINGLE words; one of all words where the text is shorter."""
    words = np.fromiter((_hash(term) for term in terms(text)), dtype=np.uint64)
    if not len(words):
        return np.empty(0, np.uint32)
    if len(words) < SHINGLE:
        words = np.pad(words, (0, SHINGLE - len(words)))
    runs = len(words) - SHINGLE + 1
    mixed = np.zeros(runs, np.uint64)
    for at, factor in enumerate(_MIX):
        mixed = (mixed ^ words[at : at + runs]) * factor
        mixed ^= mixed >> np.uint64(29)
    return np.unique((mixed >> np.uint64(16)).astype(np.uint32))


@lru_cache(maxsize=100_000)
def _hash(term: str) -> int:
    return zlib.crc32(term.encode())
