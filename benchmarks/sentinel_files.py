"""Forty files with a word planted on the first, the middle and the last page: of all formats, whole and broken."""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pikepdf
import pypandoc
from PIL import Image, ImageDraw

WORDS = ("quokkafirst", "wombatmiddle", "numbatlast")
FILLER = "Assemblies are announced, not asked for, and stewards carry two lamps each. "
OFFICE = ("docx", "odt", "pptx", "epub", "rtf", "html")


@dataclass(frozen=True, slots=True)
class File:
    """A file, and the words that stand in it somewhere."""

    name: str
    content: bytes
    words: tuple[str, ...] = WORDS


def files(pages: int) -> list[File]:
    """The files, each as long as `pages` pages."""
    return [file for group in GROUPS.values() for file in group(pages)]


def paragraphs(pages: int) -> list[str]:
    """A paragraph a page; the first, the middle and the last hold a planted word."""
    found = [f"Page {n}. {FILLER * 6}" for n in range(1, pages + 1)]
    for at, word in zip((0, pages // 2, pages - 1), WORDS, strict=True):
        found[at] += f"Here stands {word} alone."
    return found


def markdown(pages: int) -> str:
    """The same with a heading every other page."""
    return "# Lanterns\n\n" + "\n\n".join(
        (f"## Part {n}\n\n{text}" if n % 2 == 0 else text) for n, text in enumerate(paragraphs(pages))
    )


def converted(text: str, format: str) -> bytes:
    """A file of a format that Pandoc writes."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"made.{format}"
        command = [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", format, "-s", "-o", str(target)]
        subprocess.run(command, input=text.encode(), check=True, capture_output=True)
        return target.read_bytes()


def _whole(pages: int) -> Iterator[File]:
    text = markdown(pages)
    yield File("plain.md", text.encode())
    yield File("front-matter.md", f"---\ntitle: Lanterns\nlanguage: en\n---\n\n{text}".encode())
    plain = "\n\n".join(paragraphs(pages))
    for encoding in ("utf-8", "utf-16", "utf-32", "cp1252"):
        yield File(f"{encoding}.txt", (plain + " – “é”").encode(encoding))
    for format in OFFICE:
        yield File(f"whole.{format}", converted(text, format))
    table = "\n".join(f"| {n} | {paragraph} |" for n, paragraph in enumerate(paragraphs(pages)))
    yield File("table.docx", converted(f"| n | text |\n|---|------|\n{table}\n", "docx"))
    notes = "\n\n".join(f"Note[^{n}]\n\n[^{n}]: {paragraph}" for n, paragraph in enumerate(paragraphs(pages)))
    yield File("footnotes.docx", converted(notes, "docx"))
    yield File("list.odt", converted("\n".join(f"- {paragraph}" for paragraph in paragraphs(pages)), "odt"))


def pdf(texts: list[str]) -> bytes:
    """A PDF with one text a page in Helvetica; an empty text leaves the page blank."""
    with pikepdf.new() as made:
        font = made.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
        for text in texts:
            page = made.add_blank_page(page_size=(595, 842))
            page["/Resources"] = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
            lines = [text[at : at + 90] for at in range(0, len(text), 90)]
            drawn = "\n".join(f"1 0 0 1 60 {780 - 14 * n} Tm ({line}) Tj" for n, line in enumerate(lines))
            page["/Contents"] = made.make_stream(f"BT /F1 11 Tf {drawn} ET".encode("ascii"))
        out = io.BytesIO()
        made.save(out)
        return out.getvalue()


def _short(pages: int) -> list[str]:
    """A text a page, short enough that no planted word is cut by the end of a line."""
    found = [f"Page number {n} speaks of assemblies." for n in range(1, pages + 1)]
    for at, word in zip((0, pages // 2, pages - 1), WORDS, strict=True):
        found[at] = f"Here stands {word} alone."
    return found


def scan(texts: list[str]) -> bytes:
    """A PDF of pictures of texts."""
    pictures = []
    for text in texts:
        picture = Image.new("L", (600, 800), 255)
        ImageDraw.Draw(picture).text((40, 60), text, fill=0)
        pictures.append(picture)
    out = io.BytesIO()
    pictures[0].save(out, "PDF", save_all=True, append_images=pictures[1:])
    return out.getvalue()


def _pdfs(pages: int) -> Iterator[File]:
    texts = _short(pages)
    whole = pdf(texts)
    yield File("whole.pdf", whole)
    yield File("scan.pdf", scan(texts))
    with pikepdf.open(io.BytesIO(whole)) as text, pikepdf.open(io.BytesIO(scan(texts))) as pictures:
        text.pages[pages // 2 : pages // 2 + 1] = [pictures.pages[pages // 2]]
        yield File("scanned-middle.pdf", _saved(text))
    with pikepdf.open(io.BytesIO(whole)) as text:
        yield File("encrypted.pdf", _saved(text, encryption=pikepdf.Encryption(user="secret", owner="secret", R=6)))
        yield File("may-not-be-copied.pdf", _saved(text, encryption=pikepdf.Encryption(user="", owner="secret", R=4)))
        yield File("object-streams.pdf", _saved(text, object_stream_mode=pikepdf.ObjectStreamMode.generate))
        text.attachments["more.txt"] = pikepdf.AttachedFileSpec(text, b"Nothing of the page.", filename="more.txt")
        yield File("with-attachment.pdf", _saved(text))
    yield File("blank-pages.pdf", pdf([part for one in texts for part in (one, "")]))


def _saved(made: pikepdf.Pdf, **options: Any) -> bytes:
    out = io.BytesIO()
    made.save(out, **options)
    return out.getvalue()


def _broken(pages: int) -> Iterator[File]:
    whole = pdf(_short(pages))
    word, book, slides = (converted(markdown(pages), format) for format in ("docx", "epub", "pptx"))
    for share in (30, 60, 90, 99):
        yield File(f"cut-at-{share}.pdf", whole[: len(whole) * share // 100])
        yield File(f"cut-at-{share}.docx", word[: len(word) * share // 100])
    yield File("cut-at-90.epub", book[: len(book) * 90 // 100])
    yield File("cut-at-90.pptx", slides[: len(slides) * 90 // 100])
    rich = converted(markdown(pages), "rtf")
    yield File("cut-at-70.rtf", rich[: len(rich) * 70 // 100])
    chapters = converted("\n\n".join(f"# Part {n}\n\n{one}" for n, one in enumerate(paragraphs(pages), 1)), "epub")
    lost = f"ch{pages // 2 + 1:03}.xhtml"
    yield File("lost-chapter.epub", _without(chapters, lambda name: name.endswith(lost)))
    yield File("lost-slide.pptx", _without(slides, lambda name: name.endswith("slides/slide2.xml")))
    yield File("bad-stream.pdf", _with_broken_page(pages))
    yield File(
        "protected.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    )


def _without(content: bytes, gone: Callable[[str], bool]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if not gone(info.filename):
                new.writestr(info, old.read(info))
    return out.getvalue()


def _with_broken_page(pages: int) -> bytes:
    """The middle page's content is packed and damaged."""
    with pikepdf.open(io.BytesIO(pdf(_short(pages)))) as made:
        made.pages[pages // 2]["/Contents"].write(os.urandom(400), filter=pikepdf.Name.FlateDecode)
        return _saved(made)


def _nested(pages: int) -> Iterator[File]:
    inner = converted(markdown(pages), "docx")
    batch = _zip({"guides/a.docx": inner})
    yield File("batch.zip", batch)
    yield File("batch-in-batch.zip", _zip({"more/batch.zip": batch}))
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Lanterns", "a@example.org", "b@example.org"
    message.set_content(f"Here stands {WORDS[0]} alone.")
    message.add_attachment(pdf(_short(pages)), maintype="application", subtype="pdf", filename="a.pdf")
    yield File("letter.eml", message.as_bytes())
    rows = "\n".join(f'{n},"{text}"' for n, text in enumerate(_short(pages)))
    yield File("table.csv", f"number,text\n{rows}\n".encode())


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


GROUPS: dict[str, Callable[[int], Iterator[File]]] = {
    "whole": _whole,
    "pdf": _pdfs,
    "broken": _broken,
    "nested": _nested,
}
