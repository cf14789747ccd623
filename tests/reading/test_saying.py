"""Dates, numbers, sizes and lists as each language of the interface writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from lxml import html
from markupsafe import Markup

from library.catalogue.models import Document
from library.reading.saying import day, duration, file_size, listed, numeral, piece_count


@pytest.mark.parametrize(
    ("tag", "said"),
    [("en", "31 May 2024"), ("fr", "31 mai 2024"), ("es", "31 de mayo de 2024"), ("ar", "31 مايو 2024")],
)
def test_date_is_written_as_the_language_writes_dates(app: Flask, tag: str, said: str) -> None:
    with force_locale(tag):
        assert day(date(2024, 5, 31)) == f'<time datetime="2024-05-31">{said}</time>'
        assert day(datetime(2024, 5, 31, 23, tzinfo=UTC)) == day(date(2024, 5, 31))


@pytest.mark.parametrize(
    ("minutes", "tag", "said"),
    [
        (1, "en", "1 minute"), (99, "en", "99 minutes"), (100, "en", "2 hours"), (668, "en", "11 hours"),
        (668, "fr", "11 heures"), (12, "es", "12 minutos"), (120, "ar", "ساعتان"), (12, "ar", "12 دقيقة"),
    ],
)  # fmt: skip
def test_long_times_are_hours(app: Flask, minutes: int, tag: str, said: str) -> None:
    with force_locale(tag):
        assert duration(minutes).replace("\xa0", " ") == said


@pytest.mark.parametrize(
    ("size", "tag", "said"),
    [
        (312, "en", "312 byte"), (1_500, "en", "1.5 kB"), (1_500_000, "en", "1.5 MB"), (1_500_000, "fr", "1,5 Mo"),
        (12_345_678, "es", "12 MB"), (999_999, "en", "1 MB"), (5_000_000_000_000, "en", "5,000 GB"),
    ],
)  # fmt: skip
def test_size_of_a_file_has_the_languages_unit_and_comma(app: Flask, size: int, tag: str, said: str) -> None:
    with force_locale(tag):
        assert file_size(size).replace("\u202f", " ").replace("\xa0", " ") == said


def test_count_has_the_languages_marks_between_thousands(app: Flask) -> None:
    with force_locale("en"):
        assert (numeral(1234), piece_count(1), piece_count(1234)) == ("1,234", "1 piece", "1,234 pieces")
    with force_locale("fr"):
        assert numeral(1234) == "1\u202f234"


def test_names_stand_in_a_list_as_the_language_joins_them_each_in_its_own_direction(app: Flask) -> None:
    def bare(names: list[str]) -> str:
        return str(listed(names)).replace("<bdi>", "").replace("</bdi>", "")

    with force_locale("en"):
        assert listed(["Ada", "<b>", "{0}"]) == "<bdi>Ada</bdi>, <bdi>&lt;b&gt;</bdi> and <bdi>{0}</bdi>"
        assert listed([Markup("<i>A</i>")]) == "<bdi><i>A</i></bdi>"
        assert listed([]) == ""
    with force_locale("ar"):
        assert "و" in bare(["A", "B", "C"]) and "," not in bare(["A", "B", "C"])
    with force_locale("es"):
        assert bare(["A", "B", "C"]) == "A, B y C"


def test_topics_and_countries_of_a_piece_are_lists(client: FlaskClient, piece: Callable[..., Document]) -> None:
    piece(title="Two", countries=("GH", "KE"), authors=("Ada", "Ben"))
    tree = html.fromstring(client.get("/documents/two/").text)
    assert tree.xpath("//ul[@class='listed']/li/a/text()") == ["Ghana", "Kenya"]
    assert "Ada and Ben" in tree.xpath("//aside")[0].text_content()
