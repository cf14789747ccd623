"""Pictures out of originals: stored once, shown with their size, served to whoever may read the piece."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from library.access.models import Role, User
from library.catalogue import documents, pictures
from library.ingest.extraction import Picture


@pytest.fixture
def stored(app: Flask, tmp_path: Path) -> Callable[..., str]:
    """A picture in the store; its name."""

    def make(width: int = 60, height: int = 40) -> str:
        out = io.BytesIO()
        Image.new("RGB", (width, height), "teal").save(out, "PNG")
        content = out.getvalue()
        name = f"{hashlib.sha256(content).hexdigest()}.png"
        (tmp_path / name).write_bytes(content)
        pictures.store(tmp_path, [Picture(name, "image/png", width, height, len(content))])
        return name

    return make


def test_picture_alone_is_a_figure_with_size_alt_and_caption(stored, piece) -> None:
    name = stored()
    html = piece(f'Text.\n\n![A crowd](picture:{name} "At the gate")\n\nMore.').latest.sections[0].html
    image = f'<img alt="A crowd" src="/pictures/{name}" width="60" height="40" loading="lazy" decoding="async">'
    assert image in html
    assert "<figure" in html and "At the gate</figcaption>" in html


def test_picture_amid_text_stays_in_its_line(stored, piece) -> None:
    html = piece(f"See ![the sign](picture:{stored()}) there.").latest.sections[0].html
    assert "<figure" not in html
    assert 'alt="the sign"' in html


def test_what_is_on_a_picture_can_be_searched(stored, piece) -> None:
    section = piece(f"Text.\n\n![Chart of permits](picture:{stored()})").latest.sections[0]
    assert "Chart of permits" in [text for _, text in section.blocks]


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org/a.png",
        "/pictures/NAME",
        "picture:NAMEx",
        "picture:../NAME",
        "data:image/png;base64,AAAA",
        "picture:" + "0" * 64 + ".png",
    ],
)
def test_no_other_picture_is_shown(stored, piece, target: str) -> None:
    name = stored()
    target = target.replace("NAME", name)
    document = piece(f'![A crowd]({target})\n\n<img src="{target}" alt="x" onerror="alert(1)">\n\nText.')
    html = "".join(section.html for section in document.latest.sections)
    assert "<img" not in html and "onerror" not in html
    assert '<span class="image-left-out">A crowd</span>' in html


def test_picture_written_as_html_is_shown_like_any(stored, piece) -> None:
    name = stored()
    html = piece(f'Text <img src="picture:{name}" alt="x" width="9999" onload="alert(1)"> more').latest.sections[0].html
    assert 'width="60"' in html and "9999" not in html and "onload" not in html


def test_picture_in_a_heading_keeps_the_heading(stored, piece) -> None:
    name = stored()
    sections = piece(f"## Part ![](picture:{name})\n\nText.\n\n## ![](picture:{name})\n\nMore.").latest.sections
    assert [s.heading for s in sections if s.level] == ["Part"]
    assert "".join(s.html for s in sections).count(f"/pictures/{name}") == 2


def test_picture_is_served_for_ever_and_runs_nothing(stored, piece, client: FlaskClient) -> None:
    name = stored()
    piece(f"![](picture:{name})\n\nText.")
    answer = client.get(f"/pictures/{name}")
    assert answer.status_code == 200
    assert answer.mimetype == "image/png"
    assert hashlib.sha256(answer.data).hexdigest() == name[:64]
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_picture_of_a_draft_is_there_for_who_may_read_it(
    stored, piece, client: FlaskClient, person: Callable[..., User], reader: Callable[[User], FlaskClient]
) -> None:
    name = stored()
    document = piece(f"![](picture:{name})\n\nText.", publish=False)
    assert client.get(f"/pictures/{name}").status_code == 404
    assert client.get(f"/pictures/{'0' * 64}.png").status_code == 404
    assert client.get("/pictures/..%2Fsecret_key").status_code == 404
    documents.publish(document)
    documents.curate(document, access="members")
    assert client.get(f"/pictures/{name}").status_code == 404
    member = reader(person(Role.MEMBER))
    answer = member.get(f"/pictures/{name}")
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "private, no-store"
    documents.withdraw(document, "A mistake.")
    assert member.get(f"/pictures/{name}").status_code == 404


def test_picture_of_two_pieces_is_seen_through_either(stored, piece, client: FlaskClient) -> None:
    name = stored()
    piece(f"![](picture:{name})\n\nText.", publish=False)
    assert client.get(f"/pictures/{name}").status_code == 404
    piece(f"![](picture:{name})\n\nOther text.", title="Other")
    assert client.get(f"/pictures/{name}").status_code == 200
    assert len(list(Path(pictures.folder()).rglob("*.png"))) == 1


def test_feeds_carry_pictures_with_their_whole_address(stored, piece, client: FlaskClient) -> None:
    name = stored()
    piece(f"![](picture:{name})\n\nText.")
    content = client.get("/feed.json").json["items"][0]["content_html"]
    assert f'/pictures/{name}"' in content and 'src="http' in content
