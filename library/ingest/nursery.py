"""A process with everything imported that reading needs, which forks one for each file: `python -m library.ingest.nursery`.

It opens no file itself, so that what it hands on to each child is the same and clean; a child binds itself
(`isolation`) before it looks at its file, knows nothing of the others, and ends with it. Asked over the socket that is
its standard input: `R<folder>` with the descriptor that the child is to hold until it ends starts one and answers its
process id; `E<id>` says that nobody waits for that one any more. It ends with the socket.
"""

from __future__ import annotations

import gc
import importlib
import os
import socket
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

LINE = 0  # the descriptor of the socket
READY = b"ready"  # what it says once it can be asked
LONGEST = 8192  # bytes of a question
_IMPORTED = (
    "charset_normalizer", "lxml.etree", "lxml.html", "yaml", "pypandoc", "PIL.Image", "PIL.ImageOps",
    "PIL.PngImagePlugin", "PIL.JpegImagePlugin", "PIL.TiffImagePlugin", "PIL.WebPImagePlugin", "PIL.Jpeg2KImagePlugin", "library.ingest.child", "library.ingest.formats.office",
    "library.ingest.formats.slides", "library.ingest.formats.textual", "library.ingest.formats.web",
    "library.ingest.formats.pdf", "python_calamine", "library.ingest.formats.sheets",
    "library.ingest.formats.archives", "library.ingest.formats.mail_files",
)  # fmt: skip


def main() -> None:
    """Fork a child whenever asked, until nobody can ask any more."""
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=os.dup(LINE))
    _make_ready()
    line.send(READY)
    ended: set[int] = set()
    while True:
        message, descriptors, _flags, _address = socket.recv_fds(line, LONGEST, 1)
        if not message:
            return
        if message[:1] == b"R":
            child = os.fork()
            if not child:
                line.close()
                _read(os.fsdecode(message[1:]), descriptors[0])
            os.close(descriptors[0])
            line.send(str(child).encode())
        else:
            ended.add(int(message[1:]))
        for child in [*ended]:
            if _is_gone(child):
                ended.discard(child)


def _make_ready() -> None:
    """Import and do once what every child would have to; what is held after that is left out of tidying memory, which
    would write on (and so copy) each page of it in each child.
    """
    for name in _IMPORTED:
        importlib.import_module(name)
    importlib.import_module("pypandoc").get_pandoc_path()  # which it looks for once, and then remembers
    importlib.import_module("PIL.Image").init()
    from library.ingest import child, isolation
    from library.ingest.extraction import Limits
    from library.ingest.first_texts import first_texts

    isolation.prepare()
    os.environ.pop("TMPDIR", None)  # the folder of the child that was asked for first, which goes with it
    with suppress(OSError), tempfile.TemporaryDirectory(prefix="first-") as folder:  # no place to write: no harm
        os.chdir(folder)
        for name, content in first_texts():
            Path(name).write_bytes(content)
            child.read(Path(name), name, Limits())
        os.chdir("/")
    gc.collect()
    gc.freeze()


def _is_gone(child: int) -> bool:
    try:
        return os.waitpid(child, os.WNOHANG)[0] == child
    except ChildProcessError:
        return True


def _read(folder: str, held: int) -> NoReturn:
    """In the child: stand where a child of its own would, and read as one."""
    status = 1
    try:
        os.set_inheritable(held, False)  # held by this process alone, not by what it starts
        os.setsid()
        os.chdir(folder)
        os.environ.update(HOME=folder, TMPDIR=folder, TEMP=folder)
        from library.ingest import child
        from library.ingest.keeping import MESSAGES, REQUEST

        for name, flags, descriptor in ((REQUEST, os.O_RDONLY, 0), (MESSAGES, os.O_WRONLY | os.O_CREAT, 2)):
            opened = os.open(name, flags, 0o600)
            os.dup2(opened, descriptor)
            os.close(opened)
        child.main()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(BaseException):
            sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
