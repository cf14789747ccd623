"""The search page in a browser: results while one types, suggestions, keys, and the same without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.needs import needs
from tests.running import Server

pytestmark = [pytest.mark.slow, needs("chromium")]

SPARING = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"


def said(page: Page) -> str:
    return page.locator("#ui-said").inner_text()


@pytest.fixture
def asked(page: Page) -> list[Request]:
    """What the page asks the library for, in order."""
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))
    return requests


@pytest.fixture
def lone(browser: Browser) -> Iterator[Page]:
    """A window in which a lost line is no error of the test."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def test_results_come_while_one_types_and_focus_caret_and_history_stay(page: Page, served: Server) -> None:
    page.goto(f"{served.url}/search?kind=article")
    before = page.evaluate("history.length")
    box = page.get_by_role("combobox")
    box.press_sequentially("identity risks", delay=20)
    for _ in range(6):
        box.press("ArrowLeft")
    expect(page.locator(".hit").first).to_be_visible()
    expect(page.locator("#ui-said")).to_contain_text("found")
    assert page.locator(".total").inner_text().startswith(said(page))
    expect(box).to_be_focused()
    assert box.evaluate("box => box.selectionStart") == len("identity")
    page.wait_for_url(f"{served.url}/search?q=identity+risks&kind=article")
    assert page.evaluate("history.length") == before
    assert "identity risks" in page.title()
    assert page.locator("link[type='application/atom+xml']").get_attribute("href") == (
        "/search.atom?q=identity+risks&kind=article"
    )
    page.reload()
    expect(page.locator(".hit").first).to_be_visible()


def test_leaving_before_the_pause_keeps_the_question_to_come_back_to(page: Page, served: Server) -> None:
    page.goto(f"{served.url}/search")
    page.get_by_role("combobox").press_sequentially("disinformation")
    expect(page.locator(".hit").first).to_be_visible()
    page.get_by_role("combobox").press("Escape")
    page.locator(".hit h3 a").first.click()
    page.wait_for_url("**/documents/**")
    page.go_back()
    assert page.url == f"{served.url}/search?q=disinformation"
    expect(page.locator(".hit").first).to_be_visible()


def test_an_answer_that_is_late_does_not_replace_the_newer_one(page: Page, served: Server) -> None:
    held: list[Route] = []
    page.route("**/search?q=disinformation", lambda route: held.append(route))
    page.goto(f"{served.url}/search")
    box = page.get_by_role("combobox")
    with page.expect_request("**/search?q=disinformation"):
        box.press_sequentially("disinformation")
    expect(page.locator("#ui-going")).to_have_text("Searching…")
    box.fill("privacy")
    expect(page.locator("#ui-said")).to_contain_text("found")
    expect(page.locator("#ui-going")).to_be_hidden()
    for route in held:
        route.abort()
    assert "privacy" in page.title() and page.locator(".snippet mark").first.inner_text().lower() == "privacy"


def test_a_lost_line_is_said_and_the_results_stay(lone: Page, served: Server) -> None:
    lone.goto(f"{served.url}/search?q=privacy")
    lone.route("**/search?q=privacy+law", lambda route: route.abort())
    lone.get_by_role("combobox").press("End")
    lone.keyboard.type(" law")
    expect(lone.locator("#ui-going")).to_contain_text("Press Search to try again")
    assert "could not be fetched" in said(lone) and lone.locator(".hit").count()


def test_a_private_search_puts_no_word_into_any_address(page: Page, served: Server, asked: list[Request]) -> None:
    page.goto(f"{served.url}/search")
    page.get_by_role("button", name="Search without a trace").click()
    box = page.get_by_role("combobox")
    box.press_sequentially("disinf")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press_sequentially("ormation")
    expect(page.locator("#ui-said")).to_contain_text("found")
    page.locator(".facet").get_by_role("button", name="Guidebook").click()
    expect(page.locator(".chips").get_by_text("Guidebook")).to_be_visible()
    page.wait_for_timeout(1500)
    assert page.url == f"{served.url}/search" and "disinformation" not in page.title()
    assert not [one.url for one in asked if "disinf" in unquote_plus(one.url) and "/search" in one.url]
    assert not [one.url for one in asked if "/suggest?" in one.url]
    assert "hl=" not in "".join(page.locator(".hit a").evaluate_all("links => links.map(link => link.href)"))


