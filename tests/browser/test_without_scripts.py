"""Everything a reader does, in Chromium with JavaScript off and in a browser of text."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.needs import needs
from tests.running import Server

pytestmark = pytest.mark.slow
GUIDE = "countering-disinformation-guidebook"


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A phone's window that runs no script."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


@needs("chromium")
def test_searching_filtering_and_arriving_need_no_script(plain: Page, served: Server) -> None:
    plain.goto(served.url)
    plain.get_by_role("searchbox").first.fill("information")
    plain.get_by_role("searchbox").first.press("Enter")
    total = int(re.findall(r"\d+", plain.locator(".total").first.inner_text())[0])
    assert total > 1
    plain.locator("details.filters > summary").click()
    plain.locator(".facet a", has_text="Guidebook").first.click()
    assert "kind=guidebook" in plain.url
    narrowed = int(re.findall(r"\d+", plain.locator(".total").first.inner_text())[0])
    assert 0 < narrowed < total
    plain.locator("main a[href*='hl='][href*='#']").first.click()
    assert "#" in plain.url
    target = plain.locator(f"[id='{plain.url.rpartition('#')[2]}']").first
    expect(target).to_be_in_viewport()
    expect(plain.locator("mark").first).to_be_attached()


@needs("chromium")
def test_searching_without_words_in_the_address_needs_no_script(plain: Page, served: Server) -> None:
    plain.goto(f"{served.url}/search")
    plain.get_by_role("searchbox").first.fill("information")
    plain.get_by_role("button", name="Search without a trace in the address").click()
    assert plain.url == f"{served.url}/search"
    plain.locator("details.filters > summary").click()
    plain.locator(".facet button", has_text="Article").first.click()
    assert plain.url == f"{served.url}/search"
    expect(plain.locator(".hit").first).to_be_visible()


@needs("chromium")
def test_reading_on_and_taking_along_need_no_script(plain: Page, served: Server) -> None:
    plain.goto(f"{served.url}/documents/{GUIDE}/")
    plain.locator(".chapters a").first.click()
    first = plain.url
    plain.get_by_role("link", name=re.compile("Next")).first.click()
    assert plain.url != first and f"/documents/{GUIDE}/" in plain.url
    with plain.expect_response(re.compile(rf"/{GUIDE}\.md$")) as answered:
        plain.goto(f"{served.url}/documents/{GUIDE}/")
        plain.get_by_role("link", name="Markdown").first.click()
    assert answered.value.ok
    plain.goto(served.url)
    plain.locator(".ui-languages summary").click()
    expect(plain.locator(".ui-languages li a").first).to_be_visible()
    more = plain.get_by_role("link", name=re.compile("^Show more"))
    if more.count():
        more.first.click()
        expect(plain.locator(".card, .row").first).to_be_visible()


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of a text browser whose own folder is new, so that what it keeps can be seen."""
    return {**os.environ, "HOME": str(tmp_path), "TERM": "dumb", "LC_ALL": "C.UTF-8"}


class Text:
    """w3m before a library: pages as they are read, and sources."""

    def __init__(self, served: Server, environment: dict[str, str]) -> None:
        self.served, self.environment = served, environment

    def read(self, path: str, *more: str) -> str:
        return self._run("-dump", path, *more).decode()

    def source(self, path: str) -> bytes:
        sent = self._run("-dump_source", path)
        return gzip.decompress(sent) if sent.startswith(b"\x1f\x8b") else sent  # w3m shows it as it was sent

    def links(self, path: str) -> list[str]:
        """Addresses at the end of the page, as `-o display_link_number=1` lists them."""
        listed = self.read(path, "-o", "display_link_number=1").rpartition("References:")[2]
        return re.findall(r"^\[\d+\] (\S+)", listed, re.MULTILINE)

    def _run(self, way: str, path: str, *more: str) -> bytes:
        command = ["w3m", "-cookie", "-cols", "100", *more, way, self.served.url + quote(path, safe="/?=&%#+")]
        done = subprocess.run(command, env=self.environment, capture_output=True, timeout=60, check=True)
        return done.stdout


@pytest.fixture
def text(served: Server, home: dict[str, str]) -> Text:
    return Text(served, home)


@needs("w3m")
def test_a_text_browser_reads(text: Text) -> None:
    front = text.read("/")
    assert "Follow:" in front and "Skip to the content" in front
    cover = text.read(f"/documents/{GUIDE}/")
    assert "About this piece" in cover and "min" in cover
    chapters = [link for link in text.links(f"/documents/{GUIDE}/") if re.search(rf"/documents/{GUIDE}/[^/]+/$", link)]
    assert len(chapters) >= 3
    chapter = text.read(chapters[1].removeprefix(text.served.url))
    assert "Next" in chapter and "Previous" in chapter and len(chapter) > 1000


@needs("w3m")
def test_a_text_browser_searches_and_filters(text: Text) -> None:
    found = text.read("/search?q=information")
    assert re.search(r"\d+ pieces found", found) and "Filter" in found
    ways = [link for link in text.links("/search?q=information") if "kind=guidebook" in link]
    assert ways, "filters are links"
    narrowed = text.read(ways[0].removeprefix(text.served.url))
    assert "Remove the filter" in narrowed
    place = next(link for link in text.links("/search?q=information") if "hl=" in link and "#" in link)
    assert len(text.read(place.removeprefix(text.served.url))) > 500
    assert "Nothing" in text.read("/search?q=zzzzqqqq") or "nothing" in text.read("/search?q=zzzzqqqq").lower()


@needs("w3m")
def test_a_text_browser_sends_words_out_of_the_address(text: Text, tmp_path: Path) -> None:
    posted = tmp_path / "posted"
    posted.write_text("q=information")
    found = text.read("/search", "-post", str(posted))
    assert re.search(r"\d+ pieces found", found)


@needs("w3m")
def test_a_text_browser_follows_feeds_and_takes_texts_along(text: Text) -> None:
    assert text.source("/feed.atom").lstrip().startswith(b"<?xml") and b"<entry" in text.source("/feed.atom")
    assert b"<entry" in text.source("/search.atom?q=information")
    taken = text.source(f"/documents/{GUIDE}/{GUIDE}.md").decode()
    assert taken.startswith("---") and "\n# " in taken
    assert len(text.source(f"/documents/{GUIDE}/{GUIDE}.txt")) > 1000


@needs("w3m")
def test_a_text_browser_is_given_no_cookie(text: Text, tmp_path: Path) -> None:
    for path in ("/", "/documents/", "/search?q=information", "/no-such-page"):
        text.read(path)
    kept = [path for path in tmp_path.rglob("cookie") if path.stat().st_size]
    assert kept == []


@needs("w3m")
def test_a_text_browser_reads_arabic(text: Text) -> None:
    assert re.search(r"[\u0600-\u06ff]{4,}", text.read("/documents/muwajahat-al-malumat-al-darra/"))
