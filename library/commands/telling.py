"""How an import tells people what it does: a bar or lines while it runs, a table at its end, all on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from library.ingest.importing import Item, Tally

LINE_EVERY = 5.0  # seconds between lines of progress where there is no terminal
NAMED = 20  # files that could not be read and are named at the end
STATUSES = ("ok", "partial", "empty", "encrypted", "corrupt", "unsupported", "too_large", "unsafe", "timeout")
OUTCOMES = ("new", "changed", "there already", "not read", "unpacked")


class Teller:
    """Told of each item as it is begun and of each receipt."""

    def begun(self, item: Item) -> None:
        """The item that is waited for."""

    def told(self, receipt: dict[str, Any]) -> None:
        """An item's receipt."""


@contextmanager
def telling(total: int | None, as_json: bool) -> Iterator[Teller]:
    """A bar with rate, time left and the file that is read on a terminal, plain lines elsewhere.

    `total`: how many items there are, None for an import that goes on. With `as_json` no line is written for each file.
    """
    if sys.stderr.isatty() and total is not None:
        yield from _bar(total, as_json)
    else:
        yield _Lines(total, as_json)


def table(tally: Tally) -> list[list[str]]:
    """What was done, by format and status: the head, a row for each, and their sum."""
    outcomes = [name for name in OUTCOMES if name != "unpacked" or any(key[2] == name for key in tally.outcomes)]
    rows: dict[tuple[str, str], dict[str, int]] = {}
    for (format, status, outcome), count in tally.outcomes.items():
        rows.setdefault((format, status), dict.fromkeys(OUTCOMES, 0))[str(outcome)] += count
    ordered = sorted(rows, key=lambda row: (row[0] == "", row[0], STATUSES.index(row[1])))
    lines = [
        [format or "–", status.replace("_", " "), *(_number(rows[format, status][name]) for name in outcomes)]
        for format, status in ordered
    ]
    sums = [_number(sum(row[name] for row in rows.values())) for name in outcomes]
    return [["format", "status", *outcomes], *lines, ["all", "", *sums]]


def report(tally: Tally, seconds: float, remarks: list[str]) -> None:
    """The table, the files that could not be read and why, what sources left out, and the sum in a sentence."""
    if tally.files:
        _print_table(table(tally))
    if tally.unread:
        click.echo(f"Not read ({len(tally.unread)}):", err=True)
        for name, why in list(tally.unread.items())[:NAMED]:
            click.echo(f"  {name}: {why}", err=True)
        if len(tally.unread) > NAMED:
            click.echo(f"  and {len(tally.unread) - NAMED} more", err=True)
    for remark in remarks:
        click.echo(remark, err=True)
    click.echo(summary(tally, seconds), err=True)


def summary(tally: Tally, seconds: float) -> str:
    """One sentence on an import."""
    unread = {status: n for status, n in sorted(tally.statuses.items()) if status not in ("ok", "partial")}
    rate = f", {tally.files / seconds:.1f} a second" if seconds > 0 and tally.files > 1 else ""
    parts = [f"{tally.files} files in {seconds:.1f} s{rate}: {tally.published} published"]
    parts.append(f"{tally.drafted - tally.published} drafts")
    if tally.revised:
        parts.append(f"{tally.revised} changed")
    if tally.duplicates:
        parts.append(f"{tally.duplicates} there already")
    if tally.statuses["partial"]:
        parts.append(f"{tally.statuses['partial']} read in part")
    parts += [f"{n} {status.replace('_', ' ')}" for status, n in unread.items()]
    return ", ".join(parts) + "."


def line(receipt: dict[str, Any]) -> str:
    """A receipt as a line for people."""
    if receipt["duplicate_of"]:
        return f"{receipt['file']}: there already as {receipt['duplicate_of']}"
    where = f" → {receipt['document']['slug']}" if receipt["document"] else ""
    told = " ".join([receipt["reason"], *receipt["warnings"]]).strip()
    return f"{receipt['file']}: {receipt['status']}{where}" + (f" ({told})" if told else "")


def _number(count: int) -> str:
    return str(count) if count else "–"


def _print_table(rows: list[list[str]]) -> None:
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.table import Table

        shown = Table(show_footer=True, header_style="bold", footer_style="bold")
        for number, (head, foot) in enumerate(zip(rows[0], rows[-1], strict=True)):
            shown.add_column(head, foot, justify="left" if number < 2 else "right")
        for row in rows[1:-1]:
            shown.add_row(*row)
        Console(stderr=True).print(shown)
        return
    widths = [max(len(row[number]) for row in rows) for number in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.ljust(width) if n < 2 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip(), err=True)


class _Lines(Teller):
    def __init__(self, total: int | None, as_json: bool) -> None:
        self._total, self._as_json = total, as_json
        self._done, self._began = 0, time.monotonic()
        self._last = self._began

    def told(self, receipt: dict[str, Any]) -> None:
        self._done += 1
        if not self._as_json:
            click.echo(line(receipt), err=True)
        elif self._total is not None and time.monotonic() - self._last > LINE_EVERY:
            self._last = time.monotonic()
            rate = self._done / (self._last - self._began)
            left = (self._total - self._done) / rate
            click.echo(
                f"{self._done} of {self._total} files, {rate:.1f} a second, {left:.0f} s left: {receipt['file']}",
                err=True,
            )


def _bar(total: int, as_json: bool) -> Iterator[Teller]:
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

    class File(ProgressColumn):
        """The end of the path of the file that is read now."""

        def render(self, task: Task) -> Text:
            return Text(task.description[-40:], style="dim", no_wrap=True, overflow="ellipsis")

    columns = (TextColumn("Importing"), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn(), File())
    with Progress(*columns, console=Console(stderr=True), speed_estimate_period=20) as bar:
        task = bar.add_task("", total=total)

        class Bar(Teller):
            def begun(self, item: Item) -> None:
                bar.update(task, description=_one_line(item.name))

            def told(self, receipt: dict[str, Any]) -> None:
                bar.advance(task)
                if receipt["status"] != "ok" and not as_json:
                    bar.console.print(line(receipt), markup=False, highlight=False)

        yield Bar()


def _one_line(name: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in name)
