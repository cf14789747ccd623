"""Uploading in a browser: several files with their progress, a broken line, a reload, live pages, and without JavaScript."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.test_whole_way import sign_in
from tests.needs import needs
from tests.running import Server

pytestmark = [pytest.mark.slow, needs("chromium")]


def made(folder: Path, name: str, words: str) -> Path:
    path = folder / name
    path.write_text(f"# {words}\n\nThe stewards carry {words} along the march.\n", encoding="utf-8")
    return path


def test_several_files_are_sent_and_their_page_shows_live_what_became_of_them(
    page: Page, served: Server, tmp_path: Path
) -> None:
    sign_in(page, served)
    page.goto(f"{served.url}/curate/upload")
    chosen = [made(tmp_path, f"several-{n}.md", f"lantern {n}") for n in range(3)]
    empty = tmp_path / "several-empty.md"
    empty.write_bytes(b"")
    page.get_by_label("Files", exact=True).set_input_files([*chosen, empty])
    page.get_by_role("button", name="Upload", exact=True).click()
    page.wait_for_url(re.compile(r"/curate/jobs/\?batch="))
    expect(page.get_by_role("heading", level=1)).to_have_text("Files uploaded together")
    expect(page.get_by_role("link", name="Check and publish")).to_have_count(3, timeout=60_000)
    expect(page.get_by_text("“several-empty.md” is empty")).to_be_visible(timeout=60_000)


def test_a_file_that_is_too_large_says_so_before_it_is_sent(page: Page, served: Server, tmp_path: Path) -> None:
    sign_in(page, served)
    page.goto(f"{served.url}/curate/upload")
    page.evaluate("document.querySelector('form[data-sends]').dataset.largest = '100'")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if "/curate/uploads/" in request.url else None)
    large = tmp_path / "large.md"
    large.write_bytes(b"x" * 101)
    page.get_by_label("Files", exact=True).set_input_files([large, made(tmp_path, "small.md", "lamps")])
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("larger than 200 MB")).to_be_visible()
    expect(page.get_by_role("link", name="See what became of them")).to_be_visible(timeout=30_000)
    assert sent.count("POST") == 1, "only the small one was announced"


def test_an_upload_goes_on_after_a_broken_line_and_after_a_reload(page: Page, served: Server, tmp_path: Path) -> None:
    sign_in(page, served)
    page = page.context.new_page()  # in which the error of the broken line is no error
    page.goto(f"{served.url}/curate/upload")
    long = tmp_path / "long.txt"
    long.write_bytes(b"Lanterns for the march of the evening.\n" * 500_000)  # three pieces
    broken: list[str] = []

    def break_second(route: Route) -> None:
        place = route.request.headers.get("content-range", "")
        if place and not place.startswith("bytes 0-"):
            broken.append(place)
            route.abort()
        else:
            route.continue_()

    page.route("**/curate/uploads/*", break_second)
    page.get_by_label("Files", exact=True).set_input_files(long)
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("the line broke; trying again")).to_be_visible(timeout=30_000)
    assert broken
    page.unroute("**/curate/uploads/*")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{served.url}/curate/upload")
    expect(page.get_by_text("Not finished last time")).to_be_visible()
    ranges: list[str] = []
    page.on("request", lambda request: ranges.append(request.headers.get("content-range", "")))
    page.get_by_label("Files", exact=True).set_input_files(long)
    page.get_by_role("button", name="Upload", exact=True).click()
    page.wait_for_url(re.compile(r"/curate/jobs/\d+/"), timeout=60_000)
    assert [place for place in ranges if place.startswith("bytes 0-")] == [], "what had come was not sent again"
    page.get_by_role("button", name="Cancel: long.txt").click()
    expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()
    page.goto(f"{served.url}/curate/upload")
    page.wait_for_timeout(500)
    expect(page.get_by_text("Not finished last time")).to_have_count(0)


def test_uploading_works_without_javascript(page: Page, served: Server, tmp_path: Path) -> None:
    sign_in(page, served)
    state = page.context.storage_state()
    context = page.context.browser.new_context(java_script_enabled=False, storage_state=state)  # type: ignore[union-attr]
    plain = context.new_page()
    plain.goto(f"{served.url}/curate/upload")
    plain.get_by_label("Files", exact=True).set_input_files(made(tmp_path, "plain.md", "quiet lamps"))
    plain.get_by_role("button", name="Upload", exact=True).click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("plain.md")
    # No click: the page asks anew by itself while the file is being read.
    expect(plain.get_by_role("link", name="Check and publish")).to_be_visible(timeout=60_000)
    context.close()
