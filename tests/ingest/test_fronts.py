"""Covers that show a file: which page or picture, for whom, made by the worker and kept like other pictures."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from lxml import html
from PIL import Image

from library.access.models import Role, User
from library.catalogue import covers, documents, files, pictures
from library.catalogue.errors import BadMetadata
from library.catalogue.metadata import Metadata
from library.catalogue.models import Cover, Document
from library.extensions import db
from library.ingest import copies, covering
from library.ingest.detection import MEDIA_TYPES
from library.ingest.extraction import Picture
from library.ingest.fronts import shown
from library.ingest.fronts.errors import NoFront
from tests.ingest.test_copies import signed_in

TEXT = [[(26, 72, 770, "Watching the budget"), (11, 72, 700, "Where the figures are and whom to ask for them.")]]


def stamped(content: bytes) -> bytes:
    """The PDF with a red stamp, a comment of its first page, as reviewers leave them."""
    with pikepdf.open(io.BytesIO(content)) as document:
        drawn = document.make_stream(b"1 0 0 rg 0 0 200 200 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
        drawn.BBox = pikepdf.Array([0, 0, 200, 200])
        stamp = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Stamp,
            Rect=pikepdf.Array([100, 400, 300, 600]),
            F=4,
            AP=pikepdf.Dictionary(N=drawn),
        )
        document.pages[0].Annots = document.make_indirect(pikepdf.Array([document.make_indirect(stamp)]))
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()


def picture(size: tuple[int, int] = (600, 800), colour: str = "navy") -> bytes:
    drawn = Image.new("RGB", size, colour)
    drawn.paste("orange", (20, 20, size[0] // 2, size[1] // 2))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()


def book(folder: Path, marked: str = 'properties="cover-image"', meta: str = "") -> Path:
    """An EPUB whose cover is named in one of the two ways."""
    made = folder / "book.epub"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
            '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        )
        archive.writestr(
            "OPS/book.opf",
            f'<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata>{meta}</metadata><manifest>'
            f'<item id="front" href="art/front%20page.png" media-type="image/png" {marked}/></manifest></package>',
        )
        archive.writestr("OPS/art/front page.png", picture())
    return made


def written(folder: Path, content: bytes, name: str = "file") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


@pytest.fixture
def uploaded(app: Flask) -> Callable[..., Document]:
    """A published piece made from these bytes."""

    def make(content: bytes, form: str = "pdf", slug: str = "report", **fields: Any) -> Document:
        file = files.store(io.BytesIO(content), f"a.{form}")
        file.media_type = MEDIA_TYPES[form]
        db.session.commit()
        document = documents.create(Metadata(title="Report", **fields), "Text.", slug=slug, file=file)
        documents.publish(document)
        return document

    return make


def sources(client: FlaskClient, path: str = "/") -> list[str]:
    """Addresses of cover pictures on a page."""
    tree = html.fromstring(client.get(path).text)
    sets = [*tree.xpath("//span[contains(@class, 'cover')]//@srcset")]
    return [candidate.split()[0] for found in sets for candidate in found.split(", ")]


def test_first_page_is_drawn_without_comments_stamps_and_form_values(tmp_path, made_pdf):
    bare = made_pdf(TEXT)
    plain, marked = shown(written(tmp_path, bare)), shown(written(tmp_path, stamped(bare), "marked"))
    assert plain.width == 960 and plain.height <= 1440
    assert plain.getcolors(1) is None, "the words are there"
    assert plain.tobytes() == marked.tobytes()


@pytest.mark.parametrize(
    ("marked", "meta"), [('properties="cover-image"', ""), ("", '<meta name="cover" content="front"/>')]
)
def test_books_cover_is_found_as_new_and_old_packages_name_it(tmp_path, marked, meta):
    front = shown(book(tmp_path, marked, meta))
    assert front.getpixel((60, 60))[0] > 200 > 100 > front.getpixel((590, 700))[0]


def test_file_without_a_front_says_why(tmp_path, made_pdf):
    for content, why in [
        (made_pdf([[]]), "empty"),
        (made_pdf(TEXT)[:300], "could not be drawn"),
        (book(tmp_path, "").read_bytes(), "names no cover"),
        (picture((40, 30)), "too small"),
        (b"PK\x03\x04 no archive", "names no cover"),
        (b"", "could not be read"),
    ]:
        with pytest.raises(NoFront, match=why):
            shown(written(tmp_path, content))


def test_tall_and_turned_and_clear_pictures_become_fronts_on_white(tmp_path):
    tall = shown(written(tmp_path, picture((300, 3000))))
    assert tall.size == (300, 450)
    clear = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (0, 0, 100, 100))
    clear.save(tmp_path / "clear.png")
    assert shown(tmp_path / "clear.png").getpixel((390, 290)) == (255, 255, 255)


def test_offered_original_shows_its_first_page_in_three_widths_and_two_formats(
    app: Flask, client: FlaskClient, uploaded: Callable[..., Document], made_pdf: Callable[..., bytes]
) -> None:
    document = uploaded(made_pdf(TEXT))
    assert not covering.draw_next(), "nothing is wanted while originals are withheld"
    assert '<svg class="cover' in client.get("/").text
    documents.curate(document, original="offered")
    assert covering.draw_next() and not covering.draw_next()
    tree = html.fromstring(client.get("/").text)
    (image,) = tree.xpath("//span[contains(@class, 'cover')]//img")
    assert image.get("alt") == "" and image.get("loading") == "lazy"
    assert int(image.get("width")) and int(image.get("height"))
    addresses = sources(client)
    answers = [client.get(address) for address in addresses]
    assert {answer.status_code for answer in answers} == {200}
    found = {(Image.open(io.BytesIO(answer.data)).width, answer.mimetype) for answer in answers}
    assert found >= {(width, "image/webp") for width in (240, 480, 960)} and len(found) == 6
    assert "immutable" in answers[0].headers["Cache-Control"]
    assert client.get("/fr" + addresses[0]).status_code in (301, 404), "pictures have one address"


def test_cover_of_a_withheld_original_is_drawn_until_a_curator_says_otherwise(
    app: Flask, client: FlaskClient, uploaded: Callable[..., Document], made_pdf: Callable[..., bytes]
) -> None:
    app.config["ORIGINALS"] = "offered"
    document = uploaded(made_pdf(TEXT))
    covering.draw_next()
    address = sources(client)[0]
    assert client.get(address).status_code == 200
    documents.curate(document, original="withheld")
    assert not sources(client)
    assert client.get(address).status_code == 404, "what is not shown cannot be fetched"
    documents.curate(document, cover=covers.PAGE)
    assert sources(client) and client.get(address).status_code == 200
    documents.curate(document, cover=covers.DRAWN, original="offered")
    assert not sources(client)


def test_cleaned_original_shows_the_first_page_of_its_copy(
    app: Flask, uploaded: Callable[..., Document], made_pdf: Callable[..., bytes]
) -> None:
    app.config["ORIGINALS"] = "cleaned"
    document = uploaded(made_pdf(TEXT))
    assert not covering.draw_next(), "not before it is cleaned"
    copies.clean_next()
    assert covering.draw_next()
    assert db.session.scalar(db.select(Cover.source)) == document.file.cleaned


def test_picture_of_the_piece_can_be_its_cover_and_another_pieces_cannot(
    app: Flask, client: FlaskClient, piece: Callable[..., Document], tmp_path: Path
) -> None:
    content = picture()
    name = f"{hashlib.sha256(content).hexdigest()}.png"
    written(tmp_path, content, name)
    pictures.store(tmp_path, [Picture(name, "image/png", 600, 800, len(content))])
    with_picture, without = piece(f"![A street](picture:{name})"), piece()
    documents.curate(with_picture, cover=name)
    with pytest.raises(BadMetadata):
        documents.curate(without, cover=name)
    with pytest.raises(BadMetadata):
        documents.curate(without, cover=covers.PAGE)
    assert covering.draw_next() and not covering.draw_next()
    assert len(sources(client)) == 6, "240, 480 and its own 600 pixels, each twice"


def test_file_without_a_front_is_tried_once_and_again_when_it_is_chosen_anew(
    app: Flask, client: FlaskClient, uploaded: Callable[..., Document], made_pdf: Callable[..., bytes]
) -> None:
    document = uploaded(made_pdf([[]]))
    documents.curate(document, cover=covers.PAGE)
    assert "being made" in covering.told(document)
    assert covering.draw_next() and not covering.draw_next()
    assert covering.told(document) == "The first page is empty."
    assert not sources(client)
    documents.curate(document, cover=covers.SITE)
    assert covering.told(document) == ""
    documents.curate(document, cover=covers.PAGE)
    assert covering.draw_next()


def test_members_cover_is_kept_from_others(
    app: Flask,
    client: FlaskClient,
    uploaded: Callable[..., Document],
    made_pdf: Callable[..., bytes],
    person: Callable[..., User],
) -> None:
    app.config["ORIGINALS"] = "offered"
    document = uploaded(made_pdf(TEXT))
    documents.curate(document, access="members")
    covering.draw_next()
    member = signed_in(app, person(Role.MEMBER))
    address = sources(member)[0]
    assert member.get(address).headers["Cache-Control"] == "private, no-store"
    g.pop("_login_user", None)
    assert app.test_client().get(address).status_code == 404


def test_curator_chooses_the_cover_in_the_editor(
    app: Flask, uploaded: Callable[..., Document], made_pdf: Callable[..., bytes], person: Callable[..., User]
) -> None:
    document = uploaded(made_pdf(TEXT))
    desk = signed_in(app, person(Role.CURATOR))
    editor = html.fromstring(desk.get("/curate/documents/report/").text)
    assert editor.xpath("//input[@name='cover']/@value") == ["", "drawn", "page"]
    fields = {"slug": "report", "access": "public", "original": "", "translation_of": ""}
    assert desk.post("/curate/documents/report/showing", data=fields | {"cover": "page"}).status_code == 302
    assert document.cover == covers.PAGE
    assert desk.post("/curate/documents/report/showing", data=fields).status_code == 302
    assert document.cover == covers.PAGE, "a form without the field changes nothing"
    assert desk.post("/curate/documents/report/showing", data=fields | {"cover": "x.png"}).status_code == 400
