"""The migrations make the tables that the models describe."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from library import migrations
from library.extensions import db


def test_migrations_and_models_agree_and_can_be_undone(app: Flask) -> None:
    db.drop_all()
    migrations.upgrade()
    with db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), db.metadata) == []
    migrations.downgrade("base")
    with db.engine.connect() as connection:
        assert db.inspect(connection).get_table_names() == ["alembic_version"]
