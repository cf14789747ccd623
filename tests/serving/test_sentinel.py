"""What a reader searches for is nowhere afterwards: not in the instance, not in temporary files, not in what is printed."""

from __future__ import annotations

import http.client
import os
import sqlite3
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from tests.running import Server, free_port, run, start

pytestmark = pytest.mark.slow
WORD = "xylosentinel"  # in no text of the starter library
FORMS = (WORD.encode(), WORD.upper().encode(), WORD.encode("utf-16-le"), quote(f"{WORD[:4]} {WORD[4:]}").encode())


def asked(server: Server, method: str, path: str, body: bytes = b"", kind: str = "", **headers: str) -> int:
    """The status of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        if kind:
            headers["Content-Type"] = kind
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def where_it_stands(*folders: Path) -> list[str]:
    """Files below the folders of which the name or a byte of what they hold tells the word."""
    found = []
    for path in (each for folder in folders for each in folder.rglob("*")):
        if WORD in str(path).lower():
            found.append(f"{path} (its name)")
        if path.is_file():
            held = path.read_bytes()
            found += [f"{path}: {form!r}" for form in FORMS if form in held]
    return found


def questions(server: Server) -> dict[str, int]:
    """Every way to say a word to the library; the status of each."""
    multipart = (
        f'--b\r\nContent-Disposition: form-data; name="q"\r\n\r\n{WORD}\r\n--b\r\nContent-Disposition: form-data; '
        f'name="f"; filename="{WORD}.txt"\r\n\r\n{WORD * 100_000}\r\n--b--\r\n'
    ).encode()
    form, typed = "application/x-www-form-urlencoded", urlencode({"q": WORD}).encode()
    return {
        "page": asked(server, "GET", f"/search?q={WORD}", Referer=f"https://elsewhere.example/{WORD}", Cookie=f"a={WORD}"),
        "upper": asked(server, "GET", f"/search?q={WORD.upper()}&topic={WORD}&page=7"),
        "phrase": asked(server, "GET", f"/search?q=%22{WORD}+assembly%22"),
        "broken": asked(server, "GET", f"/search?q=((title:{WORD}"),
        "post": asked(server, "POST", "/search", typed, form),
        "then": asked(server, "POST", "/search", typed + b"&then=" + WORD.encode(), form),
        "files": asked(server, "POST", "/search", multipart, "multipart/form-data; boundary=b"),
        "suggest": asked(server, "GET", f"/suggest?q={WORD}"),
        "api": asked(server, "GET", f"/api/v1/search?q={WORD}"),
        "api elsewhere": asked(server, "GET", f"/api/{WORD}"),
        "feed": asked(server, "GET", f"/search.atom?q={WORD}"),
        "lost": asked(server, "GET", f"/{WORD}/{WORD}?q={WORD}"),
        "lost piece": asked(server, "GET", f"/documents/{WORD}/?hl={WORD}"),
        "marked": asked(server, "GET", f"/documents/addressing-harmful-information-online/?hl={WORD}"),
        "method": asked(server, WORD.upper(), f"/{WORD}"),
        "language": asked(server, "GET", f"/fr/{WORD}", **{"Accept-Language": WORD, "User-Agent": WORD}),
        "bytes": asked(server, "GET", f"/%ff%fe{WORD}?q=%ff{WORD}"),
        "sign-in": asked(server, "GET", f"/account/login?next=/{WORD}"),
    }  # fmt: skip


def test_no_word_of_a_reader_is_kept_anywhere(tmp_path: Path) -> None:
    instance, temporary = tmp_path / "instance", tmp_path / "temporary"
    temporary.mkdir()
    run(instance, "library", "init")
    server = Server(instance, free_port(), tmp_path / "serve.log")
    with open(server.log, "w") as out:
        # The environment of this process is handed on: temporary files go where they are looked at.
        before = os.environ.get("TMPDIR")
        os.environ["TMPDIR"] = str(temporary)
        try:
            server.process = start(instance, "library", "serve", "--port", str(server.port), stdout=out, stderr=out)
        finally:
            os.environ.pop("TMPDIR") if before is None else os.environ.update(TMPDIR=before)
    try:
        server.ready()
        said = questions(server)
        assert {said[each] for each in ("page", "upper", "broken", "post", "suggest", "api", "feed", "marked")} == {200}
        assert {said["lost"], said["lost piece"], said["api elsewhere"]} == {404}
        assert WORD not in server.get("/metrics")[1].lower()
        assert where_it_stands(instance, temporary) == []
        # A fault in the midst of a request: its error repeats the question, the log must not.
        with sqlite3.connect(instance / "library.db") as database:
            database.execute("ALTER TABLE slugs RENAME TO gone")
        assert asked(server, "GET", f"/documents/{WORD}/?q={WORD}") == 500
        assert asked(server, "POST", "/search", urlencode({"q": f"{WORD} assembly"}).encode(),
                     "application/x-www-form-urlencoded") in (200, 500)  # fmt: skip
        assert asked(server, "POST", "/account/login", urlencode({"email": WORD, "password": WORD}).encode(),
                     "application/x-www-form-urlencoded") == 400  # fmt: skip
        server.stop()
    finally:
        if server.process.poll() is None:
            server.kill_all()
    printed = server.log.read_text()
    assert "A fault in GET /documents/<slug>/" in printed, "a fault must be noted, or nobody mends it"
    assert WORD not in printed.lower()
    assert where_it_stands(instance, temporary) == []
