"""Letters of Word's and Windows' fonts of signs, which stand in files as the places of the signs in their fonts."""

from __future__ import annotations

# Adobe's Symbol encoding from 0x20 and from 0xA0 on; a blank where the font has nothing, or a piece of a bracket.
_SYMBOL_LOW = " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_ αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
_SYMBOL_HIGH = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊⟨®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪ ⟩∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭ "
_WINGDINGS = {
    0x22: "✂", 0x28: "☎", 0x2A: "✉", 0x36: "⌛", 0x46: "☞", 0x4A: "☺", 0x4C: "☹", 0x6C: "●", 0x6E: "■", 0x6F: "□",
    0x71: "❑", 0x72: "❒", 0x75: "◆", 0x76: "❖", 0x77: "⬥", 0x9F: "•", 0xA1: "○", 0xA7: "▪", 0xA8: "□", 0xAB: "★",
    0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
_WINGDINGS_2 = {0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x97: "●", 0xA2: "■", 0xA3: "□"}
_SYMBOL = {0x20 + n: sign for n, sign in enumerate(_SYMBOL_LOW)} | {0xA0 + n: s for n, s in enumerate(_SYMBOL_HIGH)}
_FONTS = {"symbol": _SYMBOL, "wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2}
_PRIVATE = 0xF000  # Word adds it to the places of a font that is none of letters


def is_of_signs(font: str) -> bool:
    """Whether the font draws signs where its text has letters."""
    return font.lower() in _FONTS


def signs(text: str, font: str) -> str:
    """What `text` shows in a font of signs."""
    known = _FONTS[font.lower()]
    return "".join(known.get(ord(one) - _PRIVATE if ord(one) >= _PRIVATE else ord(one), one) for one in text)


def sign(place: str, font: str) -> str:
    """The sign at a place, given in hexadecimal digits, of a font; "" for one that is not known."""
    try:
        code = int(place, 16)
    except ValueError:
        return ""
    known = _FONTS.get(font.lower())
    below = code - _PRIVATE if 0xF000 <= code <= 0xF0FF else code
    if known is not None:
        return known.get(below, "")
    return chr(code) if code == below and 0x20 <= code <= 0xFFFF and not 0xD800 <= code <= 0xDFFF else ""
