"""Chromium, with a route that records every request, walks over the library as a reader; and leaves it quickly."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.needs import needs
from tests.running import Server, run, serving

pytestmark = [pytest.mark.slow, needs("chromium")]
MOST = 60  # pages; one of each kind is among the first
PLACES = ("/", "/search?q=information", "/search?q=zzzz", "/no-such-page", "/documents/nothing/", "/fr/", "/ar/topics/",
          "/account/", "/curate/", "/feed.json", "/api/v1/search?q=a", "/documents/?kind=article")  # fmt: skip
HOLDS = """() => ({cookies: document.cookie, local: {...localStorage}, session: {...sessionStorage}})"""


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_walk_asks_nothing_of_another_host_and_leaves_no_cookie(
    browser: Browser, served: Server, scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=scripts, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    elsewhere: list[str] = []
    cookies: list[str] = []

    def asked(request: Request) -> None:
        if urlsplit(request.url).netloc not in ("", urlsplit(served.url).netloc):
            elsewhere.append(request.url)

    context.on("request", asked)
    context.on("response", lambda answer: cookies.append(answer.url) if "set-cookie" in answer.headers else None)
    queue, known = [served.url + place for place in PLACES], set(PLACES)
    kinds: dict[str, int] = {}
    visited = 0
    while queue and visited < MOST:
        page.goto(queue.pop(0))
        visited += 1
        for link in page.locator("a[href]").evaluate_all("links => links.map(link => link.href)"):
            address = urldefrag(link)[0]
            path = urlsplit(address).path
            kind = "/".join(path.split("/")[:3])
            own = address.startswith(f"{served.url}/") and "/account/" not in path
            if own and address not in known and kinds.get(kind, 0) < 4 and "." not in path.rsplit("/", 1)[-1]:
                kinds[kind] = kinds.get(kind, 0) + 1
                known.add(address)
                queue.append(address)
    assert visited > 30
    assert elsewhere == []
    # Two of the addresses lead to the sign-in page, the one that has a cookie.
    assert {urlsplit(each).path for each in cookies} <= {"/account/login"}
    context.close()


def test_reading_leaves_no_cookie_and_nothing_else_in_the_browser(page: Page, served: Server) -> None:
    for place in ("/", "/documents/", "/topics/", "/search?q=information", "/about/"):
        page.goto(served.url + place)
        held = page.evaluate(HOLDS)
        assert (held["cookies"], held["local"], held["session"]) == ("", {}, {}), place
    assert page.context.cookies() == []


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """Another site, to leave to: it notes what it is told of where a visitor came from."""

    class Weather(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"<title>Weather</title><p>From: {self.headers.get('Referer', 'nowhere')}".encode())

        def log_message(self, *_said: object) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Weather)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def leaving(tmp_path_factory: pytest.TempPathFactory, elsewhere: str) -> Iterator[Server]:
    """A library with its starter pieces that can be left."""
    folder = tmp_path_factory.mktemp("leaving")
    instance = folder / "instance"
    run(instance, "library", "init")
    Path(instance / "config.py").write_text(f"LEAVE_URL = {elsewhere!r}\n")
    with serving(instance, folder) as server:
        yield server


def test_esc_twice_leaves_and_back_does_not_lead_here(page: Page, leaving: Server, elsewhere: str) -> None:
    page.goto("about:blank")
    page.goto(f"{leaving.url}/topics/")
    page.keyboard.press("Escape")
    page.wait_for_timeout(1200)
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    assert page.url == f"{leaving.url}/topics/", "one press, and another one later, do nothing"
    page.wait_for_timeout(1000)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(elsewhere)
    expect(page.get_by_text("From: nowhere")).to_be_visible()
    page.go_back()
    assert page.url == "about:blank"


def test_the_link_is_reached_early_stays_in_view_and_leaves(page: Page, leaving: Server, elsewhere: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("about:blank")
    page.goto(f"{leaving.url}/documents/countering-disinformation-guidebook/")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Leave quickly")
    expect(link).to_be_focused()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    box = link.bounding_box()
    assert box and 0 <= box["y"] < 844 and box["height"] >= 44
    link.click()
    page.wait_for_url(elsewhere)
    page.go_back()
    assert page.url == "about:blank"


def test_the_key_can_be_switched_off(page: Page, leaving: Server) -> None:
    page.goto(f"{leaving.url}/topics/")
    page.get_by_role("button", name="Turn this key off").click()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_timeout(500)
    assert page.url == f"{leaving.url}/topics/"
    page.get_by_role("button", name="Turn this key on").click()
    assert page.evaluate("localStorage.length") == 0


def test_the_page_is_hidden_before_the_other_site_answers(page: Page, leaving: Server) -> None:
    page.goto(f"{leaving.url}/topics/")
    seen = page.evaluate(
        """() => { document.querySelector(".ui-leave").click();
        return [getComputedStyle(document.documentElement).display, document.title]; }"""
    )
    assert seen[0] == "none" and "Topics" not in seen[1]


def test_without_scripts_the_link_leads_out(browser: Browser, leaving: Server, elsewhere: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{leaving.url}/topics/")
    expect(page.get_by_text("Esc pressed twice")).to_be_hidden()
    page.get_by_role("link", name="Leave quickly").click()
    expect(page.get_by_text("From: nowhere")).to_be_visible()
    context.close()
