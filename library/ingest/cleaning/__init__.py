"""Room within ingest: a copy of an original without what it says about people and machines beside its text.

`clean` runs in a child process (`cleaning.child`) under the limits of reading; `library.ingest.copies` asks for it.
"""

from __future__ import annotations

from library.ingest.cleaning.dispatch import clean

__all__ = ["clean"]
