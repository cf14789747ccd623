"""Pieces of the kinds that packs have to hold: notes, tables, pictures, other scripts, HTML that stands where it may not."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from library.access.models import User
from library.catalogue import pictures
from library.catalogue.models import Document
from library.ingest.extraction import Picture
from tests.reading.conftest import GUIDE, nobody_is_remembered, reader

__all__ = ["nobody_is_remembered", "reader"]

ODD = """Words[^1] with <b><p>a paragraph in bold</p></b> and <li>an item of no list</li>.

<dl><dd>told</dd><dt>term</dt>loose</dl>

<figure><figcaption>one</figcaption><p>x</p><figcaption>two</figcaption></figure>

<details>no summary</details> <span><table><tr><td colspan="0">cell</td></tr></table></span>

[bad](http://exa_mple..org/) [fine](https://example.org/a%zz?q=[1]) <a href="mailto:a b@example.org">mail</a>

<time datetime="yesterday">then</time> <ol start="x" type="q"><li value="y">z</li></ol> <q lang="no such">quoted</q>

## 1. A heading with *words* & <marks>

[^1]: A note with `code`.
"""


@pytest.fixture
def stored(app: Flask, tmp_path: Path) -> Callable[..., str]:
    """A picture in the store; its name."""

    def make(form: str = "PNG", colour: str = "teal") -> str:
        out = io.BytesIO()
        Image.new("RGB", (60, 40), colour).save(out, form)
        content = out.getvalue()
        ending, media_type = {"PNG": ("png", "image/png"), "WEBP": ("webp", "image/webp")}[form]
        name = f"{hashlib.sha256(content).hexdigest()}.{ending}"
        (tmp_path / name).write_bytes(content)
        pictures.store(tmp_path, [Picture(name, media_type, 60, 40, len(content))])
        return name

    return make


@pytest.fixture
def shelf(piece: Callable[..., Document], stored: Callable[..., str]) -> dict[str, Document]:
    """A guidebook, an article with pictures, pieces in Arabic and Chinese, one of odd HTML."""
    shown = f'![A crowd](picture:{stored()} "At the gate")\n\nAmid ![](picture:{stored("WEBP", "red")}) text.'
    return {
        "guide": piece(GUIDE, title="Meetings", kind="guidebook", authors=("Ada & Co",), licence="CC-BY-4.0"),
        "pictures": piece(f"{shown}\n\nSee [the guide](/documents/meetings/look-back/).", title="Pictures <shown>"),
        "arabic": piece("## التجمع السلمي\n\nحرية التجمُّع تبدأ بغرفة.", title="حرية التجمع", language="ar"),
        "chinese": piece("## 集会\n\n集会自由从一个房间开始。", title="集会自由", language="zh-Hant"),
        "odd": piece(ODD, title="Odd", language="und", source_url="https://example.org/a b"),
    }


@pytest.fixture
def fetch(client: FlaskClient, tmp_path: Path) -> Callable[[str], Path]:
    """Fetches an address as a reader without a session; the file it gave."""

    def get(path: str) -> Path:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text[:500]
        place = tmp_path / path.split("?")[0].rpartition("/")[2]
        place.write_bytes(answer.data)
        return place

    return get


Reader = Callable[[User], FlaskClient]
