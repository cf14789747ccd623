"""Pages of a piece: cover, chapters, article, revisions, other forms."""

from __future__ import annotations

import json
from collections.abc import Callable

from flask.testing import FlaskClient
from lxml import html as lxml_html

from library.access.models import Role, User
from library.catalogue import documents
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document
from library.ingest import frontmatter
from tests.reading.conftest import GUIDE

Person = Callable[..., User]
Reader = Callable[[User], FlaskClient]
Piece = Callable[..., Document]


def page(client: FlaskClient, path: str, status: int = 200) -> lxml_html.HtmlElement:
    response = client.get(path)
    assert response.status_code == status, response.text[:2000]
    return lxml_html.document_fromstring(response.text)


def test_cover_has_the_contents_with_sub_headings_and_a_way_to_start(client: FlaskClient, guide: Document) -> None:
    cover = page(client, "/documents/meetings/")
    links = cover.xpath("//ol[@class='chapters']//a/@href")
    assert "/documents/meetings/plan-the-meeting/" in links
    assert "/documents/meetings/plan-the-meeting/#who-comes" in links
    assert cover.xpath("//a[contains(., 'Start reading')]/@href") == ["/documents/meetings/plan-the-meeting/"]
    assert "What stands before the first chapter" in cover.text_content()
    assert cover.xpath("//link[@rel='canonical']/@href") == ["http://localhost/documents/meetings/"]
    assert cover.xpath("//meta[@name='description']/@content") == ["How to hold them."]
    assert len(cover.xpath("//h1")) == 1


def test_cover_says_how_long_it_takes_and_how_large_its_forms_are(client: FlaskClient, guide: Document) -> None:
    cover = page(client, "/documents/meetings/")
    assert "3 chapters" in cover.text_content()
    for ext in ("txt", "md", "json"):
        link = cover.xpath(f"//a[@href='/documents/meetings/meetings.{ext}']")[0]
        size = len(client.get(link.get("href")).data)
        said = f"{size} byte" if size < 1000 else f"{size / 1000:.1f} kB"
        assert link.text_content().strip().endswith(f", {said}")
    assert cover.xpath("//a[contains(., 'On one page')]/@href") == ["/documents/meetings/revisions/1/"]


def test_place_of_a_reader_is_kept_for_what_everybody_may_read_alone(
    client: FlaskClient, guide: Document, person: Person, reader: Reader
) -> None:
    assert page(client, "/documents/meetings/look-back/").xpath("//*[@data-place='meetings']")
    documents.curate(guide, access="members")
    member = reader(person(Role.MEMBER))
    assert not page(member, "/documents/meetings/look-back/").xpath("//*[@data-place]")
    assert not page(member, "/documents/meetings/").xpath("//*[@data-begun]")


def test_chapter_marks_its_place_and_leads_back_and_on(client: FlaskClient, guide: Document) -> None:
    chapter = page(client, "/documents/meetings/write-it-up/")
    assert chapter.xpath("//h1/@id") == ["write-it-up"]
    here = "//nav//a[@aria-current='page']"
    assert [a.text_content() for a in chapter.xpath(here)] == ["Write it up"]
    assert chapter.xpath("//a[@rel='prev']/@href") == ["/documents/meetings/plan-the-meeting/"]
    assert chapter.xpath("//a[@rel='next']/@href") == ["/documents/meetings/look-back/"]
    assert chapter.xpath("//h2[@id='who-reads-it']")
    assert "begins with a room" not in chapter.text_content()


def test_first_chapter_leads_back_to_the_cover_and_the_last_one_to_the_facts(
    client: FlaskClient, guide: Document
) -> None:
    first = page(client, "/documents/meetings/plan-the-meeting/")
    assert first.xpath("//a[@rel='prev']/@href") == ["/documents/meetings/"]
    last = page(client, "/documents/meetings/look-back/")
    assert last.xpath("//a[@class='turn-on']/@href") == ["/documents/meetings/#ui-facts"]


def test_every_link_within_the_guidebook_leads_to_a_place_that_exists(client: FlaskClient, guide: Document) -> None:
    lead = page(client, "/documents/meetings/").xpath("//div[@class='prose']//a/@href")
    assert lead == ["plan-the-meeting/#plan-the-meeting"]
    assert page(client, "/documents/meetings/plan-the-meeting/").xpath("//*[@id='plan-the-meeting']")


