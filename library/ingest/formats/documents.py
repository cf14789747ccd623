"""Pages as trees: HTML as browsers read it, XHTML as XML, without entities but those that HTML names."""

from __future__ import annotations

import html.entities
import re
from typing import Any

from lxml import etree

from library.ingest import encodings

Element = Any  # lxml's elements are typed by stubs that a checkout without dev tools does not have

MEDIA_TYPES = frozenset(("application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/x-dtbook+xml"))
ENDINGS = (".xhtml", ".html", ".htm", ".xht")
_DECLARED = re.compile(r"(?is)\A\s*(?:<\?xml[^>]*>\s*)?(?:<!doctype[^<>\[]*\[.*?\]\s*>)?")
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_XML_S = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
_VOID = "area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr"
_SELF_CLOSED = re.compile(rf"(?i)<(?!(?:{_VOID})\b)([a-z][\w:.-]*)((?:\s[^<>]*)?)/>")


def of_html(text: str) -> Element:
    """The root of a page. Raises lxml's XMLSyntaxError, and ValueError, where there is nothing in it."""
    # As bytes, so that a charset named in the page, by now untrue, is not believed.
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    text = _DECLARED.sub("", text, count=1).replace("\0", "")
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        raise ValueError("There is no element in it.")
    return root


def body(root: Element) -> Element:
    """The page's body; all of it where none is marked."""
    found = root.find("body")
    return root if found is None else found


def body_of_xhtml(content: bytes) -> Element | None:
    """The body of a book's page; None where nothing can be made of it. Names of elements are without namespaces."""
    if b"<!ENTITY" in content.replace(b"\0", b"").upper():
        return None
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root: Element = etree.fromstring(_ENTITY.sub(_as_number, content) if b"&" in content else content, parser)
    except etree.XMLSyntaxError:
        return _body_of_unsound(content)
    for element in root.iter("{*}*"):
        name = element.tag
        if name[0] == "{":
            element.tag = name[name.index("}") + 1 :]
    return body(root) if root.tag.islower() else _body_of_unsound(content)


def _body_of_unsound(content: bytes) -> Element | None:
    """A page that is no sound XML, as browsers would read it were it HTML, but for what closes itself."""
    text, _ = encodings.decode(content, encodings.declared_in_html(content))
    try:
        return body(of_html(_SELF_CLOSED.sub(r"<\1\2></\1>", text)))
    except (etree.XMLSyntaxError, ValueError):
        return None


def _as_number(found: re.Match[bytes]) -> bytes:
    """A character that HTML has a name for by its number, by which XML knows it too."""
    if found[1] in _XML_S:
        return found[0]
    said = html.entities.html5.get(f"{found[1].decode('ascii')};")
    return found[0] if said is None else "".join(f"&#{ord(one)};" for one in said).encode("ascii")
