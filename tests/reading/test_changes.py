"""What changed: only revisions that were live and matter, with their notes, compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask.testing import FlaskClient
from lxml import html as lxml_html

from library.catalogue import documents
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document

Piece = Callable[..., Document]


def page(client: FlaskClient, path: str, status: int = 200) -> lxml_html.HtmlElement:
    response = client.get(path)
    assert response.status_code == status, path
    return lxml_html.document_fromstring(response.text)


def revised(document: Document, body: str, *, note: str = "", matters: bool = True, publish: bool = True) -> None:
    documents.revise(document, Metadata.of(document.latest), body)
    if publish:
        documents.publish(document, note=note, significant=matters)


def test_readers_see_when_it_changed_with_the_note_and_what_differs(client: FlaskClient, piece: Piece) -> None:
    document = piece("The deadline is ten days.", title="Deadlines")
    first = page(client, "/documents/deadlines/")
    assert not first.xpath("//p[@class='last-change']")
    revised(document, "A draft between.", publish=False)
    revised(document, "The deadline is fourteen days.", note="The new law counts from receipt.")
    revised(document, "The deadline is fourteen days!", note="A comma.", matters=False)
    shown = page(client, "/documents/deadlines/")
    assert "The new law counts from receipt." in shown.xpath("//p[@class='last-change']")[0].text_content()
    assert shown.xpath("//p[@class='last-change']/a/@href") == ["/documents/deadlines/changes"]
    listed = page(client, "/documents/deadlines/changes")
    assert "A comma." not in listed.text_content()
    assert "First published" in listed.text_content()
    assert listed.xpath("//ol[@class='history']//a[@rel='nofollow']/@href") == ["/documents/deadlines/changes/1-3"]
    compared = page(client, "/documents/deadlines/changes/1-3")
    assert compared.xpath("//del/text()")[1:] == ["ten"]
    assert compared.xpath("//ins/text()")[1:] == ["fourteen"]


def test_a_draft_between_or_what_does_not_matter_is_compared_by_nobody(client: FlaskClient, piece: Piece) -> None:
    document = piece("One.", title="Steps")
    revised(document, "Two.", publish=False)
    revised(document, "Three.", matters=False)
    revised(document, "Four.")
    for pair in ("1-2", "2-4", "1-3", "4-1", "1-1", "1-9"):
        page(client, f"/documents/steps/changes/{pair}", 404)
    page(client, "/documents/steps/changes/1-4")


def test_publishing_the_same_again_is_no_change(client: FlaskClient, piece: Piece) -> None:
    document = piece("One.", title="Steps")
    documents.withdraw(document, "For a day.")
    assert client.get("/documents/steps/changes").status_code == 410
    documents.publish(document, note="Back again.")
    listed = page(client, "/documents/steps/changes")
    assert len(listed.xpath("//ol[@class='history']/li")) == 1
    assert "Back again." not in listed.text_content()


def test_a_note_is_text_and_no_markup(client: FlaskClient, piece: Piece) -> None:
    document = piece("One.", title="Steps")
    revised(document, "Two.", note="<script>alert(1)</script>")
    for path in ("/documents/steps/", "/documents/steps/changes", "/documents/steps/changes/1-2"):
        assert not page(client, path).xpath("//main//script[not(@src)]")


def test_hidden_pieces_have_no_changes_for_strangers(client: FlaskClient, piece: Piece) -> None:
    documents.curate(piece("One.", title="Inner"), access="members")
    page(client, "/documents/inner/changes", 404)
    piece("One.", title="Draft", publish=False)
    page(client, "/documents/draft/changes", 404)


def test_a_changed_title_of_metadata_alone_is_listed(client: FlaskClient, piece: Piece) -> None:
    document = piece("One.", title="Steps")
    documents.revise(document, replace(Metadata.of(document.latest), title="Steps taken"), "One.")
    documents.publish(document, note="A better title.")
    assert "A better title." in page(client, "/documents/steps/changes").text_content()
    assert "Every paragraph is the same" in page(client, "/documents/steps/changes/1-2").text_content()
