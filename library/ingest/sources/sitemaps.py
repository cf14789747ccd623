"""Sitemaps that were saved to disk: the pages they list, as they lie beside them (from wget --mirror, say)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flask_babel import gettext as _

from library.ingest.extraction import Status
from library.ingest.sources import mirrors, values, xmlfile
from library.ingest.sources.items import Item, Remarks

KIND = "sitemap"
DEEPEST = 3  # sitemaps of sitemaps


def recognises(root: str, namespaces: frozenset[str]) -> bool:
    return root.rpartition("}")[2] in ("urlset", "sitemapindex")


def read(path: Path, remarks: Remarks) -> Iterator[Item]:
    """The pages that the sitemap lists; one that is not beside it has a receipt that says so. Nothing is fetched."""
    yield from _below(path, remarks, path.parent, {path.resolve()}, DEEPEST)


def _below(path: Path, remarks: Remarks, base: Path, seen: set[Path], depth: int) -> Iterator[Item]:
    for element in xmlfile.at_depth(path, 1, frozenset(("url", "sitemap"))):
        address = xmlfile.text(element, "loc")
        if not address:
            continue
        if xmlfile.name(element) == "url":
            yield _page(path, base, address)
            continue
        inner = mirrors.of_address(base, address)
        if inner is None:
            remarks.add(_("%(file)s: the sitemap %(address)s is not beside it.", file=path.name, address=address))
        elif depth and inner.resolve() not in seen:
            seen.add(inner.resolve())
            yield from _below(inner, remarks, base, seen, depth - 1)


def _page(path: Path, base: Path, address: str) -> Item:
    local = mirrors.of_address(base, address)
    source = {"source": address} if values.web(address) else {}
    if local is not None:
        return Item(KIND, "", address, path, local.name, path=local, fields=source)
    reason = _("The sitemap lists %(address)s, which is not beside it.", address=address)
    return Item(KIND, "", address, path, address, fields=source, status=Status.empty, reason=reason)
