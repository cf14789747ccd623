"""What readers take with them, in a browser without a line: a pack that searches itself, a guide kept on a phone."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from library.packing import terms
from tests.needs import needs
from tests.packing.conftest import fetch, shelf, stored
from tests.running import ROOT, Server

pytestmark = [pytest.mark.slow, needs("chromium")]
__all__ = ["fetch", "shelf", "stored"]
GUIDE = "/documents/countering-disinformation-guidebook/"


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A small window whose storage is its own; a script's error in it fails the test."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert errors == []


@pytest.fixture
def opened(fetch: Callable[[str], Path], shelf, phone: BrowserContext, tmp_path: Path) -> Page:
    """The first page of a pack of everything, unpacked, opened as a file with the network off."""
    with zipfile.ZipFile(fetch("/documents/collection.zip")) as archive:
        archive.extractall(tmp_path / "unpacked")
    (index,) = (tmp_path / "unpacked").glob("*/index.html")
    phone.set_offline(True)
    page = phone.new_page()
    page.goto(index.as_uri())
    return page


@pytest.mark.parametrize(
    ("words", "place", "marked"),
    [
        ("council decis", "Who reads it", "Council"),
        ("تَجمع", "التجمع السلمي", "التجمُّع"),
        ("自由从", "集会", "自由从"),
        ("ÁMID", "Pictures <shown>", "Amid"),
    ],
)
def test_unpacked_archive_finds_words_of_every_script_without_a_line(
    opened: Page, words: str, place: str, marked: str
) -> None:
    opened.get_by_role("searchbox").fill(words)
    opened.get_by_role("button", name="Search").click()
    result = opened.locator(".results li").filter(has=opened.get_by_role("link", name=place, exact=True)).first
    expect(result).to_be_visible()
    expect(opened.get_by_role("status")).to_contain_text("Places found: ")
    expect(result.locator("mark", has_text=marked).first).to_be_visible()
    result.get_by_role("link").click()
    expect(opened.locator("main mark").first).to_be_visible()
    assert opened.url.startswith("file:")


def test_unpacked_archive_says_when_it_finds_nothing(opened: Page) -> None:
    opened.get_by_role("searchbox").fill("zzyzx")
    expect(opened.get_by_role("status")).to_have_text("Nothing here has these words.")


def test_unpacked_archive_is_read_without_javascript(opened: Page, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(opened.url)
    expect(page.get_by_role("searchbox")).to_be_hidden()
    page.get_by_role("link", name="Look back").click()
    expect(page.get_by_text("A last word.")).to_be_visible()
    page.get_by_role("link", name="Previous").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Write it up")
    context.close()


def test_scripts_and_server_take_a_text_apart_alike(phone: BrowserContext) -> None:
    texts = [
        "Élan, Łódź & İstanbul: don't ½ ﬁne ΣΊΣΥΦΟΣ Straße", "وَالتَّجَمُّع بالحُرِّيَّة لِلْجَمِيع ی ک ﻻ ١٢٣",
        "集会自由从一个房间开始 ガギグ ｶﾞ 日本語のテスト", "เสรีภาพในการชุมนุม สิทธิ ກຸ່ມ ភាសាខ្មែរ မြန်မာ",
        "सभा की स्वतंत्रता বাংলা தமிழ் 한국어의 자유", "שָׁלוֹם עולם Ёлка съезд naïve_café x²", "👩‍💻 a\u200db \u0301x ａｂｃ",
    ]  # fmt: skip
    page = phone.new_page()
    page.add_script_tag(path=str(ROOT / "static" / "js" / "offline-search.js"))
    for text in texts:
        assert page.evaluate("text => librarySearch.words(text)", text) == list(terms.words(text))


def test_kept_guide_is_read_and_searched_without_a_line_and_taken_off_again(
    phone: BrowserContext, served: Server
) -> None:
    page = phone.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served.url + GUIDE)
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
    assert page.evaluate("caches.keys()") == []
    expect(page.get_by_role("button", name="Keep this guide on this phone")).to_be_visible()
    assert not [url for url in asked if "offline-store" in url], "what keeps guides comes with the press"
    page.get_by_role("button", name="Keep this guide on this phone").click()
    expect(page.get_by_role("status")).to_contain_text("Kept on this phone (", timeout=30_000)

    phone.set_offline(True)
    page.goto(served.url + GUIDE)
    page.get_by_role("link", name="Start reading").click()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Understand why falsehoods stick")
    assert page.evaluate("getComputedStyle(document.body).fontFamily") != "", "the styles are here too"

    page.goto(f"{served.url}/topics/")
    expect(page.get_by_text("There is no line, and this page is not kept on this phone.")).to_be_visible()
    expect(page.get_by_role("link", name="Countering disinformation: a guidebook")).to_be_visible()
    page.get_by_role("searchbox").fill("prebunking warns")
    found = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="What prebunking is"))
    expect(found.locator("mark").first).to_have_text("Prebunking")
    found.get_by_role("link").click()
    expect(page.get_by_text("Prebunking warns people of a falsehood")).to_be_in_viewport()

    page.goto(f"{served.url}/search?q=prebunking")
    expect(page.locator(".kept-found mark").first).to_have_text("Prebunking")
    chapter = f"{served.url}{GUIDE}prepare-people-before-it-spreads/?hl=prebunking"
    page.goto(chapter)
    expect(page.locator("main mark")).to_have_count(0)
    phone.set_offline(False)
    page.goto(chapter)
    expect(page.locator("main mark").first).to_be_visible()

    page.goto(f"{served.url}/kept/")
    page.get_by_role("button", name="Take everything off this phone").click()
    expect(page.get_by_role("status")).to_have_text("Nothing of the library is on this phone any more.")
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
    page.goto(f"{served.url}/topics/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Topics")
    assert phone.cookies() == []


def test_guide_is_kept_in_the_language_in_which_it_was_read(phone: BrowserContext, served: Server) -> None:
    page = phone.new_page()
    page.goto(f"{served.url}{GUIDE}")
    address = page.locator("link[rel=stylesheet]").first.get_attribute("href")
    page.goto(f"{served.url}/ar{GUIDE}")
    page.locator(".keep button[name=keep]").click()
    expect(page.locator(".keep button[name=remove]")).to_be_visible(timeout=30_000)
    phone.set_offline(True)
    page.goto(f"{served.url}/ar{GUIDE}")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    page.goto(f"{served.url}/ar/topics/")
    expect(page.locator(".kept-away")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert address


def test_newer_version_is_told_and_fetched_on_a_press(phone: BrowserContext, served: Server) -> None:
    page = phone.new_page()
    page.goto(served.url + GUIDE)
    page.get_by_role("button", name="Keep this guide on this phone").click()
    expect(page.get_by_role("status")).to_contain_text("Kept on this phone (", timeout=30_000)
    # What the library says is another version, as it would after a publication.
    told = page.request.get(f"{served.url}{GUIDE}keep.json").json()
    page.route("**/keep.json", lambda route: route.fulfill(json={**told, "version": "0" * 16}))
    page.goto(served.url + GUIDE)
    expect(page.get_by_role("status")).to_have_text("The library has a newer version than the one on this phone.")
    page.get_by_role("button", name="Update it").click()
    kept = "caches.keys().then(names => names.filter(name => name.startsWith('guide:')).join())"
    page.wait_for_function(f"{kept}.then(names => names === 'guide:{GUIDE}@{'0' * 16}')")
    page.unroute_all(behavior="ignoreErrors")  # the page asks once more after it was loaded anew


def test_nothing_is_kept_when_the_line_breaks_or_the_phone_is_full(phone: BrowserContext, served: Server) -> None:
    page = phone.new_page()
    page.route("**/find.json", lambda route: route.abort())
    page.goto(served.url + GUIDE)
    page.get_by_role("button", name="Keep this guide on this phone").click()
    expect(page.get_by_role("status")).to_have_text("The line broke, and nothing was kept. Try again.", timeout=30_000)
    assert page.evaluate("caches.keys()") == []
    page.unroute("**/find.json")
    page.evaluate(
        "() => { Cache.prototype.put = async () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    page.get_by_role("button", name="Keep this guide on this phone").click()
    expect(page.get_by_role("status")).to_have_text("There is not enough room on this phone. Nothing was kept.")
    assert page.evaluate("caches.keys()") == []


def test_without_javascript_there_are_packs_and_no_button(browser: Browser, served: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(served.url + GUIDE)
    expect(page.get_by_role("button", name="Keep this guide")).to_have_count(0)
    expect(page.get_by_role("link", name="EPUB")).to_be_visible()
    page.goto(f"{served.url}/kept/")
    expect(page.get_by_text("This browser cannot keep guides")).to_be_visible()
    context.close()
