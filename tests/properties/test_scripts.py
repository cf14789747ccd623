"""Laws of words in every script: how a text is encoded does not matter, and what is asked for is there."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import LibraryAnalyzer, fold, stems, terms, words
from indexer.building import Builder
from indexer.flattening import flatten
from indexer.stemming import STEMMERS
from tests.indexer.conftest import section

SCRIPTS = [
    "aeoönqı'’-", "ăâêôơưđáàảãạếộởự", "αάΐςσΏ", "иійїёўґѓќ'ʼ", "հայ՞՛և", "აბგჰ", "אבגשׁוֹל׳״־", "اأإآىئؤةهلوبي\u064b\u0651ـ\u200c",
    "یکهۀپچگ\u200c", "कखनम्ँंिीड़फ़\u200d", "কনত্ড়য়োৌঁং", "కమ్ొే", "തന്‍ൻൊ", "ปเแานำ้ํทยรศ", "ກເານໍາ້ຳ",
    "កខ្មែរុំ\u200b", "မြန်ဘ္င့းိုာ", "パはが゙ー漢字水ﾊﾟ", "한국은는이정부에서", "ሀሰላምሐሠ፡", "བོདསྐ་",
]  # fmt: skip
WORD = st.sampled_from(SCRIPTS).flatmap(lambda letters: st.text(alphabet=letters + "2a", min_size=1, max_size=9))
TEXT = st.lists(WORD, min_size=1, max_size=5).map(" ".join)


@given(text=TEXT)
def test_composed_and_decomposed_text_has_the_same_words(text: str) -> None:
    assert terms(unicodedata.normalize("NFC", text)) == terms(unicodedata.normalize("NFD", text))


@given(text=TEXT)
def test_a_text_holds_what_a_question_of_it_asks_for(text: str) -> None:
    assert set(terms(text)) <= {token.text for token in LibraryAnalyzer()(text, mode="index")}
    assert fold(fold(text)) == fold(text)


@given(text=TEXT)
def test_the_index_is_built_of_the_words_that_a_question_has(text: str) -> None:
    builder = Builder()
    builder.add(flatten([section("1", text, title="")]))
    built = {str(term, "utf-8") for term in builder.draft().terms}
    assert {piece.term for word in words(text) for piece in word.pieces} <= built


@given(text=TEXT, language=st.sampled_from(sorted(STEMMERS)))
def test_stems_are_never_empty(text: str, language: str) -> None:
    for word in words(text):
        for piece in word.pieces:
            assert all(
                stem.startswith(f"{language}/") and len(stem) > len(language) + 1
                for stem in stems(piece.whole, language)
            )
