"""Markdown to safe HTML: Python-Markdown, then nh3. The one place where authors' text becomes markup."""

from __future__ import annotations

import re
from html import escape
from itertools import islice
from typing import cast
from urllib.parse import quote

import markdown
import nh3
from markdown.inlinepatterns import LinkInlineProcessor

PAGE_OPEN, PAGE_CLOSE = "\ue000", "\ue001"  # private-use characters around a page's number
_PAGE_MARKER = re.compile(r"^[ ]{0,3}<!--\s*page\s+(\d{1,6})\s*-->[ \t]*$", re.MULTILINE)
_EXTENSIONS = ("tables", "footnotes", "def_list", "admonition", "attr_list", "abbr", "fenced_code", "sane_lists")

TAGS = frozenset(
    "a abbr b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4"
    " h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead"
    " time tr u ul var section".split()
)
_ANYWHERE = frozenset({"lang", "dir", "title"})
_CLASSES = re.compile(
    r"admonition(-title)?|note|warning|tip|danger|caution|important|hint|example|checklist|footnote(s|-ref|-backref)?"
    r"|heading|scroll|page-break|image-left-out|nested-heading"
)
_FOOTNOTE_ID = re.compile(r"fn(ref\d*)?:[\w.-]+")
_ATTRIBUTES: dict[str, set[str]] = {
    "*": set(_ANYWHERE) | {"class", "id"},
    "a": {"href"},
    "img": {"alt", "src", "width", "height", "loading", "decoding"},
    "ol": {"start", "type", "reversed"},
    "li": {"value"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "col": {"span"},
    "time": {"datetime"},
    "details": {"open"},
    "div": {"tabindex", "role", "aria-label"},
    "pre": {"tabindex"},
    "section": {"aria-label"},
}
NAME = r"[0-9a-f]{64}\.(?:png|jpg|webp|avif)"  # of a stored picture
PICTURE = re.compile(rf"picture:({NAME})")  # how a text refers to it
_PICTURE_PLACE = re.compile(rf"/pictures/{NAME}")
_OF_OURS = {"tabindex", "role", "aria-label", "width", "height", "loading", "decoding"}
_GONE = {"script", "style"}
# Elements that go while their text stays. Any other name is shown as it was written: a browser, and the sanitiser
# with it, may take the text after such a tag for something else (SVG, MathML, <plaintext>, <textarea> …).
_UNWRAPPED = frozenset(
    "acronym address area article aside audio base big body button center dialog fieldset font footer form head header"
    " hgroup html input label legend link main map menu meta nav nobr picture rp rt ruby search source strike tt video"
    " wbr".split()
)
_BRACKET = re.compile(r"[\[\]]")
_IN_VAIN = (  # (a beginning, how many there may be)
    (re.compile(r"<[a-zA-Z/][^<>]*(?=<|\Z)"), 2_000),
    (re.compile(r"`{100,}"), 50),
    (re.compile(r"^ {0,3}\[[^\]\n]*\]:[ \t]*$", re.MULTILINE), 2_000),
)
DEEPEST, LONGEST = 20, 2_000  # brackets within brackets, and characters, that a link's words and address may have
_TAG = re.compile(r"<(?=/?([a-zA-Z][^\s/>]*))")
_UNCLOSED = re.compile(r"<(?=(script|style)\b(?![\s\S]*</\1))", re.I)
_HOST = re.compile(r"(?is)((?:https?://[^/?#]*)?)(.*)")
_NOT_IN_ADDRESSES = re.compile(r"""["<>\\^`{|}\[\]\s]|%(?![0-9A-Fa-f]{2})""")


def to_html(text: str) -> str:
    """Safe HTML of a Markdown text. A page marker (`<!-- page 3 -->` alone in a line) becomes a paragraph that holds
    the number between PAGE_OPEN and PAGE_CLOSE. Author-given ids are dropped, but for footnotes'.
    Pictures keep only an address that PICTURE matches.
    Markup that could swallow the text after it is shown as it was written.
    """
    text = text.replace(PAGE_OPEN, "").replace(PAGE_CLOSE, "")
    marked = _PAGE_MARKER.sub(rf"\n\n{PAGE_OPEN}\1{PAGE_CLOSE}\n\n", text)
    if PAGE_OPEN in marked and "[^" not in marked:
        # Pages are converted one by one: Python-Markdown's time grows faster than a text's length.
        parts = re.split(f"(?={PAGE_OPEN})", marked)
    else:
        parts = [marked]
    return "".join(clean(_visible(_convert(part)), ours=False) for part in parts)


def clean(html: str, ours: bool) -> str:
    """`html` with only what TAGS and the attributes allow. `ours`: keeps ids and the attributes that we add."""

    def attribute(tag: str, name: str, value: str) -> str | None:
        if name == "class":
            return " ".join(word for word in value.split() if _CLASSES.fullmatch(word)) or None
        if name == "src":
            return value if (_PICTURE_PLACE if ours else PICTURE).fullmatch(value) else None
        if ours:
            return value
        if name == "id":
            return value if _FOOTNOTE_ID.fullmatch(value) else None
        if name in _OF_OURS:
            return None
        return _address(value) if name == "href" else value

    return nh3.clean(
        html,
        tags=set(TAGS),
        clean_content_tags=_GONE,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        url_schemes={"http", "https", "mailto"} if ours else {"http", "https", "mailto", "picture"},
        link_rel=None,
        strip_comments=True,
    )


def _visible(html: str) -> str:
    """`html` in which tags that could swallow text are text themselves."""

    def shown(tag: re.Match[str]) -> str:
        name = tag[1].lower()
        return tag[0] if name in TAGS or name in _UNWRAPPED or name in _GONE else "&lt;"

    return _UNCLOSED.sub("&lt;", _TAG.sub(shown, html))


def _address(href: str) -> str | None:
    """Web and mail addresses, places on the page and this library's own pages; a path of elsewhere leads nowhere."""
    href = href.strip()
    if re.match(r"(?i)(https?://[^/]|mailto:)", href):
        host, rest = cast("re.Match[str]", _HOST.match(href)).groups()
        return host + _NOT_IN_ADDRESSES.sub(lambda sign: quote(sign[0], safe=""), rest)
    if href.startswith("#"):
        return href
    return href if re.match(r"/(documents|topics|about|countries)/[^\\]*$", href) and "//" not in href else None


def _convert(text: str) -> str:
    converter = markdown.Markdown(extensions=list(_EXTENSIONS), output_format="html", tab_length=4)
    for processor in converter.inlinePatterns:
        if isinstance(processor, LinkInlineProcessor):
            _bounded(processor)
    try:
        if _is_in_vain(text):
            return _as_written(text)
        return converter.convert(text)
    except (RecursionError, AssertionError):  # markup nested deeper than Python's stack
        return _as_written(text)


def _is_in_vain(text: str) -> bool:
    """Whether it is full of beginnings without an end, over which Python-Markdown would sit for minutes."""
    return any(next(islice(pattern.finditer(text), most, None), None) is not None for pattern, most in _IN_VAIN)


def _as_written(text: str) -> str:
    """The text as paragraphs without any markup, none of it lost."""
    return "".join(f"<p>{escape(part)}</p>" for part in re.split(r"\n\s*\n", text) if part.strip())


def _bounded(processor: LinkInlineProcessor) -> None:
    """Let Python-Markdown look for the end of a link only where there is one near by.

    Begun at each of ten thousand brackets, its search reads to the end of the text each time: minutes for a page of them.
    """
    words, address = processor.getText, processor.getLink

    def near_words(data: str, index: int) -> tuple[str, int, bool]:
        return words(data, index) if _closes(data, index) else ("", index, False)

    def near_address(data: str, index: int) -> tuple[str, str | None, int, bool]:
        if data.find(")", index, index + LONGEST) < 0:
            return "", None, index, False
        found: tuple[str, str | None, int, bool] = address(data[: index + LONGEST], index)
        return found

    vars(processor).update(getText=near_words, getLink=near_address)


def _closes(text: str, index: int) -> bool:
    """Whether the bracket before `index` is closed within LONGEST characters and DEEPEST pairs of brackets."""
    deep = 1
    for bracket in _BRACKET.finditer(text, index, index + LONGEST):
        deep += 1 if bracket[0] == "[" else -1
        if deep in (0, DEEPEST):
            return deep == 0
    return False
