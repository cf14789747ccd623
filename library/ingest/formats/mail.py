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
from pathlib import Path
from typing import Any

from library.ingest import keeping
from library.ingest.extraction import Found, Refusal, Status
from library.ingest.formats import mail_pictures, mail_texts, textual, web
from library.ingest.formats.mail_texts import header
from library.ingest.outlines import from_name

MOST_PARTS = 500
HTML_SHARE = 0.7  # of the plain text's words that the HTML of the same message must have to be taken instead
_REPLY = re.compile(r"(?i)^(?:(?:re|aw|sv|fwd?|wg|tr|rv|enc|ynt|отв|ответ)(?:\[\d+\])?\s*:\s*)+")
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_SIGNATURES = {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
_NOTICES = {"message/delivery-status", "message/disposition-notification", "text/rfc822-headers", "message/partial"}
_OF_PEOPLE = {"text/calendar", "application/ics", "text/vcard", "text/x-vcard", "text/directory"}
_SEALED = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_ENDINGS = {"message/rfc822": "eml", "text/plain": "txt", "text/html": "html", "application/pdf": "pdf"}  # fmt: skip


@dataclass(slots=True)
class _Letter:
    """What was gathered of a message."""

    name: str
    pictures: mail_pictures.Pictures
    bodies: list[Found] = field(default_factory=list)
    parts: list[tuple[str, bytes]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read(path: Path, name: str) -> Found:
    """The message at `path`. Works in the current folder. Raises Refusal for one that is encrypted or nested to harm."""
    message = parsed(path, name)
    letter = _Letter(name, mail_pictures.Pictures(message))
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
    if dated := mail_texts.dated(message):
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
    elif kind in _OF_PEOPLE:
        letter.warnings.append("An invitation or a visiting card was left out, because it names people.")
    elif kind in ("text/plain", "text/html") and not mail_texts.is_attachment(part):
        letter.bodies.append(_body(part, kind, letter))
    elif not (part.get_content_maintype() == "image" and letter.pictures.keep(part, mail_texts.content(part))):
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
    text, warnings = mail_texts.text_of(part)
    if re.search(r"(?m)^-----BEGIN PGP MESSAGE-----\s*$", text):
        raise _encrypted(letter.name)
    if kind == "text/html":
        try:
            found = web.read(letter.pictures.marked(text), letter.name)
        except Refusal as refusal:
            if refusal.status is not Status.empty:
                raise
            found = Found("", "")
    else:
        found = textual.plain(mail_texts.unflowed(text, part) if part.get_param("format") == "flowed" else text)
        found.title = ""
    found.warnings = warnings + found.warnings
    return found


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
        content = mail_texts.as_bytes(within)
        name = mail_texts.filename(part) or f"{header(within, 'Subject')[:100] or 'message'}.eml"
    else:
        content = mail_texts.content(part)
        name = mail_texts.filename(part) or f"attachment {len(letter.parts) + 1}.{_ENDINGS.get(kind, 'bin')}"
    if content.strip():
        letter.parts.append((name, content))


def _left_out(message: EmailMessage, text: str) -> list[str]:
    """Warnings of a message that becomes a piece: what was left out of it, and what was not."""
    warnings = []
    if text.strip() and any(header(message, name) for name in ("From", "To", "Sender", "Reply-To")):
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
