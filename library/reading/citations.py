"""Citations of a piece as files."""

from __future__ import annotations

from flask import Response, request
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from library.reading.access import open_piece
from library.reading.blueprint import bp
from library.reading.citing import FORMS, bibtex, citation, csl, ris

_MADE = {"bib": bibtex, "ris": ris, "csl.json": csl}


@bp.get('/documents/<slug>/cite.<any("bib","ris","csl.json"):form>')
def cite(slug: str, form: str) -> AnyResponse:
    """The piece as BibTeX, RIS or CSL-JSON, for reference managers; the address in it shows this revision for ever."""
    piece = open_piece(slug, current_user)
    made = _MADE[form](citation(piece, piece.shown))
    response = Response(made, content_type=f"{FORMS[form]}; charset=utf-8")
    # ASCII, for headers know nothing else; what it cites stands inside.
    response.headers["Content-Disposition"] = f'attachment; filename="citation-{piece.id}.{form}"'
    response.headers["Cache-Control"] = "no-cache" if piece.access == "public" else "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    return response.make_conditional(request)
