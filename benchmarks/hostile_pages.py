"""Every page made of hostile texts, opened in Chromium: no script runs, nothing is asked of other machines.

A throw-away instance is filled with pieces made of hostile files, payloads, titles and link targets, indexed and served
on loopback. On each page a planted alert and a planted global would tell of a script; the page's own elements are
looked through for handlers, addresses of odd schemes and frames; requests to other hosts, dialogs and whatever the
content policy had to stop are counted as failures too, since the text should have been clean before.
"""

from __future__ import annotations

import json
import logging
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask
from lxml import etree
from lxml import html as lxml_html
from werkzeug.serving import make_server

from indexer.rebuilding import rebuild
from library import create_app
from library.access.models import Role, User
from library.catalogue import documents
from library.catalogue.errors import BadMetadata, NothingToPublish
from library.catalogue.metadata import from_front_matter
from library.catalogue.models import Document
from library.catalogue.rendering import render
from library.catalogue.source import CatalogueSource
from library.extensions import db
from library.ingest import Extraction, drafting

PAYLOADS_A_PIECE = 40
PLANTED = (
    "window.ran = []; for (const name of ['alert', 'confirm', 'prompt']) window[name] = x => window.ran.push(name);"
)
AUDIT = """() => {
  const bad = [];
  const schemes = ['http:', 'https:', 'mailto:', 'data:'];
  for (const element of document.querySelectorAll('*')) {
    for (const {name, value} of element.attributes) {
      if (name.startsWith('on') || name === 'srcdoc' || (name === 'style' && element.closest('main'))) bad.push(name);
      if (['href', 'src', 'action', 'formaction', 'xlink:href', 'poster', 'background'].includes(name)) {
        let scheme = 'http:';
        try { scheme = new URL(value, location.href).protocol } catch { }
        if (value.startsWith('#')) continue;
        if (!schemes.includes(scheme) || (scheme === 'data:' && name !== 'src')) bad.push(`${name}=${value}`);
      }
    }
    if (['IFRAME', 'OBJECT', 'EMBED', 'APPLET', 'BASE', 'MATH', 'FRAME'].includes(element.tagName)) bad.push(element.tagName);
    if (element.tagName === 'SCRIPT' && new URL(element.src || 'x:').origin !== location.origin) bad.push('script');
  }
  if (window.pwned !== undefined) bad.push('pwned');
  return [...bad, ...(window.ran || [])];
}"""
TRIGGER = """() => {
  for (const element of document.querySelectorAll('main *')) {
    for (const kind of ['mouseover', 'focus', 'error', 'load', 'toggle', 'animationstart', 'pointerenter'])
      element.dispatchEvent(new Event(kind, {bubbles: false}));
  }
}"""


@dataclass
class Visit:
    """What went wrong in Chromium so far, by address."""

    failures: dict[str, list[str]] = field(default_factory=dict)
    opened: int = 0

    def note(self, address: str, what: str) -> None:
        self.failures.setdefault(address, []).append(what[:200])


def run(folder: Path, extractions: Sequence[Extraction], every: int) -> int:
    """Fill, serve, open; prints what failed and returns how many addresses did."""
    with tempfile.TemporaryDirectory() as place:
        app = create_app(Path(place), TESTING=True, WTF_CSRF_ENABLED=False, RESULTS_PER_PAGE=50)
        with app.app_context():
            db.create_all()
            slugs = [*_from_files(extractions), *_from_lists(folder)]
            rebuild(CatalogueSource(), Path(place) / "index")
            cookie = _curator(app)
            db.session.remove()
        with _served(app) as address:
            visit = Visit()
            _open_all(address, slugs[::every], cookie, list(_payloads(folder))[::every], visit, folder)
            app.extensions.clear()
    print(f"{visit.opened} pages opened in Chromium, {len(visit.failures)} with something that must not be.")
    for where, what in visit.failures.items():
        print(f"  {where}: {'; '.join(dict.fromkeys(what))}")
    return len(visit.failures)


def _from_files(extractions: Sequence[Extraction]) -> Iterator[str]:
    """Pieces of the files that can be read."""
    for extraction in extractions:
        if extraction.readable:
            prepared = drafting.prepare(extraction)
            document = documents.create(
                prepared.metadata,
                prepared.extraction.markdown,
                receipt=extraction.receipt(),
                rendered=prepared.rendered,
            )
            if prepared.says_something:
                documents.publish(document)
            yield document.slug


