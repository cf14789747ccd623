"""HTML: the article rather than the menus."""

from __future__ import annotations

import re

from lxml import etree

from library.ingest import plainness
from library.ingest.extraction import Found, Refusal, Status
from library.ingest.formats import documents, flattened, flow, hypertext, placing, tree, xml
from library.ingest.formats.documents import Element
from library.ingest.formats.footnotes import Footnotes
from library.ingest.formats.nodes import Node
from library.ingest.keeping import SMALLEST

LIKELY_DEPTH = 300  # levels; hardly any page has more
PARSER_DEPTH = 2_000  # about where libxml2 stops and drops what lies deeper
LEAST = 0.25  # share of the page's words that must be left when its menus are taken out
ENOUGH = 0.45  # share of the page's words from which a part counts as the article
_GONE = frozenset(
    (
        "script", "style", "template", "noscript", "iframe", "object", "embed", "applet", "svg", "canvas", "audio",
        "video", "map", "button", "select", "option", "input", "textarea", "dialog", "link", "meta", "base", "nav",
    )
)  # fmt: skip
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
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden")
_CALLED_ARTICLE = re.compile(
    r"(?i)(?:^|[\s_-])(?:main-?content|article-?body|post-?content|entry-?content|content-?body|mw-content-text)(?:$|[\s_-])"
)
_MENU_TAGS = frozenset({"div", "ul", "ol", "section", "aside", "span", "table", "p", "a", "td"})


def read(text: str, name: str) -> Found:
    """What the page says. Its pictures are kept in the current folder. Raises Refusal."""
    try:
        root = documents.of_html(text)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refusal(Status.empty, f"No text was found in the page “{name}”.") from error
    title, language = (_title(root), root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    bottomless = _is_bottomless(root, text)
    body = documents.body(root)
    everything = _words(body)
    whole = everything - sum(_words(e) for e in body.iter("script", "style", "template"))
    _prune(body, everything)
    left = _words(body)
    if left < LEAST * whole:
        # What looks like menus is the page: an index, a list of links. All of it is kept.
        body = _whole_body(text)
        left = _words(body)
    article = _article(body, left)
    _drop_spacers(article)
    with tree.descending(name):
        blocks = None if bottomless else _blocks(article, "noteref" in text)
        reading = tree.Reading(blocks or [])
    found = Found(reading.markdown, reading.text)
    if blocks is None:
        texts = flattened.of_source(text) if bottomless else flattened.of_tree(article)
        found = Found("\n\n".join(map(plainness.escaped, texts)) + "\n", "\n".join(texts))
        found.warnings = ["The page is nested too deeply for its layout to be kept; its text was."]
    placing.settle(found, reading.places, lambda _, place: placing.of_data(place.source))
    headings = [" ".join("".join(h.itertext()).split()) for h in article.iter("h1")]
    found.title = headings[0] if len(headings) == 1 and headings[0] else _without_site(title, headings)
    found.language = language
    return found


def _blocks(article: Element, noted: bool) -> list[Node] | None:
    """The article's blocks; None where it is nested too deeply even without boxes in boxes. `noted`: it has notes."""
    notes = Footnotes()
    if noted:
        notes.scan(article)
    for settled in (False, True):
        if settled:
            _flatten(article)
        try:
            return hypertext.blocks_of(article, notes)
        except flow.TooDeep:
            continue
    return None


def _is_bottomless(root: Element, text: str) -> bool:
    """Whether the page goes as deep as the parser does, so that something of it may be missing."""
    if text.count("<") < PARSER_DEPTH or not root.xpath(f"boolean({'/*' * LIKELY_DEPTH})"):
        return False
    return _depth(root) >= PARSER_DEPTH


def _whole_body(text: str) -> Element:
    """The page's body without scripts and the like, menus kept."""
    body = documents.body(documents.of_html(text))
    for element in list(body.iter("script", "style", "template", "noscript", "svg", "math", "select", "textarea")):
        if element.getparent() is not None:
            xml.removed(element)
    return body


def _drop_spacers(article: Element) -> None:
    """Take out pictures of a few pixels: they keep room, or count visits."""
    for image in list(article.iter("img")):
        if any(_size(image.get(name)) < SMALLEST for name in ("width", "height")):
            xml.removed(image)


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


def _prune(body: Element, words: int) -> None:
    """Take out what is not read: scripts, forms, menus, hidden parts. Text after a removed part stays.

    `words`: how many there are in all of `body`.
    """
    few = 0.3 * max(1, words)  # a part of more is no menu: some sites wrap the whole page in a form
    for element in [e for e in body.iter("*") if e is not body and _is_furniture(e, few)]:
        if element.getparent() is not None:
            xml.removed(element)


def _is_furniture(element: Element, few: float) -> bool:
    tag = element.tag
    if tag == "form":
        return _words(element) < few
    if tag in _GONE:
        return True
    stated = element.attrib
    if stated:
        if stated.get("role") in _MENU_ROLES:
            return True
        if "hidden" in stated or stated.get("aria-hidden") == "true":
            return _words(element) < few
        style = stated.get("style")
        if style and _HIDDEN.search(style):
            return True
    if tag in ("header", "footer", "aside") and not _within_article(element.getparent()):
        return tag != "header" or element.find(".//h1") is None
    if not stated or tag not in _MENU_TAGS:
        return False
    names = f"{stated.get('class') or ''} {'' if tag == 'section' else stated.get('id') or ''}".split()
    named = any(_MENU_NAME.fullmatch(word) for word in names)
    return named and element.find(".//h1") is None and _words(element) < few


def _within_article(element: Element) -> bool:
    while element is not None:
        if element.tag in ("article", "main"):
            return True
        element = element.getparent()
    return False


def _words(element: Element) -> int:
    return len(" ".join(element.itertext()).split())


def _article(body: Element, words: int) -> Element:
    """The part that is the article: what the page calls so, if that holds most of its words; else all of it.

    `words`: how many there are in all of `body`.
    """
    candidates = [*body.iter("main"), *body.xpath(".//*[@role='main']")]
    candidates += list(body.iter("article"))
    for element in body.iter("div", "section", "td"):
        stated = element.attrib
        if stated and _CALLED_ARTICLE.search(f"{stated.get('class') or ''} {stated.get('id') or ''}"):
            candidates.append(element)
    best = max(candidates, key=_words, default=None)
    if best is not None and _words(best) >= ENOUGH * words:
        return best
    return body


def _flatten(article: Element) -> None:
    """Merge boxes that hold nothing but one box: thousands of them are no structure."""
    for element in list(article.iter("div", "section", "span", "article", "main")):
        parent = element.getparent()
        if element is article or parent is None or parent.tag != element.tag or len(parent) != 1:
            continue
        if not (parent.text or "").strip() and not (element.tail or "").strip():
            xml.unwrapped(element)


def _depth(article: Element) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(article, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest
