"""What is printed: the text, black on white whatever the screen shows, without what only a screen can use."""

from __future__ import annotations

import io

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.needs import needs
from tests.running import Server

pytestmark = [pytest.mark.slow, needs("chromium")]
PIECE = "/documents/three-ways-to-better-govern-the-use-of-ai/"
COLOURS = """() => [document.documentElement, document.querySelector(".prose p"), document.querySelector("h1")].map(
  (each) => [getComputedStyle(each).color, getComputedStyle(each).backgroundColor])"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_piece_is_printed_black_on_white_with_where_it_is_from(browser: Browser, served: Server, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(served.url + PIECE)
    page.emulate_media(media="print")
    seen = page.evaluate(COLOURS)
    assert seen[0][1] == "rgb(255, 255, 255)"
    assert {colour for colour, _ground in seen} == {"rgb(0, 0, 0)"}
    for hidden in (".ui-nav", ".ui-languages", ".ui-skip", ".ui-footer nav"):
        assert not page.locator(hidden).first.is_visible(), hidden
    printed = PdfReader(io.BytesIO(page.pdf(format="A4")))
    words = " ".join(" ".join(sheet.extract_text().split()) for sheet in printed.pages)
    assert "Three ways" in words and "Revision 1" in words and "Skip to the content" not in words
    assert 2 < len(printed.pages) < 20
    context.close()
