"""The page of a file with files in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from library.access.models import Role
from library.extensions import db
from library.ingest import jobs
from library.ingest.models import Job

SignedIn = Callable[..., FlaskClient]


def test_the_page_of_an_archive_lists_its_files_and_theirs_lead_back(app: Flask, signed_in: SignedIn) -> None:
    client = signed_in(Role.CONTRIBUTOR)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("<b>rules.md", "# Lantern rules\n\nTwo lamps for each steward.\n")
        archive.writestr("viewer.exe", b"\x7fELF" + bytes(9))
    content.seek(0)
    page = client.post("/curate/upload", data={"files": (content, "batch.zip")}).headers["Location"]
    while jobs.step("test"):
        pass
    shown = client.get(page).text
    assert "2 files in it" in shown and "viewer.exe" in shown
    assert "&lt;b&gt;rules.md" in shown and "<b>rules.md" not in shown
    part = db.session.query(Job).filter_by(name="viewer.exe").one()
    assert f"/curate/jobs/{part.id}/" in shown
    told = client.get(f"/curate/jobs/{part.id}/").text
    assert page in told and "batch.zip" in told and "a program" in told
