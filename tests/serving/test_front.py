"""The front over a backend of the test's own: what it answers itself, what it relays, what it refuses."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from library.serving.generation import Generation
from tests.running import environment

Answerer = Callable[[bytes], bytes]


class Backend:
    """Listens where web workers would; answers each request with what `answer` gives, and notes the requests."""

    def __init__(self, path: Path) -> None:
        self.asked: list[bytes] = []
        self.answer: Answerer = lambda _request: page(b"plain")
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(path))
        self.listening.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            data = b""
            while b"\r\n\r\n" not in data and (more := connection.recv(65_536)):
                data += more
            head, _, body = data.partition(b"\r\n\r\n")
            wanted = next(
                (
                    int(line.split(b":")[1])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length")
                ),
                0,
            )
            while len(body) < wanted and (more := connection.recv(65_536)):
                body += more
            self.asked.append(head + b"\r\n\r\n" + body)
            try:
                connection.sendall(self.answer(self.asked[-1]))
            except OSError:
                return


def page(body: bytes, *fields: bytes, status: bytes = b"200 OK") -> bytes:
    return b"\r\n".join([b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *fields, b"", body])


class Front:
    """A running front."""

    def __init__(self, folder: Path) -> None:
        self.generation = Generation(folder)
        self.paths = [folder / "web-1.sock", folder / "web-2.sock"]
        self.public = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.public.getsockname()[1])
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "library.serving.front", "--listening", str(self.public.fileno()),
                "--worker", str(self.paths[0]), "--worker", str(self.paths[1]), "--instance", str(folder),
                "--megabytes", "1", "--languages", "en,fr", "--spoken", "en",
            ],
            env=environment(folder), pass_fds=(self.public.fileno(),),
        )  # fmt: skip

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)

    def say(self, data: bytes) -> bytes:
        """All that comes back until the connection is closed."""
        with self.connect() as connection:
            connection.sendall(data)
            return everything(connection)

    def get(self, target: str = "/", *fields: str) -> bytes:
        lines = [f"GET {target} HTTP/1.1", "Host: a", "Connection: close", *fields, "", ""]
        return self.say("\r\n".join(lines).encode())

    def kept(self, body: bytes, etag: bytes = b'"tag"') -> bytes:
        """A page that a web worker lets the front keep."""
        label = b"X-Library-Generation: %d" % self.generation.read()
        return page(body, label, b"ETag: " + etag, b"Content-Type: text/html")


def everything(connection: socket.socket) -> bytes:
    data = b""
    try:
        while more := connection.recv(65_536):
            data += more
    except ConnectionResetError:
        pass
    return data


@pytest.fixture
def folder() -> Iterator[Path]:
    """Of a short name: a socket's path has a hundred bytes."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="front-") as name:
        yield Path(name)


@pytest.fixture
def front(folder: Path) -> Iterator[Front]:
    running = Front(folder)
    yield running
    running.process.terminate()
    assert running.process.wait(60) == 0
    running.public.close()


@pytest.fixture
def backend(front: Front) -> Iterator[Backend]:
    """The first of two web workers; the second is being started again."""
    made = Backend(front.paths[0])
    yield made
    made.listening.close()


@pytest.fixture
def second(front: Front) -> Iterator[Backend]:
    made = Backend(front.paths[1])
    yield made
    made.listening.close()


