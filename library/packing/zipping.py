"""ZIP files whose bytes follow from what is in them: no times, no names of systems, members in the order given."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from types import TracebackType

_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_LEVEL = 6
_PACKED = frozenset({".jpg", ".png", ".webp", ".zip", ".epub", ".docx", ".pptx", ".xlsx", ".odt", ".ods"})
CHUNK = 1 << 20


class Packet:
    """A ZIP file that is being written. `sums`: SHA-256 of each member, by name, in order."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)
        self.sums: dict[str, str] = {}

    def __enter__(self) -> Packet:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()

    def add(self, name: str, content: str | bytes, *, packed: bool = True) -> None:
        """A member with these bytes, or this text as UTF-8. `packed`: made smaller."""
        content = content.encode() if isinstance(content, str) else content
        self._zip.writestr(_info(name, packed), content)
        self.sums[name] = hashlib.sha256(content).hexdigest()

    def copy(self, name: str, source: Path) -> None:
        """A member with the bytes of a file, a chunk at a time."""
        digest = hashlib.sha256()
        with source.open("rb") as file, self._zip.open(_info(name, True), "w", force_zip64=True) as out:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                out.write(chunk)
        self.sums[name] = digest.hexdigest()

    def __contains__(self, name: str) -> bool:
        return name in self.sums


def _info(name: str, packed: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _TIME)
    info.create_system = 3  # the same on every machine
    info.external_attr = _MODE
    small = packed and Path(name).suffix.lower() not in _PACKED
    info.compress_type = zipfile.ZIP_DEFLATED if small else zipfile.ZIP_STORED
    return info
