"""Markdown, HTML and plain text."""

from __future__ import annotations

import pytest

from library.catalogue import rendering
from library.ingest import Status


def test_front_matter_gives_title_language_and_the_contracts_keys(extracted):
    found = extracted(
        "---\ntitle: 'Open data: a start'\nlang: pt_BR\ndate: 2024-05-31\nauthor: Ama, Kofi\ndescription: Why.\n"
        "layout: post\n---\n\n# Open data: a start\n\nText.\n\n## One\n\nMore.\n",
        "a.md",
    )
    assert (found.title, found.language, found.format) == ("Open data: a start", "pt-BR", "markdown")
    assert found.metadata == {
        "title": "Open data: a start",
        "summary": "Why.",
        "language": "pt-BR",
        "authors": ["Ama", "Kofi"],
        "published": "2024-05-31",
    }
    assert found.markdown == "Text.\n\n## One\n\nMore.\n"


def test_toml_front_matter_is_read_too(extracted):
    found = extracted('+++\ntitle = "Petitions"\n+++\n\nText about petitions.\n', "a.md")
    assert found.title == "Petitions"
    assert found.text == "Text about petitions."


def test_front_matter_that_is_not_valid_is_salvaged_and_told(extracted):
    found = extracted("---\ntitle: Data: what it is\nlang: en\n---\n\nText.\n", "a.md")
    assert found.title == "Data: what it is"
    assert "front matter" in found.warnings[0]


@pytest.mark.parametrize(
    "front",
    ["a: &a [x]\nb: *a", "title: !!python/object/apply:os.system ['true']", "a: " + "[" * 300, "- one\n- two"],
    ids=["aliases", "python tag", "deep", "list"],
)
def test_hostile_front_matter_does_nothing_and_the_text_stays(extracted, front):
    found = extracted(f"---\n{front}\n---\n\nThe text itself.\n", "a.md")
    assert found.status is Status.ok
    assert "The text itself." in found.text
    assert found.warnings


def test_text_kept_in_front_matter_is_not_lost(extracted):
    found = extracted("---\ntitle: Survey\nwalk_through: |\n  First ask.\n\n  Then listen.\n---\n", "a.md")
    assert "## Walk through" in found.markdown
    assert "Then listen." in found.text


def test_multimarkdown_header_is_front_matter(extracted):
    found = extracted("Tool: Mixer\nTitle: Using the mixer\nLanguage: EN\n\n# Setting up\n\nTurn it **on**.\n", "a.txt")
    assert (found.title, found.language, found.format) == ("Using the mixer", "en", "markdown")


def test_marks_of_site_generators_are_stripped_outside_of_code(extracted):
    found = extracted(
        '{% include nav.html %}\n\n# Title\n\n{{ page.note }}Kept {{< ref "x" >}}text{: .lead}\n\n* TOC\n{:toc}\n\n'
        "<div class='box' markdown='1'>\n\nIn a box.\n\n</div>\n\n```\n{% kept %}\n```\n",
        "a.md",
    )
    assert found.markdown == "Kept text\n\nIn a box.\n\n```\n{% kept %}\n```\n"


def test_plain_words_of_markdown_have_no_marks(extracted):
    found = extracted(
        "A **bold** [link](http://x.org) and `code` &amp; \\*star\\*\n\n| a | b |\n|---|---|\n| c | d |\n", "a.md"
    )
    assert found.text.split("\n")[0] == "A bold link and code & *star*"
    assert "c" in found.text
    assert "|" not in found.text


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("utf-8-sig", "Guide de l’eau"),
        ("utf-16", "Guide de l’eau"),
        ("utf-32", "Guide"),
        ("utf-16-le", "Guide to water"),
        ("cp1251", "Руководство для граждан по открытым данным и участию"),
        ("koi8-r", "Руководство для граждан по открытым данным и участию"),
        ("iso2022_jp", "市民のための公開データ入門"),
        ("euc_jp", "市民のための公開データ入門です。これは市民の権利についての文書です。"),
        ("cp1252", "Guide to water: café, naïve, señor, Größe"),
    ],
)
def test_plain_text_is_read_in_its_encoding(extracted, encoding, words):
    found = extracted(((words + "\n") * 6).encode(encoding), "a.txt")
    assert words in found.text
    assert found.format == "text"


