"""RTF without its information group, comments, earlier wordings, hidden text, embedded objects and editing sessions.

One pass over the tokens with a stack of groups. Word 2007+ Rich Text Format specification 1.9.1.
"""

from __future__ import annotations

import re

from library.ingest.cleaning import pictures

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})?( ?)|(\\'[0-9a-fA-F]{2}|\\[^a-zA-Z])|([{}])|([^\\{}]+)|(.)", re.DOTALL
)
_GONE = frozenset({  # groups
    b"info", b"userprops", b"generator", b"template", b"rsidtbl", b"revtbl", b"annotation", b"atnid", b"atnauthor",
    b"atrfstart", b"atrfend", b"atnref", b"atndate", b"atntime", b"atnparent", b"atnicn", b"passwordhash", b"xmlnstbl",
    b"datastore", b"protusertbl", b"docvar", b"filetbl", b"objdata", b"objalias", b"objsect", b"fchars", b"lchars",
    b"private", b"mailmerge", b"docname", b"company", b"operator", b"author", b"manager", b"oldcprops", b"oldpprops",
    b"oldtprops", b"oldsprops", b"themedata", b"blipuid", b"factoidname", b"datafield", b"linkval", b"staticval",
})  # fmt: skip
_SESSION = re.compile(rb"(?:\w*rsid\w*|rev(?:auth|dttm)\w*|(?:cr)?(?:auth|date)|trauth|trdate|srauth|srdate|bliptag)$")
_PLACE = re.compile(rb"(?i)\bfile:|\b[a-z]:(?:\\|\Z)|(?:^|[\s\"'])/(?:home|users)/")
_HIDES = frozenset({b"v", b"deleted"})
_OPEN_WORD = re.compile(rb"\\[a-zA-Z]+-?\d*\Z")
_PICTURES = frozenset({b"pngblip", b"jpegblip"})


class _Group:
    """What holds within a group. `blip`: it is a picture of a kind that is decoded; `hex`: its digits so far."""

    def __init__(self, outer: _Group | None) -> None:
        self.hidden: bool = outer.hidden if outer else False
        self.instruction: bool = outer.instruction if outer else False
        self.start = True  # nothing of it has been read
        self.blip = False
        self.hex: list[bytes] = []
        self.begins_at = 0  # among the pieces of the copy


def cleaned(content: bytes) -> bytes:
    """The file as it may be given out."""
    return b"".join(_pieces(content))


def _pieces(content: bytes) -> list[bytes]:
    out: list[bytes] = []
    groups = [_Group(None)]
    at, skipping = 0, 0  # `skipping`: depth of groups within one that is left out
    while (found := _TOKEN.match(content, at)) is not None:
        at = found.end()
        word, number, _blank, sign, brace, _text, _odd = found.groups()
        if word == b"bin" and number:
            at += max(0, int(number))
        if skipping:
            skipping += (brace == b"{") - (brace == b"}")
            if skipping == 0:
                groups.pop()
            continue
        group = groups[-1]
        if brace == b"{":
            groups.append(_Group(group))
            groups[-1].begins_at = len(out)
            out.append(b"{")
        elif brace == b"}":
            _close(groups, out)
        elif word in _GONE and group.start:
            del out[group.begins_at :]
            skipping = 1
        elif word is not None:
            if word == b"bin":
                continue  # bytes of a picture or object as they are: what they say is not looked into
            _control(word, number, found[0], group, out)
        elif sign == b"\\*":
            out.append(sign)
            continue
        else:
            _letters(found[0], group, out)
        if not brace:
            group.start = False
    return out


def _close(groups: list[_Group], out: list[bytes]) -> None:
    group = groups[-1]
    if group.blip:
        out.append(_picture(b"".join(group.hex)))
    if group.instruction and _PLACE.search(b"".join(out[group.begins_at :]).replace(b"\\\\", b"\\")):
        out[group.begins_at + 1 :] = [rb"\*\fldinst QUOTE"]  # what the field shows stays
    out.append(b"}")
    if len(groups) > 1:
        groups.pop()


def _control(word: bytes, number: bytes | None, whole: bytes, group: _Group, out: list[bytes]) -> None:
    if _SESSION.match(word) or word in _HIDES or (word == b"u" and group.hidden):
        if word in _HIDES:
            group.hidden = number != b"0"
        if out and _OPEN_WORD.search(out[-1]):  # the blank that ended the word that is left out
            out.append(b" ")
        return
    if word == b"plain":
        group.hidden = False
    elif word in _PICTURES:
        group.blip = True
    elif word == b"fldinst":
        group.instruction = True
    out.append(whole)


def _letters(text: bytes, group: _Group, out: list[bytes]) -> None:
    if group.blip:
        group.hex.append(b"".join(text.split()))
    elif not group.hidden:
        out.append(text)


def _picture(digits: bytes) -> bytes:
    try:
        content = bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        return b""
    return b"\n" + pictures.member(content, "picture").hex().encode("ascii")
