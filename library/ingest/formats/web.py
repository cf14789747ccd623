"""HTML: the article rather than the menus, then Pandoc."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from library.ingest import plainness
from library.ingest.extraction import Found, Limits, Refusal, Status
from library.ingest.formats import pandoc, placing
from library.ingest.formats.placing import Place
from library.ingest.keeping import SMALLEST

Element = Any

DEEPEST = 200  # levels; a page nested deeper is read block by block, without Pandoc
PARSER_DEPTH = 2_000  # about where libxml2 stops and drops what lies deeper
LEAST = 0.25  # share of the page's words that must be left when its menus are taken out
ENOUGH = 0.45  # share of the page's words from which a part counts as the article
_GONE = [
    "script",
    "style",
    "template",
    "noscript",
    "iframe",
    "object",
    "embed",
    "applet",
    "svg",
    "canvas",
    "audio",
    "video",
    "map",
    "form",
    "button",
    "select",
    "option",
    "input",
    "textarea",
    "dialog",
    "link",
    "meta",
    "base",
    "nav",
]
_DECLARED = re.compile(r"(?is)\A\s*(?:<\?xml[^>]*>\s*)?(?:<!doctype[^<>\[]*\[.*?\]\s*>)?")
_MENU_ROLES = {
    "navigation",
    "banner",
    "contentinfo",
    "search",
    "complementary",
    "menu",
    "menubar",
    "dialog",
    "alertdialog",
}
_MENU_NAME = re.compile(
    r"(?i)(?:(?:site|main|top|page|global|primary|secondary|left|right|footer|header|mobile|social|post|wiki|js|c|l)[-_]{1,2})?"
    r"(?:nav|navbar|navigation|menu|sidebar|side-bar|breadcrumbs?|cookies?|share|sharing|sharedaddy|social|skip-?link|"
    r"skip-to-\w+|pagination|pager|related|newsletter|subscribe|disqus|advert\w*|ads?|popup|modal|masthead|banner|"
    r"editsection|mw-editsection|printfooter|catlinks|noprint|navbox|headerlink|siteheader|sitefooter|"
    r"(?:site|global|page)-?(?:header|footer))"
    r"(?:[-_]{1,2}(?:bar|list|links?|wrapper|container|menu|items?|banner|notice|consent|posts|articles|box|buttons?|icons?))?"
)
_MENU_TAGS = frozenset({"div", "ul", "ol", "section", "aside", "span", "table", "p", "a", "td"})
_BLOCKS = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "dt",
        "dd",
        "td",
        "th",
        "pre",
        "blockquote",
        "figcaption",
        "caption",
        "div",
        "section",
        "article",
        "main",
        "address",
        "summary",
    ]
)


def read(text: str, name: str, limits: Limits) -> Found:
    """What the page says, as Found. Works in the current folder. Raises Refusal."""
    try:
        root = _parsed(text)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Refusal(Status.empty, f"No text was found in the page “{name}”.") from error
    title, language = (_title(root), root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    body = _body(root)
    whole = _words(body) - sum(_words(e) for e in body.iter("script", "style", "template"))
    _prune(body)
    if _words(body) < LEAST * whole:
        # What looks like menus is the page: an index, a list of links. All of it is kept.
        body = _whole_body(text)
    article = _article(body)
    bottomless = _depth(_body(_parsed(text))) >= PARSER_DEPTH
    _flatten(article)
    places = _marked(article)
    if bottomless or _depth(article) > DEEPEST:
        blocks = [part for part in (_stripped(text) if bottomless else _block_texts(article)) if part]
        found = Found("\n\n".join(map(plainness.escaped, blocks)) + "\n", "\n".join(blocks))
        found.warnings = ["The page is nested too deeply for its layout to be kept; its text was."]
    else:
        source = Path("page.html")
        source.write_bytes(b"<!DOCTYPE html>\n" + lxml_html.tostring(article, encoding="utf-8", with_tail=False))
        converted = pandoc.convert(source, "html-native_divs-native_spans-raw_html-smart", name, limits)
        found = Found(converted.markdown, converted.text)
    placing.settle(found, places, lambda _, place: placing.of_data(place.source))
    headings = [" ".join("".join(h.itertext()).split()) for h in article.iter("h1")]
    found.title = headings[0] if len(headings) == 1 and headings[0] else _without_site(title, headings)
    found.language = language
    return found


def _parsed(text: str) -> Element:
    # As bytes, so that a charset named in the page, by now untrue, is not believed.
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    text = _DECLARED.sub("", text, count=1).replace("\0", "")
    return lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)


def _body(root: Element) -> Element:
    found = root.find("body")
    return root if found is None else found


def _whole_body(text: str) -> Element:
    """The page's body without scripts and the like, menus kept."""
    body = _body(_parsed(text))
    for element in list(body.iter("script", "style", "template", "noscript", "svg", "math", "select", "textarea")):
        if element.getparent() is not None:
            element.drop_tree()
    return body


