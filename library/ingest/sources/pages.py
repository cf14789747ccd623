"""A piece's text as a page of its own, for sources that hold texts within one large file."""

from __future__ import annotations

from html import escape

from library.catalogue.slugs import slugify


def page(title: str, body: str, language: str = "") -> bytes:
    """A whole HTML page (UTF-8) around `body`, which is HTML: what the reader of web pages takes."""
    lang = f' lang="{escape(language)}"' if language else ""
    head = f'<head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    heading = f"<h1>{escape(title)}</h1>" if title else ""
    return f"<!DOCTYPE html>\n<html{lang}>{head}<body><article>{heading}\n{body}\n</article></body></html>\n".encode(
        "utf-8", "replace"
    )


def paragraphs(text: str) -> str:
    """Plain text as HTML."""
    parts = [part for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    return "\n".join(f"<p>{escape(part.strip())}</p>" for part in parts)


def file_name(title: str) -> str:
    """What such a page is called as a file."""
    return f"{slugify(title)[:80]}.html"
