"""`library serve` and the worker that it keeps running."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
def serve(host: str, port: int) -> int:
    """Serve the library: web server, indexer and job worker, until Ctrl-C."""
    import os

    from library import interface, migrations, settings
    from library.serving import supervisor

    os.environ.setdefault("LIBRARY_BIND", f"http://{host}:{port}")
    instance = settings.instance_folder()
    config = settings.load(instance)
    # A glance at the database, so that a start with nothing to do imports nothing that the web workers import again.
    if not migrations.is_newest(config["DATABASE_URL"]):
        _set_up(instance)
    plan = supervisor.Plan(
        host,
        port,
        instance,
        workers=int(config["WEB_WORKERS"]),
        # Readers keep WEB_THREADS to themselves: an upload and a live page hold a thread for as long as they last.
        threads=sum(int(config[name]) for name in ("WEB_THREADS", "UPLOADS_AT_ONCE", "LIVE_PAGES")),
        page_cache_mb=int(config["PAGE_CACHE_MB"]),
        languages=interface.offered(),
        spoken=str(config["SITE_LANGUAGE"]),
    )
    return supervisor.serve(plan, when_ready=lambda: _greet(instance))


def _set_up(instance: Path) -> None:
    from library import create_app
    from library.commands.setting_up import upgrade_schema
    from library.extensions import db

    with create_app(instance).app_context():
        upgrade_schema()
        db.engine.dispose()


def _greet(instance: Path) -> None:
    """Print the first administrator's link, while there is no administrator."""
    from library import create_app
    from library.commands.setting_up import administrator
    from library.extensions import db

    with create_app(instance).app_context():
        administrator()
        db.engine.dispose()


@click.command(hidden=True)
def work() -> None:
    """Read uploaded files, until Ctrl-C or SIGTERM; `library serve` runs this."""
    import logging
    import signal
    import sys
    import threading

    from library.commands.opening import opened
    from library.ingest.working import work as read_queued
    from library.serving.priority import give_way

    logging.basicConfig(level=logging.INFO, format="%(asctime)s jobs: %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    give_way()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with opened() as app:
        pass
    read_queued(app, stop)
