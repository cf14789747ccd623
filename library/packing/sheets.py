"""The style sheet of packs that browsers open: the design's tokens, and what a page of text needs."""

from __future__ import annotations

import re
from functools import cache

from library.settings import asset_folder

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_SPACE = re.compile(r"\s*([{};\n])\s*")


@cache
def page() -> str:
    """The rules as one line, with nothing in them that could end a `<style>`."""
    css = asset_folder("static") / "css" / "tokens.css", asset_folder("static") / "packing" / "page.css"
    whole = "".join(part.read_text(encoding="utf-8") for part in css)
    return _SPACE.sub(lambda found: found[1].strip(), _COMMENT.sub("", whole)).strip().replace("<", "\\3c ")
