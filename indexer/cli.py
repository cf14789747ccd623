"""`indexer …`: the one module that joins the index to the catalogue."""

import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from threading import Event
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from indexer import generations
from indexer.evaluation import BadCollection, Measures, evaluate
from indexer.following import follow
from indexer.generations import Busy, IndexDamaged
from indexer.judging import Judged, judge
from indexer.rebuilding import RebuildFailed, differences, rebuild
from indexer.records import Source
from indexer.searching import Index
from indexer.snapshot import Snapshot, open_snapshot

EXPECTED = (Busy, IndexDamaged, RebuildFailed, BadCollection)
CATCH_UP_SECONDS = 10.0
LINES_SHOWN = 20


def instance() -> Path:
    """The instance folder: LIBRARY_INSTANCE, or `instance` in the current folder."""
    return Path(os.environ.get("LIBRARY_INSTANCE") or "instance").resolve()


def index_root() -> Path:
    """The folder of the index."""
    return instance() / "index"


def open_source() -> AbstractContextManager[Source]:
    """The catalogue as a source. Imported here: everything else of the indexer starts without the library."""
    from library.catalogue import source

    return source.open_source(instance())


class OneLine(click.Group):
    """A group whose commands end with one line on stderr and status 1 when something fails, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except EXPECTED as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            raise click.ClickException("Interrupted; the live index is as it was.") from None
        except Exception as error:
            if os.environ.get("INDEXER_TRACEBACK"):
                raise
            text = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise click.ClickException(f"{text} (set INDEXER_TRACEBACK=1 to see where)") from error


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The full-text index of the library in LIBRARY_INSTANCE (default: ./instance).

    The database is the truth; the index can be thrown away and rebuilt at any time.
    """


def _give_way() -> None:
    """Have the system run this process, and those that it starts, when nobody else wants the processor.

    Linux weighs sessions against each other before it looks at niceness (autogroups); where it does so, the session
    is told as well.
    """
    with suppress(OSError, AttributeError):
        os.nice(19)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text("19")


@main.command("rebuild")
@click.option("--force", is_flag=True, help="Switch also to a generation that does worse by the judged queries.")
def rebuild_command(force: bool) -> None:
    """Build a new generation beside the live one, check it, then switch.

    Works while `indexer run` follows changes. Searching goes on; the generation before is kept for `rollback`.
    It gives way to whatever else the machine does, such as answering readers.
    Where curators have said which piece a query must find, both generations are asked, and one that finds less than
    the live one is thrown away, with the queries and places named.
    """
    _give_way()
    with open_source() as source:
        with _progress("Indexing", "documents") as progress:
            pointer = rebuild(source, index_root(), progress, force=force)
        snapshot = open_snapshot(index_root())
        judged = judge(snapshot, source.judgements())
    click.echo(
        f"Generation {pointer.current} is live: {len(snapshot.place)} documents, {snapshot.live_sections} sections."
    )
    if judged:
        _tell_of(judged)


