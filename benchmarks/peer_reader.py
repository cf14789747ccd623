"""One peer, reading files named on stdin; a line of JSON each: {"text", "error", "seconds"}. Imports nothing of ours.

Run by `benchmarks.peers` with the interpreter of whatever environment has the peer.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable


def reader(name: str) -> Callable[[str], str]:
    """The peer's own way from a file to its text. Raises ImportError where it is not installed."""
    if name == "kreuzberg":
        from kreuzberg import extract_file_sync

        return lambda path: str(extract_file_sync(path).content)
    if name == "markitdown":
        from markitdown import MarkItDown

        converter = MarkItDown(enable_plugins=False)
        return lambda path: str(converter.convert(path).text_content)
    raise ImportError(name)


def main() -> None:
    """Say that the peer is there, then read until stdin ends."""
    out = sys.stdout
    sys.stdout = sys.stderr  # some peers print
    try:
        read = reader(sys.argv[1])
    except ImportError:
        print("missing", file=out, flush=True)
        return
    print("ready", file=out, flush=True)
    for line in sys.stdin:
        began, text, error = time.perf_counter(), "", ""
        try:
            text = read(json.loads(line))
        except Exception as raised:  # whatever a peer makes of a broken file is an answer
            error = f"{type(raised).__name__}: {raised}"
        print(json.dumps({"text": text, "error": error, "seconds": time.perf_counter() - began}), file=out, flush=True)


if __name__ == "__main__":
    main()
