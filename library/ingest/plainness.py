"""Between Markdown and plain words: escaping, stripping, and taking out what only a site generator understands."""

from __future__ import annotations

import html
import re

_SPECIAL = re.compile(r"([\\`*_\[\]])")
_LEADING = re.compile(r"^(#|[>+=|:]|-{2,}(?=\s*$)|[-](?=\s)|!!!|\{:)")
_LEADING_NUMBER = re.compile(r"^(\d{1,9})([.)])(?=\s)")


def escaped(line: str) -> str:
    """A line of plain text as Markdown that shows it unchanged."""
    line = _SPECIAL.sub(r"\\\1", line)
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace("{:", "&#123;:")
    return guarded(line)


def guarded(line: str) -> str:
    """A line of Markdown whose beginning is meant as text: no heading, item or table starts there."""
    line = _LEADING_NUMBER.sub(r"\1\\\2", line)
    return _LEADING.sub(_guarded, line)


def _guarded(found: re.Match[str]) -> str:
    mark = found[1]
    return "".join(f"&#{ord(c)};" for c in mark) if mark[0] in "=|:" else f"\\{mark}"


_FENCED = re.compile(r"^ {0,3}(```+|~~~+)")
_LIQUID_BLOCK = re.compile(r"\{%-?\s*(comment|schema|stylesheet|javascript)\b.*?%\}.*?\{%-?\s*end\1\s*-?%\}", re.DOTALL)
_LIQUID_RAW = re.compile(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_LIQUID = re.compile(r"\{%-?[^%\n]{0,2000}(?:%[^}\n][^%\n]{0,2000})*?-?%\}|\{#[^\n]{0,500}?#\}")
_LIQUID_VALUE = re.compile(r"\{\{[^{}\n]{0,500}\}\}")
_SHORTCODE = re.compile(r"\{\{[<%]\s*/?.{0,1000}?[%>]\}\}", re.DOTALL)
_KRAMDOWN = re.compile(r"^[ \t]*\{::?[^{}\n]{0,300}\}[ \t]*$|(?<=\S)[ \t]*\{:[^{}\n]{0,200}\}(?=\s|$)", re.MULTILINE)
_TOC = re.compile(r"^[ \t]*(?:[-*+][ \t]+)?(?:TOC|\[TOC\]|\[\[_?TOC_?\]\]|toc)[ \t]*$", re.MULTILINE)
_IMPORT = re.compile(r"^(?:import|export)\s.{0,300}?(?:from\s+['\"][^'\"\n]+['\"]|;)\s*$", re.MULTILINE)
_WRAPPER = re.compile(
    r"</?(?:div|section|article|main|aside|header|footer|nav|span|center|font|figure|figcaption|picture|source)\b[^<>]*>",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--(?!\s*page\s+\d+\s*-->).{0,20000}?-->", re.DOTALL)
_NAMED_ANCHOR = re.compile(r"<a\s+(?:name|id)\s*=\s*[^<>]*>\s*</a>|<a\s+(?:name|id)\s*=\s*[^<>]*/>", re.IGNORECASE)
_VUE_CONTAINER = re.compile(r"^:::.*$", re.MULTILINE)
_LONG_BLANK = re.compile(r"[ \t]{200,}")
_SCRIPT = re.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)


def without_site_markup(body: str) -> str:
    """The Markdown `body` without template tags, shortcodes, attribute lists, wrappers and comments, outside of code."""
    body = _LONG_BLANK.sub(" " * 200, body)  # says nothing, and makes patterns slow
    kept: list[str] = []
    for is_code, part in _code_and_prose(body):
        kept.append(part if is_code else _prose(part))
    return re.sub(r"\n{4,}", "\n\n\n", "".join(kept))


def without_templates(text: str) -> str:
    """The text without template tags and shortcodes (Liquid, Jinja, Hugo)."""
    for pattern in (_LIQUID_BLOCK, _LIQUID_RAW, _SHORTCODE, _LIQUID, _LIQUID_VALUE):
        text = pattern.sub("", text)
    return text


def _prose(part: str) -> str:
    if "{" in part:
        part = _KRAMDOWN.sub("", without_templates(part))
    if "<" in part:
        for pattern in (_SCRIPT, _COMMENT, _NAMED_ANCHOR, _WRAPPER):
            part = pattern.sub("", part)
    for pattern in (_TOC, _VUE_CONTAINER, _IMPORT):
        part = pattern.sub("", part)
    return part


def _code_and_prose(body: str) -> list[tuple[bool, str]]:
    """The body in pieces: (is fenced code, text)."""
    pieces: list[tuple[bool, str]] = []
    gathered: list[str] = []
    fence = ""
    for line in body.splitlines(keepends=True):
        mark = _FENCED.match(line)
        if mark and not fence:
            pieces.append((False, "".join(gathered)))
            gathered, fence = [line], mark[1]
        elif mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
            pieces.append((True, "".join([*gathered, line])))
            gathered, fence = [], ""
        else:
            gathered.append(line)
    # A fence that is never closed is a slip of its author: what follows is prose.
    pieces.append((False, "".join(gathered)))
    return pieces


_HEADING_MARKS = re.compile(r"^ {0,3}#{1,6}[ \t]+|[ \t]+#+[ \t]*$")
_RULE = re.compile(r"^ {0,3}(?:[-*_=][ \t]*){3,}$")
_TABLE_RULE = re.compile(r"^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*$")
_QUOTE_OR_LIST = re.compile(r"^[ \t]*(?:>[ \t]?)*(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)?(?:\[[ xX]\][ \t]+)?")
_IMAGE = re.compile(r"!\[([^\[\]]*)\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)|\[[^\[\]]*\])")
_LINK = re.compile(r"\[([^\[\]\n]*)\](?:\([^()\n]*(?:\([^()\n]*\)[^()\n]*)?\)|\[[^\[\]\n]*\])")
_NOTE = re.compile(r"\[\^[^\]\s]+\]:?")
_DEFINITION = re.compile(r"^ {0,3}\[[^\]\^][^\]]*\]:\s*\S+.*$")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^<>\s]+)>")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,1000}>")
_EMPHASIS = re.compile(r"(?<![\w\\*])(\*{1,3})(?=\S)([^*\n]+?)(?<=\S)\1(?![*])|(\*{1,3})(?=\S)([^*\n]+?)(?<=[^\s\\])\3")
_UNDERSCORES = re.compile(r"(?<![\w\\])(_{1,3})(?=\S)([^_\n]+?)(?<=[^\s\\])\1(?!\w)")
_CODE = re.compile(r"(`+)(?!`)([^`\n]+)\1(?!`)")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()>#+.!|~$<&\"'-])")


