"""The headings of a Markdown body: which one is the title, and at what level the others stand."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

TITLE_LENGTH = 300
_ATX = re.compile(r"^(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_SETEXT = re.compile(r"^ {0,3}(=+|-{2,})[ \t]*$")
_TEMPLATE_TITLES = re.compile(
    r"(?i)^(?:microsoft (?:word|powerpoint)|(?:présentation )?powerpoint(?: presentation)?|presentation|document|slide)"
    r"\b.{0,3}\d*$|"
    r"^microsoft (?:word|powerpoint) - |^(?:untitled|unbenannt|sans titre|sin título|title|titel|titre|title of document|"
    r"your title|no title|untitled document|document title|unknown|index|contents|table of contents|home)\W*\d*$|\.(?:docx?|odt|pptx?|indd|pdf|qxd|dvi|tex|rtf)$"
)


# Headings that open many a document and name none.
_GENERIC = re.compile(
    r"(?i)^[\W\d]*(?:introduction|introducción|introduccion|introdução|einleitung|einführung|overview|about|background|summary|"
    r"executive summary|resumen|résumé|contents|table of contents|sommaire|table des matières|contenido|índice|indice|inhalt|"
    r"inhaltsverzeichnis|foreword|preface|prologue|avant-propos|prólogo|vorwort|acknowledge?ments|guide|memorandum|memo|report|"
    r"related lessons/tools|equal opportunities|version history|revision history|document control|note|notes)\W*$"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in lines `first` to `last` (0-based, inclusive: a setext heading has two)."""

    first: int
    last: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Outline:
    """A body whose title has been taken out, its chapters at level 2."""

    title: str
    markdown: str
    sections: int


def headings(lines: list[str]) -> Iterator[Heading]:
    """The headings in a Markdown text, as ATX (`## x`) or setext (underlined) lines outside of code."""
    fence = ""
    for number, line in enumerate(lines):
        if opened := _FENCE.match(line):
            if not fence:
                fence = opened[1]
            elif opened[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            continue
        if fence:
            continue
        if found := _ATX.match(line):
            if found[2].strip():
                yield Heading(number, number, len(found[1]), found[2])
        elif number and (under := _SETEXT.match(line)) and _may_be_underlined(lines, number):
            yield Heading(number - 1, number, 1 if under[1][0] == "=" else 2, lines[number - 1].strip())


def _may_be_underlined(lines: list[str], number: int) -> bool:
    above = lines[number - 1]
    if not above.strip() or above.startswith(("    ", "\t")) or re.match(r"\s*([-*+>|#]|\d+[.)])(\s|$)", above):
        return False
    return number < 2 or not lines[number - 2].strip()


def settle_title(markdown: str, stated: str, name: str, given: bool = False) -> Outline:
    """The title (as `stated` by the file, or its first heading, or its name made readable) and the body without it.

    A single heading of the highest level that comes first is the title's own line and is dropped from the body; what
    remains is shifted so that its highest level is 2. `given`: a person wrote the stated title (front matter).
    """
    lines = markdown.split("\n")
    found = list(headings(lines))
    named = from_name(name)
    program_s = not given and (_TEMPLATE_TITLES.search(stated) or _GENERIC.match(stated))
    if program_s or not _says_something(stated):
        stated = ""
    top = min((h.level for h in found), default=0)
    lead = next((h for h in found if _says_something(readable(h.text))), None)
    opens = lead is not None and not any(_is_text(line) for line in lines[: lead.first])
    alone = lead is not None and lead.level == top and sum(1 for h in found if h.level == top) == 1
    same = lead is not None and stated != "" and _key(readable(lead.text)) == _key(stated)
    title = stated
    dropped: Heading | None = None
    if lead is not None and same and (opens or alone):
        dropped = lead
    elif lead is not None and not stated and (not (opens or alone) or _GENERIC.match(readable(lead.text))):
        # Some heading on the way names a part, not the whole; a name of several words says more.
        title = named if " " in named else readable(lead.text)
    elif lead is not None and not stated:
        title = readable(lead.text)
        dropped = lead if alone or (opens and lead.level == 1 and _first_is_title(found)) else None
    elif lead is not None and alone and opens and lead.level == 1 and _key(readable(lead.text)) in _key(stated):
        dropped = lead
    if dropped is not None:
        for number in range(dropped.first, dropped.last + 1):
            lines[number] = ""
    else:
        _drop_repeated(lines, stated)
    rest = [h for h in found if h is not dropped]
    body = _shifted(lines, rest)
    return Outline(_short(title) or named, body, max(1, len(rest) + (1 if _leads(lines, rest) else 0)))


def _drop_repeated(lines: list[str], stated: str) -> None:
    """Blank the first paragraph when it is nothing but the stated title."""
    first = next((number for number, line in enumerate(lines) if _is_text(line)), None)
    if first is None or not stated or _key(readable(lines[first])) != _key(stated):
        return
    if first + 1 == len(lines) or not lines[first + 1].strip():
        lines[first] = ""


def _first_is_title(found: list[Heading]) -> bool:
    """Whether the first of several headings of level 1 stands above them all: it alone has no text of its own."""
    return len(found) > 1 and found[1].first - found[0].last <= 2 and found[1].level == 1


def _leads(lines: list[str], found: list[Heading]) -> bool:
    end = found[0].first if found else len(lines)
    return any(_is_text(line) for line in lines[:end])


def _is_text(line: str) -> bool:
    return bool(line.strip()) and not re.fullmatch(r"\s*(<!--.*?-->|<a [^>]*></a>)\s*", line)


def _shifted(lines: list[str], found: list[Heading]) -> str:
    shift = 2 - min((h.level for h in found), default=2)
    if shift:
        for heading in found:
            level = min(6, heading.level + shift)
            lines[heading.first] = f"{'#' * level} {heading.text}"
            if heading.last != heading.first:
                lines[heading.last] = ""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def readable(text: str) -> str:
    """A heading's Markdown as plain words."""
    text = re.sub(r"\{[:#.][^}]*\}\s*$", "", text)
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"\[\^[^\]]+\]|<[^>]+>", "", text)
    text = re.sub(r"(\*{1,3}|`+)(\S(?:.*?\S)?)\1", r"\2", text)
    text = re.sub(r"(?<!\w)(_{1,3})(\S(?:.*?\S)?)\1(?!\w)", r"\2", text)
    text = re.sub(r"\\([\\`*_{}\[\]()>#+.!|~$-])", r"\1", text)
    return " ".join(html.unescape(text).split())


def from_name(name: str) -> str:
    """A file's name made readable: `3-open_data.guide.md` is "3 open data guide"."""
    stem = name.rpartition(".")[0] if re.search(r"\.[A-Za-z0-9]{1,8}$", name) else name
    words = re.sub(r"[-_.+\s]+", " ", stem).strip()
    return words[:1].upper() + words[1:] if words else "File without a name"


def _says_something(text: str) -> bool:
    return any(c.isalnum() for c in text)


def _short(title: str) -> str:
    if len(title) <= TITLE_LENGTH:
        return title
    return title[:TITLE_LENGTH].rsplit(" ", 1)[0] + "…"


def _key(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
