"""Files that are text: Markdown, HTML and plain text."""

from __future__ import annotations

import re
from pathlib import Path

from library.ingest import detection, encodings, frontmatter, keeping, plainness
from library.ingest.extraction import Found, Refusal, Status
from library.ingest.formats import delimited, placing

_DATA = re.compile(r"data:image/[\w.+-]{1,40}(?:;[\w.=+-]{1,40}){0,3},[A-Za-z0-9+/=%_-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\r\x0e-\x1a\x1c-\x1f]")
MOST_CONTROL = 0.02  # share of control characters from which a file is no text


def read(path: Path, name: str) -> tuple[Found, str]:
    """(what the text holds, its format: "markdown", "html" or "text"). Raises Refusal for what is no text."""
    content = path.read_bytes()
    text, warnings = encodings.decode(content, encodings.declared_in_html(content))
    _check_text(text, name)
    format = detection.textual_format(text, name)
    if format in ("text", "markdown") and (table := delimited.sniff(text, name)) is not None:
        format = "tsv" if table.delimiter == "\t" else "csv"
        found = delimited.read(text, name, table)
        found.warnings = warnings + found.warnings
        return found, format
    match format:
        case "html":
            from library.ingest.formats import web

            fields, page, odd = frontmatter.split(text)
            found = web.read(plainness.without_templates(page) if fields else page, name)
            found.title = str(fields.get("title", found.title))
            found.language = str(fields.get("language", found.language))
            found.metadata = fields
            found.warnings = odd + found.warnings
        case "markdown":
            found = markdown(text)
        case _:
            found = plain(text)
    if not found.text.strip() and (kept := frontmatter.running_text(text)):
        found.markdown, found.text = kept, plainness.words(kept)
    found.warnings = warnings + found.warnings
    return found, format


def markdown(text: str) -> Found:
    """A Markdown text as its author wrote it, without what only its old site understood."""
    fields, body, warnings = frontmatter.split(text)
    pictures, body = _pictures_within(plainness.without_site_markup(body))
    found = Found(body, plainness.words(body), warnings=warnings + keeping.warning(pictures.left_out))
    found.pictures = pictures.pictures
    found.title = str(fields.get("title", ""))
    found.language = str(fields.get("language", ""))
    found.metadata = fields
    return found


def _pictures_within(body: str) -> tuple[keeping.Album, str]:
    """Pictures that stand in the text itself (`data:` addresses), kept, and the text that refers to them."""
    album = keeping.Album()

    def kept(address: re.Match[str]) -> str:
        content = placing.of_data(address[0])
        picture = album.add(content) if content else None
        return f"picture:{picture.kept}" if picture else "left-out"

    return album, _DATA.sub(kept, body) if "data:image/" in body else body


def plain(text: str) -> Found:
    """Plain text as Markdown that shows the same: marks that would mean something are escaped."""
    text = "\n".join(line.rstrip() for line in text.replace("\f", "\n\n").split("\n"))
    paragraphs = re.split(r"\n[ \t]*\n+", text)
    body = "\n\n".join(shown for part in paragraphs if (shown := _paragraph(part)))
    return Found(body + "\n", text, title=_first_line(paragraphs))


def _paragraph(part: str) -> str:
    lines = [line.strip() for line in part.split("\n") if line.strip()]
    return "\n".join(_list_item(line) or plainness.escaped(line) for line in lines)


def _list_item(line: str) -> str:
    found = re.match(r"([-*•·]|\d{1,3}[.)])[ \t]+(.+)$", line)
    if not found:
        return ""
    mark = f"{found[1][:-1]}." if found[1][0].isdigit() else "-"
    return f"{mark} {plainness.escaped(found[2])}"


def _first_line(paragraphs: list[str]) -> str:
    """A short first paragraph of one line, as plain texts put their title."""
    first = next((part.strip() for part in paragraphs if part.strip()), "")
    return first if "\n" not in first and len(first) <= 120 and any(c.isalpha() for c in first) else ""


def _check_text(text: str, name: str) -> None:
    control = len(_CONTROL.findall(text[:100_000]))
    if control > max(8, MOST_CONTROL * min(len(text), 100_000)):
        raise Refusal(
            Status.unsupported, f"“{name}” is no text and of no kind that is read here. {detection.READ_HERE}"
        )
