"""Pictures and parts that a file holds, and how far its reading is."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from library.ingest import progress
from library.ingest.extraction import Progress
from library.ingest.keeping import KEPT, LARGEST, Album, keep_parts, markdown_of


def picture(width: int = 60, height: int = 40, form: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(out, form, **options)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _within(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_picture_is_kept_once_with_its_size() -> None:
    album = Album()
    first, again = album.add(picture()), album.add(picture())
    other = album.add(picture(61))
    assert other and first and (first.width, first.height, first.media_type) == (60, 40, "image/png")
    assert len({p.kept for p in album.pictures}) == len(album.pictures)
    assert (Path(KEPT) / first.kept).stat().st_size == first.size
    assert again is not None and album.left_out == 0


def test_what_a_camera_noted_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "Maker of cameras", {1: "N"}
    kept = Album().add(picture(form="JPEG", exif=exif) + b"hidden behind the end")
    assert kept is not None
    content = (Path(KEPT) / kept.kept).read_bytes()
    assert b"Maker of cameras" not in content and b"hidden behind" not in content
    assert not Image.open(io.BytesIO(content)).getexif()


def test_large_picture_is_scaled_and_small_one_left() -> None:
    album = Album()
    large = album.add(picture(LARGEST + 400, 200))
    assert large is not None and large.width == LARGEST
    assert album.add(picture(8, 8)) is None and album.left_out == 0


def test_what_is_no_picture_is_counted() -> None:
    album = Album()
    assert album.add(b"<svg onload='alert(1)'/>") is None
    assert album.add(picture()[:80]) is None
    assert album.left_out == 2


@pytest.mark.parametrize(
    ("form", "ending"),
    [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp"), ("GIF", "png"), ("TIFF", "png"), ("BMP", "png"), ("PPM", "")],
)
def test_pictures_of_usual_formats_are_kept_in_one_that_browsers_show(form: str, ending: str) -> None:
    kept = Album().add(picture(form=form))
    assert (kept.kept.rpartition(".")[2] if kept else "") == ending


def test_alt_text_cannot_end_the_picture() -> None:
    kept = Album().add(picture())
    assert kept is not None
    assert markdown_of(kept, "a](javascript:x) [b\n") == f"![a)(javascript:x) (b](picture:{kept.kept})"


def test_parts_lie_under_names_of_ours() -> None:
    kept = keep_parts([("../../etc/passwd", b"x"), ("annex.pdf", b"y")])
    assert [part.name for part in kept] == ["../../etc/passwd", "annex.pdf"]
    assert sorted(p.name for p in Path(KEPT).iterdir()) == ["part-00001", "part-00002"]


def test_progress_is_read_where_it_was_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_last", 0.0)
    assert progress.read(tmp_path) == Progress()
    progress.report(3, 10, "The first page.")
    assert progress.read(tmp_path) == Progress(3, 10, "The first page.")
    (tmp_path / progress.FILE).write_text(json.dumps({"something": "else"}))
    assert progress.read(tmp_path) == Progress()
