"""Text is stored without what no database, feed or reader can do with."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from library.catalogue import documents
from library.catalogue.errors import BadMetadata
from library.catalogue.metadata import Metadata, from_front_matter
from library.catalogue.models import Document
from library.catalogue.storable import is_seen, storable


def test_lone_surrogates_and_controls_are_left_out(piece: Callable[..., Document]) -> None:
    document = piece("Body \ud800 with \x00 controls.\n\nMore.", title="ctrl \x00\x08\ud800 title", summary="sum\ufffe")
    shown = document.shown
    assert (shown.title, shown.summary) == ("ctrl title", "sum")
    assert shown.body == "Body  with  controls.\n\nMore."


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("can\x92t", "can’t"),
        ("\x93so\x94 \x96 and\x85", "“so” – and…"),
        ("it\xe2\x80\x99s \xe2\x80\x9cso\xe2\x80\x9d", "it’s “so”"),
        ("CAF\xc9\x92S, \xe9\x85\x94", "CAFÉ’S, é…”"),
        ("no sign\x81\x8d\x8f\x90\x9d", "no sign"),
        ("caf\xe9 \xe2 \xa0", "caf\xe9 \xe2 \xa0"),
    ],
)
def test_signs_of_windows_read_as_latin_1_are_those_that_were_meant(given: str, meant: str) -> None:
    assert storable(given) == meant


def test_no_control_character_of_latin_1_reaches_what_readers_see(piece: Callable[..., Document]) -> None:
    shown = piece(
        "## What I can\x92t say\n\nText\x85 \x93here\x94.", title="A mayor\x92s note", summary="So\x97then"
    ).shown
    assert (shown.title, shown.summary) == ("A mayor’s note", "So—then")
    [section] = [section for section in shown.sections if section.heading]
    assert section.heading == "What I can’t say"
    assert "Text… “here”." in section.html


def test_noncharacters_of_every_plane_are_left_out() -> None:
    assert storable("a\U0001fffe\U0010ffffb\ufdd0c") == "abc"


def test_text_is_composed_and_names_keep_their_ideographs() -> None:
    assert storable("Re\u0301sume\u0301 \u1112\u1161\u11ab") == "R\xe9sum\xe9 한"
    assert storable("\ufa19 \U0002f800 e\u0301") == "\ufa19 \U0002f800 \xe9"


def test_a_letter_with_very_many_marks_is_composed_in_a_moment_and_keeps_them() -> None:
    heap = "a" + "\u0301\u0327" * 50_000
    began = time.process_time()
    kept = storable(heap)
    assert time.process_time() - began < 2
    assert kept.count("\u0327") == 50_000 and storable(kept) == kept


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
