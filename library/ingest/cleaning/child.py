"""The child process that cleans: `python -m library.ingest.cleaning.child`, asked on stdin as `library.ingest.child`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from library.ingest.cleaning.dispatch import clean
from library.ingest.extraction import Limits, Refusal, Status
from library.ingest.isolation import isolate
from library.ingest.keeping import KEPT, RESULT

COPY = "cleaned"


def main() -> None:
    """Read the request from stdin; leave the copy among what is kept, and say so in the result."""
    request = json.load(sys.stdin)
    isolate(Limits(**request["limits"]), reads=Path(request["path"]))
    result = cleaned(Path(request["path"]), request["name"])
    draft = Path(RESULT + ".part")
    draft.write_text(json.dumps(result), encoding="ascii")
    draft.replace(RESULT)


def cleaned(path: Path, name: str) -> dict[str, Any]:
    """The result: `reason` says why there is no copy; "" when it lies in KEPT as COPY."""
    Path(KEPT).mkdir(exist_ok=True)
    try:
        clean(path, Path(KEPT) / COPY, name)
    except Refusal as refusal:
        return _result(refusal.status, refusal.reason)
    except MemoryError:
        return _result(Status.too_large, f"“{name}” needs too much memory to be cleaned, so it is withheld.")
    except Exception:  # of parsers that a damaged file leads astray: whatever it is, there is no clean copy
        return _result(
            Status.corrupt,
            f"“{name}” could not be cleaned, so it is withheld: it is probably damaged. Open it in the program that made"
            " it, save it again and upload that.",
        )
    return _result(Status.ok, "", kept=[{"name": name, "kept": COPY}])


def _result(status: Status, reason: str, kept: list[dict[str, str]] | None = None) -> dict[str, Any]:
    return {"status": status, "reason": reason, "pictures": [], "parts": kept or []}


if __name__ == "__main__":
    main()
