"""Packs: what is in them, who gets them, that the same content gives the same bytes, that what is hidden vanishes."""

from __future__ import annotations

import hashlib
import random
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from lxml import html as lxml_html

from library.access.models import Role, User
from library.catalogue import documents, markup, topics
from library.catalogue.metadata import Metadata
from library.packing import ahead, keeping, selecting
from library.reading import saying
from library.serving.generation import KEY
from tests import epubcheck
from tests.needs import needs

PACKS = ("epub", "html", "zip")
ODD_ATTRIBUTES = (
    "", ' lang="no such"', ' dir="sideways"', ' href="http://exa mple.org/a|b"', ' href="https://пример.рф/ü?q=[1]"', ' href="#part-1"',
    ' start="x" reversed', ' value="7"', ' colspan="0" rowspan="99999"', ' scope="no"', ' datetime="yesterday"', " open", ' id="fn:1"',
    ' class="footnotes"', ' role="group" aria-label="x"', ' href="http://1.2.3.4:99999/"', ' href="/documents/nothing/"', ' span="x"',
)  # fmt: skip
OPF = {"opf": "http://www.idpf.org/2007/opf", "dc": "http://purl.org/dc/elements/1.1/"}
XHTML = {"h": "http://www.w3.org/1999/xhtml", "epub": "http://www.idpf.org/2007/ops"}


def tell(book: Path, name: str) -> etree._Element:
    with zipfile.ZipFile(book) as archive:
        return etree.fromstring(archive.read(name))


def pages(book: Path) -> Iterator[tuple[str, etree._Element]]:
    with zipfile.ZipFile(book) as archive:
        for name in archive.namelist():
            if name.endswith((".xhtml", ".opf", ".svg")):
                yield name, etree.fromstring(archive.read(name))


def test_book_is_wellformed_and_its_first_member_says_what_it_is(shelf, fetch) -> None:
    book = fetch("/documents/meetings/meetings.epub")
    with zipfile.ZipFile(book) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, archive.read(first)) == ("mimetype", 0, b"application/epub+zip")
        listed = {f"EPUB/{item.get('href')}" for item in tell(book, "EPUB/package.opf").iterfind(".//opf:item", OPF)}
        assert listed == {name for name in archive.namelist() if name.startswith("EPUB/")} - {"EPUB/package.opf"}
    assert len(list(pages(book))) == 8


def test_book_says_of_itself_what_the_library_knows(shelf, fetch) -> None:
    package = tell(fetch("/documents/meetings/meetings.epub"), "EPUB/package.opf")

    def said(name: str) -> list[str | None]:
        return [element.text for element in package.iterfind(f".//dc:{name}", OPF)]

    assert said("identifier") == [f"urn:uuid:{shelf['guide'].uuid}"]
    assert (said("title"), said("language"), said("creator")) == (["Meetings"], ["en"], ["Ada & Co"])
    assert said("rights") == ["CC-BY-4.0"]
    assert said("source") == ["http://localhost/documents/meetings/"]
    properties = {meta.get("property"): meta.text for meta in package.iterfind(".//opf:meta", OPF)}
    assert properties["dcterms:modified"] and properties["schema:accessMode"] == "textual"


def test_right_to_left_book_is_turned_the_other_way(shelf, fetch) -> None:
    book = fetch(f"/documents/{shelf['arabic'].slug}/{shelf['arabic'].slug}.epub")
    spine = tell(book, "EPUB/package.opf").find(".//opf:spine", OPF)
    assert spine is not None and spine.get("page-progression-direction") == "rtl"
    page = tell(book, "EPUB/text/p1-0.xhtml")
    assert (page.get("dir"), page.get("lang")) == ("rtl", "ar")


def test_footnotes_open_in_place_on_reading_devices(shelf, fetch) -> None:
    page = tell(fetch("/documents/meetings/meetings.epub"), "EPUB/text/p1-1.xhtml")
    (mark,) = page.iterfind(".//h:a[@epub:type='noteref']", XHTML)
    (note,) = page.iterfind(".//h:aside[@epub:type='footnote']", XHTML)
    assert (mark.get("role"), note.get("role")) == ("doc-noteref", "doc-footnote")
    assert mark.get("href") == f"p1-1.xhtml#{note.get('id')}"


