"""Files that hold messages in another way: mailboxes of several (mbox), web pages saved as mail (MHTML)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage
from itertools import islice
from pathlib import Path

from library.ingest.extraction import Found, Limits, Refusal, Status
from library.ingest.formats import mail, mail_texts, web
from library.ingest.formats.archives import Unpacking
from library.ingest.formats.mail_pictures import Pictures

_SEPARATOR = re.compile(rb"^From .*\d{4}\s*$")


def read(path: Path, name: str, format: str, limits: Limits) -> tuple[Found, str]:
    """(what the mail file at `path` holds, its format). Works in the current folder. Raises Refusal."""
    if format == "mhtml":
        return web_page(path, name), format
    if format == "mbox" and len(list(islice(_messages(path), 2))) > 1:
        return mailbox(path, name, limits), format
    return mail.read(path, name), "eml"


def mailbox(path: Path, name: str, limits: Limits) -> Found:
    """The messages of a mailbox as parts. Raises Refusal."""
    unpacking = Unpacking(name, limits)
    for number, lines in enumerate(_messages(path), start=1):
        unpacking.keep(f"message {number}.eml", sum(map(len, lines)), lambda lines=lines: lines)  # type: ignore[misc]
    return unpacking.found()


def _messages(path: Path) -> Iterator[list[bytes]]:
    """The messages' lines: each begins after a line that starts with "From " and follows an empty one."""
    gathered: list[bytes] = []
    blank = True
    with path.open("rb") as file:
        for line in file:
            if blank and _SEPARATOR.match(line):
                if gathered:
                    yield gathered
                gathered = []
            else:
                gathered.append(line[1:] if re.match(rb">+From ", line) else line)
            blank = not line.strip()
    if gathered:
        yield gathered


def web_page(path: Path, name: str) -> Found:
    """The page of a web archive (MHTML) with its pictures. Raises Refusal."""
    message = mail.parsed(path, name)
    start = str(message.get_param("start") or "").strip()
    pages = [part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    page = next((part for part in pages if start and str(part.get("Content-ID", "")).strip() == start), None)
    page = page or next(iter(pages), None)
    if not isinstance(page, EmailMessage):
        raise Refusal(Status.empty, f"No page was found in the web archive “{name}”. Save it as HTML or PDF.")
    base = str(page.get("Content-Location", "")).strip()
    pictures = Pictures(message, base)
    text, warnings = mail_texts.text_of(page)
    found = web.read(pictures.marked(text), name)
    pictures.settle(found)
    found.warnings = warnings + found.warnings
    return found
