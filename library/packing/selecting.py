"""What a pack holds: which published pieces, under which name, as they are at this moment. Never a member's piece."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from flask import current_app, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from library import interface, settings
from library.catalogue import listing, topics
from library.catalogue.listing import Identity, Shelf
from library.catalogue.models import Document, Status, Topic
from library.reading import context, filters, forms
from library.serving.urls import absolute

EXTENSIONS = ("epub", "html", "zip")
MOST_PIECES = 1_000
LONGEST_PIECE = 8_000_000  # characters of one piece, which is held in memory as a whole
MOST_CHARACTERS = {"epub": 60_000_000, "html": 15_000_000, "zip": 30_000_000}
MOST_PICTURES = {"epub": 500 * 10**6, "html": 60 * 10**6, "zip": 500 * 10**6}  # bytes
PUBLIC = ("public",)


@dataclass(frozen=True, slots=True)
class Selection:
    """Pieces that are packed together. `folder`: where its packs are kept; `name`: of its files, without ending.
    `topics`: what those are called that its pieces may name.

    `single`: one piece by itself, whose pack is that piece rather than a collection of one. `kept`: whether what is made
    of it may be kept for others; not so for a piece that is not for everyone.
    """

    folder: str
    identifier: str  # urn:uuid:…
    name: str
    title: str
    address: str
    language: str
    pieces: tuple[Identity, ...]
    topics: tuple[str, ...]
    single: bool = False
    kept: bool = True

    def keys(self) -> dict[str, str]:
        """By extension, a name for what a pack of this would be, byte by byte: the same as long as nothing changes."""
        config = current_app.config
        told = repr((maker(), config["SITE_NAME"], absolute("/"), config["SITE_LANGUAGE"], config["ORIGINALS"], self))
        begun = hashlib.sha256(told.encode())
        found = {}
        for extension in EXTENSIONS:
            whole = begun.copy()
            whole.update(extension.encode())
            found[extension] = whole.hexdigest()[:32]
        return found


def of_piece(document: Document) -> Selection:
    """A published piece by itself."""
    revision = document.shown
    return Selection(
        folder=document.uuid,
        identifier=f"urn:uuid:{document.uuid}",
        name=document.slug,
        title=revision.title,
        address=absolute(forms.path(document)),
        language=revision.language,
        pieces=tuple(listing.identities_of([document.id])),
        topics=_named(document.topics),
        single=True,
        kept=document.status == Status.PUBLISHED and document.access in PUBLIC,
    )


def of_topic(topic: Topic) -> Selection:
    """What everyone may read about a topic and those below it, the newest first."""
    with _in_the_sites_language():
        title = context.topic_name(topic)
    return _collection(
        Shelf(topic=(topic.slug,), access=PUBLIC),
        folder=topic.uuid,
        name=topic.slug,
        title=title,
        address=absolute(url_for("reading.topic", slug=topic.slug)),
    )


def of_shelf(asked: MultiDict[str, str]) -> Selection:
    """What everyone may read of the shelf with the filters that an address tells."""
    shelf = filters.from_address(asked, PUBLIC)
    address = absolute(filters.address(shelf))
    with _in_the_sites_language():
        chosen = [chip.label for chip in filters.chips(shelf)]
    site = current_app.config["SITE_NAME"]
    number = uuid5(NAMESPACE_URL, address)
    return _collection(
        shelf,
        folder=str(number),
        name="-".join(["collection", *(str(v) for key in filters.KEYS for v in getattr(shelf, key))])[:80],
        title=f"{site}: {', '.join(chosen)}" if chosen else site,
        address=address,
    )


def too_much(selection: Selection, extension: str) -> str:
    """Why a pack of this cannot be made, and what to do instead; "" where it can."""
    if not selection.pieces:
        return str(_("There is nothing to take with you here yet."))
    if len(selection.pieces) > MOST_PIECES:
        return str(
            _(
                "There are more than %(most)d pieces here. Narrow them down by topic, language or year.",
                most=MOST_PIECES,
            )
        )
    characters = sum(piece.characters for piece in selection.pieces)
    pictures = sum(piece.pictures for piece in selection.pieces)
    if any(piece.characters > LONGEST_PIECE for piece in selection.pieces):
        return str(_("A piece here is too long for a pack. It can be had as text, Markdown and JSON."))
    if characters > MOST_CHARACTERS[extension] or pictures > MOST_PICTURES[extension]:
        if extension == "html":
            return str(_("This is too much for one page. Take the EPUB or the ZIP file, or fewer pieces."))
        return str(_("This is too much for one file. Narrow it down by topic, language or year."))
    return ""


def spoken(selection: Selection) -> str:
    """The language in which a pack's own words are: its pieces', where the interface speaks it, else the site's."""
    tag = selection.language.split("-")[0].lower()
    return tag if tag in interface.offered() else str(current_app.config["SITE_LANGUAGE"])


@cache
def maker() -> str:
    """What packs are made with, as a hash: another version of it makes other bytes."""
    here = settings.asset_folder("static"), settings.asset_folder("templates")
    parts = [*(here[0] / "packing").rglob("*"), here[0] / "css" / "tokens.css", here[0] / "js" / "offline-search.js"]
    parts += [*(here[1] / "packing").rglob("*"), *interface.TRANSLATIONS.glob("*/LC_MESSAGES/messages.mo")]
    parts += Path(__file__).parent.glob("*.py")
    found = hashlib.sha256()
    for part in sorted(part for part in parts if part.is_file()):
        found.update(part.name.encode() + b"\0" + part.read_bytes())
    return found.hexdigest()[:16]


def _collection(shelf: Shelf, folder: str, name: str, title: str, address: str) -> Selection:
    named = _named(topics.all_topics())
    pieces: Sequence[Identity] = listing.identities(shelf, MOST_PIECES + 1)
    return Selection(folder, f"urn:uuid:{folder}", name, title, address, _most_spoken(pieces), tuple(pieces), named)


def _in_the_sites_language() -> AbstractContextManager[None]:
    """A pack is the same file for readers of all languages, and so is its title."""
    locale: AbstractContextManager[None] = force_locale(str(current_app.config["SITE_LANGUAGE"]).replace("-", "_"))
    return locale


def _named(found: Sequence[Topic]) -> tuple[str, ...]:
    return tuple(f"{topic.slug} {sorted(topic.names.items())}" for topic in found)


def _most_spoken(pieces: Sequence[Identity]) -> str:
    counted: dict[str, int] = {}
    for piece in pieces:
        counted[piece.language] = counted.get(piece.language, 0) + 1
    return max(counted, key=lambda tag: (counted[tag], tag)) if counted else str(current_app.config["SITE_LANGUAGE"])
