"""What the child gives up, asked in a child process: the network, files of others, memory, time, other processes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from library.ingest import landlock, sandbox
from library.ingest.tidying import remove_stale

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces and Landlock are Linux's")
NOBODY = 65534
Isolated = Callable[..., subprocess.CompletedProcess[str]]

SET_UP = """
import os, sys, socket, subprocess, resource  # before the change: Python may be another's to read
from pathlib import Path
from library.ingest.extraction import Limits
from library.ingest.isolation import isolate
if {user}:
    os.setgroups([]); os.setgid({user}); os.setuid({user})
isolate(Limits({limits}), reads=Path({reads!r}))
"""


@pytest.fixture
def isolated(tmp_path: Path) -> Isolated:
    """Runs code in an isolated process: `isolated(code, reads=path, limits="seconds=5", user=0)`."""
    folder = tmp_path / "own"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)

    def run(
        code: str, reads: Path = Path("/nothing"), limits: str = "", user: int = 0
    ) -> subprocess.CompletedProcess[str]:
        whole = SET_UP.format(user=user, limits=limits, reads=str(reads)) + code
        return subprocess.run(
            [sys.executable, "-P", "-c", whole],
            cwd=folder,
            env=sandbox._environment(folder),
            capture_output=True,
            text=True,
            timeout=60,
        )

    return run


def can_unshare() -> bool:
    """Whether this kernel lets a process leave the network."""
    code = (
        "import ctypes, sys; sys.exit(ctypes.CDLL(None).unshare(0x50000000) and ctypes.CDLL(None).unshare(0x40000000))"
    )
    return subprocess.run([sys.executable, "-c", code]).returncode == 0


CONNECT = """
import socket
def tried(family, address):
    made = socket.socket(family, socket.SOCK_STREAM)
    made.settimeout(2)
    try:
        made.connect(address)
        return "connected"
    except OSError as error:
        return type(error).__name__
"""


@pytest.mark.skipif(not (can_unshare() or landlock.version() >= 4), reason="this kernel keeps processes in the network")
@pytest.mark.parametrize("user", [0, NOBODY])
def test_child_reaches_no_listening_socket(isolated: Isolated, user: int) -> None:
    if user and os.geteuid():
        pytest.skip("only root becomes somebody else")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        port = listening.getsockname()[1]
        done = isolated(f"{CONNECT}\nprint(tried(socket.AF_INET, ('127.0.0.1', {port})))", user=user)
        assert done.stdout.strip() not in ("", "connected"), done.stderr
        with pytest.raises(TimeoutError):
            listening.accept()


needs_landlock = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")


@needs_landlock
def test_child_opens_its_file_and_its_folder_and_nothing_of_others(isolated: Isolated, tmp_path: Path) -> None:
    given, secret = tmp_path / "given.pdf", tmp_path / "secret_key"
    given.write_text("quokka")
    secret.write_text("wombat")
    code = f"""
print(Path({str(given)!r}).read_text())
Path("written").write_text("x"); print(Path("written").read_text())
for attempt in (
    lambda: open({str(secret)!r}).read(), lambda: open({str(given)!r}, "w"), lambda: os.listdir({str(tmp_path)!r}),
    lambda: open("/etc/passwd").read(), lambda: open("/tmp/pwned-by-a-test", "w"), lambda: os.symlink("/etc", {str(tmp_path / "l")!r}),
    lambda: os.link({str(secret)!r}, "linked"), lambda: os.rename({str(given)!r}, "moved"), lambda: os.unlink({str(given)!r}),
    lambda: open("/proc/{os.getpid()}/environ").read(),
):
    try:
        attempt(); print("allowed")
    except OSError as error:
        print("refused")
os.symlink({str(secret)!r}, "way")
try:
    print(open("way").read())
except OSError:
    print("refused")
