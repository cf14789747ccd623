"""`library import` and `library extract`."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from library.commands.opening import opened

if TYPE_CHECKING:
    from library.ingest.importing import Tally

LINE_EVERY = 5.0  # seconds between lines of progress where there is no terminal


@click.command("import")
@click.argument(
    "paths",
    metavar="PATH...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
)
@click.option(
    "--publish",
    is_flag=True,
    help="Publish what can be read, instead of leaving drafts.",
)
@click.option(
    "--topic",
    "slugs",
    metavar="SLUG",
    multiple=True,
    help="Give every piece this topic; may be repeated.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print a receipt a line (JSON) on standard output.",
)
def import_(paths: tuple[Path, ...], publish: bool, slugs: tuple[str, ...], as_json: bool) -> None:
    """Import files, and folders with all that is below them (hidden files are skipped).

    A file that the library has already changes nothing. Ends with 0 also when some files could not be read: their
    receipts say why.
    """
    with opened():
        from library.catalogue.errors import BadTopic
        from library.ingest import importing

        try:
            importing.check_topics(slugs)
        except BadTopic as error:
            raise click.BadParameter(str(error), param_hint="--topic") from error
        began = time.monotonic()
        found = importing.collect(paths)
        with _progress(len(found)) as step:

            def told(receipt: dict[str, Any]) -> None:
                if as_json:
                    click.echo(json.dumps(receipt, ensure_ascii=False))
                    sys.stdout.flush()
                step(receipt, as_json)

            tally = importing.take_in(found, told, topics=slugs, publish=publish)
        click.echo(_summary(tally, time.monotonic() - began), err=True)


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
    if found.readable:
        click.echo(f"# {found.title}\n\n{found.markdown}")


def _summary(tally: Tally, seconds: float) -> str:
    unread = {status: n for status, n in sorted(tally.statuses.items()) if status not in ("ok", "partial")}
    parts = [f"{tally.files} files in {seconds:.1f} s: {tally.published} published"]
    parts.append(f"{tally.drafted - tally.published} drafts")
    if tally.duplicates:
        parts.append(f"{tally.duplicates} there already")
    if tally.statuses["partial"]:
        parts.append(f"{tally.statuses['partial']} read in part")
    parts += [f"{n} {status.replace('_', ' ')}" for status, n in unread.items()]
    return ", ".join(parts) + "."


@contextmanager
def _progress(total: int) -> Iterator[Callable[[dict[str, Any], bool], None]]:
    """A bar with rate and time left on a terminal, plain lines elsewhere; both on stderr."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            ProgressColumn,
            Task,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.text import Text

        class Rate(ProgressColumn):
            """Files a second."""

            def render(self, task: Task) -> Text:
                speed = task.finished_speed or task.speed
                return Text(f"{speed:.1f} files/s" if speed else "")

        columns = (
            TextColumn("Importing"),
            BarColumn(),
            MofNCompleteColumn(),
            Rate(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("", total=total)

            def advance(receipt: dict[str, Any], as_json: bool) -> None:
                bar.advance(task)
                if receipt["status"] != "ok" and not as_json:
                    bar.console.print(_line(receipt), markup=False, highlight=False)

            yield advance
        return
    done, last, began = 0, time.monotonic(), time.monotonic()

    def line(receipt: dict[str, Any], as_json: bool) -> None:
        nonlocal done, last
        done += 1
        if not as_json:
            click.echo(_line(receipt), err=True)
        elif time.monotonic() - last > LINE_EVERY:
            last = time.monotonic()
            rate = done / (last - began)
            click.echo(
                f"{done} of {total} files, {rate:.1f} a second, {(total - done) / rate:.0f} s left",
                err=True,
            )

    yield line


def _line(receipt: dict[str, Any]) -> str:
    """A receipt as a line for people."""
    if receipt["duplicate_of"]:
        return f"{receipt['file']}: there already as {receipt['duplicate_of']}"
    where = f" → {receipt['document']['slug']}" if receipt["document"] else ""
    told = " ".join([receipt["reason"], *receipt["warnings"]]).strip()
    return f"{receipt['file']}: {receipt['status']}{where}" + (f" ({told})" if told else "")
