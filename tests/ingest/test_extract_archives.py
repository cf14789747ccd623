"""Archives: each file in one is a part, and no archive does harm."""

from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from library.ingest import Extraction, Limits, Status, extract
from library.ingest.formats import archives


@pytest.fixture
def kept(extracted: Callable[..., Extraction], tmp_path: Path) -> Callable[..., tuple[Extraction, Path]]:
    def read(content: bytes, name: str = "batch.zip") -> tuple[Extraction, Path]:
        source, folder = tmp_path / "source", tmp_path / "kept"
        source.write_bytes(content)
        folder.mkdir(exist_ok=True)
        return extract(source, name, Limits(), tmp_path / "scratch", keep=folder), folder

    return read


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tarred(mode: str, *members: tuple[str, bytes | None]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            if content is None:
                info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            info.size = len(content or b"")
            archive.addfile(info, io.BytesIO(content or b""))
    return out.getvalue()


def test_each_file_of_an_archive_is_a_part(kept):
    found, folder = kept(zipped(("a.md", b"# A"), ("folder/b.txt", b"words")))
    assert (found.status, found.format, found.media_type) == (Status.ok, "zip", "application/zip")
    assert found.batch and not found.markdown
    assert found.reason == "2 files in it; each is read by itself."
    assert [part.name for part in found.parts] == ["a.md", "folder/b.txt"]
    assert [(folder / part.kept).read_bytes() for part in found.parts] == [b"# A", b"words"]


def test_clutter_is_skipped_and_links_and_empty_files_are_told(kept):
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    clutter = [(name, b"x") for name in ("__MACOSX/._a", ".DS_Store", "x/.git/config", "x/Thumbs.db", "~$a.docx", "d/")]
    found, folder = kept(zipped(("a.md", b"# A"), (link, b"/etc/passwd"), ("no.txt", b""), *clutter))
    assert [part.name for part in found.parts] == ["a.md"]
    assert found.status is Status.partial
    assert "“link”" in found.warnings[0] and "“no.txt”" in found.warnings[1]
    assert len(list(folder.iterdir())) == 1


def test_names_are_for_people_and_never_paths(kept, tmp_path):
    found, folder = kept(zipped(("../../evil.md", b"# E"), ("/etc/evil.md", b"# F"), ("C:\\evil.md", b"# G")))
    assert [part.name for part in found.parts] == ["../../evil.md", "etc/evil.md", "C:/evil.md"]
    assert {path.name for path in folder.iterdir()} == {"part-00001", "part-00002", "part-00003"}
    assert not list(tmp_path.rglob("evil.md"))


def test_old_names_are_read_in_the_code_page_of_their_machine(kept):
    def named(raw: bytes) -> str:
        content = zipped(("X" * len(raw), b"words")).replace(b"X" * len(raw), raw)
        return kept(content)[0].parts[0].name

    assert named("Größe.txt".encode("cp437")) == "Größe.txt"
    assert named("Wasserläufe.txt".encode()) == "Wasserläufe.txt"
    assert named("Отчёт о реках и озёрах.txt".encode("cp866")) == "Отчёт о реках и озёрах.txt"
    assert kept(zipped(("Gro\u0308ße.txt", b"words")))[0].parts[0].name == "Größe.txt"


def test_protected_members_are_named_and_a_protected_archive_is_encrypted(kept):
    def locked(content: bytes, *names: str) -> bytes:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist():
                if info.filename in names:
                    raw = info.filename.encode()
                    at, central = info.header_offset, content.rindex(raw) - 46
                    content = content[: at + 6] + b"\x01" + content[at + 7 :]
                    content = content[: central + 8] + b"\x01" + content[central + 9 :]
        return content

    found, _folder = kept(locked(zipped(("a.md", b"# A"), ("secret.md", b"# S")), "secret.md"))
    assert found.status is Status.partial
    assert found.warnings == ("Protected by a password, and not read: “secret.md”.",)
    found, _folder = kept(locked(zipped(("secret.md", b"# S")), "secret.md"))
    assert found.status is Status.encrypted


def test_members_that_swell_are_not_unpacked(kept, monkeypatch):
    monkeypatch.setattr(archives.containers, "SUSPICIOUS", 1 << 20)
    found, folder = kept(zipped(("a.md", b"# A"), ("bomb.txt", bytes(4 << 20))))
    assert [part.name for part in found.parts] == ["a.md"]
    assert "“bomb.txt”" in found.warnings[0]
    assert len(list(folder.iterdir())) == 1
    assert kept(zipped(("bomb.txt", bytes(4 << 20))))[0].status is Status.unsafe
    assert kept(gzip.compress(tarred("w", ("bomb.txt", bytes(4 << 20)))), "a.tgz")[0].status is Status.unsafe


def test_what_is_larger_than_may_be_read_is_told(kept, monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 10)
    found, _folder = kept(zipped(("a.txt", b"eight by"), ("b.txt", b"eight by")))
    assert len(found.parts) == 1 and "Too large" in found.warnings[0]
    monkeypatch.setattr(archives, "MOST_PARTS", 1)
    monkeypatch.setattr(archives, "MOST_BYTES", 1000)
    found, _folder = kept(zipped(("a.txt", b"words"), ("b.txt", b"words")))
    assert "Beyond the first 1" in found.warnings[0]


def test_overlapping_members_make_an_archive_unsafe(kept):
    content = zipped(("a.txt", b"words of a text that is here twice"), ("b.txt", b"words of a text that is here twice"))
    central = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", central + 1)
    overlapping = content[: second + 42] + bytes(4) + content[second + 46 :]
    assert kept(overlapping)[0].status is Status.unsafe


def test_damaged_members_are_told_and_the_others_are_read(kept):
    content = bytearray(zipped(("a.txt", b"words " * 50), ("b.txt", b"other words")))
    content[40] ^= 0xFF
    found, _folder = kept(bytes(content))
    assert [part.name for part in found.parts] == ["b.txt"]
    assert "Damaged" in found.warnings[0]
    assert kept(bytes(content[:90]))[0].status is Status.corrupt


@pytest.mark.parametrize(("mode", "name"), [("w", "a.tar"), ("w:gz", "a.tgz"), ("w:bz2", "a.bz2"), ("w:xz", "a")])
def test_tar_archives_are_read_packed_or_not(kept, mode, name):
    found, folder = kept(tarred(mode, ("../a.md", b"# A"), ("link", None), ("dir/b.txt", b"words")), name)
    assert (found.format, found.status) == ("tar", Status.partial)
    assert [part.name for part in found.parts] == ["../a.md", "dir/b.txt"]
    assert (folder / found.parts[1].kept).read_bytes() == b"words"
    assert "“link”" in found.warnings[0]


def test_a_tar_archive_cut_off_tells_what_it_lost(kept):
    content = tarred("w", ("a.md", b"# A"), ("b.txt", b"w" * 5_000))
    found, _folder = kept(content[:3_000], "a.tar")
    assert [part.name for part in found.parts] == ["a.md"]
    assert found.status is Status.partial and "cut off" in " ".join(found.warnings)


def test_archives_with_nothing_to_read_are_empty(kept):
    found, _folder = kept(zipped((".DS_Store", b"x")))
    assert found.status is Status.empty
    assert "batch.zip" in found.reason