"""  # noqa: E501
    done = isolated(code, reads=given)
    assert done.stdout.split() == ["quokka", "x", *["refused"] * 11], done.stderr
    assert given.read_text() == "quokka"
    assert not Path("/tmp/pwned-by-a-test").exists()


@needs_landlock
def test_program_that_the_child_starts_is_confined_as_well(isolated: Isolated, tmp_path: Path) -> None:
    secret = tmp_path / "secret_key"
    secret.write_text("wombat")
    done = isolated(f"import subprocess; print(subprocess.run(['cat', {str(secret)!r}]).returncode)")
    assert done.stdout.strip() == "1"
    assert "wombat" not in done.stdout


@needs_landlock
def test_checkout_around_the_package_is_closed(isolated: Isolated) -> None:
    beside = Path(__file__).resolve().parents[2] / "pyproject.toml"
    done = isolated(f"import library.ingest.detection\nopen({str(beside)!r})")
    assert "PermissionError" in done.stderr


def test_kernel_without_landlock_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)
    assert landlock.confine(reads=[], writes=[]) is False


@pytest.mark.parametrize(
    ("code", "limits"),
    [
        ("x = bytearray(300 * 2**20)", "memory_mb=200"),
        ("open('big', 'wb').write(bytes(5 * 2**20))", "file_mb=2"),
        ("held = [open('f%d' % n, 'w') for n in range(64)]", "open_files=40"),
        ("while True: pass", "seconds=1"),
    ],
)
def test_limit_ends_what_goes_beyond_it(isolated: Isolated, code: str, limits: str) -> None:
    began = time.monotonic()
    assert isolated(code, limits=limits).returncode != 0
    assert time.monotonic() - began < 30


@pytest.mark.skipif(os.geteuid() != 0 or not can_unshare(), reason="only root becomes somebody else")
def test_processes_of_somebody_else_are_counted(isolated: Isolated) -> None:
    code = "import subprocess\nheld = []\ntry:\n    for _ in range(400): held.append(subprocess.Popen(['sleep', '5']))\nexcept OSError: print('stopped', len(held) < 200)\nfor one in held: one.kill()"  # noqa: E501
    done = isolated(code, user=NOBODY)
    assert done.stdout.split() == ["stopped", "True"], done.stderr


def test_child_dies_with_the_worker_that_started_it(tmp_path: Path) -> None:
    code = f"""
import os, sys
from pathlib import Path
from library.ingest import Limits, sandbox
waiting = "import json, os, sys, time; from pathlib import Path; from library.ingest.isolation import isolate; from library.ingest import Limits; isolate(Limits(), reads=Path('/x')); Path('alive').write_text(str(os.getpid())); time.sleep(60)"
sandbox._command = lambda module: [sys.executable, "-c", waiting]
sandbox.run(Path({str(Path(__file__))!r}), "a", Limits(), Path({str(tmp_path)!r}))
"""  # noqa: E501
    worker = subprocess.Popen([sys.executable, "-c", code])
    deadline = time.monotonic() + 30
    while not (found := [p for p in tmp_path.glob("extract-*/alive") if p.read_text()]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    child = int(found[0].read_text())
    worker.kill()
    worker.wait()
    for _ in range(100):
        if not Path(f"/proc/{child}").exists():
            break
        time.sleep(0.05)
    assert not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]
    assert list(tmp_path.glob("extract-*")), "what it left is tidied by its age"
    later = time.time() - 7200
    for place in tmp_path.glob("extract-*"):
        os.utime(place, (later, later))
    assert remove_stale(tmp_path, 120) == 1
    assert not list(tmp_path.glob("extract-*"))


def test_only_what_is_old_is_tidied(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    work = tmp_path / "tmp"
    work.mkdir()
    (work / "extract-new").mkdir()
    (work / "upload-slow").touch()
    (work / "upload-old").touch()
    (work / "extract-link").symlink_to(outside)
    hours = time.time() - 5 * 3600
    os.utime(work / "upload-slow", (hours, hours))
    os.utime(work / "extract-link", (hours, hours), follow_symlinks=False)
    days = time.time() - 3 * 86_400
    os.utime(work / "upload-old", (days, days))
    assert remove_stale(work, 120) == 2
    assert sorted(p.name for p in work.iterdir()) == ["extract-new", "upload-slow"]
    assert (outside / "kept").exists()
    assert remove_stale(tmp_path / "not there", 120) == 0
