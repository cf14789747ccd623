"""Books: their pages in the order of the spine, whatever their package is like."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from PIL import Image

from library.ingest import Extraction, Status

CONTAINER = (
    b'<?xml version="1.0"?><container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    b'<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
TWO = {"one.xhtml": "<h1>One</h1><p>First words.</p>", "two.xhtml": "<h1>Two</h1><p>Last words.</p>"}


def xhtml(body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"'
        f' xmlns:epub="http://www.idpf.org/2007/ops"><head><title>no text</title></head><body>{body}</body></html>'
    ).encode()


@pytest.fixture
def book(extracted, zipped) -> Callable[..., Extraction]:
    """What a book gives: `pages` are bodies by their names, in order; `files` lie beside them as they are."""

    def make(
        pages: Mapping[str, str],
        files: Mapping[str, bytes] | None = None,
        items: Sequence[str] = (),
        spine: str = "",
        about: str = "<dc:title>A book</dc:title><dc:language>en</dc:language>",
        container: bytes = CONTAINER,
    ) -> Extraction:
        listed = "".join(
            f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(pages)
        )
        spine = spine or "".join(f'<itemref idref="i{n}"/>' for n in range(len(pages)))
        package = (
            '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata'
            f' xmlns:dc="http://purl.org/dc/elements/1.1/">{about}</metadata><manifest>{listed}{"".join(items)}'
            f"</manifest><spine>{spine}</spine></package>"
        )
        members = {"mimetype": b"application/epub+zip", "META-INF/container.xml": container}
        members |= {"OPS/book.opf": package.encode()}
        members |= {f"OPS/{name}": xhtml(body) for name, body in pages.items() if body}
        members |= {f"OPS/{name}": content for name, content in (files or {}).items()}
        path: Path = zipped("book.epub", members)
        found: Extraction = extracted(path, "book.epub")
        return found

    return make


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    return out.getvalue()


def test_pages_are_read_in_the_order_of_the_spine(book):
    found = book(TWO, spine='<itemref idref="i1"/><itemref idref="i0"/>')
    assert found.text.split("\n") == ["Two", "Last words.", "One", "First words."]
    assert "no text" not in found.text


def test_page_beside_the_line_of_reading_is_read_too(book):
    found = book(TWO, spine='<itemref idref="i0"/><itemref idref="i1" linear="no"/>')
    assert "Last words." in found.text


def test_page_listed_twice_is_read_once(book):
    found = book(TWO, spine='<itemref idref="i0"/><itemref idref="i1"/><itemref idref="i0"/>')
    assert found.text.count("First words.") == 1


def test_book_says_its_title_language_and_authors_in_their_order(book):
    about = "<dc:title>On  water</dc:title><dc:title>More</dc:title><dc:language>fr</dc:language>"
    found = book(TWO, about=f"{about}<dc:creator>Zoé A.</dc:creator><dc:creator>Ann B.</dc:creator>")
    assert (found.title, found.metadata["authors"]) == ("On water", ["Zoé A.", "Ann B."])


@pytest.mark.parametrize(
    ("href", "member"),
    [
        ("a%20chapter.xhtml", "a chapter.xhtml"),
        ("a%20chapter.xhtml", "a%20chapter.xhtml"),
        ("../OPS/./text/../a.xhtml", "a.xhtml"),
        ("A.XHTML", "a.xhtml"),
        ("cafe\u0301.xhtml", "caf\u00e9.xhtml"),
        ("one.xhtml#part", "one.xhtml"),
        ("chapter", "chapter"),
        ("chapter.php", "chapter.php"),
    ],
)
def test_page_is_found_whatever_its_name_is_like(book, href, member):
    found = book({href: ""}, {member: xhtml("<p>Found words.</p>")})
    assert (found.status, found.text) == (Status.ok, "Found words.")


def test_name_that_leads_out_of_the_book_leads_nowhere(book, tmp_path):
    secret = tmp_path / "secret.xhtml"
    secret.write_bytes(xhtml("<p>secret</p>"))
    found = book({f"../../../../../../{secret}": "", "http://127.0.0.1:9/a.xhtml": "", "one.xhtml": "<p>Words.</p>"})
    assert (found.status, found.text) == (Status.partial, "Words.")


def test_page_that_is_not_there_is_told(book):
    found = book(TWO | {"gone.xhtml": ""})
    assert found.status is Status.partial
    assert "1 of the 3 pages" in found.reason
    assert "gone.xhtml" in found.warnings[0]
    assert "Last words." in found.text


def test_book_without_any_of_its_pages_is_corrupt(book):
    assert book({"gone.xhtml": ""}).status is Status.corrupt
    assert book(TWO, container=CONTAINER.replace(b"OPS/book", b"OPS/other")).status is Status.corrupt


def test_page_of_a_kind_that_is_not_read_is_told(book):
    item = '<item id="j" href="a.json" media-type="application/json"/>'
    found = book(TWO, {"a.json": b"{}"}, [item], '<itemref idref="i0"/><itemref idref="j"/><itemref idref="i1"/>')
    assert found.status is Status.partial
    assert "a.json" in found.warnings[0]


def test_contents_are_left_out_for_the_headings_say_them(book):
    nav = (
        '<h1>Contents of it</h1><nav epub:type="toc"><ol><li><a href="one.xhtml">Leads there</a></li></ol></nav>'
        '<nav epub:type="page-list"><ol><li>iv</li></ol></nav><p>Said beside.</p>'
    )
    found = book({"nav.xhtml": nav} | TWO)
    assert "Leads there" not in found.text
    assert "Said beside." in found.text


def test_page_of_html_names_and_of_unsound_xml_is_read(book):
    pages = {
        "a.xhtml": "<p>caf&eacute;&nbsp;&mdash; 1 &lt; 2 &amp; 3</p>",
        "b.xhtml": "<p>Broken <b>bold<p>and <br> on <a id='x'/> after <script src='x'/> all & more",
    }
    found = book(pages)
    assert "café\u00a0— 1 < 2 & 3" in found.text
    assert "after all & more" in " ".join(found.text.split())
    assert found.status is Status.ok


def test_page_in_another_encoding_is_read(book):
    page = "<?xml version='1.0' encoding='windows-1251'?><html><body><p>Вода</p></body></html>".encode("cp1251")
    wide = "<?xml version='1.0' encoding='UTF-16'?><html><body><p>широкая</p></body></html>".encode("utf-16")
    found = book({"a.xhtml": "", "b.xhtml": ""}, {"a.xhtml": page, "b.xhtml": wide})
    assert found.text == "Вода\nширокая"


def test_element_that_closes_itself_holds_nothing(book):
    found = book({"a.xhtml": "<h1 id='x'/><p><a id='y'/>Words <b/>here.</p><div/><title/><p>More.</p>"})
    assert found.text == "Words here.\nMore."
    assert "**" not in found.markdown


def test_notes_stand_where_they_are_called_also_from_a_page_of_their_own(book):
    found = book(
        {
            "a.xhtml": '<p>One<a epub:type="noteref" href="#n">1</a> two<a epub:type="noteref" href="notes.xhtml#m">2</a>.'
            '</p><aside epub:type="footnote" id="n"><p>Near.</p></aside>',
            "notes.xhtml": '<section epub:type="endnotes"><h2>Notes</h2><ol><li id="m">Far.</li></ol></section>'
            "<p>After them.</p>",
        }
    )
    assert "One[^1] two[^2]." in found.markdown
    assert "[^1]: Near." in found.markdown
    assert "[^2]: Far." in found.markdown
    assert (found.text.count("Near."), found.text.count("Far.")) == (1, 1)
    assert "After them." in found.text


def test_note_that_nobody_calls_stays_where_it_is(book):
    found = book({"a.xhtml": '<p>Words.</p><aside epub:type="footnote" id="n">Alone.</aside>'})
    assert "Alone." in found.text


def test_cover_is_shown_once(book):
    cover = '<item id="c" href="images/c.png" media-type="image/png" properties="cover-image"/>'
    files = {"images/c.png": picture()}
    assert book(TWO, files, [cover]).markdown.count("picture:") == 1
    shown = {"cover.xhtml": '<p><img src="images/c.png" alt="The cover"/></p>'} | TWO
    found = book(shown, files, [cover])
    assert found.markdown.count("picture:") == 1
    assert "![The cover](picture:" in found.markdown


def test_picture_within_a_drawing_is_shown(book):
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><title>A crowd</title>'
        '<image xlink:href="../images/c.png"/></svg>'
    )
    found = book({"text/a.xhtml": f"<div>{drawing}</div><p>Words.</p>"}, {"images/c.png": picture()})
    assert "![A crowd](picture:" in found.markdown


def test_way_that_every_reader_knows_is_taken(book):
    found = book(
        {
            "a.xhtml": '<epub:switch><epub:case required-namespace="urn:x">strange</epub:case>'
            "<epub:default><p>Known words.</p></epub:default></epub:switch>"
        }
    )
    assert found.text == "Known words."


def test_page_nested_beyond_reason_gives_its_words(book):
    deep = "<div><b>" * 400 + "at the bottom" + "</b></div>" * 400
    found = book({"a.xhtml": deep} | TWO)
    assert "at the bottom" in found.text
    assert "## One" in found.markdown
    assert "nested" in found.warnings[0]


def test_formula_keeps_the_words_of_its_author(book):
    math = (
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><msup><mi>x</mi><mn>2</mn></msup>'
        '<annotation encoding="application/x-tex">x^2</annotation></semantics></math>'
    )
    assert "`x^2`" in book({"a.xhtml": f"<p>Let {math} be.</p>"}).markdown
