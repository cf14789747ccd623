"""Sections in another language than the piece."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from library.catalogue import rendering, source
from library.catalogue.models import Document
from library.catalogue.section_languages import differing

ENGLISH = "This report looks at how the budgets of the regions were made and what has been learned from them in the last three years of the programme."
FRENCH = "Cette annexe présente la méthode que nous avons suivie pour les enquêtes dans les communes du pays, et les questions qui ont été posées aux habitants."
ARABIC = "يعرض هذا الملخص أهم النتائج التي توصل إليها التقرير حول الميزانيات في المناطق وما تعلمناه من السنوات الثلاث الماضية"
SPANISH = "Esta guía presenta el método que hemos seguido para las encuestas en los municipios del país y las preguntas que se hicieron a los vecinos durante las reuniones."
PORTUGUESE = "Este guia apresenta o método que seguimos para as pesquisas nos municípios do país e as perguntas que foram feitas aos moradores durante as reuniões."
RUSSIAN = "В этом отчёте мы смотрим на то, как составлялись бюджеты областей и чему мы научились за последние три года, и что из этого следует для всех."
CHINESE = "本报告介绍了各地区预算的编制方式以及过去三年来我们从中学到的经验教训，供公民社会组织参考。"
BODY = f"# Report\n\n{ENGLISH}\n\n## Annexe\n\n{FRENCH}\n\n## ملخص\n\n{ARABIC}\n\n## Thanks\n\nTo all."


def test_an_annex_and_a_summary_in_other_languages_are_told_and_short_sections_are_not() -> None:
    sections = [
        ("", [ENGLISH]),
        ("Annexe", [FRENCH]),
        ("ملخص", [ARABIC]),
        ("", ["Merci."]),
        ("", [RUSSIAN]),
        ("", [CHINESE]),
    ]
    assert differing(sections, "en") == ["", "fr", "ar", "", "ru", "zh"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ENGLISH, "en-GB"),
        (FRENCH, "fr"),
        (ARABIC, "ar"),
        (SPANISH, "es"),
        (PORTUGUESE, "pt-BR"),
        (RUSSIAN, "ru"),
        (CHINESE, "zh-Hant"),
    ],
)
def test_a_piece_in_one_language_has_no_sections_in_another(text: str, language: str) -> None:
    assert differing([("", [text]), ("", [text])], language) == ["", ""]


def test_a_short_section_between_two_of_one_language_goes_with_them() -> None:
    assert differing([("", [FRENCH]), ("", ["Oui."]), ("", [FRENCH]), ("", [ENGLISH])], "en") == ["fr", "fr", "fr", ""]


def test_near_languages_are_not_told_apart_on_a_guess() -> None:
    assert differing([("", [SPANISH]), ("", [PORTUGUESE])], "es")[0] == ""


def test_elements_carry_language_and_direction() -> None:
    sections = rendering.render(BODY, "article", language="en")
    arabic = next(section for section in sections if section.heading == "ملخص")
    assert arabic.language == "ar" and arabic.html.count('lang="ar"') == 2 and 'dir="rtl"' in arabic.html
    assert "lang=" not in sections[0].html
    assert all(not section.language for section in rendering.render(BODY, "article"))


def test_a_section_is_indexed_in_its_own_language(app: Flask, piece: Callable[..., Document]) -> None:
    languages = [entry.language for entry in source.entries(piece(BODY, language="en"))]
    assert languages == ["en", "fr", "ar", "en"]
