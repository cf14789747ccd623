"""Twelve kinds of page and more, walked through Chromium's accessibility tree, and looked at narrow, enlarged, unmoving."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import walking
from tests.browser.test_whole_way import sign_in
from tests.needs import needs
from tests.running import Server

pytestmark = [pytest.mark.slow, needs("chromium")]
GUIDE = "/documents/countering-disinformation-guidebook/"
PAGES = {
    "home": "/",
    "shelf": "/documents/?kind=article",
    "article": "/documents/three-ways-to-better-govern-the-use-of-ai/",
    "article in Arabic": "/documents/muwajahat-al-malumat-al-darra/",
    "cover": GUIDE,
    "chapter": "{chapter}",
    "revision": f"{GUIDE}revisions/1/",
    "topics": "/topics/",
    "topic": "/topics/information-integrity/",
    "country": "/countries/KE/",
    "about": "/about/",
    "search": "/search?q=information",
    "search with filters": "/search?q=information&kind=article&kind=guidebook",
    "nothing found": "/search?q=zzzzqqqq",
    "not found": "/no-such-page",
    "sign-in": "/account/login",
}
DESK = ("/curate/", "/curate/upload", "/curate/new", "/curate/jobs/", "/curate/topics/new", "/curate/queries/", "/curate/log/",
        f"/curate{GUIDE}", f"/curate{GUIDE}history", "/account/")  # fmt: skip


@pytest.fixture(scope="module")
def chapter(browser: Browser, served: Server) -> str:
    """The path of a chapter."""
    page = browser.new_page()
    page.goto(served.url + GUIDE)
    path = str(page.locator(".chapter-line > a").nth(1).get_attribute("href"))
    page.close()
    return path


@pytest.fixture(params=list(PAGES))
def path(request: pytest.FixtureRequest, chapter: str) -> str:
    return PAGES[request.param].format(chapter=chapter)


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A narrow window whose person wants no motion."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_a_screen_reader_finds_its_way(page: Page, served: Server, path: str) -> None:
    page.goto(served.url + path)
    assert walking.faults(walking.tree(page)) == []
    assert page.evaluate(walking.STRANGE) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_what_is_read_in_order_is_seen_in_order(page: Page, served: Server, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(served.url + path)
    assert page.evaluate(walking.ORDER) == []
    page.goto(f"{served.url}/ar{path}")
    assert page.evaluate(walking.ORDER) == []


def test_nothing_is_cut_off_at_320_pixels_or_with_letters_twice_as_large(
    phone: Page, served: Server, path: str
) -> None:
    for width, size in ((320, "100%"), (390, "200%"), (1280, "200%")):
        phone.set_viewport_size({"width": width, "height": 844})
        phone.goto(served.url + path)
        phone.evaluate("size => { document.documentElement.style.fontSize = size; }", size)
        assert phone.evaluate(walking.SIDEWAYS) == [], (width, size)
        assert phone.evaluate(walking.UNREACHED) == [], (width, size)


def test_a_wide_table_beside_the_page_of_an_original_scrolls_by_itself(
    phone: Page, served: Server, chapter: str
) -> None:
    phone.goto(served.url + chapter)
    phone.evaluate("""() => {
      const cells = '<td>Ease of finding what one came for</td>'.repeat(9);
      document.querySelector('main').innerHTML = `<div class="facing"><figure class="sheet"><img alt=""></figure>
        <div class="prose"><div class="scroll" tabindex="0"><table><tbody><tr>${cells}</tr></tbody></table></div></div></div>`;
    }""")
    for width in (320, 390, 1280):
        phone.set_viewport_size({"width": width, "height": 844})
        assert phone.evaluate(walking.SIDEWAYS) == [], width


def test_nothing_moves_for_those_who_want_no_motion(phone: Page, served: Server, path: str) -> None:
    phone.goto(served.url + path)
    assert phone.evaluate(walking.MOVING) == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_focus_is_never_hidden(page: Page, served: Server, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    page.goto(served.url + path)
    page.evaluate("document.activeElement.blur()")
    passed = 0
    for _step in range(70):
        page.keyboard.press("Tab")
        focused = page.evaluate(walking.FOCUSED)
        if focused is None:
            break
        passed += 1
        assert focused["seen"] and focused["marked"], focused["who"]
    assert passed > 5


def test_the_skip_link_is_first_and_skips(page: Page, served: Server, path: str) -> None:
    page.goto(served.url + path)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#ui-main"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "ui-main"
    page.keyboard.press("Tab")
    inside = page.evaluate("!!document.activeElement.closest('main') || !!document.activeElement.closest('footer')")
    assert inside, "the next stop is in the content"


def test_titles_in_another_language_say_which(page: Page, served: Server) -> None:
    page.goto(f"{served.url}/documents/")
    languages = page.locator(".row bdi[lang], .card bdi[lang]").evaluate_all("all => all.map((e) => e.lang)")
    assert {"ar", "fr", "es", "en"} <= set(languages)
    page.goto(f"{served.url}/search?q=information+l'information+%D8%A7%D9%84%D9%85%D8%B9%D9%84%D9%88%D9%85%D8%A7%D8%AA")
    assert page.locator(".hit h3 bdi:not([lang])").count() == 0


def test_the_desk_is_walked_as_well(page: Page, served: Server) -> None:
    sign_in(page, served)
    for path in DESK:
        page.goto(served.url + path)
        assert walking.faults(walking.tree(page)) == [], path
        page.set_viewport_size({"width": 320, "height": 844})
        assert page.evaluate(walking.SIDEWAYS) == [], path
        assert page.evaluate(walking.UNREACHED) == [], path
        page.set_viewport_size({"width": 1280, "height": 900})


def test_a_refused_form_has_the_focus_at_its_summary(browser: Browser, served: Server) -> None:
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(f"{served.url}/account/login")
        page.get_by_role("main").get_by_role("button", name="Sign in").click()
        page.wait_for_selector(".summed")
        focused = page.locator(":focus")
        assert "summed" in str(focused.get_attribute("class"))
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.locator(":focus").get_attribute("id") == "email"
        context.close()
