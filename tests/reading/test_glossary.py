"""Words that a glossary explains are marked where they stand first, whatever their form, and lead to its entry."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from lxml import html as lxml_html

from library.catalogue import documents
from library.catalogue.models import Document
from library.reading.glossaries import entries, is_called_so
from library.reading.terms import Entry, Finder

Piece = Callable[..., Document]

BOOK = """An assembly is mentioned before any chapter.

## Meet

Assemblies begin in a room; an assembly ends in the street. [A page on assembly](#glossary).

`assembly` is code. FOI helps, foi does not.

> Every quorum counts.

## Glossary

Assembly
Gathering
:   People who come together for a purpose.

Freedom of information (FOI)
:   The right to know.

| Word | Meaning |
|---|---|
| Quorum | How many have to be there. |
"""


def page(client: FlaskClient, path: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(client.get(path).text)


def terms(found: lxml_html.HtmlElement) -> list[tuple[str, str, str]]:
    return [(a.text_content(), a.get("href"), a.get("aria-description")) for a in found.xpath("//a[@class='term']")]


def test_a_word_is_marked_once_a_chapter_and_leads_to_its_entry(client: FlaskClient, piece: Piece) -> None:
    piece(BOOK, title="Meetings", kind="guidebook")
    marked = terms(page(client, "/documents/meetings/meet/"))
    assert [(word, meaning) for word, _, meaning in marked] == [
        ("Assemblies", "People who come together for a purpose."),
        ("FOI", "The right to know."),
        ("quorum", "How many have to be there."),
    ]
    glossary = page(client, "/documents/meetings/glossary/")
    for _, address, _ in marked:
        path, _, anchor = address.partition("#")
        assert path == "/documents/meetings/glossary/"
        assert glossary.xpath(f"//*[@id='{anchor}']")
    assert [word for word, _, _ in terms(page(client, "/documents/meetings/"))] == ["assembly"]


def test_the_glossary_itself_is_not_marked(client: FlaskClient, piece: Piece) -> None:
    piece(BOOK, title="Meetings", kind="guidebook")
    assert terms(page(client, "/documents/meetings/glossary/")) == []


def test_the_librarys_glossary_explains_in_the_pieces_language_and_after_the_pieces_own(
    client: FlaskClient, piece: Piece
) -> None:
    shared = piece("Assembly\n:   From the library.\n\nMinutes\n:   What was said.", title="Glossary", kind="page")
    french = piece("Procès-verbal\n:   Ce qui a été dit.", title="Glossaire", kind="page", language="fr")
    documents.translate(french, shared)
    piece("## One\n\nAssembly and minutes.\n\n## Glossary\n\nAssembly\n:   Its own.", title="Own", kind="guidebook")
    piece("Un procès-verbal, assembly.", title="Notes", language="fr")
    assert [(word, meaning) for word, _, meaning in terms(page(client, "/documents/own/one/"))] == [
        ("Assembly", "Its own."),
        ("minutes", "What was said."),
    ]
    assert [word for word, _, _ in terms(page(client, "/documents/notes/"))] == ["procès-verbal"]


def test_a_glossary_that_the_reader_may_not_see_explains_nothing(client: FlaskClient, piece: Piece) -> None:
    shared = piece("Assembly\n:   Inner.", title="Glossary", kind="page")
    piece("An assembly.", title="Notes")
    assert terms(page(client, "/documents/notes/"))
    documents.curate(shared, access="members")
    assert not terms(page(client, "/documents/notes/"))
    documents.curate(shared, access="public")
    documents.withdraw(shared, "Being rewritten.")
    assert not terms(page(client, "/documents/notes/"))


def test_other_definition_lists_are_text_like_any_other(client: FlaskClient, piece: Piece) -> None:
    piece(
        "Quorum\n:   Enough for an assembly.\n\n## Glossary\n\nAssembly\n:   People.\n\nQuorum\n:   How many.",
        title="Lists",
    )
    assert [word for word, _, _ in terms(page(client, "/documents/lists/"))] == ["assembly"]


def test_a_meaning_cannot_leave_its_attribute(client: FlaskClient, piece: Piece) -> None:
    piece('An assembly.\n\n## Glossary\n\nAssembly\n:   "><script>x</script> & `"`', title="Sharp")
    found = page(client, "/documents/sharp/")
    assert not found.xpath("//main//script[not(@src)]")
    assert terms(found)[0][2].startswith('">')


@pytest.mark.parametrize(
    ("language", "name", "text", "found"),
    [
        ("en", "right to information", "The Right to Information is old.", ["Right to Information"]),
        ("en", "public", "A publication for the public.", ["public"]),
        ("en", "AI", "They said ai, then AI.", ["AI"]),
        ("fr", "liberté de réunion", "Les libertés de réunion et la liberté.", ["libertés de réunion"]),
        ("ar", "الشفافية", "تقوم الثقة على الشفافية.", ["الشفافية"]),
        ("zh", "信息公开", "政府信息公开条例", ["信息公开"]),
        ("th", "ธรรมาภิบาล", "หลักธรรมาภิบาลของรัฐ", ["ธรรมาภิบาล"]),
        ("hi", "पारदर्शिता", "सरकार में पारदर्शिता चाहिए।", ["पारदर्शिता"]),
    ],
)
def test_words_are_found_in_every_script(language: str, name: str, text: str, found: list[str]) -> None:
    finder = Finder((Entry((name,), "Meaning.", "/x"),), language)
    assert [text[start:end] for start, end, _ in finder.find(text)] == found
    assert list(finder.find(text)) == []


def test_the_longer_of_two_names_goes_first() -> None:
    short, long = Entry(("data",), "One.", "/1"), Entry(("open data",), "Two.", "/2")
    finder = Finder((short, long), "en")
    assert [entry for _, _, entry in finder.find("Open data, then data.")] == [long, short]


@pytest.mark.parametrize(
    "heading", ["Glossary", "GLOSSARY OF TERMS", "Glosario", "Lexique", "مسرد المصطلحات", "术语表", "用語集"]
)
def test_a_glossary_is_known_by_its_heading(heading: str) -> None:
    assert is_called_so(heading)


@pytest.mark.parametrize("heading", ["Why a glossary helps", "Terms of use", "Introduction", ""])
def test_other_headings_are_no_glossary(heading: str) -> None:
    assert not is_called_so(heading)


def test_rows_of_more_than_two_columns_explain_nothing() -> None:
    table = "<table><tbody><tr id='p-1'><td>A word</td><td>b</td><td>c</td></tr></tbody></table>"
    assert list(entries(table)) == []
