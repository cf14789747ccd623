"""A PostgreSQL server of the tests' own: started on a free loopback port in a temporary folder, stopped at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`, the newest version's; None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return versions[-1].parent if versions else None


@contextmanager
def server() -> Iterator[str]:
    """The address (for `DATABASE_URL`, without a database's name at the end) of a running server."""
    bin_folder = programs()
    assert bin_folder, "PostgreSQL is not installed"
    folder = Path(tempfile.mkdtemp(prefix="library-pg-"))
    owner = _not_root()  # PostgreSQL refuses to run as root
    if owner:
        os.chown(folder, pwd.getpwnam(owner).pw_uid, -1)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    subprocess.run(
        [bin_folder / "initdb", "-D", data, "-U", "library", "--auth=trust", "-E", "UTF8", "--locale=C", "-N"],
        check=True, capture_output=True, user=owner, cwd=folder,
    )  # fmt: skip
    process = subprocess.Popen(
        [bin_folder / "postgres", "-D", data, "-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1",
         "-c", "fsync=off"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=owner, cwd=folder,
    )  # fmt: skip
    try:
        _wait(bin_folder, port, process)
        yield f"postgresql+psycopg://library@127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def new_database(address: str, name: str) -> str:
    """Create database `name` on the server; returns its whole address."""
    import psycopg

    with psycopg.connect(address.replace("+psycopg", "") + "/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]  # names are the tests' own
    return f"{address}/{name}"


def _not_root() -> str | None:
    return "postgres" if os.name == "posix" and os.geteuid() == 0 else None


def _wait(bin_folder: Path, port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        ready = subprocess.run([bin_folder / "pg_isready", "-h", "127.0.0.1", "-p", str(port)], capture_output=True)
        if ready.returncode == 0:
            return
        assert process.poll() is None, "PostgreSQL ended at its start"
        time.sleep(0.1)
    raise AssertionError("PostgreSQL did not start within 30 s")
