"""Attacks in small, of the kinds that files are made with: each ends with a status, and nothing of it comes through."""

from __future__ import annotations

import base64
import gzip
import io
import socket
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from library.catalogue import rendering
from library.catalogue.storable import line
from library.ingest import Extraction, Limits, Status

TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
Read = Callable[..., Extraction]


def word(zipped: Callable[..., Path], body: str, before: str = "", **members: bytes) -> Path:
    """A Word file with this body."""
    document = f'<?xml version="1.0"?>{before}<w:document {W}><w:body>{body}</w:body></w:document>'.encode()
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type='
        b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
        b"</Relationships>"
    )
    whole = {"[Content_Types].xml": TYPES, "_rels/.rels": relations, "word/document.xml": document}
    return zipped("a.docx", whole | members)


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


@pytest.fixture
def called() -> Iterator[tuple[int, list[object]]]:
    """(a port of loopback, who called there)."""
    calls: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            try:
                while True:
                    calls.append(server.accept())
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], calls
        server.shutdown(socket.SHUT_RDWR)


def test_nothing_that_a_file_refers_to_is_fetched(
    sandboxed: Read, zipped: Callable[..., Path], called: tuple[int, list[object]]
) -> None:
    port, calls = called
    url = f"http://127.0.0.1:{port}/x"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"'
        f' Target="{url}" TargetMode="External"/></Relationships>'
    ).encode()
    files: dict[str, bytes | Path] = {
        "a.html": f"<html><head><link rel=stylesheet href={url}><base href={url}></head><body><p>Honest words.</p>"
        f"<img src={url}><iframe src={url}></iframe><object data={url}></object></body></html>".encode(),
        "a.md": f"Honest words.\n\n![x]({url})\n\n<img src='{url}'>".encode(),
        "a.rtf": rb"{\rtf1 Honest words. {\field{\*\fldinst INCLUDEPICTURE " + url.encode() + rb"}{\fldrslt x}}}",
        "b.docx": word(zipped, paragraph("Honest words."), **{"word/_rels/document.xml.rels": relations}),
    }
    for name, content in files.items():
        found = sandboxed(content, name)
        assert "Honest words." in found.text, name
    assert calls == []


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">',
        f'<!ENTITY a "{"A" * 5000}">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;',
    ],
    ids=["laughs", "quadratic", "file", "parameter"],
)
def test_declared_entities_neither_swell_nor_fetch(extracted: Read, zipped: Callable[..., Path], subset: str) -> None:
    path = word(zipped, paragraph("&a;"), before=f"<!DOCTYPE w [{subset}]>")
    found = extracted(path)
    assert found.status is Status.unsafe
    assert "root:" not in found.text


def test_xinclude_and_references_to_files_stay_what_they_are(extracted: Read, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("wombat")
    page = (
        f'<html xmlns:xi="http://www.w3.org/2001/XInclude"><body><p>Honest words.</p><xi:include href="{secret}"'
        f' parse="text"/><a href="file://{secret}">here</a></body></html>'
    )
    found = extracted(page, "a.html")
    assert "Honest words." in found.text
    assert "wombat" not in found.text
    assert "file:" not in "".join(section.html for section in rendering.render(found.markdown, "article"))


@pytest.mark.parametrize("name", ["../../pwned.xml", "/tmp/pwned.xml", "..\\..\\pwned.xml", "word/../../pwned.xml"])
def test_member_names_are_never_paths(extracted: Read, zipped: Callable[..., Path], tmp_path: Path, name: str) -> None:
    found = extracted(word(zipped, paragraph("Honest words."), **{name: b"<x/>"}))
    assert found.status in (Status.ok, Status.unsafe)
    assert not list(tmp_path.rglob("*pwned*"))
    assert not Path("/tmp/pwned.xml").exists()


def test_link_in_an_archive_leads_nowhere(extracted: Read, converted: Callable[[str, str], Path]) -> None:
    path = converted("Honest words.", "docx")
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("word/media/secret.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    found = extracted(path)
    assert "Honest words." in found.text
    assert "root:" not in found.text


def test_bomb_in_a_bomb_is_not_unpacked(sandboxed: Read) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", bytes(50_000_000))
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(50):
            archive.writestr(f"{number}.zip", inner.getvalue())
    found = sandboxed(outer.getvalue(), "a.zip")
    assert not found.text


def test_pdf_stream_that_swells_ends_within_its_limits(sandboxed: Read) -> None:
    packed = zlib.compress(zlib.compress(bytes(200_000_000), 9), 9)
    content = (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        b"4 0 obj<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>"
        % (len(packed), packed)
    )
    found = sandboxed(content, "a.pdf", Limits(seconds=30))
    assert found.status is not Status.ok
    assert found.reason


def test_actions_and_embedded_files_of_a_pdf_are_no_text(sandboxed: Read) -> None:
    content = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\('pwned'\\))>>"
        b"/AA<</WC<</S/Launch/F(calc.exe)>>>>>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
        b"4 0 obj<</Length 44>>stream\nBT /F 12 Tf 20 200 Td (Honest words.) Tj ET  \nendstream endobj\n"
        b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>"
    )
    found = sandboxed(content, "a.pdf")
    assert "Honest words." in found.text
    assert "pwned" not in found.markdown and "calc" not in found.markdown


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("<div>" * 20_000 + "deep", "a.html"),
        ("> " * 4_000 + "deep", "a.md"),
        ("[" * 20_000, "a.md"),
        ("{\\rtf1 " + "{" * 30_000 + "deep" + "}" * 30_001, "a.rtf"),
        ("%PDF-1.4\n" + "[" * 60_000, "a.pdf"),
    ],
    ids=["html", "quotes", "brackets", "rtf", "pdf"],
)
def test_deep_nesting_ends_with_a_status(sandboxed: Read, content: str, name: str) -> None:
    found = sandboxed(content, name, Limits(seconds=30))
    assert found.status is not Status.timeout
    assert found.readable or found.reason
    rendering.render(found.markdown, "article")


