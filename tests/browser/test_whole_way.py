"""The whole way in a browser: sign in, upload, check, publish, search, click, and the passage is in view."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.needs import needs
from tests.running import Server, run, serving

pytestmark = [pytest.mark.slow, needs("chromium")]


def sign_in(page: Page, served: Server) -> None:
    page.goto(f"{served.url}/curate/")
    page.get_by_label("E-mail address").fill("curator@example.org")
    page.get_by_label("Password").fill("lamps and lanterns")
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Desk")


def publish(page: Page, served: Server, file: Path, topic: str) -> None:
    page.goto(f"{served.url}/curate/upload")
    page.get_by_label("Files", exact=True).set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("link", name="Check and publish").click(timeout=30_000)
    expect(page.get_by_text("Everything was read")).to_be_visible()
    page.get_by_label(topic, exact=True).check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Published. It is searchable in a moment.")).to_be_visible()


def found_within(page: Page, served: Server, words: str, title: str, seconds: float) -> float:
    """Search as a reader until the piece is there; how long it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds + 5:
        page.goto(f"{served.url}/search?q={words}")
        if page.get_by_role("link", name=title).count():
            return time.monotonic() - began
    raise AssertionError(f"“{title}” is not found by “{words}”")


@pytest.mark.parametrize(
    ("kind", "words", "title", "topic"),
    [
        ("pdf", "zanzibar", "Marches after dark", "Freedom of assembly"),
        ("docx", "quillfeather", "Asking for records", "Right to information"),
    ],
)
def test_an_uploaded_file_is_found_and_its_passage_is_in_view(
    page: Page, served: Server, material: dict[str, Path], kind: str, words: str, title: str, topic: str
) -> None:
    sign_in(page, served)
    publish(page, served, material[kind], topic)
    reader = page.context.browser.new_context(viewport={"width": 390, "height": 844}).new_page()  # type: ignore[union-attr]
    assert found_within(reader, served, words, title, 2) < 2
    passage = reader.locator("main a[href*='hl=']").filter(has_not_text="zzz").last
    passage.click()
    assert "#" in reader.url
    # The window moves to the passage a moment after it is there; once all is loaded, it has to be there still.
    mark = reader.locator("mark", has_text=re.compile(words, re.IGNORECASE)).first
    expect(mark).to_be_in_viewport()
    reader.wait_for_load_state()
    expect(mark).to_be_in_viewport()
    assert reader.context.cookies() == [], "readers get no cookie"
    reader.context.close()


def test_the_first_administrator_is_made_by_the_printed_link(page: Page, tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    printed = run(instance, "library", "init", "--empty").stdout
    token = re.search(r"/account/setup/(\S+)", printed)
    assert token
    with serving(instance, tmp_path) as server:
        # `serve` prints a link of its own; once one is used, none works any more.
        shown = None
        deadline = time.monotonic() + 20
        while shown is None and time.monotonic() < deadline:
            shown = re.search(r"/account/setup/(\S+)", server.log.read_text())
            time.sleep(0.1)
        assert shown
        page.goto(f"{server.url}/account/setup/{shown[1]}")
        page.get_by_label("E-mail address").fill("ada@example.org")
        page.get_by_label("New password").fill("a lantern for each")
        page.get_by_label("The same password again").fill("a lantern for each")
        page.get_by_role("button", name="Save and sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Desk")
        assert server.get(f"/account/setup/{shown[1]}")[0] == 410
        assert server.get(f"/account/setup/{token[1]}")[0] == 410
        page.goto("about:blank")  # a live page complains when its library goes away


def test_reading_works_without_javascript(page: Page, served: Server) -> None:
    context = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    plain = context.new_page()
    plain.goto(served.url)
    plain.get_by_role("searchbox").first.fill("prebunking")
    plain.get_by_role("main").get_by_role("button", name="Search").first.click()
    plain.locator("main a[href*='hl=']").first.click()
    expect(plain.locator("mark").first).to_be_visible()
    plain.goto(f"{served.url}/documents/countering-disinformation-guidebook/")
    plain.locator("main ol a").first.click()
    expect(plain.get_by_role("heading", level=1)).to_be_visible()
    context.close()


def test_nothing_is_asked_of_another_host_while_reading(page: Page, served: Server) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/documents/", "/search?q=disinformation", "/topics/", "/about/", "/no-such-page"):
        page.goto(served.url + path)
    assert [url for url in asked if not url.startswith(served.url)] == []
    assert page.context.cookies() == []