def _from_lists(folder: Path) -> Iterator[str]:
    """Pieces of titles, items of feeds, targets of links and payloads."""
    for line in _lines(folder / "lists/titles.jsonl"):
        yield _piece({"title": line["title"], "summary": line["title"], "authors": [line["title"]]}, line["title"])
    for line in _lines(folder / "lists/feed_items.jsonl"):
        fields = {"title": line["title"], "summary": line["summary"], "source": line["link"], "published": line["date"]}
        yield _piece(fields, line["summary"])
    targets = [line["target"] for line in _lines(folder / "lists/link_targets.jsonl")]
    body = "\n\n".join(
        f'[inline {n}]({t}) [pointed {n}](<{t}>) [by name {n}][t{n}] ![image {n}]({t}) <{t}> <a href="{t}">tag {n}</a>'
        f"\n\n[t{n}]: {t}"
        for n, t in enumerate(targets)
    )
    yield _piece({"title": "Targets of links"}, body)
    payloads = list(_payloads(folder))
    for at in range(0, len(payloads), PAYLOADS_A_PIECE):
        body = "\n\n".join(
            f"## Payload {n}\n\n{text}" for n, text in enumerate(payloads[at : at + PAYLOADS_A_PIECE], at)
        )
        yield _piece({"title": f"Payloads from {at}"}, body)


def _piece(fields: dict[str, Any], body: str) -> str:
    try:
        metadata, _warnings = from_front_matter(fields, "Untitled", "en")
    except BadMetadata:  # a title of which nothing is seen is refused, as a curator would be told
        metadata, _warnings = from_front_matter(
            {**fields, "title": "Without a title that can be seen"}, "Untitled", "en"
        )
    document: Document = documents.create(metadata, body if body.strip() else "Text.")
    # All of it may be markup that is taken out; the curator still sees it at the desk.
    with suppress(NothingToPublish):
        documents.publish(document)
    return document.slug


def _payloads(folder: Path) -> Iterator[str]:
    for path in sorted((folder / "real").glob("*.jsonl")):
        for line in _lines(path):
            for key in ("payload", "input", "string", "markdown"):
                if isinstance(line.get(key), str):
                    yield line[key].encode("utf-8", "replace").decode()


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line.strip():
            yield json.loads(line)


def _curator(app: Flask) -> str:
    user = User(email="curator@example.org", name="A curator", role=Role.CURATOR)
    db.session.add(user)
    db.session.commit()
    signer: Any = app.session_interface
    serializer = signer.get_signing_serializer(app)
    return str(serializer.dumps({"_user_id": user.get_id(), "_fresh": True}))


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()


