"""`library backup` and `library restore`."""

from __future__ import annotations

from pathlib import Path

import click

from library import migrations
from library.commands.opening import opened
from library.failures import Refused


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write everything into the archive FILE: tables, originals, settings, key. Works while the library is served."""
    with opened() as app:
        from library import backup as archiving
        from library.extensions import db

        with db.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            manifest = archiving.write(
                file.absolute(),
                Path(app.instance_path),
                connection,
                migrations.present() or "",
            )
    originals = sum(name.startswith("files/") for name in manifest.members)
    size = file.stat().st_size / 1e6
    click.echo(f"{file}: {manifest.rows.get('documents', 0)} pieces, {originals} originals, {size:.1f} MB.")
    for digest in manifest.missing:
        click.echo(
            f"library: the original {digest} is recorded but not on the disk; it is not in the archive.",
            err=True,
        )


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--force",
    is_flag=True,
    help="Restore although `library serve` seems to be running on this instance.",
)
def restore(file: Path, force: bool) -> None:
    """Replace what this instance holds by the archive FILE, after every checksum in it has been verified."""
    from library import create_app, settings
    from library.commands.setting_up import build_index
    from library.extensions import db
    from library.restoring import restore as put_back

    instance = settings.instance_folder()
    if not force and is_served(instance):
        raise Refused("`library serve` is running on this instance; stop it first, then restore.")
    manifest = put_back(file, instance)
    app = create_app()
    with app.app_context():
        build_index(Path(app.instance_path) / "index", anew=True)
        db.session.remove()
        db.engine.dispose()
    click.echo(f"{manifest.rows.get('documents', 0)} pieces are restored as of {manifest.made[:16]} UTC.")


def is_served(instance: Path) -> bool:
    """Whether a supervisor holds this instance's lock."""
    import fcntl

    try:
        with (instance / "serve.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False
