"""A piece's cover in a page: what it shows of its file, in several sizes, or what is drawn from its title."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from flask import current_app, has_request_context, request, url_for
from markupsafe import Markup

from library.catalogue import covers as chosen
from library.catalogue.models import Document, StoredPicture
from library.extensions import db
from library.reading import covers

# How wide a front stands in each place, for the browser's choice among the sizes: an upright one beside an oblong one.
SIZES = {
    "card": ("(width >= 40rem) 13rem, 56vw", "(width >= 40rem) 22rem, 92vw"),
    "row": ("(width >= 40rem) 6rem, 4rem", "(width >= 40rem) 9rem, 6rem"),
    "piece": ("(width >= 56rem) 16rem, 56vw", "(width >= 56rem) 28rem, 92vw"),
}
_KNOWN = "library.covers"  # the environ's key for what a request has asked for
_BETTER = {"image/avif": 0, "image/webp": 1, "image/jpeg": 2}  # formats, the smallest first


def cover(document: Document, topic: str, place: str = "card", eager: bool = False) -> Markup:
    """The cover, without words for a screen reader: the title stands beside it.

    `place`: a key of SIZES. `eager`: for what is in sight when the page opens; others wait until they come near.
    """
    pictures = _pictures(document)
    if not pictures:
        return covers.draw(topic, document.shown.title)
    return _shown(document, pictures, covers.hue(topic, document.shown.title), place, eager)


def _pictures(document: Document) -> Sequence[StoredPicture]:
    """What the cover shows. The first piece of a page asks for all pieces that the page has loaded, in one query."""
    known: dict[int, Sequence[StoredPicture]] = request.environ.setdefault(_KNOWN, {}) if has_request_context() else {}
    if document.id not in known:
        loaded = {one[0] for kind, one, *_ in list(db.session.identity_map.keys()) if kind is Document}
        asked = {document.id, *loaded} - known.keys()
        found = chosen.pictures_of(asked, current_app.config["ORIGINALS"])
        known.update({number: found.get(number, ()) for number in asked})
    return known[document.id]


def _shown(document: Document, pictures: Sequence[StoredPicture], hue: int, place: str, eager: bool) -> Markup:
    oblong = pictures[-1].width > pictures[-1].height * 1.15
    sizes = SIZES[place][oblong]
    ordered = sorted(pictures, key=lambda picture: (_BETTER.get(picture.media_type, 9), picture.width))
    forms = [(form, list(some)) for form, some in groupby(ordered, key=lambda picture: picture.media_type)]
    sets = [(form, some, Markup(", ").join(_candidate(document, one) for one in some)) for form, some in forms]
    sources = Markup("").join(
        Markup('<source type="{}" srcset="{}" sizes="{}">').format(form, srcset, sizes)
        for form, _some, srcset in sets[:-1]
    )
    _form, plain, srcset = sets[-1]
    middle = plain[len(plain) // 2]
    return Markup(
        '<span class="cover hue-{}{}"><picture>{}<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}" alt=""'
        ' decoding="async"{}></picture></span>'
    ).format(
        hue,
        "" if oblong else " upright",
        sources,
        _address(document, middle),
        srcset,
        sizes,
        middle.width,
        middle.height,
        "" if eager else Markup(' loading="lazy"'),
    )


def _candidate(document: Document, picture: StoredPicture) -> str:
    return f"{_address(document, picture)} {picture.width}w"


def _address(document: Document, picture: StoredPicture) -> str:
    return url_for("reading.cover_picture", slug=document.slug, picture=picture.name)