def _open_all(address: str, slugs: list[str], cookie: str, payloads: list[str], visit: Visit, folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        reader, desk = browser.new_context(accept_downloads=False), browser.new_context(accept_downloads=False)
        desk.add_cookies([{"name": "session", "value": cookie, "url": address}])
        window, counter = _watched(reader, address, visit), _watched(desk, address, visit)
        alone = _watched(browser.new_context(), address, visit)
        _rendered_alone(alone, payloads, visit)

        def at_desk(slug: str) -> None:
            _open(counter, f"{address}/curate/documents/{quote(slug)}/", visit)
            _open(counter, f"{address}/curate/documents/{quote(slug)}/preview", visit)

        for slug in slugs:
            place = f"{address}/documents/{quote(slug)}/"
            if _open(window, place, visit) == 404:  # nothing in it was fit to be published; the desk has it
                at_desk(slug)
                continue
            links = window.eval_on_selector_all("main a[href*='/documents/']", "all => all.map(a => a.href)")
            for link in dict.fromkeys(link.partition("#")[0] for link in links):
                # Of the rest, which are files: those for reading are looked at below, the others are downloads.
                if link != place and link.startswith(place) and urlsplit(link).path.endswith("/"):
                    _open(window, link, visit)
            for ending in ("md", "txt", "json"):
                _as_data(window, f"{place}{quote(slug)}.{ending}", visit)
            _pack_alone(alone, f"{place}{quote(slug)}.html", visit)
            at_desk(slug)
        for page in range(1, 40):
            _open(window, f"{address}/search?page={page}", visit)
            _open(window, f"{address}/documents/?page={page}", visit)
        for line in (folder / "lists/search_queries.jsonl").read_text(encoding="utf-8").split("\n"):
            if line.strip() and len(line) < 4000:
                query = json.loads(line)
                text = query if isinstance(query, str) else str(query.get("q", query))
                _open(window, f"{address}/search?q={quote(text.encode('utf-8', 'replace'))}", visit)
        for one in _lines(folder / "lists/parameters.jsonl"):
            value = quote(str(one["value"]))
            for path in ("/search?q=law&", "/documents/?", "/account/login?"):
                _open(window, f"{address}{path}{one['name']}={value}", visit)
        for feed in (
            "feed.atom",
            "feed.rss",
            "feed.json",
            "search.atom",
            "search.rss",
            "sitemap.xml",
            "opensearch.xml",
        ):
            _as_data(window, f"{address}/{feed}", visit)
        browser.close()


def _watched(context: Any, address: str, visit: Visit) -> Any:
    window = context.new_page()
    window.add_init_script(PLANTED)
    host = urlsplit(address).netloc

    def asked(request: Any) -> None:
        where = urlsplit(request.url)
        if where.scheme in ("http", "https", "ws", "wss") and where.netloc != host:
            visit.note(window.url, f"asked {request.url}")

    window.on("request", asked)

    def asks(dialog: Any) -> None:
        visit.note(window.url, f"dialog {dialog.message}")
        dialog.dismiss()

    window.on("dialog", asks)
    window.on("pageerror", lambda error: visit.note(window.url, f"script error {error}"))
    window.on(
        "console", lambda said: visit.note(window.url, said.text) if "ontent Security Policy" in said.text else None
    )
    return window


def _open(window: Any, place: str, visit: Visit) -> int:
    """Open and look through a page; the status that it answered, 0 where it did not open."""
    visit.opened += 1
    status = 0
    try:
        answer = window.goto(place, wait_until="load", timeout=30_000)
        status = answer.status if answer is not None else 0
        if status >= 500:
            visit.note(place, f"status {status}")
        window.evaluate(TRIGGER)
        for what in window.evaluate(AUDIT):
            visit.note(place, what)
    except Exception as error:  # Playwright's errors: a page that does not open is a failure like another
        visit.note(place, str(error).splitlines()[0])
    return status


def _rendered_alone(window: Any, payloads: list[str], visit: Visit) -> None:
    """What the sanitiser leaves of each payload, on a page without any content policy."""
    for number, payload in enumerate(payloads):
        html = "".join(section.html for section in render(payload, "article"))
        window.goto("about:blank")
        visit.opened += 1
        window.set_content(f"<main>{html}</main>")
        window.evaluate(TRIGGER)
        for what in window.evaluate(AUDIT):
            visit.note(f"payload {number} ({payload[:60]!r})", what)


def _pack_alone(window: Any, place: str, visit: Visit) -> None:
    """A piece as one HTML file, as somebody opens it from a disk, where no content policy stands before it."""
    answer = window.request.get(place)
    if answer.status == 404:  # nothing of it was fit to be published
        return
    visit.opened += 1
    if answer.status != 200 or "attachment" not in answer.headers.get("content-disposition", ""):
        visit.note(place, f"status {answer.status}, {answer.headers.get('content-disposition', 'no attachment')}")
    window.goto("about:blank")
    window.set_content(answer.text())
    window.evaluate(TRIGGER)
    for what in window.evaluate(AUDIT):
        visit.note(place, what)


def _as_data(window: Any, place: str, visit: Visit) -> None:
    """A form that is no page: of a type that nothing runs in, and well-formed where it is XML."""
    answer = window.request.get(place)
    kind = answer.headers.get("content-type", "")
    if answer.status != 200 or "html" in kind or answer.headers.get("x-content-type-options") != "nosniff":
        visit.note(place, f"status {answer.status}, type {kind}")
    if "xml" in kind:
        try:
            root = etree.fromstring(answer.body(), etree.XMLParser(resolve_entities=False, no_network=True))
        except etree.XMLSyntaxError as error:
            visit.note(place, f"not well-formed: {error}")
            return
        for element in root.iter(etree.Element):
            name = etree.QName(element).localname
            if name in ("content", "encoded", "description") or element.get("type") == "html":
                for what in _in_html(element.text or ""):
                    visit.note(place, f"in its HTML: {what}")


def _in_html(text: str) -> Iterator[str]:
    """Elements and attributes of a feed's HTML that could run something."""
    if "<" not in text:
        return
    for element in lxml_html.fragment_fromstring(text, create_parent="div").iter(etree.Element):
        if element.tag in ("script", "iframe", "object", "embed", "form", "base", "style", "svg", "math"):
            yield str(element.tag)
        for key, value in element.attrib.items():
            if str(key).startswith("on") or str(value).strip().lower().startswith(("javascript:", "vbscript:")):
                yield f"{key}={value}"
