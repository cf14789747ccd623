"""Files made to do harm end with a status, in time, within memory, and leave nothing behind."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import time
import zipfile

import pytest

from library.ingest import Limits, Status

TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def _word(zipped, document: bytes, name: str = "a.docx"):
    return zipped(name, {"[Content_Types].xml": TYPES, "word/document.xml": document})


def test_zip_bomb_is_unsafe_and_never_unpacked(sandboxed, zipped):
    found = sandboxed(_word(zipped, b"<w>" + b" " * 60_000_000 + b"</w>"))
    assert found.status is Status.unsafe
    assert "swell" in found.reason


def test_size_that_the_header_lies_about_is_noticed(extracted, zipped):
    path = _word(zipped, b"<w>" + b" " * 30_000_000 + b"</w>")
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = content.rfind(mark)
        content[place + offset : place + offset + 4] = struct.pack("<I", 900)
    path.write_bytes(content)
    assert extracted(path).status is Status.unsafe


def test_entities_of_entities_are_unsafe(extracted, zipped, converted, tmp_path):
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    assert extracted(_word(zipped, laughs)).status is Status.unsafe
    assert extracted(_word(zipped, laughs.decode().encode("utf-16"))).status is Status.unsafe


def test_entity_that_names_a_file_is_not_fetched(extracted, converted, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("quokka")
    book = converted("# One\n\nHonest words.\n", "epub")
    target = tmp_path / "xxe.epub"
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            content = old.read(info.filename)
            if info.filename.endswith("ch001.xhtml"):
                content = content.replace(
                    b"<!DOCTYPE html>", f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret}">]>'.encode()
                )
                content = content.replace(b"Honest words.", b"Honest &x; words.")
            new.writestr(info.filename, content)
    found = extracted(target)
    assert "quokka" not in found.text
    assert "Honest" in found.text


def test_members_that_point_out_of_the_container_are_left(extracted, converted, tmp_path):
    path = converted("Honest words.", "docx")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../outside.xml", "<x/>")
        archive.writestr("/absolute.xml", "<x/>")
    assert extracted(path).text == "Honest words."
    assert not list(tmp_path.rglob("outside.xml"))


def test_too_many_members_are_unsafe(extracted, zipped):
    assert (
        extracted(
            zipped("a.docx", {"word/x": b"", "[Content_Types].xml": TYPES} | {f"word/{n}": b"" for n in range(20_001)})
        ).status
        is Status.unsafe
    )


def test_damaged_member_is_corrupt(extracted, zipped):
    path = _word(zipped, os.urandom(5000).hex().encode())
    content = bytearray(path.read_bytes())
    place = content.find(b"word/document.xml") + 200
    content[place : place + 40] = bytes(40)
    path.write_bytes(content)
    assert extracted(path).status is Status.corrupt


def test_encrypted_member_is_encrypted(extracted, zipped):
    path = _word(zipped, b"<w/>")
    content = bytearray(path.read_bytes())
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert extracted(path).status is Status.encrypted


def test_cut_off_container_is_corrupt(extracted, converted):
    path = converted("Words. " * 500, "docx")
    path.write_bytes(path.read_bytes()[:-300])
    assert extracted(path).status is Status.corrupt


def test_file_above_the_upload_limit_is_not_opened(sandboxed):
    found = sandboxed("x" * 2000, "big.txt", Limits(upload_bytes=1000))
    assert found.status is Status.too_large
    assert len(found.sha256) == 64


def test_reading_that_takes_too_long_is_stopped(sandboxed, made_pdf):
    many = made_pdf([[(9, 40, 800 - 9 * n, "words " * 20) for n in range(80)]] * 300)
    began = time.monotonic()
    found = sandboxed(many, "long.pdf", Limits(seconds=0.5))
    assert found.status is Status.timeout and "0 seconds" in found.reason or "seconds" in found.reason
    assert time.monotonic() - began < 10


@pytest.mark.skipif(sys.platform != "linux", reason="memory of processes is watched through /proc")
def test_reading_that_takes_too_much_memory_is_stopped(sandboxed):
    found = sandboxed("word " * 4_000_000, "long.txt", Limits(memory_mb=60))
    assert found.status is Status.too_large
    assert "60 MB" in found.reason


def test_nothing_stays_in_the_scratch_folder(sandboxed, tmp_path):
    sandboxed("Words.", "a.md")
    sandboxed(b"%PDF-1.7 broken", "a.pdf")
    assert list((tmp_path / "scratch").iterdir()) == []


def test_child_sees_neither_our_environment_nor_our_modules(monkeypatch):
    from library.ingest import sandbox

    monkeypatch.setenv("SECRET_KEY", "quokka")
    assert "SECRET_KEY" not in sandbox._environment(sandbox._PACKAGE_PARENT)
    code = "import sys, library.ingest.child; print([m for m in ('flask', 'sqlalchemy', 'numpy', 'lxml') if m in sys.modules])"  # noqa: E501
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_missing_file_is_no_fault_of_the_file(extracted, tmp_path):
    with pytest.raises(FileNotFoundError):
        extracted(tmp_path / "not there.md")


def test_long_text_is_kept_whole(sandboxed):
    text = "\n\n".join(f"Paragraph {n} says something." for n in range(20_000))
    found = sandboxed(text, "a.txt")
    assert found.text.endswith("Paragraph 19999 says something.")
    assert found.characters == len(text)


def test_word_file_is_read_by_pandoc_within_the_sandbox(sandboxed, converted):
    found = sandboxed(converted("# Title\n\nHonest words in a child process.\n", "docx"))
    assert (found.status, found.title, found.text) == (Status.ok, "Title", "Title\nHonest words in a child process.")


def test_child_that_breaks_off_is_told_as_a_damaged_file(sandboxed, monkeypatch, tmp_path):
    from library.ingest import forking, sandbox

    broken = tmp_path / "library"  # found first, and without the reader
    broken.mkdir()
    (broken / "__init__.py").touch()
    monkeypatch.setattr(sandbox, "_PACKAGE_PARENT", tmp_path)
    monkeypatch.setattr(forking, "start", lambda folder, environment: None)
    found = sandboxed("Words.", "a.md")
    assert found.status is Status.corrupt
    assert "broke off" in found.reason
