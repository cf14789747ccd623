"""`library init`: the database, the starter library, the first administrator's link, the index."""

from __future__ import annotations

from pathlib import Path

import click

from library import migrations


@click.command()
@click.option("--empty", is_flag=True, help="Leave the starter library out: no topics, no pieces.")
def init(empty: bool) -> None:
    """Set the instance up, or bring it up to date; where nothing is to be done, nothing is.

    Creates the database, loads the starter library, builds the index, and prints a one-time link for the first
    administrator while there is none.
    """
    from library import create_app
    from library.extensions import db

    app = create_app()
    with app.app_context():
        upgrade_schema()
        if not empty:
            from library.starter import load

            loaded = load()
            if loaded.pieces or loaded.topics:
                click.echo(f"Starter library: {loaded.pieces} pieces and {loaded.topics} topics loaded.")
        build_index(Path(app.instance_path) / "index")
        administrator()
        db.session.remove()
        db.engine.dispose()


def upgrade_schema() -> None:
    """Bring the database's tables to this version's; nothing is touched where they are."""
    if migrations.present() == migrations.newest():
        return
    migrations.upgrade()
    click.echo("The database is up to date.")


def build_index(root: Path, *, anew: bool = False) -> None:
    """Build the index where there is none, or `anew` whatever there is. A running follower does the rest."""
    from indexer import generations
    from indexer.generations import IndexDamaged
    from indexer.rebuilding import rebuild
    from library.catalogue.source import CatalogueSource

    if not anew:
        try:
            pointer = generations.read_pointer(root)
            generations.check(generations.generation_folder(root, pointer.current), thorough=False)
        except IndexDamaged:
            pass
        else:
            return
    rebuild(CatalogueSource(), root, force=True)  # no index of this library to compare with
    click.echo("The index is built.")


def administrator() -> None:
    """Print the one-time link for the first administrator, while there is none."""
    from library.access import invitations

    link = invitations.first_administrator_link()
    if link:
        click.echo(f"Create the first administrator's account here (the link works once): {link}")
