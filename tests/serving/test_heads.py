"""Heads of HTTP as the front reads them: what could be read in two ways is read by nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.serving.front import heads


def head(*lines: str) -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["GET / HTTP/1.1"], 400),
        (["GET / HTTP/1.1", "Host: a", "Host: b"], 400),
        (["GET  / HTTP/1.1", "Host: a"], 400),
        (["GET /\tx HTTP/1.1", "Host: a"], 400),
        (["GET x HTTP/1.1", "Host: a"], 400),
        (["GET / HTTP/2.0", "Host: a"], 505),
        (["CONNECT a:1 HTTP/1.1", "Host: a"], 501),
        (["GET / HTTP/1.1", "Host: a", " folded: b"], 400),
        (["GET / HTTP/1.1", "Host: a", "X : b"], 400),
        (["GET / HTTP/1.1", "Host: a", "X: b\nY: c"], 400),
        (["GET / HTTP/1.1", "Host: a", "X: b\0"], 400),
        (["GET / HTTP/1.1", "Host: a", "nonsense"], 400),
        (["POST / HTTP/1.1", "Host: a", "Content-Length: 1", "Content-Length: 2"], 400),
        (["POST / HTTP/1.1", "Host: a", "Content-Length: +1"], 400),
        (["POST / HTTP/1.1", "Host: a", "Content-Length: 1", "Transfer-Encoding: chunked"], 400),
        (["POST / HTTP/1.1", "Host: a", "Transfer-Encoding: gzip, chunked"], 501),
        (["POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], 501),
        (["POST / HTTP/1.0", "Transfer-Encoding: chunked"], 400),
        (["GET / HTTP/1.1", "Host: a", *[f"X-{n}: y" for n in range(200)]], 431),
    ],
)
def test_what_has_two_meanings_is_refused(lines: list[str], status: int) -> None:
    with pytest.raises(heads.Refused) as refused:
        heads.request(head(*lines))
    assert refused.value.status == status


def test_what_goes_on_is_one_request_and_says_who_asks() -> None:
    request = heads.request(
        head(
            "GET http://elsewhere/a?b=%20c HTTP/1.1", "Host: a", "Connection: keep-alive, X-Gone", "X-Gone: 1", "Upgrade: h2c",
            "TE: trailers", "X-Library-Peer: 10.0.0.1", "X_Library_Peer: 10.0.0.1", "x-library-generation: 1",
            "X-Forwarded-For: 192.0.2.1", "Cookie: session=1",
        )
    )  # fmt: skip
    assert request.onward("198.51.100.7") == head(
        "GET /a?b=%20c HTTP/1.1", "Host: a", "X-Forwarded-For: 192.0.2.1", "Cookie: session=1", "Connection: close",
        "X-Library-Peer: 198.51.100.7",
    )  # fmt: skip
    with pytest.raises(heads.Refused):
        heads.request(head("GET / HTTP/1.1", "Host: a", "Connection: Content-Length")).onward("")


@pytest.mark.parametrize(
    ("lines", "method", "length"),
    [
        (["HTTP/1.1 200 OK", "Content-Length: 5"], "GET", 5),
        (["HTTP/1.1 200 OK", "Content-Length: 5"], "HEAD", 0),
        (["HTTP/1.1 304 Not Modified"], "GET", 0),
        (["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"], "GET", None),
        (["HTTP/1.1 200 OK"], "GET", None),
        (["HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 6"], "GET", None),
    ],
)
def test_the_end_of_an_answer_is_known_or_is_the_end_of_the_connection(
    lines: list[str], method: str, length: int | None
) -> None:
    assert heads.answer(head(*lines), method).length == length


TOKENS = st.text("abcXYZ-", min_size=1, max_size=12).filter(lambda text: not text.lower().startswith("x-library"))
VALUES = st.text([chr(code) for code in range(0x21, 0x7F)], max_size=20)


@given(st.lists(st.tuples(TOKENS, VALUES), max_size=10), st.text("abc/%?&=", max_size=30))
def test_a_head_that_goes_on_reads_as_it_came(fields: list[tuple[str, str]], rest: str) -> None:
    hop = {"host", "connection", "te", "trailer", "upgrade", "cookie"}
    fields = [(name, value) for name, value in fields if name.lower() not in hop]
    raw = heads.written(f"GET /{rest} HTTP/1.1", [("Host", "a"), *fields])
    again = heads.request(heads.request(raw).onward("peer"))
    assert again.target == f"/{rest}"
    assert again.fields == [("Host", "a"), *fields, ("Connection", "close"), ("X-Library-Peer", "peer")]


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(data: bytes) -> None:
    for read in (heads.request, lambda raw: heads.answer(raw, "GET")):
        try:
            read(data + b"\r\n\r\n")
        except heads.Refused as refused:
            assert refused.status in (400, 431, 501, 502, 505)
