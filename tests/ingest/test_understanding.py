"""Proposals: what a text says of itself, with reasons; and what becomes of them in a draft."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from library.catalogue import files, rendering, suggestions, topics
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document
from library.catalogue.session import writing
from library.ingest import drafting, understanding
from library.ingest.extraction import Extraction, Status
from library.ingest.understanding import (
    Alike,
    Piece,
    Vocabulary,
    authorship,
    countries,
    dates,
    kinds,
    licences,
    subjects,
    summaries,
)
from library.ingest.understanding.proposals import SAMPLE

GUIDE = """By Wanjiru Odhiambo and Peter Mwangi

Published 12 March 2021 by the County Budget Forum

This guide explains how county assemblies in Kenya hold public hearings on the budget, and how residents take part.

## Before the hearing

The county of Nairobi publishes the estimates. Kenyan residents ask for them on paper.

## Licence

This work is licensed under a Creative Commons Attribution-ShareAlike 4.0 International License.
"""


def piece(*paragraphs: str, title: str = "A guide", language: str = "en", headings: tuple[str, ...] = ()) -> Piece:
    return Piece(title, language, headings, paragraphs)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Jane Doe and John van der Berg, March 2020", ["Jane Doe", "John van der Berg"]),
        ("Prepared by the Ministry of Justice", ["Ministry of Justice"]),
        ("Par Marie Dupont et Paul Kaboré", ["Marie Dupont", "Paul Kaboré"]),
        ("Autores: Ana Pérez, Luis Gómez", ["Ana Pérez", "Luis Gómez"]),
        ("إعداد: أحمد محمود و سارة علي", ["أحمد محمود", "سارة علي"]),
        ("Автор: Иван Петров", ["Иван Петров"]),
    ],
)
def test_a_byline_names_the_authors(app: Flask, line: str, names: list[str]) -> None:
    found = authorship.authors(piece(line))
    assert found and found.value == names and line[:30] in found.reason


@pytest.mark.parametrize(
    "line", ["By the time you read this, much has changed.", "By 2030 Everything Changes", "By law"]
)
def test_a_sentence_that_begins_with_by_names_nobody(app: Flask, line: str) -> None:
    assert authorship.authors(piece(line)) is None


def test_a_machines_user_name_is_no_author(app: Flask) -> None:
    prepared = drafting.prepare(
        Extraction("a.docx", Status.ok, title="A guide", language="en", markdown="Words.\n", text="Words.")
    )
    assert prepared.metadata.authors == ()


@pytest.mark.parametrize(
    ("line", "publisher"),
    [
        ("© 2019 Open Meadow Foundation. All rights reserved.", "Open Meadow Foundation"),
        ("Published by the Library Network, 2020", "Library Network"),
        ("Publié par le Réseau des Mairies", "Réseau des Mairies"),
    ],
)
def test_imprint_and_copyright_name_the_publisher(app: Flask, line: str, publisher: str) -> None:
    found = authorship.publisher(piece(line))
    assert found and found.value == publisher


@pytest.mark.parametrize(
    ("line", "language", "value"),
    [
        ("Published 5 March 2021", "en", "2021-03-05"),
        ("March 5, 2021", "en", "2021-03-05"),
        ("March 2021", "en", "2021"),
        ("le 1er mars 2021", "fr", "2021-03-01"),
        ("12 de mayo de 2018", "es", "2018-05-12"),
        ("3. März 2020", "de", "2020-03-03"),
        ("7 de setembro de 2019", "pt", "2019-09-07"),
        ("5 марта 2021 г.", "ru", "2021-03-05"),
        ("١٢ مايو ٢٠٢٠", "ar", "2020-05-12"),
        ("Last updated: 2022-11-30", "en", "2022-11-30"),
        ("© 2017 The Meadow", "en", "2017"),
        ("Date: 25/12/2020", "en", "2020-12-25"),
        ("Date: 03/04/2020", "en", "2020"),
    ],
)
def test_dates_are_read_in_seven_languages(app: Flask, line: str, language: str, value: str) -> None:
    found = dates.propose(piece(line, language=language), today=date(2026, 1, 1))
    assert found and found.value == value


@pytest.mark.parametrize(
    "line",
    [
        "In 1998 the assembly passed the law, and for many years nothing happened with it, until the groups came together again.",
        "Published 5 March 2099",
        "Call 2021-555 now",
        "The catalogue is a data service established in 2013 by the office.",
    ],
)
def test_years_that_a_text_tells_of_or_that_are_to_come_are_not_its_date(app: Flask, line: str) -> None:
    assert dates.propose(piece(line), today=date(2026, 1, 1)) is None


@pytest.mark.parametrize(
    ("line", "spdx"),
    [
        (
            "This work is licensed under a Creative Commons Attribution-ShareAlike 4.0 International License.",
            "CC-BY-SA-4.0",
        ),
        ("https://creativecommons.org/licenses/by-nc/3.0/igo/", "CC-BY-NC-3.0-IGO"),
        ("CC BY-NC-ND 4.0", "CC-BY-NC-ND-4.0"),
        ("Sous licence Creative Commons Attribution - Pas d’Utilisation Commerciale 3.0", "CC-BY-NC-3.0"),
        ("Licence: CC0", "CC0-1.0"),
        ("Available under the Open Government Licence v3.0", "OGL-UK-3.0"),
    ],
)
def test_licences_become_spdx(app: Flask, line: str, spdx: str) -> None:
    found = licences.propose(piece(line))
    assert found and found.value == spdx


def test_of_two_licences_none_is_chosen_unless_one_is_said_to_be_its_own(app: Flask) -> None:
    assert licences.propose(piece("Choose CC BY 4.0.", "Or choose CC BY-SA 4.0.")) is None
    own = licences.propose(piece("Choose CC BY 4.0.", "This guide is licensed under CC BY-SA 4.0."))
    assert own and own.value == "CC-BY-SA-4.0"


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        ("en", "Kenyan counties publish budgets. In Nairobi people met. Kenya's law is new.", "KE"),
        ("fr", "Les communes sénégalaises. Au Sénégal, à Dakar.", "SN"),
        ("es", "Los municipios mexicanos. En México hay una ley mexicana.", "MX"),
        ("ar", "وفي المغرب قانون جديد. بالمغرب وللمغرب.", "MA"),
        ("ru", "В России приняли закон. Российские суды. Россию спросили.", "RU"),
        ("de", "In Deutschland gilt das. Deutschlands Gemeinden. Die Stadt Berlin.", "DE"),
        ("pt", "O Brasil mudou. Os municípios brasileiros. No Brasil.", "BR"),
        ("zh", "肯尼亚的预算。肯尼亚公开。在肯尼亚。", "KE"),
    ],
)
def test_countries_are_found_by_names_adjectives_and_capitals(app: Flask, language: str, text: str, code: str) -> None:
    found = countries.propose(piece(text, language=language))
    assert [proposal.value for proposal in found][:1] == [code] and "named" in found[0].reason


def test_the_title_weighs_most_and_the_reason_says_so(app: Flask) -> None:
    found = countries.propose(piece("Ghana and Kenya. " * 3, title="Budgets in Kenya"))
    assert found[0].value == "KE" and "in the title" in found[0].reason and found[0].confidence > found[-1].confidence


@pytest.mark.parametrize(
    "text",
    [
        "Guinea pigs eat. " * 5,
        "They came from New Mexico. " * 5,
        "They told us to go, and us they saw. " * 5,
        "chad and turkey " * 9,
    ],
)
def test_what_only_sounds_like_a_country_is_none(app: Flask, text: str) -> None:
    assert countries.propose(piece(text)) == []


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(
        ["Kenya", "Mali", "Oman", "Peru", "India", "Cuba", "Iran", "Togo", "Ghana", "Kenyan", "Nairobi"]
    ),
    before=st.text("abcdefghijklmnopqrstuvwxyzéü", max_size=4),
    behind=st.text("abcdefghijklmnopqrstuvwxyzéü", max_size=4),
)
def test_a_country_is_never_found_inside_another_word(name: str, before: str, behind: str) -> None:
    word = f"{before}{name}{behind}"
    known = {tokens.tokens[0] for tokens in sum(countries.names_of("en").values(), []) if len(tokens.tokens) == 1}
    if countries.fold(word) not in known:
        assert countries.mentions(f"one {word} two", "en") == {}


VOCABULARY = [
    Vocabulary("government", "", ("Government", "Gouvernement")),
    Vocabulary(
        "open-budgets", "government", ("Open budgets", "budget hearings", "budgets ouverts", "الميزانيات المفتوحة")
    ),
    Vocabulary("health", "", ("Health", "santé")),
]


def test_topics_are_proposed_by_their_words_with_a_reason(app: Flask) -> None:
    told = piece("A budget hearing is open. Budget hearings are held.", title="Budget hearings and government")
    found = subjects.propose(told, VOCABULARY)
    assert [proposal.value for proposal in found] == ["open-budgets"], "the topic above has it too"
    assert "“budget hearings” stands in the title and 2 times in the text" in found[0].reason


def test_topics_are_found_in_the_pieces_own_language(app: Flask) -> None:
    found = subjects.propose(piece("كلمات", title="دليل الميزانيات المفتوحة", language="ar"), VOCABULARY)
    assert [proposal.value for proposal in found] == ["open-budgets"]


def test_similar_pieces_speak_for_their_topic_but_not_alone_with_certainty(app: Flask) -> None:
    alike = [Alike("Clinics", ("health",), 1.0), Alike("Wards", ("health",), 0.9), Alike("Nurses", ("health",), 0.8)]
    (found,) = subjects.propose(piece("Beds."), VOCABULARY, alike)
    assert found.value == "health" and found.confidence <= subjects.LIKE_ONLY
    assert found.reason == "like “Clinics” and 2 other pieces under this topic"


LEAD = "This guide explains how county assemblies hold hearings on the budget and how residents take part in them."


def test_a_summary_is_a_sentence_of_the_text_and_no_boilerplate(app: Flask) -> None:
    told = piece(
        "© 2020 The Meadow. All rights reserved. Budget hearings are ours.",
        LEAD,
        "The budget is read by the assembly. Residents ask the assembly about the budget at the hearings.",
        "See https://example.org/budget for the budget.",
        title="Budget hearings",
    )
    found = summaries.propose(told)
    assert found and found.value.startswith(LEAD) and len(found.value) < 300


def test_a_summary_is_in_the_language_of_the_piece(app: Flask) -> None:
    french = "Ce guide explique comment les assemblées tiennent des audiences sur le budget, et comment les habitants y prennent part dans leur commune."
    english = "This report looks at how the budgets of the regions were made and what was learned from them by all who took part in it over the years."
    sections = rendering.render(f"## One\n\n{english}\n\n## Deux\n\n{french}", "article", language="fr")
    found = summaries.propose(understanding.piece_of("Budget", "fr", sections))
    assert found and found.value.startswith("Ce guide")


def test_an_abbreviation_ends_no_sentence() -> None:
    assert summaries.split("It is a service of the U.S. Department of Records. It is new.") == [
        "It is a service of the U.S. Department of Records.", "It is new."
    ]  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=400), max_size=12), st.sampled_from(["en", "ar", "zh", "und", "fr"]))
def test_a_summary_is_short_whatever_the_text(app_for_laws: Flask, paragraphs: list[str], language: str) -> None:
    with app_for_laws.test_request_context():
        found = summaries.propose(piece(*paragraphs, language=language))
        assert found is None or 0 < len(found.value) < 300


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Boîte à outils pour les maires", "toolkit"),
        ("A case study of Kisumu", "case-study"),
        ("Interview with a clerk", "interview"),
        ("Informe anual 2020", "report"),
        ("Report a problem", "article"),
        ("How to ask", "article"),
    ],
)
def test_the_title_tells_the_kind(title: str, kind: str) -> None:
    assert kinds.guess(title, "", 500, "markdown") == kind


def test_of_a_book_a_sample_is_read(app: Flask) -> None:
    book = piece(*(f"Paragraph {number} says something of its own about the budget." for number in range(20_000)))
    assert len(book.sample) <= SAMPLE + 20 and "Paragraph 19" in book.sample


def extraction(markdown: str = GUIDE, **metadata: Any) -> Extraction:
    return Extraction(
        "hearings.md", Status.ok, title="Budget hearings in Kenya", language="en", markdown=markdown, text=markdown,
        characters=len(markdown), metadata=metadata,
    )  # fmt: skip


def draft(markdown: str = GUIDE, *, publish: bool = False, **metadata: Any) -> Document:
    prepared = drafting.prepare(extraction(markdown, **metadata))
    with writing():
        file = files.store(io.BytesIO(markdown.encode()), "hearings.md")
        return drafting.write(prepared, file, by=None, publish=publish)


def test_a_draft_begins_with_guesses_and_offers_topics_and_countries(app: Flask) -> None:
    topics.create("open-budgets", {"en": "Open budgets"}, synonyms={"en": ["budget hearings"]})
    document = draft()
    said = Metadata.of(document.latest)
    assert said.authors == ("Wanjiru Odhiambo", "Peter Mwangi") and said.published_on == date(2021, 3, 12)
    assert said.licence == "CC-BY-SA-4.0" and said.summary.startswith("This guide explains")
    assert said.countries == () and said.topics == ()
    open_ones = suggestions.open_for(document)
    assert open_ones["countries"][0].value == "KE" and open_ones["topics"][0].value == "open-budgets"
    assert open_ones["summary"][0].taken and not open_ones["countries"][0].taken


def test_publishing_an_import_takes_what_is_sure(app: Flask) -> None:
    document = draft(publish=True)
    assert document.live and document.live.countries == ["KE"] and document.suggestions is None


def test_front_matter_wins(app: Flask) -> None:
    document = draft(authors=["Somebody Else"], countries=["GH"], summary="Mine.", published="2020", licence="MIT")
    said = Metadata.of(document.latest)
    assert (said.authors, said.countries, said.summary, said.year, said.licence) == (
        ("Somebody Else",), ("GH",), "Mine.", 2020, "MIT"
    )  # fmt: skip
    assert not {"authors", "countries", "summary", "published", "licence"} & set(document.suggestions or {})


def test_proposals_are_plain_json(app: Flask) -> None:
    made = understanding.as_json(drafting.prepare(extraction()).proposals)
    assert set(made["authors"]) == {"value", "reason", "confidence"} and isinstance(made["countries"], list)
