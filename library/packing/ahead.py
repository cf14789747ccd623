"""Packs made before anybody asks, by the job worker when it has nothing better to do, so that pages can say their size."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import select

from library.catalogue import listing, outbox, topics
from library.catalogue.listing import Shelf
from library.catalogue.models import Document, Status, Topic
from library.extensions import db
from library.packing import keeping, selecting
from library.packing.keeping import Busy, NoRoom, TooMuch
from library.packing.selecting import EXTENSIONS, PUBLIC, Selection

NEWEST = 200  # pieces, by when they changed, whose packs are made ahead
LIGHT = 4_000_000  # characters up to which a topic is packed ahead; a larger one waits until somebody asks
AT_ONCE = 500  # names in one query
ROOM = 0.5  # of PACKS_MB, which what nobody asked for leaves free


@dataclass(slots=True)
class Ahead:
    """What is still to be made since the library changed last."""

    app: Flask
    change: int = -1
    # whether it is a piece or a topic, its number, the extension
    waiting: deque[tuple[bool, int, str]] = field(default_factory=deque)
    untold: bool = False  # packs were made of which pages do not say the size yet

    def make_next(self, stopped: Callable[[], bool]) -> bool:
        """Make one pack that is missing; whether one was made."""
        # Packs have links and words of ours in them, which need a request's context; this one is nobody's.
        with self.app.test_request_context("/"):
            self._look()
            while self.waiting and not stopped():
                is_piece, number, extension = self.waiting.popleft()
                if (selection := _selected(is_piece, number)) and self._made(selection, extension, stopped):
                    self.untold = True
                    return True
            if self.untold and not self.waiting:  # once for all: every kept page is made anew
                self.untold = False
                keeping.tell()
        return False

    def _look(self) -> None:
        latest = outbox.latest()
        if latest == self.change:
            return
        self.change = latest
        forget_hidden()
        shelf = listing.shelf(Shelf(access=PUBLIC, sort="added"), size=NEWEST)
        pieces = [(True, document.id) for document in shelf.documents]
        known = [(False, topic.id) for topic in topics.all_topics()]
        self.waiting = deque(
            (is_piece, number, extension) for is_piece, number in (*pieces, *known) for extension in EXTENSIONS
        )

    @staticmethod
    def _made(selection: Selection, extension: str, stopped: Callable[[], bool]) -> bool:
        heavy = sum(piece.characters for piece in selection.pieces) > LIGHT
        if heavy or extension in keeping.ready(selection) or keeping.room() < ROOM:
            return False
        try:
            keeping.get(selection, extension, wait=0, stopped=stopped, quietly=True)
        except (Busy, NoRoom, TooMuch):
            return False
        return True


def _selected(is_piece: bool, number: int) -> Selection | None:
    if not is_piece:
        topic = db.session.get(Topic, number)
        return selecting.of_topic(topic) if topic else None
    document = db.session.get(Document, number)
    if document is None or document.live is None:
        return None
    selection = selecting.of_piece(document)
    return selection if selection.kept else None


def forget_hidden() -> int:
    """Remove the packs of pieces that readers may not have any more; how many pieces that were."""
    folders = keeping.folders()
    gone: list[str] = []
    for start in range(0, len(folders), AT_ONCE):
        hidden = (Document.status != Status.PUBLISHED) | Document.access.not_in(PUBLIC)
        asked = select(Document.uuid).where(Document.uuid.in_(folders[start : start + AT_ONCE]), hidden)
        gone += db.session.scalars(asked)
    for name in gone:
        keeping.forget(name)
    return len(gone)
