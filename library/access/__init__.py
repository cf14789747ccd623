"""Room access: people, roles, signing in; `policy` answers who may see and do what."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Bind the room to the application."""
    from flask_wtf.csrf import CSRFError

    from library.access import accounts, errors, views
    from library.extensions import login

    login.user_loader(accounts.of_session)
    login.session_protection = None  # it would bind a session to an address that phones change
    app.register_blueprint(views.bp)
    app.register_error_handler(401, errors.sign_in_first)
    app.register_error_handler(CSRFError, errors.forged)
