"""What a page says about the packs that can be had of it: in which forms, how large they are, or why there are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from library.catalogue.models import Document, Kind, Status, Topic
from library.packing import keeping, selecting
from library.packing.selecting import EXTENSIONS, Selection
from library.reading import saying
from library.reading.filters import KEYS


@dataclass(frozen=True, slots=True)
class Offer:
    """A pack: where it is, and what its link says, with its size where it is made already."""

    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Offers:
    """The packs of a page; `why` says in their stead why there are none, or why there are not more."""

    packs: list[Offer]
    why: str = ""


NONE = Offers([])


def of_piece(document: Document) -> Offers:
    """Packs of a piece; none of a draft and of the network's own pages."""
    if document.status != Status.PUBLISHED or document.live is None or document.live.kind == Kind.PAGE:
        return NONE
    urls = {pack: url_for("packing.piece", slug=document.slug, pack=pack) for pack in EXTENSIONS}
    return _offered(selecting.of_piece(document), urls)


def of_topic(topic: Topic) -> Offers:
    """Packs of all that everyone may read about a topic."""
    urls = {pack: url_for("packing.topic", slug=topic.slug, pack=pack) for pack in EXTENSIONS}
    return _offered(selecting.of_topic(topic), urls)


def of_shelf(asked: MultiDict[str, str]) -> Offers:
    """Packs of the shelf with the filters of an address."""
    pairs = {key: asked.getlist(key) for key in (*KEYS, "sort") if asked.getlist(key)}
    urls = {pack: url_for("packing.shelf", pack=pack, **pairs) for pack in EXTENSIONS}  # type: ignore[arg-type]
    return _offered(selecting.of_shelf(asked), urls)


def _offered(selection: Selection, urls: Mapping[str, str]) -> Offers:
    if not selection.pieces:
        return NONE
    refused = {pack: selecting.too_much(selection, pack) for pack in EXTENSIONS}
    made = keeping.ready(selection)
    packs = [Offer(urls[pack], _label(pack, made.get(pack))) for pack in EXTENSIONS if not refused[pack]]
    return Offers(packs, next((why for why in refused.values() if why), ""))


def _label(pack: str, made: keeping.Kept | None) -> str:
    name = {"epub": _("EPUB"), "html": _("One HTML file"), "zip": _("ZIP with search")}[pack]
    return str(_("%(form)s, %(size)s", form=name, size=saying.file_size(made.size)) if made else name)
