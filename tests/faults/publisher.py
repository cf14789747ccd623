"""A curator who never rests: publishes pieces one after another and says the slug of each that was acknowledged."""

from __future__ import annotations

import sys

from library import create_app
from library.catalogue import documents
from library.catalogue.metadata import Metadata


def main(name: str, seconds_between: float) -> None:
    """Publish `<name>-0`, `<name>-1`, … until killed."""
    import time

    with create_app().app_context():
        number = 0
        while True:
            title = f"{name}-{number}"
            body = f"Lanterns of {title}.\n\n## First\n\nThe word lantern again.\n\n## Second\n\nAnd {title} once more."
            document = documents.create(Metadata(title=title, language="en"), body, slug=title)
            documents.publish(document)
            print(title, flush=True)
            number += 1
            time.sleep(seconds_between)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
