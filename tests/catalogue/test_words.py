"""Slugs, and front matter turned into metadata and back."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.catalogue import metadata
from library.catalogue.slugs import MAX_LENGTH, is_slug, slugify


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Right to Information!", "right-to-information"),
        ("L’accès à l'information", "laccès".replace("è", "e") + "-a-linformation"),
        ("Straße & Fußgänger", "strasse-fussganger"),
        ("  --  ", "piece"),
        ("हिन्दी गाइड", "हिन्दी-गाइड"),
        ("e-government / C++", "e-government-c"),
        ("ＦＵＬＬ ｗｉｄｔｈ", "full-width"),
    ],
)
def test_slugs_are_readable(title: str, slug: str) -> None:
    assert slugify(title) == slug


@given(st.text(max_size=200))
def test_a_slug_is_short_and_stable(text: str) -> None:
    slug = slugify(text)
    assert 0 < len(slug) <= MAX_LENGTH and slugify(slug) == slug
    assert not set(slug) & set("/?#%&\\\"'<> .")
    assert is_slug(slug)


def test_front_matter_becomes_metadata() -> None:
    fields = {
        "title": "T", "kind": "Guidebook", "topics": ["privacy"], "language": "fr", "countries": "gh, KE",
        "authors": ["A"], "published": date(2020, 5, 4), "licence": "CC-BY-4.0", "source": "https://example.org/",
    }  # fmt: skip
    found, warnings = metadata.from_front_matter(fields, "file name")
    assert warnings == []
    assert (found.kind, found.countries, found.year) == ("guidebook", ("GH", "KE"), 2020)
    again, _ = metadata.from_front_matter(metadata.to_front_matter(found, "other"), "x")
    assert again == found and metadata.to_front_matter(found, "other")["translation_of"] == "other"


def test_each_unusable_field_is_named_and_the_rest_is_kept() -> None:
    fields = {"kind": "poem", "language": "?", "countries": ["Ghana", "KE"], "published": "soon", "source": "ftp://x"}
    found, warnings = metadata.from_front_matter(fields, "From the file", "es")
    assert len(warnings) == 5
    assert (found.title, found.kind, found.language, found.countries) == ("From the file", "article", "es", ("KE",))
    assert found.source_url == "" and found.published_on is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (2019, (None, 2019)),
        ("2019-03-02T10:00:00Z", (date(2019, 3, 2), 2019)),
        (datetime(2018, 1, 2), (date(2018, 1, 2), 2018)),
    ],
)
def test_dates_whole_or_as_a_year(value: object, expected: tuple[date | None, int]) -> None:
    found, _ = metadata.from_front_matter({"published": value}, "x")
    assert (found.published_on, found.year) == expected
