"""RTF before it is read: letters of code pages become Unicode, hidden and deleted text goes, nested tables are unnested.

Each run of letters becomes `{\\uc0\\u268\\u225 }`, without stand-ins. Word
2007+ Rich Text Format specification 1.9.1: `\\ansicpg`, `\\fcharset`, `\\uc` and `\\u`; `\\upr`, `\\nestcell`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from library.ingest.extraction import Refusal, Status
from library.ingest.formats import placing

_DEEPEST = 5_000  # nested groups: office programs write a few dozen
_TOKEN = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\([a-zA-Z]{1,32})(-?\d{1,10})?( ?)|(\\[^a-zA-Z'])|([{}])|([\x80-\xff]+)|([^\\{}\x80-\xff]+)|(.)",
    re.DOTALL,
)
_CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
    255: "cp437",
}  # fmt: skip
_DOUBLE_BYTE = frozenset({"cp932", "cp949", "johab", "gb18030", "cp950"})
_DESTINATIONS_LEFT = frozenset({b"objdata", b"bin"})
# What says nothing, or says again what stands beside it.
_DESTINATIONS_GONE = frozenset(
    {b"fonttbl", b"colortbl", b"themedata", b"colorschememapping", b"datastore", b"nonshppict", b"nonesttables",
     b"nesttableprops", b"generator", b"rsidtbl", b"revtbl", b"xmlnstbl", b"latentstyles", b"filetbl", b"mmathPr"}
)  # fmt: skip
_NOT_PASSED_ON = frozenset({b"upr", b"ud", b"nestcell", b"deleted", b"shppict"})
_INDENTED = re.compile(rb"\{[ \t\r\n]+(?=[\\{])")  # a blank here is no text to any program
_BINARY = re.compile(rb"\\bin(\d{1,9})[ ]?")


@dataclass(frozen=True, slots=True)
class _State:
    """What a group knows: its text's code page, characters that stand in for each `\\u`, and where it is."""

    codec: str
    stand_ins: int = 1
    in_fonts: bool = False
    left: bool = False  # a picture's or object's bytes, which are no text
    gone: bool = False  # nothing of it is written
    bare: bool = False  # nor are its braces
    silent: bool = False  # hidden or deleted: its text is not written
    twice: bool = False  # the same text for old programs and for new ones (`\\upr`)
    pictured: bool = False  # a picture's digits


def ready(content: bytes, name: str) -> tuple[bytes, list[bytes]]:
    """`content` as `rtf_text` reads it, every letter beyond ASCII as `\\uN`, and its pictures, for which marks stand there.

    Raises Refusal for RTF nested beyond reason.
    """
    page = re.search(rb"\\ansicpg(\d{3,5})", content[:4096])
    default = _code_page(int(page[1])) if page else ("mac_roman" if b"\\mac" in content[:200] else "cp1252")
    rewriter = _Rewriter(default, name)
    return rewriter.rewritten(_INDENTED.sub(b"{", _spelled_out(content))), rewriter.pictures


def _spelled_out(content: bytes) -> bytes:
    """Bytes that stand in the file as they are, which may be braces as well, as the digits that RTF has otherwise."""
    parts: list[bytes] = []
    end = 0
    while found := _BINARY.search(content, end):
        stop = found.end() + int(found[1])
        parts += [content[end : found.start()], b" ", content[found.end() : stop].hex().encode()]
        end = stop
    return b"".join([*parts, content[end:]])


def _code_page(number: int) -> str:
    codec = {10000: "mac_roman", 1361: "johab", 65001: "utf-8", 936: "gb18030"}.get(number, f"cp{number}")
    try:
        b"a".decode(codec)
    except LookupError:
        return "cp1252"
    return codec