def test_every_link_within_a_book_leads_to_a_place_that_is_there(shelf, fetch) -> None:
    found = dict(pages(fetch("/documents/collection.epub")))
    ids = {name: {element.get("id") for element in page.iter()} for name, page in found.items()}
    checked = 0
    for name, page in found.items():
        for link in page.iterfind(".//h:a[@href]", XHTML):
            file, _mark, anchor = link.get("href", "").partition("#")
            if ":" in file:
                continue
            target = str(Path(name).parent / file) if file else name
            assert target in found and (not anchor or anchor in ids[target]), link.get("href")
            checked += 1
    assert checked > 10
    leaves = [page for name, page in found.items() if name.startswith("EPUB/text/")]
    assert any("p" in link.get("href", "") for page in leaves for link in page.iterfind(".//h:a[@href]", XHTML))


def test_webp_becomes_what_every_device_shows(shelf, fetch) -> None:
    with zipfile.ZipFile(fetch(f"/documents/{shelf['pictures'].slug}/{shelf['pictures'].slug}.epub")) as archive:
        names = [name for name in archive.namelist() if "/pictures/" in name]
        assert {Path(name).suffix for name in names} == {".png", ".jpg"}


@pytest.mark.slow
@needs("epubcheck")
@pytest.mark.parametrize("address", ["/documents/collection.epub", "/documents/meetings/meetings.epub"])
def test_epubcheck_finds_nothing(shelf, fetch, address: str) -> None:
    assert epubcheck.messages(fetch(address)) == []


def soup(chance: random.Random, depth: int) -> str:
    """HTML as nobody should write it: any element within any other, attributes of others."""
    tag = chance.choice(sorted(markup.TAGS))
    inner = "".join(chance.choice(["words &amp; ", "", soup(chance, depth - 1) if depth else "x"]) for _ in range(3))
    return f"<{tag}{chance.choice(ODD_ATTRIBUTES)}>{inner}</{tag}>"


@pytest.mark.slow
@needs("epubcheck")
def test_epubcheck_finds_nothing_whatever_stands_in_whatever(piece, fetch) -> None:
    chance = random.Random(4)
    for number in range(12):
        parts = [f"## Part {n}\n\n{soup(chance, 4)}\n\nWords[^1].\n\n{soup(chance, 3)}" for n in range(5)]
        note = f"[^1]: A note. {soup(chance, 2)}"
        kind = chance.choice(["article", "guidebook"])
        piece("\n\n".join([*parts, note]), title=f"Soup {number} <b> & more", kind=kind)
    assert epubcheck.messages(fetch("/documents/collection.epub")) == []


def test_one_file_needs_nothing_from_outside(shelf, fetch) -> None:
    text = fetch("/documents/collection.html").read_text(encoding="utf-8")
    page = lxml_html.document_fromstring(text)
    assert all(source.startswith("data:image/") for source in page.xpath("//img/@src"))
    assert not page.xpath("//script | //link | //@style | //*[starts-with(name(@*), 'on')]")
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    inside = [link[1:] for link in page.xpath("//a/@href") if link.startswith("#")]
    assert inside and set(inside) <= set(ids)
    assert [title.text_content() for title in page.xpath("//article//h2[1]")][0]


def test_manifest_of_the_archive_is_true(shelf, fetch) -> None:
    with zipfile.ZipFile(fetch("/documents/collection.zip")) as archive:
        top = archive.namelist()[0].split("/")[0]
        lines = archive.read(f"{top}/manifest-sha256.txt").decode().splitlines()
        sums = dict(re.fullmatch(r"([0-9a-f]{64})  (.+)", line).groups()[::-1] for line in lines)  # type: ignore[union-attr]
        names = {name.removeprefix(f"{top}/") for name in archive.namelist()}
        assert set(sums) == names - {"manifest-sha256.txt"}
        for name, told in sums.items():
            assert hashlib.sha256(archive.read(f"{top}/{name}")).hexdigest() == told


def test_links_of_the_archives_pages_lead_to_files(shelf, fetch) -> None:
    with zipfile.ZipFile(fetch("/documents/collection.zip")) as archive:
        names = set(archive.namelist())
        for name in [name for name in names if name.endswith(".html")]:
            page = lxml_html.document_fromstring(archive.read(name).decode())
            for link in page.xpath("//a/@href | //img/@src | //script/@src | //link/@href"):
                if ":" not in link and not link.startswith("#"):
                    target = Path("/", name).parent / link.partition("#")[0]
                    assert str(target.resolve())[1:] in names, (name, link)


