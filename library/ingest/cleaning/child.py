"""The child process that cleans: `python -m library.ingest.cleaning.child`, asked on stdin as `library.ingest.child`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from library.ingest.answering import answer
from library.ingest.cleaning.dispatch import clean
from library.ingest.extraction import Refusal, Status
from library.ingest.keeping import KEPT

COPY = "cleaned"


def main() -> None:
    """Leave the copy among what is kept, and say so in the result."""
    answer(lambda path, request, _: cleaned(path, request["name"]))


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
