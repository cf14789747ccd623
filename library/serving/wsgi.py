"""The application that the web workers serve."""

from __future__ import annotations

import sys
import threading

from flask import Flask

from library import create_app
from library.serving.generation import KEY
from library.serving.lifeline import die_with_parent
from library.serving.priority import compute

# A page waits for the interpreter at each of its queries while an upload keeps it busy: half a millisecond, not five.
sys.setswitchinterval(0.0005)
compute()
die_with_parent()  # a web worker whose server was killed must not go on holding the port
app = create_app()
app.extensions[KEY].bump()  # the worker before this one may have been killed before it told of the index that it showed


def _warmed(application: Flask) -> None:
    """Make a page of each costly kind: templates, catalogues and the index are opened before a reader waits for them."""
    for path in ("/", "/search?q=a"):
        application.test_client().get(path)


threading.Thread(target=_warmed, args=(app,), name="warming", daemon=True).start()
