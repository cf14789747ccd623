"""One way to write: a transaction that is a writer from its first statement on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from sqlalchemy.orm import Session

from library.extensions import db


@contextmanager
def writing() -> Iterator[Session]:
    """A transaction that commits at its end, or leaves nothing if an error comes out of it.

    Within another `writing()` it is a part of that one. What was read before is read anew inside, so that a decision
    is never taken on what another process has changed meanwhile.
    """
    session = cast(Session, db.session())
    if session.info.get("writing"):
        yield session
        return
    session.rollback()
    session.info["writing"] = True
    try:
        session.connection(execution_options={"writes": True})
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["writing"] = False
