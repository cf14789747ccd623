"""A curator who signs in and uploads files: in one form, or in pieces as the upload page's script does."""

from __future__ import annotations

import hashlib
import http.client
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from benchmarks.measuring import Failed

BOUNDARY = "lantern-boundary"
BLOCK = 1 << 18
TRIES = 40
BUSY_SECONDS = 0.5


class Batch:
    """The files of one curator: each a short PDF with its own words, made as large as wanted by what no page shows."""

    def __init__(self, number: int, count: int, filling: bytes) -> None:
        self.number, self.filling = number, filling
        self.names = [f"guide-{number}-{n}.pdf" for n in range(count)]
        self.digests = {name: hashlib.sha256(b"".join(self.parts(name))).hexdigest() for name in self.names}

    def parts(self, name: str) -> list[bytes]:
        """The bytes of a file, of which the large part is shared with all others."""
        text = f"BT /F1 18 Tf 72 700 Td (Lanterns of {name}) Tj ET".encode()
        objects = [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>",
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
        out, places = b"%PDF-1.7\n", []
        for number, content in enumerate(objects, 1):
            places.append(len(out))
            out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
        places.append(len(out))
        out += b"6 0 obj\n<< /Length %d >>\nstream\n" % len(self.filling)
        end = b"\nendstream\nendobj\n"
        start = len(out) + len(self.filling) + len(end)
        table = b"xref\n0 7\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
        return [out, self.filling, end + table + b"trailer << /Size 7 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start]


def send_all(senders: Sequence[Sender], way: str) -> list[str]:
    """Have all send at once; what went wrong."""
    threads = [threading.Thread(target=sender.send, args=(way,)) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [problem for sender in senders for problem in sender.problems]


class Sender:
    """A signed-in curator. `problems`: what went wrong for good."""

    def __init__(self, port: int, email: str, password: str, batch: Batch) -> None:
        self.port, self.email, self.password, self.batch = port, email, password, batch
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.problems: list[str] = []

    def sign_in(self) -> None:
        """Raises Failed."""
        self.token = self._token("/account/login")
        form = urlencode({"email": self.email, "password": self.password, "csrf_token": self.token})
        status, _, _ = self._ask(
            "POST", "/account/login", form.encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        if status != 302:
            raise Failed(f"{self.email} could not sign in: status {status}")
        self.token = self._token("/curate/upload")

    def send(self, way: str) -> None:
        """All files."""
        try:
            self._as_form() if way == "form" else self._in_pieces()
        except (OSError, http.client.HTTPException, Failed) as error:
            self.problems.append(f"{self.email}: {error!r}")

    def _as_form(self) -> None:
        for _ in range(TRIES):
            headers = {
                "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
                "Content-Length": str(sum(map(len, self._form()))),
            }
            status, said, _ = self._ask("POST", "/curate/upload", self._form(), headers)
            if status == 302:
                return
            if status != 503:
                raise Failed(f"the form was answered with {status}: {said[:200]!r}")
            time.sleep(BUSY_SECONDS)
        raise Failed("the library stayed busy")

    def _form(self) -> Iterator[bytes]:
        yield (f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self.token}\r\n').encode()
        for name in self.batch.names:
            yield (
                f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
                "Content-Type: application/pdf\r\n\r\n"
            ).encode()
            yield from self.batch.parts(name)
            yield b"\r\n"
        yield f"--{BOUNDARY}--\r\n".encode()

    def _in_pieces(self) -> None:
        for name in self.batch.names:
            content = b"".join(self.batch.parts(name))
            about = self.told("POST", "/curate/uploads/", {"name": name, "size": len(content)})
            while not about["job"]:
                start = about["offset"]
                piece = content[start : start + about["piece"]]
                place = f"bytes {start}-{start + len(piece) - 1}/{len(content)}"
                about = self.told("PUT", about["url"], piece, {"Content-Range": place})

    def told(self, method: str, path: str, body: Any, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """What the library answers as JSON, once it is not too busy. Raises Failed."""
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        for _ in range(TRIES):
            said = {"Content-Type": kind, "X-CSRFToken": self.token, **(headers or {})}
            status, answer, _ = self._ask(method, path, sent, said)
            if status < 300:
                found: dict[str, Any] = json.loads(answer)
                return found
            if status != 503:
                raise Failed(f"{method} {path} was answered with {status}: {answer[:200]!r}")
            time.sleep(BUSY_SECONDS)
        raise Failed("the library stayed busy")

    def _token(self, path: str) -> str:
        status, page, _ = self._ask("GET", path, None, {})
        found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
        if status != 200 or not found:
            raise Failed(f"{path} was answered with {status}, without a form")
        return found[1].decode()

    def _ask(
        self, method: str, path: str, body: bytes | Iterator[bytes] | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes, Mapping[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            connection.request(method, path, body, {**headers, "Cookie": cookie} if cookie else dict(headers))
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read(), dict(answer.headers)
        finally:
            connection.close()
