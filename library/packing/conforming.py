"""A section's HTML as a tree that XHTML's rules allow: browsers forgive, reading devices and epubcheck do not.

What the catalogue keeps is safe, but may stand where HTML does not allow it (`<li>` outside a list, a table in a
`<span>`) when a piece was written with raw HTML. Nothing is lost here: an element that may not stand where it does gets
another name.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

from lxml import html as lxml_html

from library.feeds.entries import legal

Element = Any  # lxml's elements are typed by stubs that a checkout without dev tools does not have

_BLOCKS = frozenset(
    "blockquote caption dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section summary table ul"
    " aside tbody td tfoot th thead tr".split()
)
_PHRASING_ONLY = frozenset(
    "abbr b cite code dfn em h1 h2 h3 h4 h5 h6 i kbd mark p pre q s samp small span strong sub sup time u var".split()
)
_TRANSPARENT = ("a", "ins", "del")
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?)?)?)?")
_COUNT = re.compile(r"[1-9]\d{0,3}")
_WHOLE = re.compile(r"-?\d{1,9}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\]")
_KEPT_IN_ADDRESS = "%/?:@!$&'()*+,;=-._~"
_NOT_IN_ID = re.compile(r"[^\w.-]")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def tree(html: str) -> Element:
    """A `<div>` around the HTML of sections, in which everything stands where it may."""
    root = lxml_html.fragment_fromstring(legal(html), create_parent="div")
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            element.drop_tree()
    _lists(root)
    _definitions(root)
    _figures_and_details(root)
    _tables(root)
    _phrasing(root)
    for element in root.iter():
        _attributes(element)
    return root


def identifier(anchor: str) -> str:
    """An anchor as XML lets an id be: footnotes' have a colon, headings may begin with a digit."""
    name = _NOT_IN_ID.sub("-", anchor)
    return name if name[:1].isalpha() or name[:1] == "_" else f"x{name}"


def web_address(href: str) -> str:
    """`href` (http, https or mailto) as RFC 3986 writes it; "" for what cannot be an address."""
    href = _BARE_PERCENT.sub("%25", href.strip())
    if href.lower().startswith("mailto:"):
        return "mailto:" + quote(href[7:], safe=_KEPT_IN_ADDRESS)
    try:
        parts = urlsplit(href)
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError:  # a port that is no number, a host that is no name
        return ""
    if ":" in host:
        host = f"[{host}]"
    if parts.scheme.lower() not in ("http", "https") or not _HOST.fullmatch(host) or ".." in host:
        return ""
    place = f"{parts.scheme.lower()}://{host}" + (f":{port}" if port else "")
    place += quote(parts.path, safe=_KEPT_IN_ADDRESS)
    place += f"?{quote(parts.query, safe=_KEPT_IN_ADDRESS)}" if parts.query else ""
    return place + (f"#{quote(parts.fragment, safe=_KEPT_IN_ADDRESS)}" if parts.fragment else "")


def _lists(root: Element) -> None:
    for item in [e for e in root.iter("li") if e.getparent().tag not in ("ul", "ol")]:
        _wrap(item, "ul")
    for listing in list(root.iter("ul", "ol")):
        if (listing.text or "").strip():
            first = lxml_html.Element("li")
            first.text, listing.text = listing.text, None
            listing.insert(0, first)
        for child in list(listing):
            tail, child.tail = child.tail, None
            if child.tag != "li":
                _wrap(child, "li")
            if (tail or "").strip():
                following = lxml_html.Element("li")
                following.text = tail
                listing.insert(
                    listing.index(child if child.getparent() is listing else child.getparent()) + 1, following
                )


def _definitions(root: Element) -> None:
    for listing in list(root.iter("dl")):
        kinds = "".join({"dt": "t", "dd": "d"}.get(child.tag, "?") for child in listing)
        loose = (listing.text or "").strip() or any((child.tail or "").strip() for child in listing)
        if loose or not re.fullmatch(r"(?:t+d+)+", kinds):
            listing.tag = "div"
    for part in [e for e in root.iter("dt", "dd") if e.getparent().tag != "dl"]:
        part.tag = "div"


