"""The application that the web workers serve."""

from __future__ import annotations

from library import create_app
from library.serving.lifeline import die_with_parent

die_with_parent()  # a web worker whose server was killed must not go on holding the port
app = create_app()
