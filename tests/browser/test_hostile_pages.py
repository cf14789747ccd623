"""No script runs in a browser on any page made from a hostile text, and nothing is asked of another host."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request

from benchmarks.hostile_pages import AUDIT, PLANTED, TRIGGER
from tests.browser.test_whole_way import sign_in
from tests.ingest.test_hostile import ATTACKS
from tests.needs import needs
from tests.running import Server, run

pytestmark = [pytest.mark.slow, needs("chromium")]


def test_hostile_text_does_nothing_on_any_page(page: Page, served: Server, tmp_path: Path) -> None:
    attacks = "\n\n".join(
        f"## Part {n} <img src=x onerror=window.pwned=1>\n\n{attack}" for n, attack in enumerate(ATTACKS)
    )
    hostile = tmp_path / "hostile.md"
    hostile.write_text(
        f"---\ntitle: '</title><script>window.pwned=1</script>'\nsummary: '<svg onload=window.pwned=1>'\n---\n\n"
        f"Quokkalamps stand here. {attacks}\n"
    )
    run(served.instance, "library", "import", str(hostile), "--publish")
    elsewhere: list[str] = []

    def asked(request: Request) -> None:
        if urlsplit(request.url).netloc not in ("", urlsplit(served.url).netloc):
            elsewhere.append(request.url)

    page.on("request", asked)
    page.add_init_script(PLANTED)
    sign_in(page, served)
    deadline = time.monotonic() + 30
    while not served.search("quokkalamps")["hits"]:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    slug = served.search("quokkalamps")["hits"][0]["document"]["slug"]
    for path in (
        "/search?q=quokkalamps", "/documents/", f"/documents/{slug}/", f"/documents/{slug}/revisions/1/",
        f"/curate/documents/{slug}/", f"/curate/documents/{slug}/preview", "/curate/", "/",
    ):  # fmt: skip
        page.goto(served.url + path)
        page.evaluate(TRIGGER)
        assert page.evaluate(AUDIT) == [], path
    assert elsewhere == []
    for ending in ("md", "txt", "json"):
        form = page.request.get(f"{served.url}/documents/{slug}/{slug}.{ending}")
        assert form.ok and "html" not in form.headers["content-type"]
        assert form.headers["x-content-type-options"] == "nosniff"
