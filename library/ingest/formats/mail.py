"""E-mail (RFC 822 and MIME): its text as a piece, its attachments as parts; who wrote to whom is left out.

A library of reformers receives letters of people under threat: senders, recipients, addresses and the machines on the
way are in a message's headers, and none of them is shown unless a curator writes it in.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from library.ingest import encodings, keeping
from library.ingest.extraction import Found, Limits, Refusal, Status
from library.ingest.formats import mail_pictures, textual, web
from library.ingest.outlines import from_name

MOST_PARTS = 500
HTML_SHARE = 0.7  # of the plain text's words that the HTML of the same message must have to be taken instead
_REPLY = re.compile(r"(?i)^(?:(?:re|aw|sv|fwd?|wg|tr|rv|enc|ynt|отв|ответ)(?:\[\d+\])?\s*:\s*)+")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_NOTICES = {"message/delivery-status", "message/disposition-notification", "text/rfc822-headers", "message/partial"}
_SEALED = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_STATEFUL = {"utf-7", "unicode-1-1-utf-7", "hz-gb-2312"}  # look like ASCII
_ENDINGS = {"message/rfc822": "eml", "text/plain": "txt", "text/html": "html", "text/calendar": "ics",
            "application/pdf": "pdf"}  # fmt: skip


@dataclass(slots=True)
class _Letter:
    """What was gathered of a message."""

    name: str
    limits: Limits
    pictures: mail_pictures.Pictures
    bodies: list[Found] = field(default_factory=list)
    parts: list[tuple[str, bytes]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read(path: Path, name: str, limits: Limits) -> Found:
    """The message at `path`. Works in the current folder. Raises Refusal for one that is encrypted or nested to harm."""
    message = parsed(path, name)
    letter = _Letter(name, limits, mail_pictures.Pictures(message))
    try:
        _gather(message, letter)
    except RecursionError as error:
        raise _nested(name) from error
    found = _joined(letter)
    subject = _REPLY.sub("", header(message, "Subject")).strip()
    found.title = subject or (found.title if found.text.strip() else "") or from_name(name)
    if subject and (found.text.strip() or found.pictures or not letter.parts):
        found.text = f"{subject}\n\n{found.text}"
    found.language = header(message, "Content-Language").split(",")[0].strip()
    if dated := _date(message):
        found.metadata["published"] = dated
    found.parts = keeping.keep_parts(letter.parts)
    found.warnings = [*_left_out(message, found.text), *letter.warnings, *found.warnings]
    return found


def parsed(path: Path, name: str) -> EmailMessage:
    """The message at `path`. Raises Refusal for one nested deeper than can be followed."""
    content = path.read_bytes().lstrip(b"\xef\xbb\xbf\r\n")
    content = re.sub(rb"\A>?From [^\r\n]*\r?\n", b"", content)
    try:
        return email.message_from_bytes(content, policy=email.policy.default)
    except RecursionError as error:
        raise _nested(name) from error


def header(message: EmailMessage, name: str) -> str:
    """A header as a line of text, whatever its encoding; "" where there is none."""
    try:
        raw = next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")
        if any("\udc80" <= c <= "\udcff" for c in raw):  # letters beyond ASCII that nobody encoded
            return " ".join(encodings.decode(raw.encode("utf-8", "surrogateescape"))[0].split())
        return " ".join(str(message.get(name, "")).split())
    except Exception:  # the parser of headers raises whatever a malformed one makes of it
        return " ".join(raw.split())


def text_of(part: EmailMessage) -> tuple[str, list[str]]:
    """The text of a part, decoded, and warnings."""
    content = _content(part)
    charset = (part.get_content_charset() or "").lower()
    if charset in _STATEFUL:
        return content.decode("utf-7" if "utf" in charset else "hz", "replace"), []
    declared = charset or (encodings.declared_in_html(content) if part.get_content_subtype() == "html" else "")
    text, warnings = encodings.decode(content, declared)
    return text, [] if charset == "us-ascii" else warnings


def _gather(part: EmailMessage, letter: _Letter) -> None:
    """Put what a part of the message holds to its bodies, pictures and parts."""
    kind = part.get_content_type()
    _check_sealed(part, kind, letter.name)
    if kind == "multipart/alternative":
        _gather_best(part, letter)
    elif part.is_multipart() and part.get_content_maintype() == "multipart":
        for one in part.iter_parts():
            _gather(one, letter)  # type: ignore[arg-type]
    elif kind in _SIGNATURES:
        return
    elif kind in _NOTICES:
        letter.warnings.append("A report of the mail system was left out.")
    elif kind in ("text/plain", "text/html") and not _is_attachment(part):
        letter.bodies.append(_body(part, kind, letter))
    elif not (part.get_content_maintype() == "image" and letter.pictures.keep(part, _content(part))):
        _attach(part, kind, letter)


def _gather_best(part: EmailMessage, letter: _Letter) -> None:
    """The one of several forms of the same text that says most; HTML, where it says as much as the plain text."""
    forms: list[tuple[bool, list[Found]]] = []
    for one in part.iter_parts():
        before = letter.bodies
        letter.bodies = []
        _gather(one, letter)  # type: ignore[arg-type]
        html = one.get_content_type() != "text/plain"
        if letter.bodies:
            forms.append((html, letter.bodies))
        letter.bodies = before
    if forms:
        words = max(_words(bodies) for _, bodies in forms)
        rich = [bodies for html, bodies in forms if html and _words(bodies) >= HTML_SHARE * words]
        letter.bodies += rich[-1] if rich else max((bodies for _, bodies in forms), key=_words)


def _words(bodies: Iterable[Found]) -> int:
    return sum(len(found.text.split()) for found in bodies)


def _check_sealed(part: EmailMessage, kind: str, name: str) -> None:
    sealed = kind in _SEALED and (part.get_param("smime-type") or "enveloped-data") != "signed-data"
    if kind == "multipart/encrypted" or sealed:
        raise _encrypted(name)


def _body(part: EmailMessage, kind: str, letter: _Letter) -> Found:
    text, warnings = text_of(part)
    if re.search(r"(?m)^-----BEGIN PGP MESSAGE-----\s*$", text):
        raise _encrypted(letter.name)
    if kind == "text/html":
        try:
            found = web.read(letter.pictures.marked(text), letter.name, letter.limits)
        except Refusal as refusal:
            if refusal.status is not Status.empty:
                raise
            found = Found("", "")
    else:
        found = textual.plain(_unflowed(text, part) if part.get_param("format") == "flowed" else text)
        found.title = ""
    found.warnings = warnings + found.warnings
    return found


def _unflowed(text: str, part: EmailMessage) -> str:
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


def _joined(letter: _Letter) -> Found:
    """All bodies in their order, then the pictures that none of them shows."""
    found = Found("", "")
    for body in letter.bodies:
        found.warnings += [warning for warning in body.warnings if warning not in found.warnings]
        found.pictures += [one for one in body.pictures if one not in found.pictures]
        found.title = found.title or body.title
    found.markdown = "\n\n".join(body.markdown.strip() for body in letter.bodies if body.markdown.strip())
    found.text = "\n\n".join(body.text.strip() for body in letter.bodies if body.text.strip())
    letter.pictures.settle(found)
    return found


def _attach(part: EmailMessage, kind: str, letter: _Letter) -> None:
    if len(letter.parts) >= MOST_PARTS:
        raise Refusal(
            Status.unsafe,
            f"“{letter.name}” has more than {MOST_PARTS} attachments, which no letter has. Upload them by themselves.",
        )
    if kind == "message/rfc822" and part.is_multipart():
        within: Any = part.get_payload(0)
        content = _as_bytes(within)
        name = _filename(part) or f"{header(within, 'Subject')[:100] or 'message'}.eml"
    else:
        content = _content(part)
        name = _filename(part) or f"attachment {len(letter.parts) + 1}.{_ENDINGS.get(kind, 'bin')}"
    if content.strip():
        letter.parts.append((name, content))


def _as_bytes(message: Any) -> bytes:
    try:
        return bytes(message.as_bytes(policy=email.policy.compat32))
    except Exception:  # headers that cannot be written as they were read
        text = message.as_string(policy=email.policy.compat32)
        return str(text).encode("utf-8", "surrogateescape")


def _filename(part: EmailMessage) -> str:
    try:
        said = part.get_filename() or ""
    except Exception:  # as for any malformed header
        return ""
    said = said.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(c if c.isprintable() else " " for c in said.replace("\\", "/").rpartition("/")[2]).split())


def _is_attachment(part: EmailMessage) -> bool:
    try:
        return part.get_content_disposition() == "attachment" or bool(part.get_filename())
    except Exception:  # as above
        return False


def _content(part: EmailMessage) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _date(message: EmailMessage) -> str:
    try:
        return parsedate_to_datetime(header(message, "Date")).date().isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return ""


def _left_out(message: EmailMessage, text: str) -> list[str]:
    warnings = []
    if any(header(message, name) for name in ("From", "To", "Sender", "Reply-To")):
        warnings.append(
            "Who sent and received this message was left out. Write the authors in where that endangers nobody."
        )
    if _ADDRESS.search(text):
        warnings.append("There are e-mail addresses in the text itself; take out those that should not be seen.")
    return warnings


def _encrypted(name: str) -> Refusal:
    return Refusal(
        Status.encrypted,
        f"“{name}” is encrypted for whoever received it. Open it in a mail program, save it decrypted and upload that.",
    )


def _nested(name: str) -> Refusal:
    return Refusal(
        Status.unsafe, f"“{name}” is nested deeper than any mail program does it, so it is not read. Forward its text."
    )
