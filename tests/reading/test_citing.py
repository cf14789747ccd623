"""Citations: for people on the page, and as files for reference managers, in any script."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from lxml import html as lxml_html

from library.catalogue import documents
from library.catalogue.models import Document

Piece = Callable[..., Document]


@pytest.fixture
def cited(piece: Piece) -> Document:
    """A published report with everything that a citation can have."""
    return piece(
        "Text.",
        title="Costs & benefits: 50% of {open} data_sets #1 ~ ^ \\ $",
        summary="What it\ncosts.",
        kind="report",
        authors=("Ada Obi", "شبكة الحريات", "王小明"),
        publisher="Network & Friends",
        published_on=date(2024, 3, 9),
        licence="CC-BY-4.0",
    )


def test_bibtex_escapes_what_tex_takes_for_commands_and_keeps_every_script(
    client: FlaskClient, cited: Document
) -> None:
    response = client.get(f"/documents/{cited.slug}/cite.bib")
    assert response.content_type == "application/x-bibtex; charset=utf-8"
    text = response.data.decode("utf-8")
    assert text.startswith(f"@techreport{{{cited.slug},")
    assert (
        r"title = {{Costs \& benefits: 50\% of \{open\} data\_sets \#1 \textasciitilde{} \textasciicircum{} \textbackslash{} \$}}"
        in text
    )
    assert "author = {{Ada Obi} and {شبكة الحريات} and {王小明}}" in text
    assert r"institution = {Network \& Friends}" in text
    assert f"url = {{http://localhost/documents/{cited.slug}/revisions/1/}}" in text
    unescaped = re.sub(r"\\[{}]", "", text)
    assert unescaped.count("{") == unescaped.count("}")


def test_ris_is_lines_of_two_letters_that_end_as_the_format_says(client: FlaskClient, cited: Document) -> None:
    response = client.get(f"/documents/{cited.slug}/cite.ris")
    assert response.content_type == "application/x-research-info-systems; charset=utf-8"
    lines = response.data.decode("utf-8").split("\r\n")
    assert lines[0] == "TY  - RPRT"
    assert lines[-2:] == ["ER  - ", ""]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines[:-1])
    assert [line[6:] for line in lines if line.startswith("AU")] == ["Ada Obi", "شبكة الحريات", "王小明"]
    assert "DA  - 2024/03/09/" in lines
    assert "AB  - What it costs." in lines


def test_csl_json_is_an_array_with_one_item(client: FlaskClient, cited: Document) -> None:
    response = client.get(f"/documents/{cited.slug}/cite.csl.json")
    assert response.content_type == "application/vnd.citationstyles.csl+json; charset=utf-8"
    (item,) = json.loads(response.data)
    assert item["type"] == "report"
    assert item["author"][1] == {"literal": "شبكة الحريات"}
    assert item["issued"] == {"date-parts": [[2024, 3, 9]]}
    assert item["URL"].endswith("/revisions/1/")


def test_what_is_not_known_is_left_out(client: FlaskClient, piece: Piece) -> None:
    piece("Text.", title="Bare", language="und")
    assert json.loads(client.get("/documents/bare/cite.csl.json").data) == [
        {
            "id": "bare",
            "type": "article",
            "title": "Bare",
            "version": "1",
            "URL": "http://localhost/documents/bare/revisions/1/",
        }
    ]
    assert "author" not in client.get("/documents/bare/cite.bib").text
    assert "no date" in client.get("/documents/bare/").text


def test_a_slug_in_another_script_gives_a_key_that_bibtex_can_read(client: FlaskClient, piece: Piece) -> None:
    document = piece("نص.", title="دليل", language="ar")
    response = client.get(f"/documents/{document.slug}/cite.bib")
    assert response.text.startswith(f"@misc{{piece{document.id},")
    assert response.headers["Content-Disposition"].isascii()


def test_the_page_says_how_to_cite_it_and_where_the_files_are(client: FlaskClient, cited: Document) -> None:
    found = lxml_html.document_fromstring(client.get(f"/documents/{cited.slug}/").text)
    said = " ".join(found.xpath("//p[@class='citation']")[0].text_content().split())
    assert said.startswith("Ada Obi; شبكة الحريات; 王小明 (9 March 2024). Costs & benefits")
    for address in found.xpath("//details[@class='cite']//a[@rel='nofollow']/@href"):
        assert client.get(address).status_code == 200
    assert found.xpath("//meta[@name='citation_author']/@content") == list(cited.shown.authors)


def test_citations_follow_the_piece(client: FlaskClient, cited: Document) -> None:
    slug = cited.slug
    documents.move(cited, "costs")
    assert client.get(f"/documents/{slug}/cite.ris").location == "/documents/costs/cite.ris"
    documents.curate(cited, access="members")
    assert client.get("/documents/costs/cite.ris").status_code == 404
    documents.curate(cited, access="public")
    documents.withdraw(cited, "Wrong.")
    assert client.get("/documents/costs/cite.bib").status_code == 410
