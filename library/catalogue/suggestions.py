"""What is proposed for a piece's description: shown with its reasons, taken or left, and gone once it is dealt with.

Kept in `Document.suggestions` by field of the front matter: {"value", "reason", "confidence"}, for `topics` and
`countries` a list of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from library.catalogue.metadata import Metadata, from_front_matter, to_front_matter
from library.catalogue.models import Document
from library.catalogue.session import writing

SEVERAL = ("topics", "countries")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`taken`: the piece says so already, on this guess; otherwise it is only offered."""

    field: str
    value: Any
    reason: str
    confidence: float
    taken: bool

    @property
    def words(self) -> str:
        """The value as one reads it."""
        return ", ".join(map(str, self.value)) if isinstance(self.value, list) else str(self.value)


def open_for(document: Document) -> dict[str, list[Suggestion]]:
    """What waits for a curator's look, by field, the surest first."""
    said = to_front_matter(Metadata.of(document.latest))
    found: dict[str, list[Suggestion]] = {}
    for field, kept in (document.suggestions or {}).items():
        several = field in SEVERAL
        for each in kept if several else [kept]:
            taken = each["value"] in said.get(field, ()) if several else _same(said.get(field), each["value"])
            if several and taken:
                continue
            guess = Suggestion(field, each["value"], each["reason"], each["confidence"], taken)
            found.setdefault(field, []).append(guess)
    return found


def with_accepted(
    metadata: Metadata, document: Document, used: Collection[str], countries: Collection[str] = ()
) -> Metadata:
    """`metadata` with the values offered for the fields `used`, and with those of the offered `countries`."""
    kept: Mapping[str, Any] = document.suggestions or {}
    fields = to_front_matter(metadata)
    for field in used:
        if field in kept and field not in SEVERAL:
            fields[field] = kept[field]["value"]
    found, _warnings = from_front_matter(fields, metadata.title, metadata.language)
    offered = [each["value"] for each in kept.get("countries", ())]
    return replace(found, countries=tuple(dict.fromkeys([*found.countries, *(c for c in countries if c in offered)])))


def settle(document: Document, before: Metadata, looked_at: Collection[str]) -> None:
    """Forget what was proposed for fields that a curator changed since `before`, or `looked_at` and left as they are."""
    if not document.suggestions:
        return
    old, new = to_front_matter(before), to_front_matter(Metadata.of(document.latest))
    gone = {field for field in document.suggestions if field in looked_at or old.get(field) != new.get(field)}
    if gone:
        _forget(document, gone)


def seen(document: Document) -> None:
    """Forget the guesses that the piece was published with: whoever published it had them before their eyes."""
    taken = {field for field, found in open_for(document).items() if any(each.taken for each in found)}
    if taken:
        _forget(document, taken)


def _forget(document: Document, fields: Collection[str]) -> None:
    with writing() as session:
        session.refresh(document)
        left = {field: kept for field, kept in (document.suggestions or {}).items() if field not in fields}
        document.suggestions = left or None


def _same(said: Any, value: Any) -> bool:
    return str(said or "") == str(value or "") if not isinstance(value, list) else list(said or []) == value
