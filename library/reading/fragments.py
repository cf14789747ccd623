"""Pieces of HTML as trees, and back."""

from __future__ import annotations

from typing import Any

from lxml import html as lxml_html


def parse(html: str) -> Any:
    """A `<div>` that holds what `html` says, however long it is."""
    parser = lxml_html.HTMLParser(huge_tree=True, encoding="utf-8")
    return lxml_html.fragment_fromstring(html, create_parent="div", parser=parser)


def inner(root: Any) -> str:
    """The HTML within what `parse` gave; `root` has no attributes."""
    whole: str = lxml_html.tostring(root, encoding="unicode", with_tail=False)
    return whole[len("<div>") : -len("</div>")]