def test_address_of_a_heading_leads_to_its_chapter(client: FlaskClient, guide: Document) -> None:
    response = client.get("/documents/meetings/who-comes/")
    assert response.status_code == 301
    assert response.location == "/documents/meetings/plan-the-meeting/#who-comes"
    assert client.get("/documents/meetings/no-such-place/").status_code == 404


def test_article_is_whole_with_a_contents_list_when_it_has_headings(client: FlaskClient, piece: Piece) -> None:
    piece("## One\n\nText.\n\n## Two\n\nText.\n\n## Three\n\nText.", title="Long read")
    piece("Only a paragraph.", title="Short read")
    whole = page(client, "/documents/long-read/")
    assert whole.xpath("//nav[contains(@class, 'contents')]//a/@href") == ["#one", "#two", "#three"]
    assert not page(client, "/documents/short-read/").xpath("//nav[contains(@class, 'contents')]")


def test_words_of_the_search_are_marked_with_their_other_forms(client: FlaskClient, guide: Document) -> None:
    chapter = page(client, "/documents/meetings/write-it-up/?hl=freedom&hl=MINUTES")
    assert chapter.xpath("//div[@class='prose']//mark/text()") == ["Minutes", "Freedoms"]
    assert not page(client, "/documents/meetings/write-it-up/?hl=%22%3E%3Cscript%3E").xpath("//main//script")


def test_text_carries_the_language_and_direction_of_the_piece(client: FlaskClient, piece: Piece) -> None:
    piece("نص قصير.", title="دليل", language="ar")
    article = page(client, "/documents/دليل/").xpath("//article")[0]
    assert (article.get("lang"), article.get("dir")) == ("ar", "rtl")
    card = page(client, "/").xpath("//li[@class='card']//bdi[@lang='ar']")
    assert card[0].text == "دليل"


def test_translations_lead_to_each_other(client: FlaskClient, piece: Piece) -> None:
    original = piece(title="Original")
    other = piece(title="Traduction", language="fr")
    documents.translate(other, original)
    head = page(client, "/documents/original/")
    assert head.xpath("//link[@rel='alternate'][@hreflang='fr']/@href") == ["http://localhost/documents/traduction/"]
    assert head.xpath("//main//a[@hreflang='fr']/@href")[0] == "/documents/traduction/"
    assert page(client, "/documents/traduction/").xpath("//main//a[@hreflang='en']/@href")[0] == "/documents/original/"


def test_chapter_names_the_other_languages_in_their_own_words(
    client: FlaskClient, guide: Document, piece: Piece
) -> None:
    arabic = piece("## فصل\n\nنص.", title="اجتماعات", kind="guidebook", language="ar")
    documents.translate(arabic, guide)
    for path in ("/documents/meetings/", "/documents/meetings/look-back/"):
        link = page(client, path).xpath("//main//nav//a[@hreflang='ar']")[0]
        assert (link.get("lang"), link.get("dir"), link.text) == ("ar", "rtl", "العربية")


def test_draft_has_no_form_that_would_find_nothing(piece: Piece, person: Person, reader: Reader) -> None:
    piece("## One\n\nText.", title="Draft book", kind="guidebook", publish=False)
    curator = reader(person(Role.CURATOR))
    assert not page(curator, "/documents/draft-book/").xpath("//form[@data-find]")


def test_old_slug_leads_to_the_new_one_with_chapter_and_query(client: FlaskClient, guide: Document) -> None:
    documents.move(guide, "gatherings")
    response = client.get("/documents/meetings/write-it-up/?hl=minutes&hl=two+words")
    assert response.status_code == 301
    assert response.location == "/documents/gatherings/write-it-up/?hl=minutes&hl=two+words"
    assert client.get("/documents/meetings/meetings.md").location == "/documents/gatherings/gatherings.md"


def test_withdrawn_piece_says_why_everywhere(client: FlaskClient, guide: Document) -> None:
    documents.withdraw(guide, "Its figures were wrong.")
    for path in ("", "write-it-up/", "meetings.json", "revisions/1/", "original"):
        response = client.get(f"/documents/meetings/{path}")
        assert response.status_code == 410
        assert "Its figures were wrong." in response.text


