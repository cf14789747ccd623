"""Reading in a browser: margin notes, words explained, the place kept, finding within, arriving from a search, paper."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.needs import needs
from tests.running import Server

pytestmark = [pytest.mark.slow, needs("chromium")]

GUIDE = "/documents/countering-disinformation-guidebook/"
CHAPTER = f"{GUIDE}know-what-you-are-facing/"


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A window of a phone in which no script runs."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, has_touch=True, locale="en-GB"
    )
    yield context.new_page()
    context.close()


def box(page: Page, selector: str) -> Any:
    found = page.locator(selector).first.bounding_box()
    assert found is not None, selector
    return found


def test_notes_stand_beside_the_place_that_names_them_on_a_wide_window_and_at_the_end_on_a_narrow_one(
    page: Page, served: Server
) -> None:
    page.goto(served.url + CHAPTER)
    reference, note, text = box(page, ".r1"), box(page, ".m1"), box(page, ".prose > p")
    assert abs(reference["y"] - note["y"]) < 40
    assert note["x"] >= text["x"] + text["width"]
    assert note["x"] + note["width"] <= 1280
    page.set_viewport_size({"width": 390, "height": 844})
    assert box(page, ".m1")["y"] > box(page, ".r1")["y"] + 500


def test_notes_close_to_each_other_do_not_lie_over_each_other(page: Page, served: Server) -> None:
    for chapter in page_chapters(page, served):
        page.goto(chapter)
        notes = sorted(
            (b["y"], b["y"] + b["height"])
            for b in (item.bounding_box() for item in page.locator("li[class^=m]").all())
            if b is not None
        )
        for (_, end), (begin, _) in zip(notes, notes[1:], strict=False):
            assert begin >= end - 1, chapter


def page_chapters(page: Page, served: Server) -> list[str]:
    page.goto(served.url + GUIDE)
    return [served.url + (link.get_attribute("href") or "") for link in page.locator(".chapter-line > a").all()]


def test_a_screen_reader_meets_each_note_once(page: Page, served: Server) -> None:
    page.goto(served.url + CHAPTER)
    assert page.locator("article").aria_snapshot().count("Wardle and Derakhshan,") == 1


def test_a_word_is_explained_on_hover_and_focus_and_put_away_by_escape(page: Page, served: Server) -> None:
    page.goto(served.url + CHAPTER)
    term = page.locator(".term").first
    shown = "el => getComputedStyle(el, '::after').display"
    content = "el => getComputedStyle(el, '::after').content"
    assert term.evaluate(content) in ("none", "normal")
    term.hover()
    assert "Wardle and Derakhshan" in term.evaluate(content)
    # The pointer may go over what is shown: it is a part of the word's own box.
    place = term.bounding_box()
    assert place is not None
    page.mouse.move(place["x"], place["y"] + place["height"] + 12)
    assert term.evaluate(shown) == "block"
    page.keyboard.press("Escape")
    assert term.evaluate(content) in ("none", "normal")
    page.mouse.move(5, 5)
    term.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert "Wardle and Derakhshan" in term.evaluate(content)


def test_the_first_tap_explains_a_word_and_the_second_leads_to_the_glossary(browser: Browser, served: Server) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(served.url + CHAPTER)
    term = page.locator(".term").first
    term.tap()
    assert page.url == served.url + CHAPTER
    assert "Wardle" in term.evaluate("el => getComputedStyle(el, '::after').content")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    term.tap()
    page.wait_for_url("**/glossary/#*")
    context.close()


def test_the_current_section_is_marked_in_the_contents(page: Page, served: Server) -> None:
    page.goto(served.url + CHAPTER + "#what-it-looks-like")
    expect(page.locator(".beside-text a[aria-current=location]")).to_have_text("What it looks like")
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator(".beside-text a[aria-current=location]")).not_to_have_text("What it looks like")


def test_a_headings_lasting_address_is_copied(browser: Browser, served: Server) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=served.url)
    page = context.new_page()
    page.goto(f"{served.url}{CHAPTER}?hl=rumour")
    page.locator("h2#what-it-looks-like a.heading").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(f"{CHAPTER}#what-it-looks-like")
    assert page.url.endswith("#what-it-looks-like")
    context.close()


def test_the_place_is_kept_in_the_browser_alone_and_forgotten_on_asking(page: Page, served: Server) -> None:
    requested: list[str] = []
    page.goto(served.url + GUIDE)
    expect(page.locator("[data-continue]")).to_have_count(0)
    page.on("request", lambda request: requested.append(request.method + request.url))
    page.goto(served.url + CHAPTER)
    page.locator(".turn").scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    kept = json.loads(page.evaluate("localStorage.getItem('reading:countering-disinformation-guidebook')"))
    assert kept["chapter"] == "know-what-you-are-facing"
    assert kept["read"] == ["know-what-you-are-facing"]
    assert page.context.cookies() == []
    assert all(url.startswith("GET" + served.url) for url in requested)
    page.goto(served.url + GUIDE)
    onward = page.get_by_role("link", name="Continue reading")
    assert CHAPTER in (onward.get_attribute("href") or "")
    expect(page.locator(".read-mark")).to_have_count(1)
    page.get_by_role("button", name="Forget my place").click()
    expect(page.locator("[data-continue]")).to_have_count(0)
    expect(page.locator(".read-mark")).to_have_count(0)
    expect(page.get_by_role("link", name="Start reading")).to_be_focused()
    assert page.evaluate("localStorage.length") == 0


def test_finding_within_a_guidebook_shows_the_places_without_leaving_the_page(page: Page, served: Server) -> None:
    page.goto(served.url + CHAPTER)
    page.get_by_label("Find in this guidebook").fill("rumour")
    page.keyboard.press("Enter")
    expect(page.locator("[data-found] .found-count")).to_contain_text("places")
    assert page.url == served.url + CHAPTER
    page.locator("[data-found] .found a").nth(2).click()
    page.wait_for_url("**hl=*")
    mark = page.locator(":target mark").first
    expect(mark).to_be_in_viewport()
    page.get_by_label("Find in this guidebook").fill("zzzz")
    page.keyboard.press("Enter")
    expect(page.locator("[data-found]")).to_contain_text("Nothing in this piece has these words.")


def test_all_of_it_works_without_a_script(plain: Page, served: Server) -> None:
    plain.goto(served.url + GUIDE)
    plain.get_by_label("Find in this guidebook").fill("rumour")
    plain.keyboard.press("Enter")
    plain.wait_for_url("**/find?q=rumour")
    plain.locator(".found a").nth(2).click()
    expect(plain.locator(":target mark").first).to_be_in_viewport()
    plain.goto(served.url + CHAPTER)
    expect(plain.locator("[data-continue]")).to_have_count(0)
    plain.locator(".term").first.click()
    plain.wait_for_url("**/glossary/#*")
    expect(plain.locator(":target")).to_be_in_viewport()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 900), (320, 568)])
def test_who_arrives_from_a_search_sees_the_passage_and_nothing_lies_over_it(
    browser: Browser, served: Server, width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.route("**/*.js*", lambda route: route.abort())  # the page's own scripts; this test's are needed to look
    for words in ("rumour", "Wardle", "inoculation"):
        page.goto(f"{served.url}/search?q={words}")
        places = [link.get_attribute("href") or "" for link in page.locator("main a[href*='hl=']").all()]
        assert places
        for place in dict.fromkeys(places):
            page.goto(served.url + place)
            assert page.evaluate(IN_SIGHT), (place, width)
    context.close()


IN_SIGHT = """() => {
  const target = document.querySelector(":target");
  const shown = target?.querySelector("mark") ?? target;
  const box = shown.getBoundingClientRect();
  if (box.top < 0 || box.top + 20 > innerHeight || box.left < 0 || box.right > innerWidth) return false;
  const above = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 10));
  return target.contains(above);
}"""


def test_a_chapter_and_a_whole_guide_make_a_good_pdf(page: Page, served: Server, tmp_path: Path) -> None:
    made = tmp_path / "chapter.pdf"
    page.goto(served.url + CHAPTER)
    page.pdf(path=str(made), prefer_css_page_size=True)
    text = said(made)
    assert "Know what you are facing" in text
    assert CHAPTER in text.replace("\r\n", "")
    assert "Wardle and Derakhshan, Information Disorder" in text
    assert "1 / " in text
    assert "Find in this guidebook" not in text
    page.goto(f"{served.url}{GUIDE}revisions/1/")
    page.pdf(path=str(made), prefer_css_page_size=True)
    whole = said(made)
    assert whole.index("Know what you are facing") < whole.index("Stay within rights") < whole.rindex("Glossary")
    assert len(pdfium.PdfDocument(made)) > 10


def said(path: Path) -> str:
    document = pdfium.PdfDocument(path)
    text = "\n".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
    return text.replace("\ufffe", "-")  # how PDFium writes a hyphen at the end of a line
