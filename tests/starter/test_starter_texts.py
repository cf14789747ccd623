"""The starter library's texts: complete, sourced, linked, free of filler and of anybody's address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from library.catalogue.metadata import Metadata, from_front_matter
from library.catalogue.models import Kind
from library.catalogue.slugs import is_slug
from library.ingest import frontmatter
from library.settings import ROOT

STARTER = ROOT / "library" / "starter"
TOPIC_LANGUAGES = {"en", "fr", "es", "ar"}
NEEDED = ("title", "summary", "kind", "topics", "language", "authors", "publisher", "published", "licence")
LEAST_WORDS = {Kind.GUIDEBOOK: 4_500, Kind.PAGE: 150}  # of any other kind: 1,100
# TODO in capitals alone: "todo" is a Spanish word.
FILLER = re.compile(r"(?i:lorem|ipsum|placeholder|\[insert|coming soon)|\b(?:TODO|TBD|FIXME|XXX)\b")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w|mailto:|\(at\)", re.IGNORECASE)
LINK = re.compile(r"\]\(([^)\s]+)[^)]*\)|<((?:https?|ftp):[^>\s]+)>|(?<![(<\"])\b(https?://[^\s)>\]]+)")


@dataclass(frozen=True, slots=True)
class Text:
    """A Markdown file that ships: its path, the fields of its front matter, what follows them."""

    path: Path
    fields: dict[str, Any]
    body: str
    warnings: list[str]

    @property
    def slug(self) -> str:
        return self.path.stem


def _read(path: Path) -> Text:
    fields, body, warnings = frontmatter.split(path.read_text(encoding="utf-8"))
    return Text(path, fields, body, warnings)


def _topics() -> list[dict[str, Any]]:
    listed = yaml.safe_load((STARTER / "topics.yaml").read_text(encoding="utf-8"))["topics"]
    assert isinstance(listed, list)
    return listed


DOCUMENTS = [_read(path) for path in sorted((STARTER / "documents").glob("*.md"))]
PAGES = [_read(path) for path in sorted((STARTER / "pages").glob("*.md"))]
TEXTS = [*DOCUMENTS, *PAGES]
TOPICS = _topics()
each_text = pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.slug)
each_document = pytest.mark.parametrize("text", DOCUMENTS, ids=lambda text: text.slug)
each_topic = pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic["slug"])


@each_text
def test_the_front_matter_is_complete_and_valid(text: Text) -> None:
    assert not text.warnings
    assert not [key for key in NEEDED if not text.fields.get(key)]
    metadata, warnings = from_front_matter(text.fields, title="")
    assert not warnings
    assert metadata == metadata.checked()
    assert isinstance(metadata, Metadata)
    assert metadata.licence == "CC-BY-4.0"
    assert metadata.language in TOPIC_LANGUAGES
    assert metadata.published_on is not None
    assert metadata.published_on >= date(2026, 1, 1)
    assert is_slug(text.slug)
    assert 40 <= len(metadata.summary) <= 320


@each_text
def test_every_topic_of_a_text_is_in_the_tree(text: Text) -> None:
    assert set(text.fields["topics"]) <= {topic["slug"] for topic in TOPICS}


def test_every_topic_has_a_document() -> None:
    used = {slug for text in DOCUMENTS for slug in text.fields["topics"]}
    parents = {topic["parent"] for topic in TOPICS}
    assert {topic["slug"] for topic in TOPICS} - parents <= used


def test_the_five_pieces_of_the_network_and_its_pages_ship() -> None:
    assert {text.slug for text in DOCUMENTS} >= {
        "countering-disinformation-guidebook",
        "three-ways-to-better-govern-the-use-of-ai",
        "addressing-harmful-information-online",
        "navigating-risks-and-rewards-of-digital-id",
        "faces-of-open-government-sammy-obeng",
    }
    own = {text.slug for text in PAGES if text.fields["language"] == "en"}
    assert own == {"about", "objectives", "structure", "joining", "glossary"}
    for language in ("fr", "es", "ar"):
        translated = {text.fields["translation_of"] for text in PAGES if text.fields["language"] == language}
        assert translated == {"about", "objectives", "structure", "joining", "glossary"}
    assert {text.fields["kind"] for text in PAGES} == {Kind.PAGE}
    assert Kind.PAGE not in {text.fields["kind"] for text in DOCUMENTS}


def test_translations_lead_to_a_text_in_another_language_with_the_same_headings() -> None:
    by_slug = {text.slug: text for text in DOCUMENTS}
    translations = [text for text in DOCUMENTS if "translation_of" in text.fields]
    assert {text.fields["language"] for text in translations} >= {"fr", "es"}
    for text in translations:
        original = by_slug[text.fields["translation_of"]]
        assert "translation_of" not in original.fields
        assert original.fields["language"] != text.fields["language"]
        assert text.fields["topics"] == original.fields["topics"]
        assert text.fields["kind"] == original.fields["kind"]
        assert _outline(text) == _outline(original), text.slug
    untranslated = {text.fields["language"] for text in DOCUMENTS if text not in translations}
    assert untranslated == {"en"}


def _outline(text: Text) -> list[int]:
    return [len(marks) for marks in re.findall(r"^(#+) ", text.body, re.MULTILINE)]


@each_document
def test_a_piece_names_its_sources_at_the_end(text: Text) -> None:
    headings = re.findall(r"^## (.+)$", text.body, re.MULTILINE)
    assert headings[-1] in ("Sources", "Fuentes", "المصادر")
    sources = re.findall(r"^- (.+)$", text.body.rsplit(f"## {headings[-1]}\n", 1)[1], re.MULTILINE)
    assert len(sources) >= 5
    assert sum("https://" in source for source in sources) >= 4


@each_text
def test_a_text_has_no_filler_and_nobodys_address(text: Text) -> None:
    whole = text.path.read_text(encoding="utf-8")
    assert not FILLER.search(whole)
    assert not ADDRESS.search(whole)


@each_text
def test_a_text_is_long_enough_to_be_worth_reading(text: Text) -> None:
    assert len(text.body.split()) >= LEAST_WORDS.get(text.fields["kind"], 1_100)


@each_text
def test_links_are_secure_or_lead_to_something_that_ships(text: Text) -> None:
    here = {f"/documents/{document.slug}/" for document in DOCUMENTS}
    here |= {"/about/" if page.slug == "about" else f"/about/{page.slug}/" for page in PAGES}
    here |= {f"/topics/{topic['slug']}/" for topic in TOPICS}
    for found in LINK.findall(text.body):
        link = next(part for part in found if part)
        assert link.startswith("https://") or link in here, link


def test_the_guidebook_has_chapters_with_sections_and_what_a_guidebook_uses() -> None:
    guidebook = next(text for text in DOCUMENTS if text.fields["kind"] == Kind.GUIDEBOOK)
    assert _outline(guidebook).count(2) >= 6
    assert _outline(guidebook).count(3) >= 20
    for mark in (r"^\| --- \|", r"^!!! note", r"^\[\^\w+\]:", r"^:   ", r"^\d\. "):
        assert re.search(mark, guidebook.body, re.MULTILINE), mark


@each_document
def test_footnotes_are_both_called_and_written(text: Text) -> None:
    called = set(re.findall(r"\[\^(\w+)\](?!:)", text.body))
    assert called == set(re.findall(r"^\[\^(\w+)\]:", text.body, re.MULTILINE))


@each_text
def test_the_title_stands_in_the_front_matter_alone(text: Text) -> None:
    levels = _outline(text)
    assert 1 not in levels
    assert all(below - above <= 1 for above, below in zip([1, *levels], levels, strict=False))


@each_topic
def test_a_topic_has_a_name_synonyms_and_a_sentence_in_every_language(topic: dict[str, Any]) -> None:
    assert is_slug(topic["slug"])
    for part in ("names", "synonyms", "description"):
        assert set(topic[part]) == TOPIC_LANGUAGES
    for language in TOPIC_LANGUAGES:
        words = topic["synonyms"][language]
        assert len(words) >= 3
        assert all(isinstance(word, str) and word for word in words)
        assert len({word.casefold() for word in words} | {topic["names"][language].casefold()}) == len(words) + 1
        assert re.fullmatch(r".{30,220}\.", topic["description"][language])


def test_a_synonym_means_one_topic() -> None:
    seen: dict[tuple[str, str], str] = {}
    for topic in TOPICS:
        for language in TOPIC_LANGUAGES:
            for word in [topic["names"][language], *topic["synonyms"][language]]:
                assert seen.setdefault((language, word.casefold()), topic["slug"]) == topic["slug"], word


def test_the_tree_has_two_levels_and_parents_come_first() -> None:
    parents: dict[str, str | None] = {}
    for topic in TOPICS:
        parent = topic["parent"]
        assert topic["slug"] not in parents
        assert parent is None or (parent in parents and parents[parent] is None)
        parents[topic["slug"]] = parent
    assert len(parents) == 12
