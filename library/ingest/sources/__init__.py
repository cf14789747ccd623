"""Where pieces come from: files, folders, manifests, exports of other systems. Each kind is recognised by its content."""

from __future__ import annotations

from library.ingest.sources.items import BadSource, Item, Remarks
from library.ingest.sources.opening import ENDINGS, KINDS, NoSuchPath, Sources, collect, kind_of

__all__ = ["ENDINGS", "KINDS", "BadSource", "Item", "NoSuchPath", "Remarks", "Sources", "collect", "kind_of"]
