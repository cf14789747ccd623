"""Spellings that mean the same word become one: case, accents, forms of letters, digits, joiners."""

import re
import unicodedata

# Controls of direction, joiners, the soft hyphen: without width, at most inside a word.
INVISIBLE = "\u00ad\u034f\u061c\u200c\u200d\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
# Armenian marks of stress, exclamation and question stand on a vowel inside the word.
ARMENIAN_MARKS = "\u055a-\u055f"
# Accents of Latin, Greek, Cyrillic; niqqud; tashkeel, hamza forms and tatweel; the nukta where it is often left out.
# Other marks are letters. Of "col·legi" the dot.
_DROPPED = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u06d6-\u06ed\u093c\u0a3c\u0abc\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\u00b7\u200b"
    f"{INVISIBLE}{ARMENIAN_MARKS}]"
)
_SAME = {
    # Latin letters that have no accent to take off, and what stands for them on a keyboard that lacks them
    "ı": "i", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th",
    "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ɖ": "d", "ɛ": "e", "ɔ": "o", "ǝ": "e", "ə": "e", "ŋ": "n", "ƒ": "f",
    "ɣ": "g", "ʋ": "v",
    "ґ": "г",
    # Arabic, Persian and Urdu have their own code points for one letter
    "ى": "ي", "ی": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ۃ": "ه", "ہ": "ه", "ە": "ه", "ٱ": "ا",
    "װ": "וו", "ױ": "וי", "ײ": "יי",
    "ँ": "ं", "ઁ": "ં", "ੰ": "ਂ", "ৎ": "ত্",
    "ൺ": "ണ്", "ൻ": "ന്", "ർ": "ര്", "ൽ": "ല്", "ൾ": "ള്", "ൿ": "ക്",
}  # fmt: skip
# Amharic writes one sound with several letters; rows of the Ethiopic block, seven or eight orders each.
_SAME_ROWS = {"ሐ": "ሀ", "ኀ": "ሀ", "ሠ": "ሰ", "ዐ": "አ", "ፀ": "ጸ"}
_DIGITS = {
    chr(code): str(unicodedata.decimal(chr(code))) for code in range(0x80, 0x20000) if chr(code).isdecimal()
}  # of every script
_ALIKE = str.maketrans(
    _SAME
    | _DIGITS
    | {chr(ord(one) + order): chr(ord(other) + order) for one, other in _SAME_ROWS.items() for order in range(7)}
    | dict.fromkeys("ሃሓኃ", "ሀ")
    | dict.fromkeys("ኣዓ", "አ")
)
# Letters of their own, not accented ones: Cyrillic й ї ў ѓ ќ. They stay as they are.
_KEPT_WHOLE = {"й": "\ue000", "ї": "\ue001", "ў": "\ue002", "ѓ": "\ue003", "ќ": "\ue004"}
_KEPT = re.compile(f"[{''.join(_KEPT_WHOLE)}]")
_STAND_INS = str.maketrans({stand_in: letter for letter, stand_in in _KEPT_WHOLE.items()})
# हिन्दी is हिंदी: before a consonant of its own row a Devanagari nasal may be written as a dot.
_NASAL = "ङ्(?=[क-घ])|ञ्(?=[च-झ])|ण्(?=[ट-ढ])|न्(?=[त-ध])|म्(?=[प-भ])"
# Thai and Lao: two e for one ae, tone and nikhahit in either order.
_RESPELT = re.compile(f"{_NASAL}|เเ|ເເ|[\u0e48-\u0e4b\u0e4d]{{2,}}|[\u0ec8-\u0ecb\u0ecd]{{2,}}")


def fold(text: str) -> str:
    """The form that is compared: NFKC, case and accents folded, the marks of Indic scripts kept, digits 0 to 9."""
    if text.isascii():
        return text.lower()
    text = _KEPT.sub(_hidden, unicodedata.normalize("NFKC", text).casefold())
    text = _DROPPED.sub("", unicodedata.normalize("NFD", text)).translate(_ALIKE)
    text = _RESPELT.sub(_respelt, text).translate(_STAND_INS)
    return unicodedata.normalize("NFC", text)


def _hidden(letter: re.Match[str]) -> str:
    return _KEPT_WHOLE[letter.group()]


def _respelt(found: re.Match[str]) -> str:
    text = found.group()
    if text[0] < "\u0e00":
        return "ं"
    if text in ("เเ", "ເເ"):
        return chr(ord(text[0]) + 1)
    return "".join(sorted(text, key=lambda mark: (mark not in "\u0e4d\u0ecd", mark)))
