"""Who wrote and who published a piece, by the lines that say so in the text.

What a machine noted about its user is never looked at: it may name somebody whom the text does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_babel import gettext as _

from library.ingest.understanding.proposals import Piece, Proposal

MOST = 12
_BY = (
    r"(?:written|authored|prepared|compiled|edited|produced|researched)(?: and \w+)? by|authors?\s*:|by(?=\s)|text by"
    r"|auteure?s?\s*:|autrices?\s*:|(?:rédigé|écrit|préparé|réalisé|élaboré|coordonné)e?s? par|par(?=\s)"
    r"|autora?(?:es|as)?\s*:|(?:escrito|elaborado|preparado|redactado|realizado)s? por|por(?=\s)"
    r"|autor(?:in|en|innen)?\s*:|(?:verfasst|geschrieben|erstellt) von|von(?=\s)"
    r"|автор(?:ы|ский коллектив)?\s*:|подготовил[аи]?\s*:?|составител[ьи]\s*:"
    r"|(?:تأليف|بقلم|إعداد|اعداد|كتابة|المؤلفون|المؤلف|الكاتبة|الكاتب)\s*:?"
)
_BYLINE = re.compile(rf"^\W{{0,3}}(?P<by>{_BY})\s*(?P<names>\S.*)$", re.IGNORECASE)
_BARE = ("by", "par", "por", "von")
_PARTICLES = frozenset(
    "de da do dos das del la las los le van von der den ten ter bin ibn al el abu y e i af av di du st".split()
)
_SPLIT = re.compile(r"\s*(?:[,;،]|&|\||\band\b|\bet\b|\by\b|\bund\b|\be\b|\bи\b|\s+و\s+|\s+و(?=\w))\s*")
_NAME = re.compile(r"^[^\W\d_][\w.'’ʼ‑-]*$")
_STOP = re.compile(r"\s+(?:on|for|le|el|am|at|with|in)\s+(?=\d|[A-ZÀ-Þ]|the\b)|\s+[–—|·•(\[]\s*|\s*[.!?]\s+|\s+\d|\n")
_PUBLISHED = re.compile(
    r"(?:^|[.;,]\s+|\s)(?:published (?:(?:on |in )?[\w ,.]{4,24} )?by|publisher\s*:|publication of|issued by|a publication of|publié(?:e|s)? par|éditeur\s*:|édité par"
    r"|publicado por|editorial\s*:|editado por|editora\s*:|herausgegeben von|herausgeber(?:in)?\s*:|издатель\s*:|издано"
    r"|الناشر\s*:|نشر من قبل|صادر عن)\s*(?P<name>\S.{2,120})",
    re.IGNORECASE,
)
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)\s*(?:copyright\s*|©\s*)?(?:(?:19|20)\d\d(?:\s*[-–,]\s*(?:19|20)?\d\d)*)?[\s,:]*(?:by\s+)?(?P<name>[^\W\d].{2,100})", re.IGNORECASE)  # fmt: skip
_END = re.compile(
    r"[.;|\n]|,?\s+(?:19|20)\d\d\b|\s+[–—-]\s+|,?\s*(?:all rights|some rights|tous droits|todos los|licen[cs]e)|\s*\(",
    re.I,
)
_ARTICLE = re.compile(r"^(?:the|la|le|el|die|der|das|o|a|l[’'])\s+(?=\w)", re.IGNORECASE)
_NO_NAME = frozenset("all rights reserved notice holder owners law the infringement and is page".split())


def authors(piece: Piece) -> Proposal | None:
    """The names in a line such as “By …” or “Prepared by …” near the title, or under such a heading."""
    for block in piece.opening:
        for line in block.split("\n"):
            found = _BYLINE.match(line.strip())
            if found is None or len(line) > 400:
                continue
            bare = found["by"].casefold() in _BARE
            names = list(_names(found["names"], strict=bare))[:MOST]
            if names and not (bare and len(line) > 160):
                return Proposal(names, _("“%(words)s” stands in the text", words=_short(line)), 0.75 if bare else 0.85)
    return None


def publisher(piece: Piece) -> Proposal | None:
    """The organisation that the text calls its publisher, or that holds its copyright."""
    for pattern, sure in ((_PUBLISHED, 0.8), (_COPYRIGHT, 0.65)):
        for block in [*piece.opening, *piece.closing]:
            found = pattern.search(block) if len(block) < 600 else None
            name = _ARTICLE.sub("", _END.split(found["name"])[0].strip(' ,:“”"')) if found else ""
            if _is_organisation(name):
                return Proposal(name, _("“%(words)s” stands in the text", words=_short(found[0].strip())), sure)  # type: ignore[index]
    return None


def _names(text: str, strict: bool) -> Iterator[str]:
    """Names of people and bodies at the beginning of `text`, up to the first that is none."""
    for part in _SPLIT.split(_STOP.split(text, maxsplit=1)[0]):
        name = " ".join(part.split()).strip(" .:*_")
        if not name:
            continue
        if not _is_name(name, strict):
            return
        yield _ARTICLE.sub("", name) if len(name.split()) > 2 else name


def _is_name(name: str, strict: bool) -> bool:
    words = name.split()
    if not 2 <= len(words) <= (5 if strict else 9) or len(name) > 80:
        return False
    if words[0].casefold() in ("the", "la", "le", "el", "die", "der", "a", "an") and strict:
        return False
    told = [w for w in words if w.casefold() not in _PARTICLES and w.casefold() not in ("of", "for", "the", "and")]
    return bool(told) and all(_NAME.match(word) and not word[0].islower() for word in told)


def _is_organisation(name: str) -> bool:
    words = name.split()
    if not name or not 1 <= len(words) <= 10 or not name[0].isalpha() or name[0].islower():
        return False
    return words[0].casefold() not in _NO_NAME and not re.search(r"https?:|@|\bthis\b", name)


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:117].rsplit(" ", 1)[0] + "…"
