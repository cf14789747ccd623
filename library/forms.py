"""What every form is: Flask-WTF's, with the token against forged ones."""

from __future__ import annotations

from flask_wtf import FlaskForm


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF is untyped, and this the one place that it is met at
    """The base of all forms."""