def test_old_mac_text_is_read_as_such(extracted):
    found = extracted(("Guide to water: café, naïve, señor, Größe\r" * 6).encode("mac_roman"), "a.txt")
    assert "café, naïve, señor, Größe\nGuide" in found.text


def test_plain_text_shows_as_it_stands(extracted):
    found = extracted("Rules\n\n# is no heading, *this* no emphasis, 2 < 3 & <b>\n\n1) first\n2) second\n", "rules.txt")
    assert found.title == "Rules"
    section = rendering.render(found.markdown, "article")[0]
    assert [text for _, text in section.blocks] == [
        "# is no heading, *this* no emphasis, 2 < 3 & <b>",
        "first",
        "second",
    ]


def test_text_without_title_takes_its_files_name(extracted):
    long = "This first line goes on for so long that nobody would take it for a title, " * 3
    assert extracted(long, "2021_open-data.notes.txt").title == "2021 open data notes"


PAGE = """<!DOCTYPE html><html lang="fr"><head><title>Le budget | Site</title><style>p{}</style></head><body>
<nav><a href="/">Accueil</a> du menu</nav><div class="cookie-banner">Nous aimons les biscuits</div>
<main><h1>Le budget de la ville</h1><p>Chaque ville vote <b>son</b> budget, et chacun peut
le lire avant le vote public.</p>
<h2>Où le lire</h2><table><tr><th>Lieu</th><th>Heure</th></tr><tr><td>Mairie</td><td>9 h</td></tr></table>
<ul><li>à la mairie</li><li>en ligne</li></ul><p onclick="x()">Fin<script>alert(1)</script>.</p></main>
<footer>Mentions légales</footer></body></html>"""


def test_article_of_a_page_is_read_rather_than_its_menus(extracted):
    found = extracted(PAGE, "page.html")
    assert (found.title, found.language, found.format) == ("Le budget de la ville", "fr", "html")
    assert "## Où le lire" in found.markdown
    assert "| Mairie | 9 h" in found.markdown
    assert "-   en ligne" in found.markdown
    for gone in ("Accueil", "biscuits", "Mentions", "alert", "onclick", "p{}"):
        assert gone not in found.markdown + found.text


def test_page_that_is_nothing_but_links_keeps_them(extracted):
    found = extracted(
        "<html><body><ul class='nav'><li><a href='/a'>Water law</a></li><li>Land law</li></ul></body></html>", "a.html"
    )
    assert "Water law" in found.text
    assert "Land law" in found.text


def test_charset_of_a_page_is_believed_unless_it_is_plainly_wrong(extracted):
    arabic = "<html><head><meta charset='windows-1256'></head><body><p>دليل المواطن</p></body></html>"
    assert "دليل المواطن" in extracted(arabic.encode("cp1256"), "a.html").text
    wrong = "<html><head><meta charset='latin-1'></head><body><p>naïve señor</p></body></html>"
    assert "naïve señor" in extracted(wrong.encode(), "a.html").text


def test_page_nested_beyond_reason_gives_its_text(extracted):
    deep = "<html><body>" + "<div><p>" * 3000 + "at the bottom" + "</p></div>" * 3000 + "</body></html>"
    found = extracted(deep, "deep.html")
    assert found.status is Status.ok
    assert "at the bottom" in found.text


def test_page_with_front_matter_of_a_site_generator(extracted):
    found = extracted("---\ntitle: Is it right?\nlang: en\n---\n<h2>First</h2><p>Yes {{ site.x }}it is.</p>", "a.html")
    assert found.title == "Is it right?"
    assert "{{" not in found.text
    assert "it is." in found.text


def test_language_of_a_text_is_guessed_and_told_unknown_when_too_short(extracted):
    assert (
        extracted(
            "Les citoyens peuvent assister aux séances du conseil, sauf lorsque celui-ci vote le huis clos.", "a.txt"
        ).language
        == "fr"
    )
    assert extracted("Zorp.", "b.txt").language == "und"