def _marked(article: Element) -> list[Place]:
    """The article's pictures, each replaced by its mark; spacers and counters of visits go without one."""
    places: list[Place] = []
    for image in list(article.iter("img")):
        if image.getparent() is None:
            continue
        if not any(_size(image.get(name)) < SMALLEST for name in ("width", "height")):
            places.append(Place(image.get("src") or "", image.get("alt") or "", image.get("title") or ""))
            image.tail = placing.mark(len(places)) + (image.tail or "")
        image.drop_tree()
    return places


def _size(stated: str | None) -> float:
    """A stated width or height in pixels; without end where none is stated."""
    found = re.match(r"\s*(\d{1,6})(?:px)?\s*$", stated or "")
    return int(found[1]) if found else float("inf")


def _title(root: Element) -> str:
    found = root.find(".//title")
    return " ".join("".join(found.itertext()).split()) if found is not None else ""


def _without_site(title: str, headings: list[str]) -> str:
    """A page's title without its site's name: the part that a heading repeats, else the first that says something."""
    parts = [part.strip() for part in re.split(r"\s+[|–—·•»:]{1,2}\s+|\s+-\s+", title) if part.strip()]
    for part in parts:
        if part in headings:
            return part
    return parts[0] if len(parts) > 1 and len(parts[0]) > 3 else title


def _prune(body: Element) -> None:
    """Take out what is not read: scripts, forms, menus, hidden parts. Text after a removed part stays."""
    for element in [e for e in body.iter() if e is not body and isinstance(e.tag, str) and _is_furniture(e, body)]:
        if element.getparent() is not None:
            element.drop_tree()


def _is_furniture(element: Element, body: Element) -> bool:
    tag = element.tag
    if tag == "form":
        return _words(element) < 0.3 * max(1, _words(body))  # some sites wrap the whole page in a form
    if tag in _GONE or element.get("role") in _MENU_ROLES:
        return True
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return _words(element) < 0.3 * max(1, _words(body))
    if re.search(r"display\s*:\s*none|visibility\s*:\s*hidden", element.get("style") or ""):
        return True
    parent = element.getparent()
    if tag in ("header", "footer", "aside") and not _within_article(parent):
        return tag != "header" or element.find(".//h1") is None
    names = f"{element.get('class') or ''} {'' if tag == 'section' else element.get('id') or ''}".split()
    named = tag in _MENU_TAGS and any(_MENU_NAME.fullmatch(word) for word in names)
    return named and element.find(".//h1") is None and _words(element) < 0.3 * max(1, _words(body))


def _within_article(element: Element) -> bool:
    while element is not None:
        if element.tag in ("article", "main"):
            return True
        element = element.getparent()
    return False


def _words(element: Element) -> int:
    return sum(len(part.split()) for part in element.itertext())


def _article(body: Element) -> Element:
    """The part that is the article: what the page calls so, if that holds most of its words; else all of it."""
    whole = _words(body)
    candidates = [*body.iter("main"), *(e for e in body.iter() if e.get("role") == "main")]
    candidates += list(body.iter("article"))
    candidates += [
        e
        for e in body.iter("div", "section", "td")
        if re.search(
            r"(?i)(?:^|[\s_-])(?:main-?content|article-?body|post-?content|entry-?content|content-?body|mw-content-text)(?:$|[\s_-])",
            f"{e.get('class') or ''} {e.get('id') or ''}",
        )
    ]
    best = max(candidates, key=_words, default=None)
    if best is not None and _words(best) >= ENOUGH * whole:
        return best
    return body


def _flatten(article: Element) -> None:
    """Merge boxes that hold nothing but one box: thousands of them are no structure."""
    for element in list(article.iter("div", "section", "span", "article", "main")):
        parent = element.getparent()
        if element is article or parent is None or parent.tag != element.tag or len(parent) != 1:
            continue
        if not (parent.text or "").strip() and not (element.tail or "").strip():
            element.drop_tag()


def _depth(article: Element) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(article, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _block_texts(article: Element) -> Iterator[str]:
    """Text between the starts and ends of block elements, in order, without recursion."""
    gathered: list[str] = []
    for event, element in etree.iterwalk(article, events=("start", "end")):
        if element.tag in _BLOCKS or element.tag == "br":
            yield " ".join("".join(gathered).split())
            gathered = []
        gathered.append((element.text if event == "start" else element.tail) or "")
    yield " ".join("".join(gathered).split())


def _stripped(text: str) -> Iterator[str]:
    """The text of a page that no parser follows to its bottom: between its tags, block by block."""
    text = re.sub(r"(?is)<(script|style|template)\b.*?</\1\s*>|<!--.*?-->", " ", text)
    for block in re.split(
        r"(?i)</?(?:p|div|h[1-6]|li|td|th|tr|table|ul|ol|br|blockquote|section|article|pre)\b[^<>]*>", text
    ):
        yield " ".join(html.unescape(re.sub(r"<[^<>]*>", "", block)).split())
