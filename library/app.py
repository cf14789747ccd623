"""The application factory: settings, extensions, rooms; nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from library import interface, moulds, settings, templating
from library.extensions import csrf, db, login
from library.serving import behind, keeping
from library.serving.following import follow
from library.serving.generation import KEY, Generation


def build(instance: Path | None, overrides: Mapping[str, Any]) -> Flask:
    """An application bound to one instance folder; raises SettingError for a setting that cannot be used."""
    folder = settings.instance_folder(instance)
    app = interface.Library(
        "library",
        instance_path=str(folder),
        template_folder=str(settings.asset_folder("templates")),
        static_folder=str(settings.asset_folder("static")),
    )
    app.jinja_environment = templating.Environment
    app.config.update(settings.load(folder, overrides))
    app.config.update(
        SQLALCHEMY_DATABASE_URI=app.config["DATABASE_URL"],
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True},  # an error's text would repeat what a reader asked for
        MAX_CONTENT_LENGTH=None,  # uploads are streamed and measured by `ingest.receiving`
        MAX_FORM_MEMORY_SIZE=16 * 10**6,  # a guidebook's Markdown in the desk's editor
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=app.config["SECURE_COOKIES"],
        PERMANENT_SESSION_LIFETIME=app.config["SESSION_HOURS"] * 3600,
        WTF_CSRF_TIME_LIMIT=None,  # a form left open over lunch still works: the token ends with the session
        WTF_CSRF_SSL_STRICT=False,  # it asks for a Referer, which our own Referrer-Policy keeps browsers from sending
        BABEL_DEFAULT_LOCALE=app.config["SITE_LANGUAGE"],
    )
    app.extensions[KEY] = Generation(folder)
    _extensions(app)
    _rooms(app)
    interface.init_app(app)
    templating.init_app(app)
    moulds.init_app(app)
    if app.config["TRUSTED_PROXIES"]:
        count = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=0)  # type: ignore[method-assign]
    keeping.init_app(app)
    behind.init_app(app)
    return app


def _extensions(app: Flask) -> None:
    from library.access import models as _people  # noqa: F401  every model is known before the first query
    from library.catalogue import models as _catalogue  # noqa: F401
    from library.ingest import models as _jobs  # noqa: F401

    db.init_app(app)
    with app.app_context():
        follow(db.engine, app.extensions[KEY])
    login.init_app(app)
    csrf.init_app(app)


def _rooms(app: Flask) -> None:
    from library import access, curating, feeds, finding, packing, reading, serving

    for room in (access, reading, finding, feeds, packing, curating, serving):
        room.init_app(app)
