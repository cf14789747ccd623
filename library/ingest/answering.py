"""What every child process does around its work: read what it is asked, bind itself, leave the answer whole."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from library.ingest.extraction import Limits
from library.ingest.isolation import isolate
from library.ingest.keeping import RESULT


def answer(made: Callable[[Path, Mapping[str, Any], Limits], dict[str, Any]]) -> None:
    """Read the request from stdin and write what `made` (path, request, limits) gives into the working folder."""
    request = json.load(sys.stdin)
    limits, path = Limits(**request["limits"]), Path(request["path"])
    isolate(limits, reads=path)
    draft = Path(RESULT + ".part")
    draft.write_text(json.dumps(made(path, request, limits)), encoding="ascii")
    draft.replace(RESULT)