def words(body: str) -> str:
    """The plain words of a Markdown text, line by line: what a reader sees, without marks."""
    lines: list[str] = []
    for is_code, part in _code_and_prose(body):
        for line in part.split("\n"):
            if is_code:
                if not _FENCED.match(line):
                    lines.append(line)
            elif not (_RULE.match(line) or _TABLE_RULE.match(line) or _DEFINITION.match(line)):
                lines.append(_line(line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def _line(line: str) -> str:
    line = _HEADING_MARKS.sub("", line)
    line = _QUOTE_OR_LIST.sub("", line, count=1)
    if "[" in line:
        line = _IMAGE.sub(r"\1", line)
        line = _LINK.sub(r"\1", _LINK.sub(r"\1", line))
        line = _NOTE.sub("", line)
    if "<" in line:
        line = _TAG.sub("", _AUTOLINK.sub(r"\1", line))
    if line.lstrip().startswith("|"):
        line = re.sub(r"(?<!\\)\|", " ", line)
    if "`" in line:
        line = _CODE.sub(r"\2", line)
    if "*" in line:
        line = _EMPHASIS.sub(lambda m: m[2] or m[4], _EMPHASIS.sub(lambda m: m[2] or m[4], line))
    if "_" in line:
        line = _UNDERSCORES.sub(r"\2", line)
    return html.unescape(_ESCAPE.sub(r"\1", line)).rstrip()
