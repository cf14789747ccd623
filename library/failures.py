"""What went wrong, as one sentence for whoever typed a command."""

from __future__ import annotations

import errno
import os
import sqlite3


class NoLibrary(Exception):
    """There is no database to work on, or it is not of this version."""


class Refused(Exception):
    """A command that is not carried out; the message says why and what to do."""


def sentence(error: BaseException) -> str:
    """One line on `error`: its own words where it is written for people, else what is known of it."""
    from sqlalchemy.exc import DBAPIError, SQLAlchemyError

    if isinstance(error, DBAPIError):
        return _database(error.orig or error)
    if isinstance(error, SQLAlchemyError):
        return f"The database cannot be used: {_first_line(error)}"
    if isinstance(error, OSError):
        return _system(error)
    if _is_ours(error):
        return " ".join(str(error).split())
    return f"{type(error).__name__}: {_first_line(error)} (set LIBRARY_TRACEBACK=1 to see where)"


def _database(error: BaseException) -> str:
    text = _first_line(error)
    if "no such table" in text or ("relation" in text and "does not exist" in text):
        return "There is no library in this instance yet; `library init` makes one."
    if "disk is full" in text or "No space left" in text:
        return "The disk is full: nothing was written. Make room and try again."
    if isinstance(error, sqlite3.OperationalError) and "locked" in text:
        return "The database is busy: another process has been writing to it for long. Try again in a moment."
    return f"The database cannot be used: {text}"


def _system(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full: nothing was written. Make room and try again."
    if error.filename is not None:
        return f"{os.fspath(error.filename)}: {error.strerror}."
    return error.strerror or _first_line(error)


def _is_ours(error: BaseException) -> bool:
    """Errors of our own packages are sentences already."""
    return type(error).__module__.split(".")[0] in ("library", "indexer")


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].strip()
