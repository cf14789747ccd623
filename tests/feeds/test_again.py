"""Who asks again gets 304 when nothing changed, and the new bytes when something did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

import pytest
from flask.testing import FlaskClient
from werkzeug.http import parse_date

from library.catalogue import documents
from library.catalogue.models import Document

Piece = Callable[..., Document]
ADDRESSES = ("/feed.atom", "/feed.rss", "/feed.json", "/sitemap.xml")


@pytest.mark.parametrize("address", ADDRESSES)
def test_conditions_are_answered_as_http_says(client: FlaskClient, piece: Piece, address: str) -> None:
    piece("Text.")
    first = client.get(address)
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    assert not tag.startswith("W/")
    moment = parse_date(date)
    assert moment is not None
    older = format_datetime(moment - timedelta(days=1), usegmt=True)
    for headers, status in [
        ({"If-None-Match": tag}, 304),
        ({"If-None-Match": f'"zzz", {tag}'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"zzz"'}, 200),
        ({"If-None-Match": '"zzz"', "If-Modified-Since": date}, 200),
        ({"If-Modified-Since": date}, 304),
        ({"If-Modified-Since": older}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
    ]:
        again = client.get(address, headers=headers)
        assert again.status_code == status, headers
        assert again.headers["ETag"] == tag
        assert not again.data or status == 200
    head = client.head(address)
    assert head.status_code == 200 and head.headers["ETag"] == tag and not head.data


def test_a_small_correction_is_new_bytes_for_either_condition(client: FlaskClient, piece: Piece) -> None:
    document = piece("Text.")
    first = client.get("/feed.atom")
    moment = parse_date(first.headers["Last-Modified"])
    assert moment is not None
    documents.withdraw(document, "It was wrong.")
    again = client.get("/feed.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    later = parse_date(again.headers["Last-Modified"])
    assert later is not None and later >= moment
