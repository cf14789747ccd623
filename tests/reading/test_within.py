"""Find within a piece, and pieces to read next."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask.testing import FlaskClient
from lxml import html as lxml_html

from library.access.models import Role, User
from library.catalogue import documents
from library.catalogue.models import Document
from library.reading import related

Piece = Callable[..., Document]
Indexed = Callable[[], None]


def page(client: FlaskClient, path: str, status: int = 200) -> lxml_html.HtmlElement:
    response = client.get(path)
    assert response.status_code == status
    return lxml_html.document_fromstring(response.text)


def test_places_of_one_piece_are_found_in_the_order_of_the_text_and_open_there(
    client: FlaskClient, guide: Document, piece: Piece, indexed: Indexed
) -> None:
    piece("Minutes in another piece.", title="Other")
    indexed()
    found = page(client, "/documents/meetings/find?q=neighbours+OR+minutes")
    links = found.xpath("//ol[@class='found']//a/@href")
    assert [link.partition("?")[0] for link in links] == [
        "/documents/meetings/plan-the-meeting/",
        "/documents/meetings/write-it-up/",
    ]
    for link in links:
        chapter, _, anchor = link.partition("#")
        there = page(client, chapter)
        assert there.xpath(f"//*[@id='{anchor}']//mark")
    assert found.xpath("//*[@role='status']")[0].text_content().strip() == "2 places"
    assert found.xpath("//meta[@name='robots']/@content") == ["noindex"]


def test_places_of_one_chapter_stand_as_they_are_read(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    piece(
        "## Zebras\n\nA lantern.\n\n## Middle\n\nLantern lantern lantern.\n\n## Apes\n\nThe lantern and a lantern.",
        title="Lamps",
    )
    indexed()
    heads = page(client, "/documents/lamps/find?q=lantern").xpath("//*[@class='found-head']")
    assert [head.text_content().strip() for head in heads] == ["Zebras", "Middle", "Apes"]


def test_all_places_are_shown_and_not_the_best_three(client: FlaskClient, piece: Piece, indexed: Indexed) -> None:
    body = "\n\n".join(f"## Part {n}\n\nThe lantern of part {n}." for n in range(9))
    piece(body, title="Lanterns", kind="guidebook")
    indexed()
    found = page(client, "/documents/lanterns/find?q=lantern")
    assert [count.text for count in found.xpath("//bdi[@class='count']")] == [str(n) for n in range(1, 10)]


def test_a_form_stands_on_cover_and_chapter(client: FlaskClient, guide: Document) -> None:
    for path in ("/documents/meetings/", "/documents/meetings/look-back/"):
        form = page(client, path).xpath("//form[@data-find]")[0]
        assert form.get("action") == "/documents/meetings/find"
        assert form.xpath(".//label/@for") == form.xpath(".//input/@id")


def test_what_is_not_found_is_said_and_the_whole_library_offered(
    client: FlaskClient, guide: Document, indexed: Indexed
) -> None:
    indexed()
    found = page(client, "/documents/meetings/find?q=zebra")
    assert "Nothing in this piece has these words." in found.text_content()
    assert "/search?q=zebra" in found.xpath("//main//a/@href")
    assert not page(client, "/documents/meetings/find?q=+").xpath("//*[@data-found]")


def test_without_an_index_it_says_so(client: FlaskClient, guide: Document) -> None:
    assert "Search is being made ready" in page(client, "/documents/meetings/find?q=room").text_content()


def test_who_may_not_read_a_piece_finds_nothing_in_it(
    client: FlaskClient, guide: Document, indexed: Indexed, person: Callable[..., User],
    reader: Callable[[User], FlaskClient],
) -> None:  # fmt: skip
    documents.curate(guide, access="members")
    indexed()
    page(client, "/documents/meetings/find?q=room", 404)
    assert page(reader(person(Role.MEMBER)), "/documents/meetings/find?q=room").xpath("//ol[@class='found']/li")


def test_a_chapter_called_find_or_changes_keeps_its_address(client: FlaskClient, piece: Piece) -> None:
    piece("## Find\n\nText.\n\n## Changes\n\nMore.\n\n## Pages\n\nLast.", title="Names", kind="guidebook")
    for slug, heading in (("find", "Find"), ("changes", "Changes"), ("pages", "Pages")):
        assert page(client, f"/documents/names/{slug}/").findtext(".//h1") == heading


TEXT = "Stewards carry lanterns on the embankment while the drummers keep the tempo of the procession. "


def test_pieces_alike_stand_at_the_end_and_never_one_that_is_hidden(
    client: FlaskClient, piece: Piece, indexed: Indexed
) -> None:
    first = piece(TEXT * 3, title="First")
    near = piece(TEXT * 2 + "And a bridge.", title="Near")
    inner = piece(TEXT * 2 + "And a gate.", title="Inner")
    documents.curate(inner, access="members")
    piece(TEXT, title="Draft", publish=False)
    french = piece(TEXT, title="Traduit", language="fr")
    documents.translate(french, first)
    for number in range(12):
        piece(f"Accounts and ledgers of the treasury number {number}.", title=f"Far {number}")
    indexed()
    shown = page(client, "/documents/first/").xpath("//section[@class='related']//li/a/@href")
    assert shown == ["/documents/near/"]
    assert [d.slug for d in related.related(first, ("public", "members"))][:2] in (["near", "inner"], ["inner", "near"])
    documents.withdraw(near, "Wrong.")
    assert not page(client, "/documents/first/").xpath("//section[@class='related']")


def test_topics_fill_up_to_four_and_it_is_quick(piece: Piece, indexed: Indexed) -> None:
    from library.catalogue import topics

    topics.create("assembly", {"en": "Assembly"})
    first = piece("A paragraph.", title="First", topics=("assembly",))
    for number in range(8):
        piece(f"Number {number} stands alone.", title=f"Other {number}", topics=("assembly",))
    indexed()
    related.related(first, ("public",))
    began = time.perf_counter()
    found = related.related(first, ("public",))
    assert time.perf_counter() - began < 0.5
    assert len(found) == related.MOST
    assert first.id not in [piece.id for piece in found]