class _Rewriter:
    """One pass over the tokens, with a stack of groups' states."""

    def __init__(self, default: str, name: str) -> None:
        self.default, self.name = default, name
        self.fonts: dict[int, str] = {}
        self.font = -1
        self.stack: list[_State] = []
        self.state = _State(default)
        self.skip = 0  # stand-ins of the last \u still to come
        self.pending = bytearray()  # bytes of the code page, not yet decoded
        self.units: list[int] = []  # UTF-16 units, not yet written
        self.out = bytearray()
        self.digits = bytearray()  # of the picture that is being read
        self.pictures: list[bytes] = []

    def rewritten(self, content: bytes) -> bytes:
        for token in _TOKEN.finditer(content):
            if token[1] is not None:
                self._letters(bytes([int(token[1], 16)]))
            elif token[7] is not None:
                self._letters(token[7])
            elif token[2] == b"u" and token[3]:
                self._decode()
                if not self._mute:
                    self.units.append(int(token[3]) & 0xFFFF)
                self.skip = self.state.stand_ins
            elif token[8] is not None:
                self._text(token[8])
            else:
                self._flush()
                self.skip = 0
                around, bare = self.state.gone, self.state.bare
                if token[6] is not None:
                    self._group(token[6])
                    gone = around if token[6] == b"{" else self.state.gone or bare
                else:
                    if token[2] is not None:
                        self._control(token[2], token[3])
                    gone = self.state.gone or token[2] in _NOT_PASSED_ON
                if not gone:
                    self.out += token[0]
        self._flush()
        return bytes(self.out)

    @property
    def _mute(self) -> bool:
        return self.state.left or self.state.gone or self.state.silent

    def _letters(self, letters: bytes) -> None:
        """Bytes of the current code page; those that stand in for a `\\u` before them are left out."""
        left = letters[self.skip :]
        self.skip = max(0, self.skip - len(letters))
        if not self._mute:
            self.pending += left

    def _text(self, text: bytes) -> None:
        """Plain ASCII. Its first character may stand in for a `\\u`, or be the second byte of a double-byte letter."""
        lines_apart = text.lstrip(b"\r\n")
        if self.skip and lines_apart:
            skipped = lines_apart[: self.skip]
            self.skip -= len(skipped)
            text = lines_apart[len(skipped) :]
        if self.state.pictured:
            self.digits += text
        if self.state.gone or self.state.silent:
            return
        if text and self.pending and self.state.codec in _DOUBLE_BYTE and not self._complete():
            self.pending += text[:1]
            text = text[1:]
        if text:
            self._flush()
            self.out += text

    def _complete(self) -> bool:
        try:
            self.pending.decode(self.state.codec)
        except UnicodeDecodeError:
            return False
        return True

    def _decode(self) -> None:
        if self.pending:
            decoded = bytes(self.pending).decode(self.state.codec, "replace").encode("utf-16-le")
            self.units.extend(memoryview(decoded).cast("H"))
            self.pending.clear()

    def _flush(self) -> None:
        self._decode()
        if self.units:
            numbers = (unit - 65536 if unit > 32767 else unit for unit in self.units)
            self.out += b"{\\uc0" + b"".join(b"\\u%d" % number for number in numbers) + b" }"
            self.units.clear()

    def _group(self, brace: bytes) -> None:
        if brace == b"{":
            self.stack.append(self.state)
            # Of two ways to say the same the first is for programs without Unicode.
            self.state = replace(
                self.state, gone=self.state.gone or self.state.twice, twice=False, bare=False, pictured=False
            )
            if len(self.stack) > _DEEPEST:
                raise Refusal(
                    Status.unsafe,
                    f"“{self.name}” is nested thousands of levels deep, as no program writes it, so it is not read."
                    " Open it in an office program and save it again.",
                )
        elif self.stack:
            whole = self.state.pictured
            self.state = self.stack.pop()
            if whole and not self.state.gone:
                self._show()

    def _show(self) -> None:
        """Leave a mark for the picture that has just been read."""
        digits = re.sub(rb"[^0-9A-Fa-f]", b"", self.digits)
        self.digits.clear()
        self.pictures.append(bytes.fromhex(digits[: len(digits) // 2 * 2].decode()))
        self.units.extend(map(ord, placing.mark(len(self.pictures))))

    def _control(self, word: bytes, argument: bytes | None) -> None:
        number = int(argument) if argument else 0
        match word:
            case b"fonttbl":
                self.state = replace(self.state, in_fonts=True)
            case b"f" if self.state.in_fonts:
                self.font = number
            case b"fcharset" if self.state.in_fonts:
                self.fonts[self.font] = _CHARSETS.get(number, self.default) if number != 1 else self.default
                self.state = replace(self.state, codec=self.fonts[self.font])
            case b"f":
                self.state = replace(self.state, codec=self._codec_of(number))
            case b"plain":
                self.state = replace(self.state, codec=self.default, silent=False)
            case b"v" | b"deleted":
                self.state = replace(self.state, silent=argument is None or number != 0)
            case b"upr":
                self.state = replace(self.state, twice=True)
            case b"ud":
                self.state = replace(self.state, gone=self.stack[-1].gone if self.stack else False)
            case b"nestcell" if not self.state.gone:
                self.out += b"\\tab "
            case b"nestrow" if self.state.gone:
                self.out += b"\\par "
            case b"shppict" if self.out.endswith(b"{\\*"):
                del self.out[-2:]
            case _ if (word in _DESTINATIONS_GONE or word == b"pict") and not self.state.gone:
                opened = next((mark for mark in (b"{", b"{\\*") if self.out.endswith(mark)), b"")
                del self.out[len(self.out) - len(opened) :]
                self.state = replace(self.state, gone=True, bare=bool(opened), pictured=word == b"pict")
            case b"uc":
                self.state = replace(self.state, stand_ins=max(0, min(number, 8)))
            case _ if word in _DESTINATIONS_LEFT:
                self.state = replace(self.state, left=True)

    def _codec_of(self, font: int) -> str:
        """A font's own charset; the western one says nothing when the whole text is in another code page."""
        codec = self.fonts.get(font, self.default)
        return self.default if codec == "cp1252" else codec
