"""Bytes to text, whatever their encoding."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN = frozenset(
    [
        "cp1250",
        "cp1252",
        "cp1254",
        "cp1257",
        "latin_1",
        "iso8859_10",
        "iso8859_15",
        "hp_roman8",
        "mac_iceland",
        "mac_latin2",
        "mac_roman",
        "mac_turkish",
        "cp500",
    ]
)
_PARTICULAR = frozenset(
    ["cp1251", "cp1253", "cp1255", "cp1256", "koi8_r", "gb18030", "big5", "euc_jp", "euc_kr", "cp932", "cp949", "johab"]
)
SAMPLE = 1 << 18  # bytes that are looked at to guess an encoding


def decode(content: bytes, declared: str = "") -> tuple[str, list[str]]:
    """The text, with line ends as `\\n`, and warnings about what could not be read.

    In order: a byte-order mark, sound UTF-8, UTF-16 without a mark, an ISO-2022 escape, what the file itself declares
    (a HTML page's charset), the best guess.
    """
    text, warnings = _decoded(content, declared)
    return text.replace("\r\n", "\n").replace("\r", "\n"), warnings


def _decoded(content: bytes, declared: str) -> tuple[str, list[str]]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _tolerant(content, encoding)
    if encoding := _wide(content):
        return _tolerant(content, encoding)
    if b"\x1b$" in content[:SAMPLE] or b"\x1b(" in content[:SAMPLE]:
        for encoding in ("iso2022_jp_2", "iso2022_kr"):
            if (text := _strict(content, encoding)) is not None:
                return text, []
    if (text := _strict(content, "utf-8")) is not None:
        return text, []
    if _mostly_utf8(content):
        return _tolerant(content, "utf-8")
    if declared and (text := _strict(content, _known(declared))) is not None:
        return text, []
    return _guessed(content)


def _strict(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _known(declared: str) -> str:
    """A web page's name for an encoding as browsers take it: Latin-1 and its like are Windows' wider ones."""
    label = declared.strip().lower()
    return {
        "iso-8859-1": "cp1252",
        "latin1": "cp1252",
        "us-ascii": "cp1252",
        "iso-8859-9": "cp1254",
        "gb2312": "gb18030",
        "gbk": "gb18030",
        "ks_c_5601-1987": "cp949",
        "euc-kr": "cp949",
        "shift_jis": "cp932",
        "shift-jis": "cp932",
        "x-sjis": "cp932",
    }.get(label, label)


def _tolerant(content: bytes, encoding: str) -> tuple[str, list[str]]:
    text = content.decode(encoding, "replace")
    lost = (
        text.count("\ufffd") - content.count("\ufffd".encode())
        if encoding.startswith("utf-8")
        else text.count("\ufffd")
    )
    return text, [f"{lost} characters could not be read; they are shown as �."] if lost > 0 else []


def _wide(content: bytes) -> str:
    """UTF-16 without a mark: every other byte of western text is NUL."""
    sample = content[:4096]
    if len(sample) < 4 or b"\0" not in sample:
        return ""
    even, odd = (sample[0::2].count(0) / len(sample[0::2]), sample[1::2].count(0) / len(sample[1::2]))
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.1 else ""


def _mostly_utf8(content: bytes) -> bool:
    """UTF-8 with a few damaged places: far more sound sequences of several bytes than broken ones."""
    text = content[:SAMPLE].decode("utf-8", "replace")
    broken = text.count("\ufffd")
    sound = sum(1 for c in text if c > "\x7f") - broken
    return (broken > 0 and sound > 8 * broken) or (broken <= 1 and sound > 0)


def _guessed(content: bytes) -> tuple[str, list[str]]:
    from charset_normalizer import from_bytes

    matches = from_bytes(content[:SAMPLE])
    best = matches.best()
    encoding = best.encoding if best is not None else "cp1252"
    alike = {match.encoding for match in matches if best is not None and match.chaos <= best.chaos + 0.05}
    if encoding in _WESTERN or ("cp1252" in alike and encoding not in _PARTICULAR):
        # Which western code page it is, short texts do not show: old Macs end lines with CR alone, others are Windows'.
        mac = b"\r" in content and b"\n" not in content
        encoding = "mac_roman" if mac and encoding.startswith(("mac_", "cp125", "hp")) else encoding
        encoding = "cp1252" if not mac and "cp1252" in alike and encoding in _WESTERN else encoding
    text, warnings = _tolerant(content, encoding)
    return text, [f"The text's encoding is not stated; it was read as {encoding.replace('_', '-')}.", *warnings]


def declared_in_html(content: bytes) -> str:
    """The charset that a HTML page names in its first 4096 bytes, or ""."""
    found = re.search(rb"""(?i)<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w:.-]+)""", content[:4096])
    found = found or re.search(rb"""(?i)<\?xml[^>]{0,100}encoding\s*=\s*["']([\w:.-]+)""", content[:200])
    return found[1].decode("ascii", "replace") if found else ""
