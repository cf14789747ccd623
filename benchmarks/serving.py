"""`python -m benchmarks.serving`: kept and other pages of a served library, beside nginx with the same bytes.

Needs wrk, and nginx for the ratio. All on loopback; what is started is ended.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

LUA = """
wrk.headers["Accept-Encoding"] = "{coding}"
local words, n, pause = {words}, 0, {pause}
if pause > 0 then delay = function() return math.random(math.ceil(pause / 2), math.ceil(pause * 3 / 2)) end end
if #words > 0 then
  request = function()
    n = n + 1
    return wrk.format("GET", "{path}" .. words[n % #words + 1] .. "+" .. words[n * 7 % #words + 1])
  end
end
done = function(summary, latency)
  local e = summary.errors
  print(string.format("FIGURES %f %f %f %d", summary.requests / summary.duration * 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, e.connect + e.read + e.write + e.status + e.timeout))
end
"""
WORDS = "how to plan a meeting with people about rights data law privacy safety media local public open guide".split()


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run: requests a second, milliseconds, failures; `ratio` to nginx, None where it was not measured."""

    path: str
    per_second: float
    p50: float
    p99: float
    failures: int
    ratio: float | None = None


def main(arguments: list[str]) -> int:
    """Print the figures; 0 kept to the bars, 1 missed, 2 wrong usage or nothing to measure with."""
    parser = argparse.ArgumentParser(prog="benchmarks.serving", description=__doc__)
    parser.add_argument("--base", required=True, help="address of a served library, http://127.0.0.1:8000")
    parser.add_argument("--kept", nargs="*", default=["/", "/documents/", "/topics/"], help="paths that are kept")
    parser.add_argument("--other", nargs="*", default=[], help="paths that are not: a chapter with ?hl=word")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument(
        "--pause", type=int, default=0,
        help="milliseconds that each connection waits before it asks for another page that is not kept; 0: none, so that"
        " as many wait as there are connections",
    )  # fmt: skip
    parser.add_argument("--coding", default="", help="Accept-Encoding: br, gzip or nothing")
    parser.add_argument("--bars", action="store_true", help="status 1 below 0.8 of nginx, 300 a second, above 50 ms")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    if not re.fullmatch(r"http://(127\.0\.0\.1|localhost|\[::1\]):[0-9]+/?", given.base):
        parser.error("--base is on this machine: http://127.0.0.1:PORT")
    if shutil.which("wrk") is None:
        print("wrk is not installed; nothing was measured.", file=sys.stderr)
        return 2
    base = given.base.rstrip("/")
    run = _Run(given.seconds, given.connections, given.coding)
    kept = [_beside_nginx(base, path, run) for path in given.kept]
    run = replace(run, pause=given.pause)
    other = [run.of(base, path) for path in given.other]
    other.append(run.of(base, "/search?q=", WORDS))
    if given.json:
        print(json.dumps([asdict(one) for one in (*kept, *other)]))
    else:
        for one in (*kept, *other):
            ratio = "      –" if one.ratio is None else f"{one.ratio:7.3f}"
            print(
                f"{one.per_second:9.0f}/s  p50 {one.p50:6.2f} ms  p99 {one.p99:6.2f} ms  of nginx {ratio}  {one.path}"
            )
    missed = any(one.ratio is not None and one.ratio < 0.8 for one in kept)
    missed |= any(one.per_second < 300 for one in other)
    missed |= any(one.p99 > 50 or one.failures for one in (*kept, *other))
    return int(given.bars and missed)


@dataclass(frozen=True, slots=True)
class _Run:
    seconds: int
    connections: int
    coding: str
    pause: int = 0

    def of(self, base: str, path: str, words: list[str] | None = None) -> Figures:
        """wrk against one path; with `words`, two of them are put after it, others each time."""
        listed = "{" + ",".join(json.dumps(word) for word in words or []) + "}"
        script = LUA.replace("{coding}", self.coding).replace("{words}", listed).replace("{path}", path)
        script = script.replace("{pause}", str(self.pause))
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "run.lua"
            file.write_text(script)
            done = subprocess.run(
                ["wrk", "-t1", f"-c{self.connections}", f"-d{self.seconds}s", "--timeout", "20s", "-s", str(file), base + path],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
        line = next(line for line in done.stdout.splitlines() if line.startswith("FIGURES"))
        per_second, p50, p99, failures = line.split()[1:]
        return Figures(path, float(per_second), float(p50), float(p99), int(failures))


def _beside_nginx(base: str, path: str, run: _Run) -> Figures:
    request = urllib.request.Request(base + path, headers={"Accept-Encoding": run.coding})
    with urllib.request.urlopen(request, timeout=20) as answer:
        body, media_type, coding = answer.read(), answer.headers["Content-Type"], answer.headers["Content-Encoding"]
    figures = run.of(base, path)
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        print("nginx is not installed; there is nothing to compare with.", file=sys.stderr)
        return figures
    with _nginx(program, body, media_type, coding or "") as beside:
        theirs = run.of(beside, "/page")
    return Figures(
        path, figures.per_second, figures.p50, figures.p99, figures.failures, figures.per_second / theirs.per_second
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _nginx(program: str, body: bytes, media_type: str, coding: str) -> Iterator[str]:
    """nginx with one worker and one file; gives its address."""
    port = _free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "page").write_bytes(body)
        packed = f"add_header Content-Encoding {coding};" if coding else ""
        places = "".join(
            f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"daemon off; {user} worker_processes 1; pid {folder}/pid; error_log {folder}/error;"
            " events { worker_connections 1024; }"
            f" http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; {places}"
            f" server {{ listen 127.0.0.1:{port}; root {folder}; open_file_cache max=10;"
            f" location = /page {{ types {{}} default_type '{media_type}'; {packed} }} }} }}"
        )
        process = subprocess.Popen([program, "-p", name, "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
        try:
            base = f"http://127.0.0.1:{port}"
            for _ in range(100):
                try:
                    urllib.request.urlopen(f"{base}/page", timeout=5).close()
                    break
                except urllib.error.URLError:
                    time.sleep(0.05)
            yield base
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
