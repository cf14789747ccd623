"""Filters and counts over documents: values of one key are alternatives, keys narrow each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import starmap

import numpy as np

from indexer.analysis import fold, primary
from indexer.segments import Mask
from indexer.snapshot import FACETS, Snapshot


@dataclass(slots=True)  # not frozen: hundreds are made for a page, frozen ones cost three times as much
class FacetValue:
    """`value` is a code (slug, BCP 47 subtag, ISO 3166-1, year); `count` documents of the result have it."""

    value: str
    count: int


def allowed(snapshot: Snapshot, access: tuple[str, ...], document: str | None = None) -> Mask:
    """Documents that the asker may see at all; shape (documents,)."""
    mask = snapshot.allowed(access)
    if document is not None:
        only = np.zeros_like(mask)
        only[[at for at in [snapshot.find(document)] if at is not None]] = True
        return mask & only
    return mask


def masks(snapshot: Snapshot, filters: Mapping[str, tuple[str, ...]]) -> dict[str, Mask]:
    """For each key that narrows, the documents that it leaves; keys that do not exist leave nothing."""
    found: dict[str, Mask] = {}
    for key, values in filters.items():
        wanted = [_code(key, value) for value in values if value.strip()]
        if not wanted:
            continue
        table = snapshot.facets.get(key) if key in (*FACETS, "author") else None
        if table is None:
            found[key] = np.zeros(snapshot.documents, np.bool_)
            continue
        if key == "year":
            wanted = [year for year in table.values if any(_in_range(year, value) for value in wanted)]
        found[key] = table.mask(wanted, snapshot.documents)
    return found


def narrowed(documents: Mask, by: Mapping[str, Mask], *, but: str = "") -> Mask:
    """The documents that all keys leave, without the key `but`."""
    return reduce(np.logical_and, [mask for key, mask in by.items() if key != but], documents)


def count(snapshot: Snapshot, documents: Mask, by: Mapping[str, Mask]) -> dict[str, tuple[FacetValue, ...]]:
    """Counts of each key over the result. A key's own filter does not narrow its own counts: values of one key
    are alternatives, and a person wants to see what another one would add."""
    everything = narrowed(documents, by)
    places = everything.nonzero()[0]
    found: dict[str, tuple[FacetValue, ...]] = {}
    for key in FACETS:
        mask, at = everything, places
        if key in by:
            mask = narrowed(documents, by, but=key)
            at = mask.nonzero()[0]
        found[key] = tuple(starmap(FacetValue, snapshot.facets[key].counts(mask, at)))
    return found


def _code(key: str, value: str) -> str:
    match key:
        case "country":
            return value.strip().upper()
        case "lang":
            return primary(value.strip())
        case "author":
            return fold(value.strip())
        case _:
            return value.strip()


def _in_range(year: str, wanted: str) -> bool:
    first, dots, last = wanted.partition("..")
    if not dots:
        return year == wanted
    return (not first.isdecimal() or int(first) <= int(year)) and (not last.isdecimal() or int(year) <= int(last))
