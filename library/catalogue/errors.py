"""What can go wrong in the catalogue, in words for people."""

from __future__ import annotations


class CatalogueError(Exception):
    """The message is a sentence that a curator can act on. `field`: what of a form it is about; "" for the whole."""

    def __init__(self, message: str = "", field: str = "") -> None:
        super().__init__(message)
        self.field = field


class SlugTaken(CatalogueError):
    """The address belongs, or once belonged, to another piece."""


class BadSlug(CatalogueError):
    """The address has characters that an address cannot have."""


class BadMetadata(CatalogueError):
    """A field of a piece's description cannot be used."""


class TopicTaken(CatalogueError):
    """A topic with that address exists."""


class BadTopic(CatalogueError):
    """A topic cannot stand where it was put."""


class BadJudgement(CatalogueError):
    """A query and a piece cannot be judged as they were written."""


class NothingToPublish(CatalogueError):
    """A piece has no text or no title yet."""


class StorageFull(CatalogueError):
    """There is no room on the disk for a file."""


class FileMissing(CatalogueError):
    """An original is recorded but not on the disk."""


class TooLarge(CatalogueError):
    """A file is larger than the library takes."""
