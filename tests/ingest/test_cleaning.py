"""A cleaned copy says nothing of who wrote it, on what machine and where; its text and looks stay."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from library.ingest import Extraction
from library.ingest.cleaning import clean
from library.ingest.extraction import Refusal

PLANTED = "Quokkajane"
PATH = r"C:\Users\Quokkajane\Documents\secret.dotx"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'  # noqa: E501


def photograph(form: str = "JPEG") -> bytes:
    """A picture whose EXIF names its owner and a place."""
    picture = Image.new("RGB", (64, 48), (200, 30, 30))
    exif = Image.Exif()
    exif[0x013B] = PLANTED
    exif[0x010F] = f"{PLANTED} Cameras"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[0x1D] = f"{PLANTED}:06:01"
    out = io.BytesIO()
    picture.save(out, form, exif=exif)
    assert PLANTED.encode() in out.getvalue()
    return out.getvalue()


def everything(content: bytes, deep: int = 0) -> Iterator[bytes]:
    """The bytes of a file, and of what is packed in it."""
    yield content
    if content.startswith(b"PK") and deep < 3:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist():
                yield info.filename.encode()
                yield from everything(archive.read(info), deep + 1)
    elif content.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for thing in pdf.objects:
                if isinstance(thing, pikepdf.Stream):
                    yield thing.read_raw_bytes()
                    yield repr(thing.stream_dict).encode()
                    if thing.stream_dict.get("/Filter") == pikepdf.Name.FlateDecode:
                        yield thing.read_bytes()
                else:
                    yield repr(thing).encode()
    elif content.startswith(b"{\\rtf"):
        for digits in re.findall(rb"[0-9a-fA-F\s]{200,}", content):
            yield bytes.fromhex(digits.decode())


def says(content: bytes, words: str = PLANTED) -> bool:
    """Whether the words stand anywhere in a file, in any spelling that programs use."""
    spellings = [words.encode(), words.encode("utf-16-le"), words.encode("utf-16-be"), words.encode().hex().encode()]
    return any(spelling.lower() in part.lower() for part in everything(content) for spelling in spellings)


@pytest.fixture
def copy(tmp_path: Path, sandboxed: Callable[..., Extraction]) -> Callable[[bytes, str], tuple[bytes, str]]:
    """(the bytes of a cleaned copy, its text)."""

    def make(content: bytes, name: str) -> tuple[bytes, str]:
        assert says(content), "the file says it before it is cleaned"
        path, target = tmp_path / "original", tmp_path / name
        path.write_bytes(content)
        clean(path, target, name)
        return target.read_bytes(), sandboxed(target, name).text

    return make


def package(path: Path, changes: dict[str, bytes | Callable[[bytes], bytes]]) -> bytes:
    """A package with members changed or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            change = changes.get(info.filename)
            content = (
                old.read(info) if change is None else change if isinstance(change, bytes) else change(old.read(info))
            )
            new.writestr(info.filename, content)
        for name in changes.keys() - set(old.namelist()):
            change = changes[name]
            new.writestr(name, change if isinstance(change, bytes) else change(b""))
    return out.getvalue()


def test_word_file_loses_properties_comments_changes_hidden_text_and_paths(converted, copy):
    revised = (
        f'<w:p w:rsidR="00AA1122"><w:ins w:id="1" w:author="{PLANTED}" w:date="2024-01-01T00:00:00Z"><w:r><w:t>inserted'
        f' words</w:t></w:r></w:ins><w:del w:id="2" w:author="{PLANTED}"><w:r><w:delText>{PLANTED} deleted</w:delText>'
        f'</w:r></w:del><w:commentRangeStart w:id="7"/><w:r><w:t> stay</w:t></w:r><w:commentRangeEnd w:id="7"/><w:r>'
        f'<w:commentReference w:id="7"/></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>{PLANTED} hidden</w:t></w:r>'
        f'<w:r><w:instrText>INCLUDETEXT "{PATH}"</w:instrText></w:r></w:p>'
    )
    properties = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{PLANTED}</dc:creator></cp:coreProperties>'
    )
    settings = (
        f'<w:settings {W}><w:attachedTemplate r:id="rId1"/><w:rsids><w:rsid w:val="00AA1122"/></w:rsids></w:settings>'
    )
    template = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"'
        f' Target="file:///{PATH}" TargetMode="External"/></Relationships>'
    )
    comment = f'<w:comments {W}><w:comment w:id="7" w:author="{PLANTED}"><w:p><w:r><w:t>why?</w:t></w:r></w:p></w:comment></w:comments>'  # noqa: E501
    content = package(
        converted("# Report\n\nHonest words.\n", "docx"),
        {
            "docProps/core.xml": properties.encode(),
            "docProps/app.xml": f"<Properties><Company>{PLANTED}</Company></Properties>".encode(),
            "docProps/custom.xml": f"<Properties><p>{PLANTED}</p></Properties>".encode(),
            "docProps/thumbnail.jpeg": photograph(),
            "word/comments.xml": comment.encode(),
            "word/people.xml": f"<people>{PLANTED}</people>".encode(),
            "word/settings.xml": settings.encode(),
            "word/_rels/settings.xml.rels": template.encode(),
            "word/media/rId9.jpg": photograph(),
            "customXml/item1.xml": f"<Cover><Author>{PLANTED}</Author></Cover>".encode(),
            "word/document.xml": lambda old: old.replace(b"</w:body>", b"").replace(
                b"</w:document>", revised.encode() + b"</w:body></w:document>"
            ),
        },
    )
    cleaned, text = copy(content, "report.docx")
    assert not says(cleaned)
    assert b"00AA1122" not in b"".join(everything(cleaned))
    assert "Honest words." in text
    assert "inserted words stay" in text
    picture = zipfile.ZipFile(io.BytesIO(cleaned)).read("word/media/rId9.jpg")
    assert Image.open(io.BytesIO(picture)).size == (64, 48)