@pytest.mark.parametrize("pack", PACKS)
def test_same_content_is_the_same_file_and_asked_for_again_is_not_sent_again(
    shelf, client: FlaskClient, pack: str
) -> None:
    first = client.get(f"/documents/meetings/meetings.{pack}")
    keeping.forget(shelf["guide"].uuid)
    second = client.get(f"/documents/meetings/meetings.{pack}")
    assert first.data == second.data and first.headers["ETag"] == second.headers["ETag"]
    assert hashlib.sha256(first.data).hexdigest().startswith(first.headers["ETag"].strip('"'))
    again = client.get(f"/documents/meetings/meetings.{pack}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert first.headers["Content-Disposition"] == f"attachment; filename=meetings.{pack}"
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in first.headers


def test_new_revision_is_another_file_and_the_old_one_goes(shelf, client: FlaskClient) -> None:
    guide = shelf["guide"]
    old = client.get("/documents/meetings/meetings.zip").headers["ETag"]
    documents.revise(guide, Metadata.of(guide.latest), "## Other\n\nWords.")
    documents.publish(guide)
    assert client.get("/documents/meetings/meetings.zip").headers["ETag"] != old
    assert len([path for path in (keeping._root() / guide.uuid).iterdir() if path.suffix == ".zip"]) == 1


def test_members_piece_is_in_no_pack_for_all_and_kept_nowhere(
    shelf, client: FlaskClient, person: Callable[..., User], reader: Callable[[User], FlaskClient]
) -> None:
    guide = shelf["guide"]
    before = client.get("/documents/collection.html")
    assert "Look back" in before.text
    documents.curate(guide, access="members")
    member = reader(person(Role.MEMBER))
    for browser in (client, member):
        assert "Look back" not in browser.get("/documents/collection.html").text
    assert client.get("/documents/meetings/meetings.epub").status_code == 404
    answer = member.get("/documents/meetings/meetings.epub")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "private, no-store"
    assert not [path for path in keeping._root().rglob("*") if path.is_file() and guide.uuid in str(path)]
    assert client.get("/documents/meetings/keep.json").status_code == 404
    assert 'class="keep"' not in member.get("/documents/meetings/").text


def test_withdrawn_piece_leaves_every_pack_at_once_and_then_the_disk(shelf, app: Flask, client: FlaskClient) -> None:
    guide = shelf["guide"]
    assert client.get("/documents/meetings/meetings.zip").status_code == 200
    assert "Look back" in client.get("/documents/collection.html").text
    documents.withdraw(guide, "A mistake.")
    assert "Look back" not in client.get("/documents/collection.html").text
    for form in ("meetings.zip", "keep.json", "find.json"):
        assert client.get(f"/documents/meetings/{form}").status_code == 410
    assert ahead.forget_hidden() == 1
    assert not (keeping._root() / guide.uuid).exists()


def test_draft_has_no_packs(piece, person, reader) -> None:
    piece("Text.", title="Unready", publish=False)
    curator = reader(person(Role.CURATOR))
    assert curator.get("/documents/unready/").status_code == 200
    assert curator.get("/documents/unready/unready.epub").status_code == 404


def test_topic_is_packed_with_those_below_it(shelf, piece, client: FlaskClient) -> None:
    above = topics.create("rights", {"en": "Rights"})
    topics.create("assembly", {"en": "Assembly"}, parent=above)
    piece("A word.", title="Below", topics=("assembly",))
    answer = client.get("/topics/rights/rights.html")
    assert answer.status_code == 200 and "Below" in answer.text and "Meetings" not in answer.text
    assert "/topics/rights/rights.epub" in client.get("/topics/rights/").text
    assert client.get("/topics/rights/other.epub").status_code == 404


def test_filters_of_the_shelf_hold_for_its_pack(shelf, client: FlaskClient) -> None:
    text = client.get("/documents/collection.html?lang=ar").text
    assert "حرية التجمع" in text and "Meetings" not in text
    link = re.search(r'"(/documents/collection\.epub\?[^"]+)"', client.get("/documents/?lang=ar&kind=article").text)
    assert link and "lang=ar" in link[1] and "kind=article" in link[1]
    assert client.get("/documents/collection.epub?lang=tlh").status_code == 404


def test_pack_is_the_same_for_readers_of_all_languages(shelf, client: FlaskClient) -> None:
    from library import interface

    topics.create("rights", {"en": "Rights", "fr": "Droits"})
    documents.revise(shelf["odd"], replace(Metadata.of(shelf["odd"].latest), topics=("rights",)), "Words.")
    documents.publish(shelf["odd"])
    client.get("/topics/rights/rights.epub")
    client.get("/documents/collection.epub?kind=article")
    for tag in [tag for tag in interface.offered() if tag != "en"]:
        for page in ("topics/rights/", "documents/?kind=article"):
            text = client.get(f"/{tag}/{page}").text
            assert re.search(r"\.epub[^>]*>[^<]*\d", text), "the size stands at the link"
            assert f"/{tag}/topics/rights/rights.epub" not in text


def test_two_who_ask_at_once_get_what_was_made_once(shelf, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    write = keeping.WRITERS["zip"].write
    monkeypatch.setattr(keeping.WRITERS["zip"], "write", lambda *given: (made.append("zip"), write(*given)))
    answers: list[bytes] = []

    def ask() -> None:
        answers.append(app.test_client().get("/documents/meetings/meetings.zip").data)

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert made == ["zip"] and len(answers) == 4 and len(set(answers)) == 1


def test_who_asks_while_another_pack_is_made_is_told_when_to_come_again(
    shelf, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "WAIT_SECONDS", 0.0)
    with keeping._alone("collection", 1):
        answer = client.get("/documents/collection.zip")
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "20"
    assert "in a minute" in answer.text


def test_too_much_is_refused_in_words_and_not_offered(
    shelf, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selecting, "MOST_PIECES", 3)
    answer = client.get("/documents/collection.epub")
    assert answer.status_code == 413 and "Narrow them down" in answer.text
    monkeypatch.setattr(selecting, "LONGEST_PIECE", 10)
    assert "too long for a pack" in client.get("/documents/meetings/meetings.zip").text
    page = client.get("/documents/").text
    assert "Narrow them down" in page and "collection.epub" not in page


def test_disk_holds_no_more_than_the_setting(shelf, app: Flask, client: FlaskClient) -> None:
    app.config["PACKS_MB"] = 0
    for name in ("meetings", "odd"):
        assert client.get(f"/documents/{name}/{name}.zip").status_code == 200
    assert len(list(keeping._root().glob("*/*.zip"))) == 1


def test_size_stands_at_a_link_once_it_is_known(shelf, app: Flask, client: FlaskClient) -> None:
    assert "EPUB, " not in client.get("/documents/meetings/").text
    size = len(client.get("/documents/meetings/meetings.epub").data)
    with app.test_request_context("/"):
        assert f"EPUB, {saying.file_size(size)}" in client.get("/documents/meetings/").text


def test_pages_are_made_anew_once_they_can_say_a_size(shelf, app: Flask, client: FlaskClient) -> None:
    generation = app.extensions[KEY]
    before = generation.read()
    client.get("/documents/meetings/meetings.epub")
    made = generation.read()
    client.get("/documents/meetings/meetings.epub")
    assert before != made == generation.read(), "a pack that is there already is no news"
    maker = ahead.Ahead(app)
    seen = []
    while maker.make_next(lambda: False):
        seen.append(generation.read())
    assert set(seen) == {made}, "of many that are made ahead pages are told once"
    told = generation.read()
    assert told != made
    assert not maker.make_next(lambda: False)
    assert generation.read() == told


def test_worker_makes_ahead_what_is_missing_and_rests_then(shelf, app: Flask) -> None:
    maker = ahead.Ahead(app)
    count = 0
    while maker.make_next(lambda: False):
        count += 1
    assert count == len(shelf) * len(PACKS)
    with app.test_request_context("/"):
        assert set(keeping.ready(selecting.of_piece(shelf["odd"]))) == set(PACKS)
    documents.withdraw(shelf["odd"], "A mistake.")
    assert not maker.make_next(lambda: False)
    assert not (keeping._root() / shelf["odd"].uuid).exists()


def test_words_of_ours_are_in_the_language_of_the_piece(shelf, client: FlaskClient, app: Flask) -> None:
    from library import interface

    text = client.get(f"/documents/{shelf['arabic'].slug}/{shelf['arabic'].slug}.html").text
    page = lxml_html.document_fromstring(text)
    assert page.get("dir") == "rtl"
    expected = "ar" if "ar" in interface.offered() else "en"
    assert page.xpath("//section[contains(@class, 'facts')]/ancestor-or-self::*[@lang][1]/@lang")[-1] == expected


def test_old_slug_leads_to_the_pack_under_the_new_one(shelf, client: FlaskClient) -> None:
    documents.move(shelf["guide"], "gatherings")
    answer = client.get("/documents/meetings/meetings.epub")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/documents/gatherings/gatherings.epub")


def test_index_finds_other_forms_of_a_letter_and_pairs_of_signs() -> None:
    from library.packing.terms import words

    assert list(words("Élan Über Łódź İstanbul")) == ["elan", "uber", "lodz", "istanbul"]
    assert list(words("الحُرِّيَّة وَالتجمع")) == ["حريه", "تجمع"]
    assert list(words("集会自由")) == ["集会", "会自", "自由"]
    assert list(words("don't stop")) == ["don", "t", "stop"]