def _figures_and_details(root: Element) -> None:
    for caption in list(root.iter("figcaption")):
        figure = caption.getparent()
        own = [child for child in figure if child.tag == "figcaption"] if figure.tag == "figure" else []
        if own != [caption] or (figure[0] is not caption and figure[-1] is not caption):
            caption.tag = "div"
    for summary in list(root.iter("summary")):
        details = summary.getparent()
        if details.tag != "details" or details[0] is not summary or (details.text or "").strip():
            summary.tag = "div"
            continue
        for inner in summary.iterdescendants():
            if inner.tag in _BLOCKS:
                inner.tag = "span"
    for details in list(root.iter("details")):
        if not len(details) or details[0].tag != "summary":
            details.tag = "div"
    for section in list(root.iter("section")):
        section.tag = "div"


def _tables(root: Element) -> None:
    for row in list(root.iter("tr")):
        for cell in [child for child in row if child.tag not in ("td", "th")]:
            _wrap(cell, "td")
    for caption in list(root.iter("caption")):
        table = caption.getparent()
        if table.tag != "table" or table[0] is not caption or next(caption.iter("table"), None) is not None:
            caption.tag = "div"
            if table.tag == "table":
                table.addprevious(caption)
    for columns in list(root.iter("colgroup", "col")):
        columns.drop_tree()  # they only carry widths, which are not kept
    for table in list(root.iter("table")):
        for head in [child for child in table if child.tag == "thead"][1:]:
            head.tag = "tbody"
        if any(child.tag == "tr" for child in table) and any(child.tag == "tbody" for child in table):
            for row in [child for child in table if child.tag == "tr"]:
                _wrap(row, "tbody")
        for foot in [child for child in table if child.tag == "tfoot"]:
            if table[-1] is not foot:
                foot.tag = "tbody"
        for head in [child for child in table if child.tag == "thead"]:
            if head.getprevious() is not None and head.getprevious().tag != "caption":
                head.tag = "tbody"


def _phrasing(root: Element) -> None:
    """What may hold only words does: else it becomes a `<div>`; links in links, definitions in definitions go."""
    for tag in ("a", "dfn", "time"):
        for element in list(root.iter(tag)):
            if any(above.tag == tag for above in element.iterancestors()):
                element.tag = "span"
                element.attrib.pop("href", None)
    for element in reversed(list(root.iter())):  # from within outwards
        if element.tag in _PHRASING_ONLY and any(below.tag in _BLOCKS for below in element.iterdescendants()):
            element.tag = "div"
    for element in list(root.iter(*_TRANSPARENT)):
        if element.tag == "a" and next(element.iter("details"), None) is not None:
            element.tag = "div"
            element.attrib.pop("href", None)


def _attributes(element: Element) -> None:
    keep = element.attrib
    for name in ("tabindex", "loading", "decoding", "rel"):
        keep.pop(name, None)
    if "lang" in keep and not _TAG.fullmatch(keep["lang"]):
        del keep["lang"]
    if "dir" in keep and keep["dir"] not in ("ltr", "rtl", "auto"):
        del keep["dir"]
    if "id" in keep:
        keep["id"] = identifier(keep["id"])
    if "datetime" in keep and not (element.tag == "time" and _DATE.fullmatch(keep["datetime"])):
        del keep["datetime"]
    if element.tag == "time" and "datetime" not in keep:
        element.tag = "span"
    for name in ("colspan", "rowspan"):
        if name in keep and not (element.tag in ("td", "th") and _COUNT.fullmatch(keep[name])):
            del keep[name]
    if "scope" in keep and (element.tag != "th" or keep["scope"] not in ("row", "col", "rowgroup", "colgroup")):
        del keep["scope"]
    for name in ("start", "reversed", "type"):
        if name in keep and (element.tag != "ol" or (name == "start" and not _WHOLE.fullmatch(keep[name]))):
            del keep[name]
    if "type" in keep and keep["type"] not in "1aAiI":
        del keep["type"]
    if "reversed" in keep:
        keep["reversed"] = "reversed"
    if "value" in keep and not (
        element.tag == "li" and element.getparent().tag == "ol" and _WHOLE.fullmatch(keep["value"])
    ):
        del keep["value"]
    if "open" in keep:
        del keep["open"]
    if "role" not in keep or element.tag != "div":
        keep.pop("aria-label", None)
        keep.pop("role", None)
    if keep.get("role", "group") != "group":
        keep.pop("aria-label", None)
        del keep["role"]


def _wrap(element: Element, tag: str) -> None:
    """Put `element` into a new element of its own; the text after it stays after it."""
    tail, element.tail = element.tail, None
    parent = element.getparent()
    place = parent.index(element)
    around = lxml_html.Element(tag)
    around.tail = tail
    parent.insert(place, around)
    around.append(element)