@main.command("run")
def run_command() -> None:
    """Follow the changes of the library until Ctrl-C; rebuild the index by itself when it is missing or corrupt.

    A second `indexer run` says so and ends with status 1.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s indexer: %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of its plugins when the library is opened
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    follow(open_source, index_root(), stop)


@main.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status_command(as_json: bool) -> None:
    """Say whether the index is ready and what it holds; status 1 when it is not ready."""
    index = Index(index_root())
    state = index.state()
    index.close()
    content = asdict(state) | {"previous": _previous()}
    if as_json:
        click.echo(json.dumps(content))
    elif state.ready:
        click.echo(
            f"Ready: generation {state.generation}, {state.documents} documents, {state.entries} sections, "
            f"changes up to {state.change}; generation before: {content['previous'] or 'none'}."
        )
    else:
        click.echo(f"Not ready: {state.reason}")
    if not state.ready:
        raise click.exceptions.Exit(1)


@main.command("verify")
@click.option("--wait", default=CATCH_UP_SECONDS, show_default=True, help="Seconds to wait for the follower.")
def verify_command(wait: float) -> None:
    """Compare the index with the database; print differences and end with status 1 when there are any."""
    root = index_root()
    with open_source() as source:
        snapshot = _caught_up(source, root, wait)
        found = differences(snapshot, source)
        until = time.monotonic() + 2.0
        while found and time.monotonic() < until:  # something may have been published between the two looks
            time.sleep(0.2)
            snapshot = open_snapshot(root, thorough=True)
            found = differences(snapshot, source)
        behind = len(source.changes_after(snapshot.change, 1000))
    if not found:
        click.echo(
            f"The index agrees with the database: {len(snapshot.place)} documents, {snapshot.live_sections} sections."
        )
        return
    for line in found[:LINES_SHOWN]:
        click.echo(line)
    if len(found) > LINES_SHOWN:
        click.echo(f"… and {len(found) - LINES_SHOWN} more.")
    hint = (
        f"{behind} changes are not applied yet, is `indexer run` running?" if behind else "`indexer rebuild` mends it."
    )
    raise click.ClickException(f"The index differs from the database in {len(found)} points; {hint}")


@main.command("rollback")
def rollback_command() -> None:
    """Go back to the generation before; the follower then applies the changes that it lacks."""
    pointer = generations.rollback(index_root())
    click.echo(f"Generation {pointer.current} is live again; {pointer.previous} is kept.")


@main.command("eval")
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a collection.")
def eval_command(folders: tuple[Path, ...], as_json: bool) -> None:
    """Measure judged collections: nDCG@10, recall@100, MRR.

    DIR holds corpus.jsonl ({"id","title","text"}, "lang" if known), queries.jsonl ({"id","text"}) and qrels.tsv
    (query-id, corpus-id, score). A temporary index is built through the product's own analysis and ranking.
    """
    if not as_json:
        click.echo(
            f"{'collection':24} {'lang':4} {'docs':>6} {'queries':>7} {'nDCG@10':>8} {'R@100':>7} {'MRR':>7} {'ms':>6}"
        )
    for folder in folders:
        if not folder.is_dir():  # `eval DATA/*` names also what lies beside the collections
            click.echo(f"{folder} is no folder; left out.", err=True)
            continue
        measures = evaluate(folder)
        click.echo(json.dumps(asdict(measures)) if as_json else _row(measures))


def _row(m: Measures) -> str:
    return (
        f"{m.collection:24} {m.language:4} {m.documents:6} {m.queries:7} "
        f"{m.ndcg_10:8.4f} {m.recall_100:7.4f} {m.mrr:7.4f} {m.ms_per_query:6.1f}"
    )


def _tell_of(judged: Sequence[Judged]) -> None:
    """How the judged queries do, and which of them a reader would not call answered."""
    missed = [one for one in judged if not one.on_first_page]
    click.echo(f"{len(judged) - len(missed)} of {len(judged)} judged queries find their piece on the first page.")
    for one in missed[:LINES_SHOWN]:
        click.echo(f"{one}.", err=True)
    if len(missed) > LINES_SHOWN:
        click.echo(f"… and {len(missed) - LINES_SHOWN} more.", err=True)


def _caught_up(source: Source, root: Path, wait: float) -> Snapshot:
    """The live index once it holds every change that is in the database now, or after `wait` seconds."""
    until = time.monotonic() + wait
    newest = source.latest_change()
    while True:
        snapshot = open_snapshot(root, thorough=True)
        if snapshot.change >= newest or time.monotonic() > until or not _followed(root):
            return snapshot
        time.sleep(0.2)


def _followed(root: Path) -> bool:
    try:
        with generations.lock(root, "follower", "follows changes"):
            return False
    except Busy:
        return True


def _previous() -> str | None:
    try:
        return generations.read_pointer(index_root()).previous
    except IndexDamaged:
        return None


@contextmanager
def _progress(work: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, a line now and then elsewhere; both on stderr."""
    if sys.stderr.isatty():
        columns = (TextColumn(work), BarColumn(), MofNCompleteColumn(), TextColumn(unit), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task(work, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
        return
    last = time.monotonic()

    def line(done: int, total: int) -> None:
        nonlocal last
        if done == total or time.monotonic() - last > 5:
            last = time.monotonic()
            click.echo(f"{work}: {done} of {total} {unit}", err=True)

    yield line
