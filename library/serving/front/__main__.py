"""`python -m library.serving.front`: run the front; `library serve` does."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import socket
import sys
from pathlib import Path

from library.serving.front.house import House, room_for_readers
from library.serving.front.reader import Reader
from library.serving.front.shelf import Shelf
from library.serving.generation import Generation

PARTING_SECONDS = 1.0
BACKLOG = 1_024


def main(arguments: list[str]) -> int:
    """Serve on the listening socket that was inherited, until SIGTERM; 0."""
    parser = argparse.ArgumentParser(prog="library.serving.front", description=__doc__)
    parser.add_argument("--listening", type=int, required=True, help="file descriptor of the listening socket")
    parser.add_argument("--worker", action="append", required=True, help="socket of a web worker; once for each")
    parser.add_argument("--instance", type=Path, required=True)
    parser.add_argument("--megabytes", type=float, required=True, help="room for kept pages")
    parser.add_argument("--languages", required=True, help="of the interface, with commas")
    parser.add_argument("--spoken", required=True, help="language of addresses without one")
    given = parser.parse_args(arguments)
    shelf = Shelf(
        Generation(given.instance), int(given.megabytes * 10**6), tuple(given.languages.split(",")), given.spoken
    )
    with asyncio.Runner(loop_factory=_loop()) as runner:
        runner.run(_serve(shelf, given.worker, socket.socket(fileno=given.listening)))
    return 0


def _loop() -> type[asyncio.AbstractEventLoop]:
    """uvloop's event loop, of which one core answers twice as many; asyncio's where there is none."""
    try:
        import uvloop
    except ImportError:
        return asyncio.SelectorEventLoop
    return uvloop.Loop


async def _serve(shelf: Shelf, workers: list[str], listening: socket.socket) -> None:
    house = House(shelf, workers, room_for_readers())
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    gc.collect()
    gc.freeze()  # what is there now stays; the collector need not look at it again
    server = await loop.create_server(lambda: Reader(house), sock=listening, backlog=BACKLOG)
    ticking = loop.create_task(house.tick())
    await stopped.wait()
    server.close()
    await house.emptied(PARTING_SECONDS)
    ticking.cancel()
    for reader in list(house.readers):
        reader.transport.abort()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