def test_parts_that_are_gone_are_not_asked_for(converted, copy):
    content = package(converted("Honest words.", "docx"), {"docProps/app.xml": PLANTED.encode()})
    cleaned, _text = copy(content, "a.docx")
    with zipfile.ZipFile(io.BytesIO(cleaned)) as archive:
        names = set(archive.namelist())
        types = archive.read("[Content_Types].xml").decode()
        relations = archive.read("_rels/.rels").decode()
    assert all(part in names for part in re.findall(r'PartName="/([^"]+)"', types))
    assert all(target.lstrip("/") in names for target in re.findall(r'Target="([^"]+)"', relations))
    assert "docProps" not in types + relations


def test_open_document_loses_metadata_notes_of_reviewers_and_earlier_wordings(converted, copy):
    spaces = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    changes = (
        f"<text:tracked-changes {spaces}><text:changed-region><text:deletion><office:change-info><dc:creator>{PLANTED}"
        f"</dc:creator></office:change-info><text:p>{PLANTED} deleted</text:p></text:deletion></text:changed-region>"
        "</text:tracked-changes>"
    )
    note = f"<text:p>Kept<office:annotation {spaces}><dc:creator>{PLANTED}</dc:creator></office:annotation> words.</text:p>"
    content = package(
        converted("# Report\n\nHonest words.\n", "odt"),
        {
            "meta.xml": f"<m><creator>{PLANTED}</creator></m>".encode(),
            "settings.xml": f"<s>{PLANTED}</s>".encode(),
            "Thumbnails/thumbnail.png": PLANTED.encode(),
            "Pictures/p.jpg": photograph(),
            "content.xml": lambda old: re.sub(rb"(<office:text[^>]*>)", lambda m: m[1] + changes.encode(), old).replace(
                b"</office:text>", note.encode() + b"</office:text>"
            ),
        },
    )
    cleaned, text = copy(content, "report.odt")
    assert not says(cleaned)
    assert "Honest words." in text and "Kept words." in text
    with zipfile.ZipFile(io.BytesIO(cleaned)) as archive:
        assert archive.namelist()[0] == "mimetype"
        assert archive.getinfo("mimetype").compress_type == zipfile.ZIP_STORED


def test_book_keeps_title_and_language_alone(converted, copy, tmp_path):
    book = converted(f"---\ntitle: A book\nauthor: {PLANTED}\nlang: fr\n---\n\n# One\n\nHonest words.\n", "epub")
    content = package(book, {"META-INF/calibre_bookmarks.txt": PLANTED.encode(), "EPUB/media/p.jpg": photograph()})
    path, target = tmp_path / "in", tmp_path / "out.epub"
    path.write_bytes(content)
    clean(path, target, "out.epub")
    with zipfile.ZipFile(target) as archive:
        package_ = next(archive.read(n).decode() for n in archive.namelist() if n.endswith(".opf"))
    assert "A book" in package_ and "fr" in package_ and PLANTED not in package_
    assert not says(zipfile.ZipFile(target).read("EPUB/media/p.jpg"))
    assert "META-INF/calibre_bookmarks.txt" not in zipfile.ZipFile(target).namelist()


