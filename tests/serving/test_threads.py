"""Slow uploads and live pages hold threads of the web server; readers have theirs nevertheless."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks.sending import Batch, Sender
from tests.running import Server, run, serving

pytestmark = pytest.mark.slow

UPLOADS, STREAMS = 4, 3
PASSWORD = "lamps and lanterns"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A library with one web worker, so that all meet there."""
    instance = tmp_path / "instance"
    run(instance, "library", "init", "--empty")
    (instance / "config.py").write_text(f"WEB_WORKERS = 1\nUPLOADS_AT_ONCE = {UPLOADS}\nLIVE_PAGES = {STREAMS}\n")
    run(
        instance, "library", "users", "add", "cora@example.org", "--role", "curator", "--password-stdin",
        input=f"{PASSWORD}\n",
    )  # fmt: skip
    with serving(instance, tmp_path) as running:
        yield running


def test_readers_are_answered_while_uploads_dawdle_and_pages_are_live(server: Server) -> None:
    sender = Sender(server.port, "cora@example.org", PASSWORD, Batch(0, UPLOADS + 1, b"x" * 100_000))
    sender.sign_in()
    cookie = "; ".join(f"{name}={value}" for name, value in sender.cookies.items())
    with ExitStack() as held:
        for _ in range(STREAMS):
            stream = held.enter_context(_asked(server, "GET", "/curate/jobs/events", cookie))
            assert b"text/event-stream" in stream.recv(4096)
        for name in sender.batch.names[:UPLOADS]:
            about = sender.told("POST", "/curate/uploads/", {"name": name, "size": 100_000})
            more = f"X-CSRFToken: {sender.token}\r\nContent-Range: bytes 0-99999/100000\r\nContent-Length: 100000\r\n"
            upload = held.enter_context(_asked(server, "PUT", about["url"], cookie, more))
            upload.sendall(b"x" * 10)  # and no more for now
        time.sleep(0.5)
        times = []
        for _ in range(20):
            began = time.monotonic()
            assert server.get("/healthz") == (200, "ok\n")
            assert server.get("/")[0] == 200
            times.append(time.monotonic() - began)
        assert sorted(times)[len(times) // 2] < 1 and max(times) < 5, times
        refused = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        refused.request("GET", "/curate/jobs/events", headers={"Cookie": cookie})
        answer = refused.getresponse()
        assert answer.status == 503 and answer.headers["Retry-After"]
        refused.close()
    began = time.monotonic()
    assert server.stop() < 5, "what is held does not hold the end up"
    assert time.monotonic() - began < 5


def test_a_slow_upload_is_gone_on_with_after_the_library_was_started_again(server: Server) -> None:
    sender = Sender(server.port, "cora@example.org", PASSWORD, Batch(0, 1, b"y" * 100_000))
    sender.sign_in()
    content = b"".join(sender.batch.parts("guide-0-0.pdf"))
    about = sender.told("POST", "/curate/uploads/", {"name": "guide-0-0.pdf", "size": len(content)})
    half = len(content) // 2
    place = {"Content-Range": f"bytes 0-{half - 1}/{len(content)}"}
    assert sender.told("PUT", about["url"], content[:half], place)["offset"] == half
    server.kill_all()
    server.start()
    server.ready()
    place = {"Content-Range": f"bytes {half}-{len(content) - 1}/{len(content)}"}
    job = sender.told("PUT", about["url"], content[half:], place)["job"]
    deadline = time.monotonic() + 60
    state: dict[str, object] = {}
    while not state.get("settled"):
        assert time.monotonic() < deadline
        state = sender.told("GET", f"{job}state", b"")
        time.sleep(0.2)
    receipt = state["receipt"]
    assert isinstance(receipt, dict) and receipt["sha256"] == sender.batch.digests["guide-0-0.pdf"]


def _asked(server: Server, method: str, path: str, cookie: str, more: str = "") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    connection.sendall(f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n{more}\r\n".encode())
    return connection