def test_suggestions_are_walked_by_arrows_closed_by_escape_and_chosen_by_enter(page: Page, served: Server) -> None:
    page.goto(f"{served.url}/search")
    box = page.get_by_role("combobox")
    box.press_sequentially("free")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    box.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("free")
    box.press_sequentially("d")
    expect(options.first).to_be_visible()
    text = options.last.inner_text()
    box.press("ArrowUp")
    box.press("Enter")
    page.wait_for_url("**/search?q=*")
    expect(page.get_by_role("combobox")).to_have_value(text)


def test_slash_leads_to_the_box_from_every_page_but_is_a_sign_where_one_writes(page: Page, served: Server) -> None:
    page.goto(f"{served.url}/topics/")
    page.keyboard.press("/")
    page.wait_for_url(f"{served.url}/search")
    page.locator("body").press("/")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    box.press_sequentially("and/or")
    expect(box).to_have_value("and/or")
    page.goto(served.url)
    page.keyboard.press("/")
    expect(page.locator("#ui-q")).to_be_focused()


def test_arrows_and_letters_walk_through_results_and_escape_leads_back(page: Page, served: Server) -> None:
    page.goto(f"{served.url}/search?q=information")
    titles = page.locator(".hit h3 a")
    page.keyboard.press("j")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    expect(titles.nth(2)).to_be_focused()
    page.keyboard.press("k")
    expect(titles.nth(1)).to_be_focused()
    page.keyboard.press("Escape")
    box = page.get_by_role("combobox")
    expect(box).to_be_focused()
    box.press("ArrowDown")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    box.press("ArrowDown")
    target = str(titles.nth(0).get_attribute("href"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{target}")


def test_single_keys_can_be_switched_off_and_stay_off(page: Page, served: Server) -> None:
    page.goto(f"{served.url}/search?q=information")
    page.get_by_text("Keyboard").click()
    page.get_by_label("Keys that are single letters").uncheck()
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement === document.body")
    page.goto(f"{served.url}/topics/")
    page.keyboard.press("/")
    page.wait_for_timeout(300)
    assert page.url == f"{served.url}/topics/"


def test_on_a_line_that_is_paid_by_the_byte_only_the_form_asks(
    page: Page, served: Server, asked: list[Request]
) -> None:
    page.add_init_script(SPARING)
    page.goto(f"{served.url}/search")
    asked.clear()
    box = page.get_by_role("searchbox")
    box.press_sequentially("privacy")
    page.wait_for_timeout(800)
    assert not [one.url for one in asked if "/search" in one.url or "/suggest" in one.url]
    box.press("Enter")
    page.wait_for_url("**/search?q=privacy")


def test_everything_is_done_without_scripts(browser: Browser, served: Server) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{served.url}/search")
    page.locator(".beginning").get_by_role("link").first.click()
    page.goto(f"{served.url}/search?q=freedom")
    page.locator(".filters > summary").click()
    page.locator(".facet").get_by_role("link", name="Article").click()
    expect(page.locator(".chips")).to_contain_text("Article")
    page.locator(".filters summary").first.click()
    expect(page.locator(".filters > summary")).to_contain_text("1 is on")
    page.locator(".chips a").click()
    assert page.url.endswith("/search?q=freedom")
    page.get_by_role("button", name="Search without a trace").click()
    assert page.url == f"{served.url}/search" and page.locator(".hit").count()
    expect(page.get_by_text("You are searching without a trace")).to_be_visible()
    expect(page.locator("#ui-keys")).to_be_hidden()
    context.close()