def test_pdf_loses_dictionary_xmp_scripts_embedded_files_and_comments(made_pdf, copy):
    with pikepdf.open(io.BytesIO(made_pdf([[(12, 72, 700, "Honest words on a page.")]]))) as pdf:
        pdf.docinfo["/Author"] = PLANTED
        pdf.docinfo["/Creator"] = PATH
        with pdf.open_metadata() as xmp:
            xmp["dc:creator"] = [PLANTED]
        pdf.attachments["notes.txt"] = pikepdf.AttachedFileSpec(pdf, PLANTED.encode(), filename=f"{PLANTED}.txt")
        pdf.Root["/OpenAction"] = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=f"app.alert('{PLANTED}')")
        page = pdf.pages[0]
        page["/PieceInfo"] = pikepdf.Dictionary(Program=pikepdf.Dictionary(Private=PLANTED))
        page["/Annots"] = pikepdf.Array(
            [
                pdf.make_indirect(
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, T=PLANTED, Contents=PLANTED, Rect=[0, 0, 9, 9]
                    )
                ),
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
                    A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/"),
                ),
                pikepdf.Dictionary(
                    Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
                    A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F=PATH),
                ),
            ]
        )  # fmt: skip
        image = pikepdf.Stream(pdf, photograph())
        image.Type, image.Subtype, image.Filter = pikepdf.Name.XObject, pikepdf.Name.Image, pikepdf.Name.DCTDecode
        image.Width, image.Height, image.BitsPerComponent = 64, 48, 8
        image.ColorSpace = pikepdf.Name.DeviceRGB
        image.Metadata = pikepdf.Stream(pdf, PLANTED.encode())
        page["/Resources"]["/XObject"] = pikepdf.Dictionary(Im1=pdf.make_indirect(image))
        out = io.BytesIO()
        pdf.save(out)
    cleaned, text = copy(out.getvalue(), "report.pdf")
    assert not says(cleaned)
    assert "Honest words on a page." in text
    whole = b"".join(everything(cleaned))
    assert b"https://example.org/" in whole
    assert b"JavaScript" not in whole and b"Launch" not in whole
    with pikepdf.open(io.BytesIO(cleaned)) as pdf:
        assert "/Info" not in pdf.trailer
        kept = pikepdf.PdfImage(pdf.pages[0]["/Resources"]["/XObject"]["/Im1"]).as_pil_image()
        assert kept.size == (64, 48)


def test_rtf_loses_information_comments_hidden_text_and_notes_of_its_pictures(copy):
    content = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\author Quokkajane}{\company Quokkajane}}"
        rb"{\*\generator Quokkajane Writer;}{\*\template C:\\Users\\Quokkajane\\x.dot}{\*\rsidtbl \rsid1122}"
        rb"{\*\revtbl {Unknown;}{Quokkajane;}}\pard\insrsid1122 Honest {\v Quokkajane hidden}words"
        rb"{\*\atnid QJ}{\*\atnauthor Quokkajane}{\*\annotation Quokkajane says no}{\deleted Quokkajane deleted} stay."
        rb'{\field{\*\fldinst INCLUDETEXT "C:\\\\Users\\\\Quokkajane\\\\a.docx"}{\fldrslt shown}}'
        rb"{\pict\jpegblip\picw64\pich48 " + photograph().hex().encode() + rb"}\par}"
    )
    cleaned, text = copy(content, "report.rtf")
    assert not says(cleaned)
    assert b"rsid" not in cleaned
    assert "Honest words stay." in text and "shown" in text
    digits = re.search(rb"\\jpegblip[^{}]*?\n([0-9a-f]+)", cleaned)
    assert digits is not None
    assert Image.open(io.BytesIO(bytes.fromhex(digits[1].decode()))).size == (64, 48)


def test_web_page_loses_comments_scripts_and_what_its_head_says_of_people(copy):
    content = (
        f"<!-- saved from file:///{PATH} --><html><head><title>A page</title><meta name=author content={PLANTED}>"
        f"<meta name=generator content='{PLANTED} Writer'><link rel=author href='mailto:{PLANTED}@example.org'>"
        f"<script>var by = '{PLANTED}'</script></head><body><main><h1>A page</h1><p onclick=\"x('{PLANTED}')\">Honest words,"
        f" <a href='file:///home/{PLANTED}/a.html'>é</a>.</p></main></body></html>"
    )
    cleaned, text = copy(content.encode(), "page.html")
    assert not says(cleaned)
    assert "Honest words, é." in text


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_picture_loses_owner_camera_and_place(form, tmp_path):
    path, target = tmp_path / "in", tmp_path / "out"
    path.write_bytes(photograph(form))
    clean(path, target, "picture")
    assert not says(target.read_bytes())
    with Image.open(target) as kept:
        assert (kept.format, kept.size) == (form, (64, 48))
        assert 0x8825 not in kept.getexif() and 0x013B not in kept.getexif()


def test_turned_picture_stays_upright_without_its_note(tmp_path):
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6  # a quarter turn clockwise
    Image.new("RGB", (64, 48)).save(out, "JPEG", exif=exif)
    path, target = tmp_path / "in", tmp_path / "out"
    path.write_bytes(out.getvalue())
    clean(path, target, "picture.jpg")
    assert Image.open(target).size == (48, 64)


def test_markdown_stays_as_its_author_wrote_it(tmp_path):
    path, target = tmp_path / "in", tmp_path / "out"
    path.write_text(f"---\nauthors: [{PLANTED}]\n---\n\nHonest words.\n")
    clean(path, target, "a.md")
    assert target.read_bytes() == path.read_bytes()


def test_what_cannot_be_cleaned_is_refused_with_what_to_do(zipped, tmp_path):
    with pytest.raises(Refusal, match=r"cannot be cleaned here, so it is withheld\. Upload it as"):
        clean(zipped("a.zip", {"readme.bin": b"x"}), tmp_path / "out", "a.zip")
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing")
    with pytest.raises(Refusal, match="damaged"):
        clean(broken, tmp_path / "out", "broken.pdf")
