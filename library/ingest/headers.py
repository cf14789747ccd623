"""Whether a file's beginning is that of a message: which of the mail formats it is."""

from __future__ import annotations

import re

ENOUGH = 1 << 16  # bytes of a file's beginning that are looked at: way stations write long headers
_LINE = re.compile(rb"([!-9;-~]{1,76}):[ \t]?(.*(?:\r?\n[ \t].*)*)")
_WRITTEN_BY_MACHINES = {b"message-id", b"mime-version", b"received", b"return-path", b"delivered-to", b"content-type",
                        b"dkim-signature", b"content-transfer-encoding", b"x-mailer"}  # fmt: skip
_KNOWN = _WRITTEN_BY_MACHINES | {b"from", b"to", b"cc", b"date", b"subject", b"sender", b"reply-to", b"in-reply-to"}
_WEB_ARCHIVE = re.compile(rb"(?i)multipart/related")


def mail_format(head: bytes, name: str) -> str:
    """ "eml", "mbox" or "mhtml" by the `head` of a file; "" when it is no message.

    A memorandum in plain text may begin with From, To and Subject: only what mail programs write tells a message, or a
    name that ends in .eml.
    """
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    ending = name.lower().rpartition(".")[2]
    separator = re.match(rb"From [^\r\n]+\r?\n", head)
    fields = _fields(head[separator.end() :] if separator else head)
    known = _KNOWN & fields.keys()
    if b"content-type" in fields and _WEB_ARCHIVE.match(fields[b"content-type"]) and _is_page(fields, ending):
        return "mhtml"
    machines = len(known & _WRITTEN_BY_MACHINES)
    if separator and len(known) >= 2:
        return "mbox"
    if (machines and len(known) >= 3 and (machines > 1 or b"from" in known)) or (ending == "eml" and len(known) >= 2):
        return "eml"
    return ""


def _fields(head: bytes) -> dict[bytes, bytes]:
    """The header lines with which `head` begins, up to the first line that is none."""
    fields: dict[bytes, bytes] = {}
    at = 0
    while found := _LINE.match(head, at):
        fields.setdefault(found[1].lower(), found[2].strip())
        at = found.end()
        at += 2 if head[at : at + 2] == b"\r\n" else 1
    return fields


def _is_page(fields: dict[bytes, bytes], ending: str) -> bool:
    """Whether a compound of HTML and pictures is a page that a browser saved rather than a letter."""
    if b"snapshot-content-location" in fields or fields.get(b"from", b"").lower().startswith(b"<saved by"):
        return True
    return ending in ("mht", "mhtml") or not {b"message-id", b"received", b"to"} & fields.keys()
