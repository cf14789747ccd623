"""Pictures without a description are on the curator's list, and on the page of their piece."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from library.access.models import Role
from library.catalogue import documents, pictures
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document
from library.ingest.extraction import Picture

NAME = f"{'ab' * 32}.png"


def stored(folder: Path) -> str:
    (folder / NAME).write_bytes(b"a picture")
    pictures.store(folder, [Picture(NAME, "image/png", 60, 40, 9)])
    return NAME


def test_pictures_without_a_description_are_listed_until_they_have_one(
    app: Flask, piece: Callable[..., Document], signed_in: Callable[..., FlaskClient], tmp_path: Path
) -> None:
    document = piece(f"Text.\n\n![](picture:{stored(tmp_path)})\n\n![](picture:{NAME})", title="Silent pictures")
    piece('Text with `<img alt="" src="/pictures/x">` in it.', title="No pictures")
    client = signed_in(Role.CURATOR)
    desk = client.get("/curate/").text
    listed = desk[desk.index("Pictures without a description") : desk.index("Published last")]
    assert "Silent pictures" in listed and "No pictures" not in listed
    page = client.get(f"/curate/documents/{document.slug}/").text
    assert "1 picture has no description" in page
    assert f'<img src="/pictures/{NAME}"' in page
    documents.revise(document, Metadata.of(document.latest), f"Text.\n\n![A crowd](picture:{NAME})")
    assert "Pictures without a description" not in client.get("/curate/").text
    assert "no description" not in client.get(f"/curate/documents/{document.slug}/").text


def test_contributors_see_their_own_drafts_in_that_list(
    app: Flask, piece: Callable[..., Document], signed_in: Callable[..., FlaskClient], tmp_path: Path
) -> None:
    piece(f"Text.\n\n![](picture:{stored(tmp_path)})", title="Of others")
    assert "Of others" not in signed_in(Role.CONTRIBUTOR).get("/curate/").text
