"""Reading order from visual order."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from library.ingest.formats import pdf_bidi

HEBREW = st.text("אבגדהוזחטיכלמנ", min_size=1, max_size=6)
ARABIC = st.text("ابتثجحخدذرزسش", min_size=1, max_size=6)
NUMBERS = st.from_regex(r"[1-9][0-9]{0,3}([./][0-9]{1,2}){0,2}", fullmatch=True)
LATIN = st.text("abcdefghij", min_size=1, max_size=6)


@given(st.lists(st.one_of(HEBREW, ARABIC), min_size=1, max_size=8), st.lists(NUMBERS, max_size=8))
def test_words_and_numbers_come_back_in_reading_order(words, numbers):
    both = [word for n, one in enumerate(words) for word in ([one, numbers[n]] if n < len(numbers) else [one])]
    line = " ".join(both)
    visual = re.sub(r"[0-9./]+", lambda found: found[0][::-1], line[::-1])
    assert "".join(text for text, _ in pdf_bidi.logical(list(visual), True)) == line


@given(
    st.lists(HEBREW, min_size=1, max_size=4),
    st.lists(LATIN, min_size=1, max_size=3),
    st.lists(HEBREW, min_size=1, max_size=4),
)
def test_latin_words_within_keep_their_order(before, within, after):
    line = " ".join([*before, *within, *after])
    visual = re.sub(r"[a-j][a-j ]*[a-j]|[a-j]", lambda found: found[0][::-1], line[::-1])
    assert "".join(text for text, _ in pdf_bidi.logical(list(visual), True)) == line


@given(st.text(max_size=60), st.booleans())
def test_no_character_is_lost_or_added(text, right_to_left):
    read = [one for one, _ in pdf_bidi.logical(list(text), right_to_left)]
    assert sorted(read) == sorted(text)


@given(st.lists(LATIN, max_size=8))
def test_line_from_left_to_right_stays_as_it_is(words):
    line = " ".join(words)
    assert "".join(text for text, _ in pdf_bidi.logical(list(line), False)) == line
