"""What kind of piece a text is, by its title, its size and how it speaks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from library.catalogue.models import Kind

LONG = 20_000  # characters from which a piece with several chapters is taken for a guidebook
CHAPTERS = 4
TURNS = 6  # questions and answers from which a text is an interview
_TITLES = (
    (Kind.CASE_STUDY, r"case stud(?:y|ies)|études? de cas|estudios? de caso|estudos? de caso|fallstudien?|دراسات? حالة|кейс"),
    (Kind.INTERVIEW, r"interviews? with|(?:^|: ?)(?:an )?interview|entretiens? avec|entrevistas? (?:a|con|com)|in conversation with"
                     r"|(?:gespräch|interview) mit|مقابلة مع|حوار مع|интервью"),
    (Kind.TOOLKIT, r"tool ?kits?|tool ?box|boîte à outils|caja de herramientas|caixa de ferramentas|werkzeugkasten|حقيبة أدوات|مجموعة أدوات"
                   r"|набор инструментов"),
    (Kind.GUIDEBOOK, r"guide ?books?|hand ?books?|manual|manuel|manual de|handbuch|leitfaden|دليل|руководство|пособие|playbook"),
    (Kind.REPORT, r"(?<!^)reports?|^report on|rapports?|informes?|relatórios?|berichte?|jahresbericht|تقرير|отч[её]т|доклад|white ?paper"),
)  # fmt: skip
_PATTERNS = [(kind, re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)) for kind, words in _TITLES]
_TURN = re.compile(
    r"^(?:Q|A|Question|Answer|Interviewer|F|P|R|В|О|س|ج)\s?[:：.]\s|^[A-ZÀ-Þ][\w.’-]+(?: [A-ZÀ-Þ][\w.’-]+)?:\s.{20,}"
)
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")


def guess(title: str, markdown: str, characters: int, format: str, paragraphs: Sequence[str] = ()) -> str:
    """The kind of a piece that names none: what its title says; else long ones in chapters are guidebooks, PDFs reports."""
    chapters = characters >= LONG and _chapters(markdown) >= CHAPTERS
    for kind, pattern in _PATTERNS:
        if pattern.search(title):
            return kind if kind != Kind.GUIDEBOOK or chapters else Kind.ARTICLE if characters < LONG else kind
    turns = sum(1 for text in paragraphs[:200] if _TURN.match(text))
    if turns >= TURNS and turns * 4 >= len(paragraphs[:200]):
        return Kind.INTERVIEW
    if chapters:
        return Kind.GUIDEBOOK
    return Kind.REPORT if format == "pdf" else Kind.ARTICLE


def _chapters(markdown: str) -> int:
    """Headings of the second level, those within code left out."""
    count, fence = 0, ""
    for line in markdown.splitlines():
        found = _FENCE.match(line)
        if found and (not fence or found[1].startswith(fence)):
            fence = "" if fence else found[1]
        elif not fence and line.startswith("## "):
            count += 1
    return count
