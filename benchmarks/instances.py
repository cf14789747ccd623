"""What the commands measure over: an index of a corpus, or a library in a folder; both temporary."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.engines import ThisLibrary
from benchmarks.measuring import Failed
from benchmarks.sections import Section, documents
from indexer.records import Entry
from tests.running import start

IMPORT_SECONDS = 3600.0
NOT_COPIED = shutil.ignore_patterns("*.lock", "index", "tmp")


@contextmanager
def indexed(sections: Sequence[Section]) -> Iterator[Any]:
    """The library's open index (`indexer.searching.Index`) of the sections, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as scratch:
        engine = ThisLibrary(Path(scratch))
        engine.build(sections)
        engine.open()
        try:
            yield engine.index
        finally:
            engine.index.close()


def imported(instance: Path, files: Path) -> None:
    """A new library of all files below a folder, published and indexed. Raises Failed."""
    done(instance, "library", "init", "--empty")
    done(instance, "library", "import", "--publish", str(files), seconds=IMPORT_SECONDS)
    done(instance, "indexer", "rebuild", seconds=IMPORT_SECONDS)


def copied(instance: Path, original: Path) -> None:
    """A copy of a library that is not being served. Raises Failed."""
    if not (original / "library.db").is_file():
        raise Failed(f"{original} holds no library.db; --instance wants the folder of a library on SQLite.")
    shutil.copytree(original, instance, ignore=NOT_COPIED)
    done(instance, "library", "init", "--empty", seconds=IMPORT_SECONDS)  # builds the index, which was not copied


def published(instance: Path, sections: Sequence[Section]) -> None:
    """A new library of the documents of a corpus, each section under a heading. Raises Failed."""
    from library import create_app
    from library.catalogue import documents as pieces
    from library.catalogue.metadata import Metadata
    from library.extensions import db

    done(instance, "library", "init", "--empty")
    with create_app(instance).app_context():
        for _, of_it in documents(sections):
            first = of_it[0]
            described = Metadata(title=first.title, language=first.lang, countries=(first.country,), year=first.year)
            pieces.publish(pieces.create(described, body(of_it)))
        db.session.remove()
        db.engine.dispose()
    done(instance, "indexer", "rebuild", seconds=IMPORT_SECONDS)


def body(sections: Sequence[Section]) -> str:
    """The text of a piece: each section under a heading."""
    return "\n\n".join(f"## Part {number}\n\n{section.text}" for number, section in enumerate(sections, 1))


def held(instance: Path) -> list[Section]:
    """The sections of a library's published pieces."""
    found: list[Section] = []
    for e in _entries(instance):
        topic, country = (e.topics or ("",))[0], (e.countries or ("",))[0]
        name = f"{e.document}#{e.position}"
        found.append(Section(name, e.document, e.title, e.text, e.language, topic, e.kind, country, e.year or 0))
    return found


def headings(instance: Path) -> list[str]:
    """The headings of a library's published pieces, each once."""
    return list(dict.fromkeys(entry.heading for entry in _entries(instance) if entry.heading))


def _entries(instance: Path) -> Iterator[Entry]:
    from library import create_app
    from library.catalogue.source import CatalogueSource
    from library.extensions import db

    with create_app(instance).app_context():
        source = CatalogueSource()
        for document, _ in source.documents():
            yield from source.entries(document)
        db.session.remove()
        db.engine.dispose()


def done(instance: Path, *command: str, seconds: float = 300.0) -> None:
    """A command of the library, to its end. Raises Failed, also when it takes longer than `seconds`."""
    process = start(instance, *command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        said, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Failed(f"{' '.join(command)}: not done after {seconds:.0f} s") from None
    if process.returncode:
        raise Failed(f"{' '.join(command)}: {said.strip() or process.returncode}")