ATTACKS = [
    "<script>window.pwned=1</script>", "<img src=x onerror=window.pwned=1>", "<svg/onload=window.pwned=1>",
    "<a href='javascript:window.pwned=1'>x</a>", "[x](javascript:window.pwned=1)", "[x](java\nscript:window.pwned=1)",
    "[x](&#106;avascript:window.pwned=1)", "![x](javascript:window.pwned=1)", "<javascript:window.pwned=1>",
    "<iframe srcdoc='<script>window.pwned=1</script>'></iframe>", "<math><mtext><style><img src=x onerror=window.pwned=1>",
    "<form action=//evil.invalid><button formaction=javascript:window.pwned=1>x</button></form>",
    "<base href=//evil.invalid>", "<style>@import '//evil.invalid'</style>", "<p style='background:url(//evil.invalid)'>x</p>",
    "<details open ontoggle=window.pwned=1>x</details>", "<object data=data:text/html,x></object>", "<meta http-equiv=refresh"
    " content='0;url=javascript:window.pwned=1'>", '[x](https://a.invalid/" onmouseover="window.pwned=1)',
    "<a href=' &#14; javascript:window.pwned=1'>x</a>", "<img srcset='//evil.invalid 1x'>", "<video poster=//evil.invalid>",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("name", ["a.md", "a.html"])
def test_no_script_and_no_foreign_address_comes_through(extracted: Read, attack: str, name: str) -> None:
    from lxml import html as lxml_html

    whole = (
        f"<html><body><p>Honest words.</p>{attack}</body></html>" if name == "a.html" else f"Honest words.\n\n{attack}"
    )
    found = extracted(whole, name)
    html = "".join(section.html for section in rendering.render(found.markdown, "article"))
    root = lxml_html.fragment_fromstring(html, create_parent="div")
    for element in root.iter():
        assert element.tag not in {
            "script",
            "style",
            "iframe",
            "object",
            "form",
            "base",
            "meta",
            "svg",
            "math",
            "video",
        }
        for key, value in element.attrib.items():
            assert not key.startswith("on") and key not in ("style", "srcset", "srcdoc")
            assert "script" not in value.partition(":")[0].lower()
        assert element.tag != "img" or not (element.get("src") or "").startswith(("http", "//"))
    assert "Honest words." in html


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\win.ini.txt", "win.ini.txt"),
        ("x\r\nSet-Cookie: a=b.md", "x Set-Cookie: a=b.md"),
        ("invoice\u202efdp.md", "invoice fdp.md"),
        ("", "file"),
    ],
)
def test_name_of_an_upload_is_shown_without_tricks(extracted: Read, name: str, shown: str) -> None:
    path_free = extracted("Honest words.", name or "/")
    assert path_free.file == shown


def test_picture_of_huge_dimensions_in_a_page_costs_nothing(extracted: Read) -> None:
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (100_000).to_bytes(4) * 2 + b"\x08\x06\0\0\0"
    image = base64.b64encode(header + bytes(20)).decode()
    found = extracted(
        f"<html><body><p>Honest words.</p><img src='data:image/png;base64,{image}'></body></html>", "a.html"
    )
    assert "Honest words." in found.text


def test_polyglots_are_what_their_beginning_says(extracted: Read, zipped: Callable[..., Path]) -> None:
    archive = word(zipped, paragraph("Honest words.")).read_bytes()
    assert extracted(b"GIF89a" + archive, "a.docx").status in (Status.unsupported, Status.corrupt)
    assert extracted(gzip.compress(b"%PDF-1.4"), "a.pdf").status is Status.unsupported
    assert extracted(b"\x7fELF" + bytes(100), "a.md").status is Status.unsupported


@pytest.mark.parametrize("ending", ["pdf", "docx", "odt", "epub", "pptx", "rtf", "html", "md", "txt"])
def test_nonsense_ends_with_a_status_and_a_reason(extracted: Read, ending: str) -> None:
    beginnings = {"pdf": b"%PDF-1.7\n", "rtf": b"{\\rtf1", "html": b"<html>", "md": b"# ", "txt": b""}
    noise = bytes((n * 7919 + 13) % 256 for n in range(5000))
    found = extracted(beginnings.get(ending, b"PK\x03\x04") + noise, f"a.{ending}")
    assert found.readable or found.reason


def test_title_keeps_no_sign_that_turns_the_writing(extracted: Read) -> None:
    found = extracted('---\ntitle: "\u2067abc\u2066 def \u202d ghi"\n---\n\nHonest words.\n', "turned.md")
    assert found.title == "abc def ghi" and line("\u2067abc\u2069") == "abc"
