"""A curator with a clock: publishes pieces at a steady rate and says the slug of each that was acknowledged."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from library import create_app
from library.catalogue import documents
from library.catalogue.metadata import Metadata


def publish(bodies: Sequence[tuple[str, str]], rate: float, seconds: float) -> None:
    """Publish `rate` pieces a second for `seconds`: language and text from `bodies`, again and again."""
    with create_app().app_context():
        began = time.monotonic()
        for number in count():
            due = began + number / rate
            if max(due, time.monotonic()) >= began + seconds:
                return
            time.sleep(max(0.0, due - time.monotonic()))
            slug = f"published-under-load-{number}"
            language, body = bodies[number % len(bodies)]
            documents.publish(documents.create(Metadata(title=slug, language=language), body, slug=slug))
            print(slug, flush=True)


if __name__ == "__main__":
    publish(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), float(sys.argv[2]), float(sys.argv[3]))
