"""A walk over everything that a reader can reach: what each page leads to, and what it fetches by itself."""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from flask.testing import FlaskClient
from lxml import etree, html
from werkzeug.test import TestResponse

ROOT = "http://localhost"
# Attributes whose address a browser asks for without being told to, by element; of links those of these kinds.
_FETCHING = {
    "img": ("src", "srcset"), "source": ("src", "srcset"), "script": ("src",), "iframe": ("src",), "frame": ("src",),
    "embed": ("src",), "object": ("data",), "audio": ("src",), "video": ("src", "poster"), "track": ("src",),
    "input": ("src",), "image": ("href", "xlink:href", "{http://www.w3.org/1999/xlink}href"),
    "use": ("href", "xlink:href", "{http://www.w3.org/1999/xlink}href"), "body": ("background",), "a": ("ping",),
}  # fmt: skip
_LINKS = {"stylesheet", "icon", "preload", "modulepreload", "prefetch", "dns-prefetch", "preconnect", "manifest", "prerender", "expect"}  # fmt: skip
_CSS_URL = re.compile(r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)""")


@dataclass(frozen=True)
class Page:
    """One answer of the walk. `fetched`, `leads`: absolute addresses."""

    address: str
    response: TestResponse
    fetched: tuple[str, ...]
    leads: tuple[str, ...]


def crawl(client: FlaskClient, starts: Iterable[str] = ("/",), questions: int = 3) -> list[Page]:
    """Every page of this host that can be reached from `starts`, by links, by forms' addresses and by what pages fetch.

    `questions`: of addresses that differ in what stands behind their `?` alone, this many; filters are without end.
    """
    queue, pages = deque(urljoin(ROOT, start) for start in starts), []
    known = set(queue)
    asked: Counter[str] = Counter()
    while queue:
        address = queue.popleft()
        response = client.get(address[len(ROOT) :] or "/")
        page = Page(address, response, *_told(address, response))
        pages.append(page)
        moved = [urljoin(address, response.headers["Location"])] if "Location" in response.headers else []
        for found in (urldefrag(each)[0] for each in (*page.fetched, *page.leads, *moved)):
            path = urlsplit(found).path
            if found not in known and own(found) and asked[path] < questions:
                known.add(found)
                asked[path] += 1
                queue.append(found)
    return pages


def own(address: str) -> bool:
    """Whether an address is of the host that is walked over."""
    return address == ROOT or address.startswith(f"{ROOT}/")


def _told(address: str, response: TestResponse) -> tuple[tuple[str, ...], tuple[str, ...]]:
    kind, text = response.mimetype or "", response.get_data(as_text=False)
    if not text:
        return (), ()
    if kind == "text/html":
        return _of_html(address, html.fromstring(text.decode()))
    if kind == "text/css":
        return tuple(urljoin(address, a or b) for a, b in _CSS_URL.findall(text.decode())), ()
    if kind == "application/feed+json":
        bodies = [item.get("content_html", "") for item in json.loads(text)["items"]]
        return _of_fragments(address, bodies)
    if kind.endswith("xml") and kind != "image/svg+xml":
        root = etree.fromstring(text)
        said = [str(each) for each in root.xpath("//@href | //*[local-name()='loc' or local-name()='link']/text()")]
        said_as_html = "//*[@type='html' or local-name()='description' or local-name()='encoded']"
        bodies = [each.text or "" for each in root.xpath(said_as_html)]
        fetched, leads = _of_fragments(address, bodies)
        return fetched, (*leads, *(urljoin(address, each) for each in said))
    return (), ()


def _of_fragments(address: str, bodies: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = [_of_html(address, html.fragment_fromstring(body, create_parent="div")) for body in bodies if body.strip()]
    return tuple(a for fetched, _ in found for a in fetched), tuple(a for _, leads in found for a in leads)


def _of_html(address: str, tree: html.HtmlElement) -> tuple[tuple[str, ...], tuple[str, ...]]:
    fetched, leads = [], []
    for element in tree.iter(etree.Element):
        for name in _FETCHING.get(element.tag, ()):
            if value := element.get(name):
                fetched += [part.split()[0] for part in value.split(",")] if name == "srcset" else [value]
        if element.tag == "link":
            kinds = set((element.get("rel") or "").split())
            (fetched if kinds & _LINKS else leads).append(element.get("href") or "")
        elif element.tag in ("a", "area") and element.get("href"):
            leads.append(element.get("href"))
        elif element.tag == "form" and element.get("action") and (element.get("method") or "get").lower() == "get":
            leads.append(element.get("action"))
        elif element.tag == "meta" and (element.get("http-equiv") or "").lower() == "refresh":
            fetched += re.findall(r"url=(\S+)", element.get("content") or "", re.I)
        fetched += [a or b for a, b in _CSS_URL.findall(element.get("style") or "")]
        if element.tag == "style":
            fetched += [a or b for a, b in _CSS_URL.findall(element.text or "")]
    return _whole(address, fetched), _whole(address, leads)


def _whole(address: str, found: list[str]) -> tuple[str, ...]:
    joined = (urljoin(address, each.strip()) for each in found if each.strip())
    return tuple(each for each in joined if urlsplit(each).scheme in ("http", "https"))
