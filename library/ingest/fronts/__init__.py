"""Room within ingest: what a piece's cover can show of its file: the first page of a PDF, the cover of an EPUB, a picture.

`shown` runs in a child process (`fronts.child`) under the limits of reading; `library.ingest.covering` asks for it.
"""

from __future__ import annotations

from library.ingest.fronts.drawing import shown

__all__ = ["shown"]
