"""Uploads in pieces, for the script of the upload page; docs/architecture.md has the protocol.

POST /curate/uploads/ says what is coming and gets an address. HEAD of it tells the offset, PUT with Content-Range sends
a piece that begins there, PUT of `bytes */SIZE` asks for the end once more, DELETE gives it up.
"""

from __future__ import annotations

import re

from flask import Response, jsonify, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import ServiceUnavailable

from library.access.policy import Action, requires
from library.catalogue.errors import CatalogueError, StorageFull, TooLarge
from library.curating import arriving
from library.curating.blueprint import bp
from library.extensions import db
from library.ingest import resuming
from library.ingest.resuming import Busy, NoSuchUpload, Upload, WrongPlace

_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+)")
_BATCH = re.compile(r"[0-9a-f]{8,32}")


class BadPiece(CatalogueError):
    """A request that does not follow the protocol."""


@bp.get("/uploads/")
@requires(Action.UPLOAD)
def uploads() -> Response:
    """One's own unfinished uploads, to go on with."""
    return jsonify(uploads=[_told(upload) for upload in resuming.unfinished(current_user.id)])


@bp.post("/uploads/")
@requires(Action.UPLOAD)
def begin_upload() -> Response:
    """Announce a file: its name, size, topics; the answer names the address that its pieces go to."""
    try:
        said = request.get_json()
        if not isinstance(said, dict) or not isinstance(said.get("size"), int) or said["size"] < 0:
            raise BadPiece(_("Say the name and the size of the file."))
        batch = str(said.get("batch", ""))
        upload = resuming.begin(
            current_user.id,
            str(said.get("name", "")),
            said["size"],
            modified=int(said.get("modified") or 0),
            topics=[str(topic) for topic in said.get("topics") or []],
            batch=batch if _BATCH.fullmatch(batch) else "",
        )
    except CatalogueError as error:
        return _refused(error)
    response = jsonify(_told(upload))
    response.status_code = 201
    response.headers["Location"] = url_for("curating.upload_state", token=upload.token)
    return response


@bp.get("/uploads/<token>")
@requires(Action.UPLOAD)
def upload_state(token: str) -> Response:
    """How much of an upload has come, also as the header Upload-Offset of HEAD."""
    try:
        return _with_offset(resuming.find(token, current_user.id))
    except CatalogueError as error:
        return _refused(error)


@bp.put("/uploads/<token>")
@requires(Action.UPLOAD)
def upload_piece(token: str) -> Response:
    """Take a piece in; the last one makes a job of the upload."""
    try:
        person = current_user.id
        upload = resuming.find(token, person)
        db.session.rollback()  # no connection to the database is held while the bytes come
        place = _RANGE.fullmatch(request.headers.get("Content-Range", ""))
        if place is None or int(place[3]) != upload.size:
            raise BadPiece(_("Say with Content-Range which bytes these are."))
        if upload.job is None and place[1]:
            with arriving.piece(request.stream) as stream:
                resuming.append(upload, int(place[1]), stream)
        if upload.offset == upload.size:
            resuming.finish(upload)
        return _with_offset(resuming.find(token, person))
    except CatalogueError as error:
        return _refused(error)
    except ServiceUnavailable as error:
        response = _problem(str(error.description), 503)
        response.headers["Retry-After"] = str(arriving.RETRY_SECONDS)
        return response


@bp.delete("/uploads/<token>")
@requires(Action.UPLOAD)
def drop_upload(token: str) -> Response:
    """Give an upload up."""
    try:
        resuming.drop(resuming.find(token, current_user.id))
    except CatalogueError as error:
        return _refused(error)
    return Response(status=204)


def _told(upload: Upload) -> dict[str, object]:
    return {
        "url": url_for("curating.upload_state", token=upload.token),
        "name": upload.name,
        "size": upload.size,
        "modified": upload.modified,
        "offset": upload.offset,
        "piece": resuming.PIECE,
        "job": url_for("curating.job", number=upload.job) if upload.job is not None else None,
    }


def _with_offset(upload: Upload) -> Response:
    response: Response = jsonify(_told(upload))
    response.headers["Upload-Offset"] = str(upload.offset)
    response.headers["Upload-Length"] = str(upload.size)
    return response


def _refused(error: CatalogueError) -> Response:
    match error:
        case TooLarge():
            return _problem(str(error), 413)
        case StorageFull():
            return _problem(str(error), 507)
        case NoSuchUpload():
            return _problem(str(error), 404)
        case WrongPlace() | Busy():
            return _problem(str(error), 409)
        case _:
            return _problem(str(error), 400)


def _problem(sentence: str, status: int) -> Response:
    response: Response = jsonify(error=sentence)
    response.status_code = status
    return response