def test_long_pages_stay_in_order_for_a_client_that_reads_late(front: Front, backend: Backend) -> None:
    bodies = {b"/%d" % n: bytes([65 + n]) * size for n, size in enumerate((40_000, 10, 30_000, 20_000, 8_192))}
    backend.answer = lambda request: front.kept(bodies[request.split(b" ")[1]])
    for target in bodies:
        assert front.get(target.decode()).endswith(b"\r\n\r\n" + bodies[target])  # from now on kept
    asked = [*bodies] * 200  # 20 MB
    with front.connect() as client:
        client.sendall(b"".join(b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % target for target in asked))
        time.sleep(1.2)  # every buffer on the way is full by now, and what was ready for this second is forgotten
        client.sendall(b"GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        said = everything(client)
    for target in [*asked, b"/1"]:
        head, _, said = said.partition(b"\r\n\r\n")
        body = bodies[target]
        assert b"Content-Length: %d\r\n" % len(body) in head + b"\r\n" and said.startswith(body)
        said = said[len(body) :]
    assert said == b"" and len(backend.asked) == len(bodies)


def test_who_has_least_to_do_is_asked(front: Front, backend: Backend, second: Backend) -> None:
    go_on = threading.Event()

    def waits(_request: bytes) -> bytes:
        assert go_on.wait(60)
        return page(b"late")

    backend.answer = waits
    late = front.connect()
    late.sendall(b"GET /search?q=a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    until = time.monotonic() + 60
    while not backend.asked and time.monotonic() < until:
        time.sleep(0.01)
    assert all(front.get("/search?q=b").endswith(b"plain") for _ in range(4))
    go_on.set()
    assert everything(late).endswith(b"late")
    assert [len(backend.asked), len(second.asked)] == [1, 4]
    backend.answer = lambda _request: page(b"plain")
    assert front.get("/search?q=c").endswith(b"plain") and len(backend.asked) == 2


def test_where_one_worker_is_gone_the_other_answers(front: Front, second: Backend) -> None:
    assert all(front.get("/search?q=a").endswith(b"plain") for _ in range(3)) and len(second.asked) == 3


def test_a_page_that_may_be_kept_is_asked_for_once_per_generation(front: Front, backend: Backend) -> None:
    backend.answer = lambda _request: front.kept(b"first")
    first = front.get()
    assert first.endswith(b"first") and b"X-Library" not in first
    assert front.get().endswith(b"first") and len(backend.asked) == 1
    backend.answer = lambda _request: front.kept(b"second")
    front.generation.bump()
    assert front.get().endswith(b"second") and len(backend.asked) == 2


def test_a_page_of_a_generation_that_has_passed_is_not_kept(front: Front, backend: Backend) -> None:
    def slowly(_request: bytes) -> bytes:
        answer = front.kept(b"old")
        front.generation.bump()
        return answer

    backend.answer = slowly
    assert front.get().endswith(b"old")
    backend.answer = lambda _request: front.kept(b"new")
    assert front.get().endswith(b"new")


def test_variants_and_people_are_told_apart(front: Front, backend: Backend) -> None:
    backend.answer = lambda _request: front.kept(b"page")
    asked = [(), ("Accept-Encoding: br, gzip",), ("Accept-Encoding: gzip",), ("Accept-Language: fr",)]
    for fields in (*asked, *asked):
        assert front.get("/", *fields).endswith(b"page")
    assert len(backend.asked) == len(asked)
    for field in ("Cookie: a=b", "Authorization: Basic x", "Range: bytes=0-1", "If-Modified-Since: x"):
        front.get("/", field), front.get("/", field)
    assert len(backend.asked) == len(asked) + 8
    front.get("/?x"), front.get("/?y")
    assert len(backend.asked) == len(asked) + 10


def test_head_and_etag_are_answered_from_the_page(front: Front, backend: Backend) -> None:
    backend.answer = lambda _request: front.kept(b"page")
    front.get()
    head = front.say(b"HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert b"Content-Length: 4" in head and head.endswith(b"\r\n\r\n")
    known = front.get("/", 'If-None-Match: W/"other", "tag"')
    assert known.startswith(b"HTTP/1.1 304 ") and b'ETag: "tag"' in known and b"Content-" not in known
    assert front.get("/", 'If-None-Match: "other"').endswith(b"page")
    assert len(backend.asked) == 1


def test_requests_on_one_connection_are_answered_in_order(front: Front, backend: Backend) -> None:
    backend.answer = lambda request: front.kept(b"kept") if b"GET / " in request else page(b"relayed " + request[4:8])
    one, other = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /%d HTTP/1.1\r\nHost: a\r\n\r\n"
    last = b"GET /9 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    said = front.say(one + other % 1 + one + one + other % 2 + last)
    bodies = [part.split(b"HTTP/1.1")[0] for part in said.split(b"\r\n\r\n")[1:]]
    assert bodies == [b"kept", b"relayed /1 H", b"kept", b"kept", b"relayed /2 H", b"relayed /9 H"]
    with front.connect() as connection:  # a head that comes letter by letter
        for letter in one:
            connection.sendall(bytes([letter]))
        assert connection.recv(65_536).endswith(b"kept")


def test_nothing_can_be_hidden_behind_a_request(front: Front, backend: Backend) -> None:
    hidden = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
    said = front.say(b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + hidden)
    assert said.count(b"HTTP/1.1 200") == 1 and len(backend.asked) == 1
    assert b"Connection: close" in backend.asked[0]
    for refused in (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n" + hidden,
        b"GET / HTTP/1.1\r\nHost: a\r\nX:a\nY:b\r\n\r\n" + hidden,
        b"GET / HTTP/1.1\nHost: a\n\n" + hidden,
    ):
        said = front.say(refused)
        assert said.startswith(b"HTTP/1.1 400 ") and said.count(b"HTTP/1.1") == 1
    assert len(backend.asked) == 1


def test_who_asks_is_said_by_the_front_alone(front: Front, backend: Backend) -> None:
    front.get("/a", "X-Library-Peer: 10.0.0.1", "X_Library_Peer: 10.0.0.1", "X-Forwarded-For: 192.0.2.1")
    assert backend.asked[0].count(b"Peer") == 1 and b"X-Library-Peer: 127.0.0.1" in backend.asked[0]
    assert b"X-Forwarded-For: 192.0.2.1" in backend.asked[0]


def test_large_bodies_stream_both_ways(front: Front, backend: Backend) -> None:
    large = os.urandom(1_000_000) * 8
    backend.answer = lambda request: page(request.partition(b"\r\n\r\n")[2])
    said = front.say(b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(large) + large)
    assert said.partition(b"\r\n\r\n")[2] == large
    backend.answer = lambda _request: front.kept(large)
    for _ in range(2):
        assert front.get("/large").partition(b"\r\n\r\n")[2] == large
    assert len(backend.asked) == 3, "what is too large is not kept"
    resident = next(
        line for line in Path(f"/proc/{front.process.pid}/status").read_text().splitlines() if "VmHWM" in line
    )
    assert int(resident.split()[1]) < 100_000


def test_a_client_that_reads_nothing_takes_no_room(front: Front, backend: Backend) -> None:
    backend.answer = lambda _request: front.kept(b"x" * 50_000)
    front.get()
    with front.connect() as connection:
        connection.settimeout(1)
        sent = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 1_000
        try:
            for _ in range(40):  # two gigabytes of answers
                connection.sendall(sent)
        except TimeoutError:
            pass
        resident = next(
            line for line in Path(f"/proc/{front.process.pid}/status").read_text().splitlines() if "VmHWM" in line
        )
        assert int(resident.split()[1]) < 100_000
        assert front.get().endswith(b"x")


def test_without_web_workers_the_front_says_so_and_when_to_come_again(front: Front) -> None:
    said = front.get()
    assert said.startswith(b"HTTP/1.1 503 ") and b"Retry-After: " in said


def test_a_web_worker_that_dies_in_the_middle_is_told(front: Front, backend: Backend) -> None:
    backend.answer = lambda _request: b""
    assert front.get("/a").startswith(b"HTTP/1.1 502 ")
    backend.answer = lambda _request: front.kept(b"whole")[:-2]
    assert front.get("/b").endswith(b"who"), "cut off as it was, not made to look whole"
    backend.answer = lambda _request: front.kept(b"whole")
    assert front.get("/b").endswith(b"whole"), "the half page was not kept"
    backend.answer = lambda _request: b"nonsense\r\n\r\n"
    assert front.get("/c").startswith(b"HTTP/1.1 502 ")


def test_what_changes_nothing_is_asked_of_another_worker_where_one_dies(
    front: Front, backend: Backend, second: Backend
) -> None:
    backend.answer = lambda _request: b""
    assert front.get("/search?q=a").endswith(b"plain") and [len(backend.asked), len(second.asked)] == [1, 1]
    assert front.get("/search?q=b").endswith(b"plain"), "who died is not asked for a while"
    assert [len(backend.asked), len(second.asked)] == [1, 2]
    second.answer = lambda _request: b""
    post = b"POST /account/login HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
    assert front.say(post).startswith(b"HTTP/1.1 502 ") and [len(backend.asked), len(second.asked)] == [1, 3]
    assert front.get("/search?q=c").startswith(b"HTTP/1.1 502 "), "asked twice, of both"
    assert len(backend.asked) + len(second.asked) == 6


def test_an_answer_without_a_length_goes_on_until_its_end(front: Front, backend: Backend) -> None:
    backend.answer = lambda _request: b"HTTP/1.1 200 OK\r\n\r\nevent 1\nevent 2\n"
    said = front.say(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
    assert said.endswith(b"event 2\n") and b"Connection: close" in said


def test_long_heads_and_old_clients(front: Front, backend: Backend) -> None:
    assert front.get("/", f"X: {'x' * 70_000}").startswith(b"HTTP/1.1 431 ")
    assert b"plain" in front.get("/search?q=" + "%D8%A7" * 4_000)
    said = front.say(b"GET / HTTP/1.0\r\n\r\n")
    assert said.endswith(b"plain") and b"Host: localhost" in backend.asked[-1]


@pytest.mark.slow
def test_a_slow_head_is_waited_for_ten_seconds(front: Front, backend: Backend) -> None:
    with front.connect() as connection:
        connection.settimeout(60)
        connection.sendall(b"GET / HT")
        began = time.monotonic()
        assert everything(connection).startswith(b"HTTP/1.1 408 ")
        assert 8 < time.monotonic() - began < 40
        assert b"plain" in front.get()


def test_a_page_that_takes_long_holds_nobody_up(front: Front, backend: Backend) -> None:
    stuck = threading.Event()

    def answer(request: bytes) -> bytes:
        if b"/stuck/" in request:
            stuck.wait(30)
        return page(b"made")

    backend.answer = answer
    slow = [threading.Thread(target=front.get, args=("/stuck/",)) for _ in range(5)]
    for thread in slow:
        thread.start()
    gone = front.connect()
    gone.sendall(b"GET /gone/ HTTP/1.1\r\nHost: a\r\n\r\n")
    time.sleep(0.05)
    gone.close()
    started = time.monotonic()
    assert front.get("/quick/").endswith(b"made")
    assert time.monotonic() - started < 5
    assert not any(b"/gone/" in request for request in backend.asked)
    stuck.set()
    for thread in slow:
        thread.join(30)
