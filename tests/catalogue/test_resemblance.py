"""Nearly the same pieces: how alike they are, which are named, when signatures are renewed; and what differs."""

from __future__ import annotations

import random
from collections.abc import Callable

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from library.catalogue import comparing, documents, rendering, resemblance
from library.catalogue.metadata import Metadata
from library.catalogue.models import Document, Signature, SignatureBand
from library.extensions import db

Make = Callable[..., Document]
WORDS = [f"word{number}" for number in range(400)]


def text(seed: int, length: int = 600) -> str:
    chosen = random.Random(seed)
    return " ".join(chosen.choice(WORDS) for _ in range(length))


def changed(words: str, every: int) -> str:
    return " ".join("other" if number % every == 0 else word for number, word in enumerate(words.split()))


texts = st.lists(st.sampled_from(WORDS[:60]), max_size=80).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(texts, texts)
def test_resemblance_is_symmetric_and_whole_for_the_same_text(one: str, other: str) -> None:
    first, second = resemblance.sketch(one), resemblance.sketch(other)
    assert resemblance.similarity(first, second) == resemblance.similarity(second, first)
    assert resemblance.containment(first, second) == resemblance.containment(second, first)
    assert resemblance.similarity(first, first) == resemblance.containment(first, first) == 1.0
    assert 0.0 <= resemblance.similarity(first, second) <= 1.0 and 0.0 <= resemblance.containment(first, second) <= 1.0


def test_estimates_are_near_the_truth() -> None:
    whole = text(1, 4000)
    half = " ".join(whole.split()[:2000])
    one, other = resemblance.sketch(whole), resemblance.sketch(half)
    assert abs(resemblance.similarity(one, other) - 0.5) < 0.15
    assert resemblance.containment(one, other) > 0.8


def test_case_punctuation_and_line_ends_make_no_difference_nor_do_scripts_without_spaces() -> None:
    one = resemblance.sketch("The clerk reads the rules. Everyone has three minutes.")
    assert (
        resemblance.similarity(one, resemblance.sketch("the clerk\nreads the RULES; everyone has\nthree minutes"))
        == 1.0
    )
    han = "预算听证会是公开的，居民可以参加并提出问题，每个人有三分钟的发言时间。"
    assert resemblance.similarity(resemblance.sketch(han), resemblance.sketch(han.replace("三", "五"))) > 0.5


def test_nearly_the_same_piece_is_named_and_another_is_not(app: Flask, piece: Make) -> None:
    first, near, far = piece(text(1)), piece(changed(text(1), 60)), piece(text(2))
    resemblance.catch_up()
    (like,) = resemblance.resembling(near)
    assert like.document.id == first.id and 0.7 < like.similarity < 1
    assert resemblance.resembling(far) == []
    assert [found.document.id for found in resemblance.resembling(resemblance.sketch(text(2)))] == [far.id]


def test_a_translation_is_no_duplicate(app: Flask, piece: Make) -> None:
    original, translation = piece(text(1)), piece(text(1))
    documents.translate(translation, original)
    resemblance.catch_up()
    assert resemblance.resembling(translation) == []


def test_a_new_revision_drops_the_signature_until_another_is_made(app: Flask, piece: Make) -> None:
    first, second = piece(text(1)), piece(text(1))
    resemblance.catch_up()
    documents.revise(second, Metadata.of(second.latest), text(3))
    assert db.session.get(Signature, second.id) is None
    assert db.session.scalar(select(func.count()).where(SignatureBand.document_id == second.id)) == 0
    assert resemblance.resembling(first) == []
    assert resemblance.catch_up() == 1 and resemblance.catch_up() == 0
    assert resemblance.resembling(first) == []


def test_a_discarded_draft_leaves_no_signature(app: Flask, piece: Make) -> None:
    gone = piece(text(1), publish=False)
    resemblance.catch_up()
    documents.discard(gone)
    assert db.session.scalar(select(func.count()).select_from(SignatureBand)) == 0


def test_short_texts_are_not_compared(app: Flask, piece: Make) -> None:
    one, _other = piece("Only a few words."), piece("Only a few words.")
    resemblance.catch_up()
    assert resemblance.resembling(one) == []


OLD = "A lead.\n\n## Before\n\nThe clerk reads the rules aloud.\n\nBring two copies.\n\n## After\n\nGo home."
NEW = (
    "A lead.\n\n## Before\n\nThe clerk reads the new rules aloud.\n\n## Meanwhile\n\nWait here.\n\n## After\n\nGo home."
)


def test_a_comparison_says_what_is_new_gone_and_changed_by_section() -> None:
    found = comparing.compare(rendering.render(OLD, "article"), rendering.render(NEW, "article"))
    assert (found.added, found.removed, found.changed) == (2, 1, 1)
    before = next(section for section in found.sections if section.heading == "Before")
    assert [difference.state for difference in before.differences] == ["changed", "removed"]
    assert [run.text.strip() for run in before.differences[0].runs if run.state == "added"] == ["new"]
    assert any(section.heading == "Meanwhile" for section in found.sections)


def test_punctuation_alone_is_no_difference() -> None:
    one, other = rendering.render("It “is” so.", "article"), rendering.render('It "is" so', "article")
    assert comparing.compare(one, other).identical


@settings(max_examples=60, deadline=None)
@given(texts, texts)
def test_a_comparison_by_words_keeps_both_texts(old: str, new: str) -> None:
    runs = comparing.by_words(old, new)
    assert "".join(run.text for run in runs if run.state != "added") == old
    assert "".join(run.text for run in runs if run.state != "removed") == new


def test_a_long_comparison_says_what_it_leaves_out() -> None:
    many = "\n\n".join(f"Paragraph number {number}." for number in range(comparing.SHOWN + 50))
    found = comparing.compare(rendering.render("Nothing.", "article"), rendering.render(many, "article"))
    assert found.left_out >= 49 and sum(len(section.differences) for section in found.sections) == comparing.SHOWN
