"""The home page in Chromium: more pieces lie down in place, without a script they are on a page of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.needs import needs
from tests.running import Server, run, serving

pytestmark = [pytest.mark.slow, needs("chromium")]
PIECES = 30


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A library of PIECES pieces, without the starter's."""
    folder = tmp_path_factory.mktemp("home")
    instance, texts = folder / "instance", folder / "texts"
    texts.mkdir()
    for number in range(1, PIECES + 1):
        (texts / f"{number:02}.md").write_text(f"# Lantern number {number:02}\n\nA text about lantern {number}.\n")
    run(instance, "library", "init", "--empty")
    run(instance, "library", "import", "--publish", str(texts))
    with serving(instance, folder) as server:
        yield server


def shown(page: Page) -> list[str]:
    return page.locator("#ui-cards h3").all_inner_texts()


def test_more_pieces_come_in_place_are_told_and_have_the_focus(page: Page, library: Server) -> None:
    page.goto(library.url)
    assert len(shown(page)) == 12
    page.get_by_role("link", name="Show more").press("Enter")
    expect(page.locator("#ui-cards > li")).to_have_count(24)
    expect(page.locator("#ui-came")).to_have_text("12 more pieces; 24 of 30 are shown.")
    focused = page.evaluate("[...document.querySelectorAll('#ui-cards a')].indexOf(document.activeElement)")
    assert focused == 12
    assert page.url.rstrip("/") == library.url.rstrip("/")
    page.get_by_role("link", name="Show more").click()
    expect(page.locator("#ui-more")).to_contain_text("These are all 30 pieces.")
    assert len(set(shown(page))) == PIECES
    assert page.locator("#ui-cards h2").count() == 0


def test_reader_who_comes_back_finds_the_list_as_it_was(page: Page, library: Server) -> None:
    page.goto(library.url)
    page.get_by_role("link", name="Show more").click()
    expect(page.locator("#ui-cards > li")).to_have_count(24)
    page.locator("#ui-cards a").nth(20).click()
    expect(page.locator("h1")).to_contain_text("Lantern number")
    page.go_back()
    expect(page.locator("#ui-cards > li")).to_have_count(24)
    page.wait_for_function("scrollY > 500")
    page.reload()
    expect(page.locator("#ui-cards > li")).to_have_count(24)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_what_cannot_be_laid_leads_to_the_page_itself(page: Page, library: Server) -> None:
    page.goto(library.url)
    first = True

    def once(route: object) -> None:
        nonlocal first
        if first:
            first = False
            route.fulfill(status=404)  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route("**/?page=2*", once)
    page.get_by_role("link", name="Show more").click()
    page.wait_for_url("**/?page=2#ui-new")
    assert page.locator("#ui-cards > li").count() == 12
    page.unroute("**/?page=2*")


def test_without_a_script_every_page_can_be_reached(browser: Browser, library: Server) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(library.url)
    seen: list[str] = []
    while True:
        seen += page.locator("#ui-cards bdi").all_inner_texts()
        more = page.get_by_role("link", name="Show more")
        if not more.count():
            break
        more.click()
    context.close()
    titles = [title for title in seen if title.startswith("Lantern")]
    assert len(titles) == len(set(titles)) == PIECES


def test_cover_pictures_lie_within_their_cards_from_right_to_left_too(
    page: Page, library: Server, tmp_path: Path
) -> None:
    for prefix in ("", "ar/"):
        page.goto(f"{library.url.rstrip('/')}/{prefix}")
        for box in page.locator(".card").all():
            card, cover = box.bounding_box(), box.locator(".cover").bounding_box()
            assert card and cover
            assert card["x"] - 1 <= cover["x"] and cover["x"] + cover["width"] <= card["x"] + card["width"] + 1