def test_draft_and_members_piece_are_unknown_to_strangers(
    client: FlaskClient, piece: Piece, person: Person, reader: Reader
) -> None:
    piece(title="Draft piece", publish=False)
    documents.curate(piece(title="Inner piece"), access="members")
    for slug in ("draft-piece", "inner-piece"):
        assert client.get(f"/documents/{slug}/").status_code == 404
    member = reader(person(Role.MEMBER))
    assert member.get("/documents/inner-piece/").status_code == 200
    assert member.get("/documents/draft-piece/").status_code == 404
    assert "Draft:" in reader(person(Role.CURATOR)).get("/documents/draft-piece/").text


def test_withdrawn_members_piece_keeps_its_reason_from_strangers(client: FlaskClient, piece: Piece) -> None:
    document = piece(title="Inner piece")
    documents.curate(document, access="members")
    documents.withdraw(document, "A member asked for it.")
    assert client.get("/documents/inner-piece/").status_code == 404


def test_old_slug_of_a_hidden_piece_tells_nothing(client: FlaskClient, piece: Piece) -> None:
    document = piece(title="Inner piece")
    documents.curate(document, access="members")
    documents.move(document, "elsewhere")
    assert client.get("/documents/inner-piece/").status_code == 404


def test_revision_stays_on_one_page_with_links_that_work_there(client: FlaskClient, guide: Document) -> None:
    documents.revise(guide, Metadata.of(guide.latest), GUIDE + "\nMore.\n")
    documents.publish(guide)
    old = page(client, "/documents/meetings/revisions/1/")
    assert old.xpath("//link[@rel='canonical']/@href") == ["http://localhost/documents/meetings/"]
    assert "older revision" in old.text_content()
    for href in old.xpath("//div[@class='prose']//a/@href"):
        assert href.startswith("#"), href
        assert old.xpath("//*[@id=$name]", name=href[1:]), href
    assert [h.tag for h in old.xpath("//div[@class='prose']//*[self::h2 or self::h3]")][:3] == ["h2", "h3", "h2"]
    assert "More." not in old.text_content()
    assert "readers see now" in page(client, "/documents/meetings/revisions/2/").text_content()


def test_revision_that_was_never_live_is_for_those_who_may_edit(
    client: FlaskClient, guide: Document, person: Person, reader: Reader
) -> None:
    documents.revise(guide, Metadata.of(guide.latest), GUIDE + "\nHalf a thought.\n")
    documents.revise(guide, Metadata.of(guide.latest), GUIDE + "\nA whole thought.\n")
    documents.publish(guide)
    documents.revise(guide, Metadata.of(guide.latest), GUIDE + "\nA next one.\n")
    assert [client.get(f"/documents/meetings/revisions/{n}/").status_code for n in (1, 2, 3, 4, 5)] == [
        200, 404, 200, 404, 404,
    ]  # fmt: skip
    curator = reader(person(Role.CURATOR))
    assert curator.get("/documents/meetings/revisions/2/").status_code == 200
    assert "not published" in curator.get("/documents/meetings/revisions/4/").text


def test_markdown_form_can_be_read_back(client: FlaskClient, guide: Document) -> None:
    response = client.get("/documents/meetings/meetings.md")
    assert response.content_type == "text/markdown; charset=utf-8"
    fields, body, warnings = frontmatter.split(response.text)
    assert not warnings
    assert fields["title"] == "Meetings"
    assert fields["countries"] == ["GH"]
    assert body.strip().startswith("# Meetings")
    again = client.get("/documents/meetings/meetings.md", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_text_and_json_forms_have_every_paragraph(client: FlaskClient, guide: Document) -> None:
    text = client.get("/documents/meetings/meetings.txt").text
    assert "## Plan the meeting" in text
    assert "A note about rooms." in text
    record = json.loads(client.get("/documents/meetings/meetings.json").text)
    assert record["url"] == "http://localhost/documents/meetings/"
    assert record["sections"][2]["url"].endswith("/documents/meetings/plan-the-meeting/#who-comes")
    assert client.get("/documents/meetings/other.json").status_code == 404


def test_long_paged_piece_is_read_by_its_pages(client: FlaskClient, piece: Piece) -> None:
    body = "\n\n".join(f"<!-- page {n} -->\n\n" + "Words on a page. " * 300 for n in range(1, 31))
    piece(body, title="Scanned report", kind="report")
    assert "Pages 1–20" in page(client, "/documents/scanned-report/").text_content()
    chapter = page(client, "/documents/scanned-report/pages-21-40/")
    assert chapter.xpath("//h1")[0].text_content() == "Pages 21–40"
    assert chapter.xpath("//*[@id='page-21']")
