"""Text is stored without what no database, feed or reader can do with."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from library.catalogue import documents
from library.catalogue.errors import BadMetadata
from library.catalogue.metadata import Metadata, from_front_matter
from library.catalogue.models import Document
from library.catalogue.storable import is_seen


def test_lone_surrogates_and_controls_are_left_out(piece: Callable[..., Document]) -> None:
    document = piece("Body \ud800 with \x00 controls.\n\nMore.", title="ctrl \x00\x08\ud800 title", summary="sum\ufffe")
    shown = document.shown
    assert (shown.title, shown.summary) == ("ctrl title", "sum")
    assert shown.body == "Body  with  controls.\n\nMore."


def test_title_does_not_turn_the_writing_around_it(piece: Callable[..., Document]) -> None:
    assert piece(title="invoice \u202egpj.exe").shown.title == "invoice gpj.exe"


@pytest.mark.parametrize("title", ["\u200b", "\u3164", "\u2800 \u200d", " \u2060\ufeff", "\u115f"])
def test_title_of_which_nothing_is_seen_is_none(title: str) -> None:
    assert not is_seen(title)
    with pytest.raises(BadMetadata, match="needs a title"):
        Metadata(title=title).checked()
    assert from_front_matter({"title": title}, "From the file")[0].title == "From the file"


def test_titles_in_any_script_are_seen(piece: Callable[..., Document]) -> None:
    for title in ("دليل", "水", "👍", "é", "1"):
        assert documents.by_slug(piece(title=title).slug) is not None
