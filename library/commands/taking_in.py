"""`library import` and `library extract`."""

from __future__ import annotations

import json
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from library.commands.opening import opened

if TYPE_CHECKING:
    from library.commands.telling import Teller
    from library.ingest.importing import Tally

KINDS = ("files", "manifest", "wordpress", "feed", "sitemap", "oai", "zotero", "csl")


@click.command("import")
@click.argument(
    "paths",
    metavar="PATH...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
)
@click.option("--publish", is_flag=True, help="Publish what can be read, instead of leaving drafts.")
@click.option(
    "--topic",
    "slugs",
    metavar="SLUG",
    multiple=True,
    help="Give every piece this topic; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="Print a receipt a line (JSON) on standard output.")
@click.option("--dry-run", "dry", is_flag=True, help="Read everything, say what would be done, and store nothing.")
@click.option(
    "--source",
    "kind",
    metavar="KIND",
    type=click.Choice(KINDS),
    help=f"What the files named are, where it is not to be found out: {', '.join(KINDS)}.",
)
@click.option(
    "--records",
    "stubs",
    is_flag=True,
    help="Make pieces of the descriptions of records (OAI, Zotero, CSL) that have no text here.",
)
@click.option("--watch", is_flag=True, help="Go on, importing what comes into the folders or changes, until Ctrl-C.")
def import_(
    paths: tuple[Path, ...],
    publish: bool,
    slugs: tuple[str, ...],
    as_json: bool,
    dry: bool,
    kind: str | None,
    stubs: bool,
    watch: bool,
) -> None:
    """Import files, folders with all that is below them (hidden files are skipped), and exports of other systems.

    Manifests (a CSV or JSON list of files and what is said of them), WordPress exports, saved feeds and sitemaps,
    OAI-PMH records, Zotero RDF and CSL-JSON are recognised by their content. Nothing is fetched from the network.

    Imported again, only what changed at its source changes here. Ends with 0 also when some files could not be read:
    their receipts say why.
    """
    if watch and (dry or not all(path.is_dir() for path in paths)):
        raise click.UsageError("--watch takes folders, and does not go with --dry-run.")
    with opened():
        from library.catalogue.errors import BadTopic
        from library.commands.telling import telling
        from library.ingest import importing

        try:
            importing.check_topics(slugs)
        except BadTopic as error:
            raise click.BadParameter(str(error), param_hint="--topic") from error
        orders: dict[str, Any] = {"topics": slugs, "publish": publish}
        if watch:
            _watch(paths, kind, stubs, as_json, orders)
            return
        found = importing.collect(paths, kind, stubs=stubs)
        tally, began = importing.Tally(), time.monotonic()
        with _reported(tally, began, found.remarks), telling(len(found), as_json) as teller:
            importing.take_in(found, _told(teller, as_json), dry=dry, begun=teller.begun, tally=tally, **orders)
        if dry:
            click.echo("Nothing was stored: this was a dry run.", err=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the receipt with `text` added, as one line of JSON.",
)
def extract(file: Path, as_json: bool) -> None:
    """Read FILE and show what was understood; nothing is stored and no library is needed."""
    from library import ingest, settings

    configured = settings.load(
        settings.instance_folder(),
        {"SECRET_KEY": "none is needed, and none is to be made"},
    )
    limits = ingest.Limits(
        seconds=float(configured["EXTRACT_SECONDS"]),
        memory_mb=int(configured["EXTRACT_MEMORY_MB"]),
        upload_bytes=int(configured["MAX_UPLOAD_MB"]) * 10**6,
        ocr_seconds=float(configured["OCR_SECONDS"]) if configured["OCR"] == "auto" else 0.0,
        ocr_languages=str(configured["OCR_LANGUAGES"]),
    )
    with tempfile.TemporaryDirectory(prefix="library-extract-") as scratch:
        found = ingest.extract(file, file.name, limits, Path(scratch))
    if as_json:
        click.echo(
            json.dumps(
                found.receipt() | {"file": str(file), "text": found.text},
                ensure_ascii=False,
            )
        )
        return
    click.echo(f"{file}: {found.status}. {found.reason}".rstrip(), err=True)
    for warning in found.warnings:
        click.echo(f"  {warning}", err=True)
    for part in found.parts:
        click.echo(f"  in it: {part.name}", err=True)
    if found.readable and not found.batch:
        click.echo(f"# {found.title}\n\n{found.markdown}")


def _watch(paths: tuple[Path, ...], kind: str | None, stubs: bool, as_json: bool, orders: dict[str, Any]) -> None:
    """Import what comes, until Ctrl-C or SIGTERM; that ends it well."""
    from library.commands.telling import telling
    from library.extensions import db
    from library.ingest import importing, watching

    seen, tally, began = watching.Watch(paths, kind, stubs), importing.Tally(), time.monotonic()
    asked = _Asked()
    click.echo(f"Watching {', '.join(map(str, paths))}; Ctrl-C ends it.", err=True)
    with suppress(KeyboardInterrupt), _reported(tally, began, seen.remarks), telling(None, as_json) as teller:
        while True:
            if items := seen.look():
                importing.take_in(items, _told(teller, as_json, asked.heed), tally=tally, **orders)
            db.session.rollback()  # no look at the database stays open while nothing comes
            asked.heed()
            time.sleep(watching.EVERY)
            asked.heed()


class _Asked:
    """Whether the end was asked for, by Ctrl-C or SIGTERM. Asked for again, it comes at once, whatever goes on.

    Where a signal raises by itself, what is interrupted may be what must not fail, and the exception is lost there.
    """

    def __init__(self) -> None:
        self._once = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        if self._once:
            raise KeyboardInterrupt
        self._once = True

    def heed(self) -> None:
        """Here it may end. Raises KeyboardInterrupt."""
        if self._once:
            raise KeyboardInterrupt


def _told(
    teller: Teller, as_json: bool, afterwards: Callable[[], None] = lambda: None
) -> Callable[[dict[str, Any]], None]:
    def told(receipt: dict[str, Any]) -> None:
        if as_json:
            click.echo(json.dumps(receipt, ensure_ascii=False))
            sys.stdout.flush()
        teller.told(receipt)
        afterwards()

    return told


@contextmanager
def _reported(tally: Tally, began: float, remarks: Iterable[str]) -> Iterator[None]:
    """The report at the end, also of an import that broke off when something had been done."""
    from library.commands.telling import report

    try:
        yield
    except (KeyboardInterrupt, Exception):
        if tally.files:
            report(tally, time.monotonic() - began, list(remarks))
        raise
    report(tally, time.monotonic() - began, list(remarks))
