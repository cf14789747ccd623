"""What a part of a message says, whatever its encoding, and however malformed its headers are."""

from __future__ import annotations

import email.policy
import re
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

from library.ingest import encodings

_STATEFUL = {"utf-7", "unicode-1-1-utf-7", "hz-gb-2312"}  # look like ASCII


def header(message: EmailMessage, name: str) -> str:
    """A header as a line of text, whatever its encoding; "" where there is none."""
    raw = ""
    try:
        raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
        if any("\udc80" <= c <= "\udcff" for c in raw):  # letters beyond ASCII that nobody encoded
            return " ".join(encodings.decode(raw.encode("utf-8", "surrogateescape"))[0].split())
        return " ".join(str(message.get(name, "")).split())
    except Exception:  # the parser of headers raises whatever a malformed one makes of it
        return " ".join(raw.split())


def text_of(part: EmailMessage) -> tuple[str, list[str]]:
    """The text of a part, decoded, and warnings."""
    raw = content(part)
    charset = (part.get_content_charset() or "").lower()
    if charset in _STATEFUL:
        return raw.decode("utf-7" if "utf" in charset else "hz", "replace"), []
    declared = charset or (encodings.declared_in_html(raw) if part.get_content_subtype() == "html" else "")
    text, warnings = encodings.decode(raw, declared)
    return text, [] if charset == "us-ascii" else warnings


def unflowed(text: str, part: EmailMessage) -> str:
    """Lines that end in a blank go on in the next one (RFC 3676)."""
    joined = part.get_param("delsp") == "yes"
    lines: list[str] = []
    flows = ""
    for line in text.split("\n"):
        quotes = re.match(r">*", line)[0]  # type: ignore[index]
        said = line[len(quotes) :].removeprefix(" ")
        if lines and flows == quotes + "~":
            lines[-1] += said if joined else f" {said}"
        else:
            lines.append(f"{quotes} {said}" if quotes else said)
        soft = said.endswith(" ") and said != "-- "
        flows = quotes + "~" if soft else ""
        if soft:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


def filename(part: EmailMessage) -> str:
    """What a part is called, without folders; "" where it has no name."""
    try:
        said = part.get_filename() or ""
    except Exception:  # as for any malformed header
        return ""
    said = said.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(c if c.isprintable() else " " for c in said.replace("\\", "/").rpartition("/")[2]).split())


def is_attachment(part: EmailMessage) -> bool:
    """Whether a part is a file rather than words of the message."""
    try:
        return part.get_content_disposition() == "attachment" or bool(part.get_filename())
    except Exception:  # as above
        return False


def content(part: EmailMessage) -> bytes:
    """A part's bytes as they were before they were made fit for mail; none for a part of parts."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def dated(message: EmailMessage) -> str:
    """The day on which it was sent, in ISO form, where its sender was; "" where that cannot be told."""
    try:
        return parsedate_to_datetime(header(message, "Date")).date().isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return ""


def as_bytes(message: Any) -> bytes:
    """A message within a message, as a file of its own."""
    try:
        return bytes(message.as_bytes(policy=email.policy.compat32))
    except Exception:  # headers that cannot be written as they were read
        text = message.as_string(policy=email.policy.compat32)
        return str(text).encode("utf-8", "surrogateescape")
