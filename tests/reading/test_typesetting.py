"""What reading adds to a page: places for notes in the margin, links to pages of the original."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from lxml import html as lxml_html

from library.catalogue.models import Document
from library.catalogue.rendering import render
from library.reading.typesetting import IN_MARGIN, typeset

Piece = Callable[..., Document]


def page(client: FlaskClient, path: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(client.get(path).text)


def test_each_note_stands_once_and_is_paired_with_the_place_that_names_it(client: FlaskClient, piece: Piece) -> None:
    body = "One.[^b]\n\nTwo.[^a] And again.[^b]\n\n[^a]: About two.\n[^b]: About one.\n"
    piece(body, title="Noted")
    found = page(client, "/documents/noted/")
    assert found.text_content().count("About one.") == 1
    pairs = {link.get("class").split()[-1][1:]: link.get("href") for link in found.xpath("//a[contains(@class, ' r')]")}
    assert len(pairs) == 2
    for number, address in pairs.items():
        note = found.xpath(f"//li[@class='m{number}']")
        assert [item.get("id") for item in note] == [address.removeprefix("#")]


def test_notes_beyond_the_margins_places_stay_at_the_end() -> None:
    body = " ".join(f"w[^{n}]" for n in range(60)) + "\n\n" + "\n".join(f"[^{n}]: Note {n}." for n in range(60))
    html = typeset(render(body, "article")[0].html, (), "en", None)
    found = lxml_html.fragment_fromstring(html, create_parent="div")
    assert len(found.xpath("//li[starts-with(@class, 'm')]")) == IN_MARGIN
    assert len(found.xpath("//li[not(@class)]")) == 60 - IN_MARGIN


def test_the_style_sheet_has_a_place_for_each_note(client: FlaskClient) -> None:
    styles = client.get("/static/css/reading.css").text
    assert all(f".m{n} {{ anchor-name: --m{n};" in styles for n in range(1, IN_MARGIN + 1))
    assert f".m{IN_MARGIN + 1} " not in styles


def test_text_without_anything_to_add_stays_as_it_is() -> None:
    for html in ("", '<p id="p-1">Öffentlich &amp; <b>offen</b> &lt;x&gt;</p>\nفي'):
        assert typeset(html, (), "en", None) == html


def test_what_is_nested_without_end_is_shown_all_the_same(client: FlaskClient, piece: Piece) -> None:
    body = "<div>" * 300 + "An assembly." + "</div>" * 300 + "\n\n## Glossary\n\nAssembly\n:   People."
    piece(body, title="Deep")
    response = client.get("/documents/deep/?hl=assembly")
    assert response.status_code == 200
    assert "An <mark>assembly</mark>." in response.text


def test_a_link_whose_words_are_its_address_says_so_for_paper() -> None:
    html = '<p><a href="https://example.org/a">https://example.org/a</a> <a href="https://example.org/">More</a></p>'
    found = lxml_html.fragment_fromstring(typeset(html, (), "en", None))
    assert [link.get("class") for link in found.iter("a")] == ["bare", None]


def test_page_marks_lead_to_the_original_where_it_may_be_seen() -> None:
    html = '<div class="page-break" id="page-12">12</div><p>Text.</p>'
    found = lxml_html.fragment_fromstring(
        typeset(html, (), "en", ("/documents/x/pages/0/", "Page 0 of the original")), create_parent="div"
    )
    link = found.xpath("//div[@id='page-12']/a")[0]
    assert (link.get("href"), link.get("aria-label"), link.text) == (
        "/documents/x/pages/12/",
        "Page 12 of the original",
        "12",
    )
    assert typeset(html, (), "en", None) == html


def test_a_credit_follows_the_last_upright_stroke_of_a_caption() -> None:
    name = "a" * 64 + ".png"
    body = f'![A square](picture:{name} "Noon | the square | Photo: A. Obi, CC BY 4.0")'
    html = render(body, "article", pictures={name: (300, 200)})[0].html
    caption = lxml_html.fragment_fromstring(html, create_parent="div").xpath("//figcaption")[0]
    assert caption.text == "Noon | the square "
    assert caption.findtext("small") == "Photo: A. Obi, CC BY 4.0"
