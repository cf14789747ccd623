"""HTML pages without comments, scripts, and what their head says of authors, programs and machines."""

from __future__ import annotations

import base64
import re

from lxml import etree
from lxml import html as lxml_html

from library.ingest.cleaning import pictures
from library.ingest.cleaning.packages import without_places
from library.ingest.formats.xml import removed

_GONE = frozenset({"script", "noscript", "xml", "object", "embed", "applet", "base"})
_KEPT_META = frozenset({"viewport"})
_DATA = re.compile(r"(?is)^\s*data:image/[\w.+-]+;base64,(.*)$")


def cleaned(text: str) -> bytes:
    """The page in UTF-8."""
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    root: etree._Element = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    for element in list(root.iter(etree.Element)):
        if _speaks_of_its_making(element):
            removed(element)
        else:
            _without_handlers(element)
    without_places(root)
    head = root.find("head")
    if head is None:
        head = root.makeelement("head")
        root.insert(0, head)
    head.insert(0, root.makeelement("meta", {"charset": "utf-8"}))
    return b"<!DOCTYPE html>\n" + etree.tostring(root, method="html", encoding="utf-8")


def _speaks_of_its_making(element: etree._Element) -> bool:
    name = str(element.tag).rpartition("}")[2]
    if name == "meta":
        return (element.get("name") or "").lower() not in _KEPT_META
    if name == "link":
        return "stylesheet" not in (element.get("rel") or "").lower()
    return name.rpartition(":")[2] in _GONE or name.startswith("o:")


def _without_handlers(element: etree._Element) -> None:
    for key, value in list(element.attrib.items()):
        name = str(key).lower()
        if name.startswith(("on", "data-", "xmlns:")) or name in ("srcdoc", "formaction"):
            del element.attrib[key]
        elif (found := _DATA.match(str(value))) is not None:
            element.set(key, _picture(found[1]))


def _picture(encoded: str) -> str:
    try:
        content = base64.b64decode("".join(encoded.split()))
    except ValueError:
        return ""
    made = pictures.member(content, "picture")
    return f"data:image;base64,{base64.b64encode(made).decode('ascii')}" if made else ""
