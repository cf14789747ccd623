"""`library …`: the group of commands, and how they end."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from library.commands import archiving, people, serving, setting_up, taking_in
from library.failures import sentence

INTERRUPTED = 130  # as shells have it: 128 and the number of SIGINT


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="knowledge-library", prog_name="library")
def library() -> None:
    """The knowledge library in LIBRARY_INSTANCE (a folder; default: ./instance)."""


for command in (
    serving.serve,
    serving.work,
    setting_up.init,
    people.users,
    taking_in.import_,
    taking_in.extract,
    archiving.backup,
    archiving.restore,
):
    library.add_command(command)


def run(arguments: Sequence[str] | None = None) -> int:
    """Carry out a command line; the exit status: 0 done, 2 wrong usage, 130 interrupted, 1 anything else."""
    try:
        status = library.main(arguments, prog_name="library", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except click.UsageError as error:
        error.show()
        return 2
    except click.ClickException as error:
        return _failed(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("LIBRARY_TRACEBACK"):
            raise
        return _failed(sentence(error))


def main() -> None:
    """The entry point."""
    sys.exit(run())


def _failed(line: str) -> int:
    click.echo(f"library: {line}", err=True)
    return 1


if __name__ == "__main__":
    main()
