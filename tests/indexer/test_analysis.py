"""What words become."""

import pytest

from indexer.analysis import LibraryAnalyzer, fold, primary, stem_terms, stems, terms, words


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("L’accès à l'information", ["acces", "a", "information"]),
        ("aujourd'hui d'Afrique dell'arte", ["aujourdhui", "afrique", "arte"]),
        ("the U.S.A. and e.g. Ghana's", ["the", "usa", "and", "eg", "ghana"]),
        ("C++ C# x", ["c++", "c#", "x"]),
        ("ÉCOLE Straße Łódź Æsir İstanbul", ["ecole", "strasse", "lodz", "aesir", "istanbul"]),
        ("Ελλάδα Ёлка Йод", ["ελλαδα", "елка", "йод"]),
        ("الحُكُومَةُ أحمد إلى ٱلآن مـــن", ["الحكومه", "احمد", "الي", "الان", "من"]),
        ("हिन्दी में सूचना का अधिकार", ["हिंदी", "में", "सूचना", "का", "अधिकार"]),
        ("தமிழ் తెలుగు", ["தமிழ்", "తెలుగు"]),
        ("公民空间", ["公民", "民空", "空间"]),
        ("水 water", ["水", "water"]),
        ("カタカナ ひら", ["カタ", "タカ", "カナ", "ひら"]),
        ("2023年の", ["2023", "年の"]),
        ("한국어 시민", ["한국", "국어", "시민"]),
        ("snake_case 2019-2023", ["snake", "case", "2019", "2023"]),
        ("soft\u00adhyphen ﬁne", ["softhyphen", "fine"]),
        ("", []),
        ("?!…", []),
    ],
)
def test_terms_of_many_scripts(text: str, wanted: list[str]) -> None:
    assert terms(text) == wanted


@pytest.mark.parametrize("text", ["ประเทศไทย", "ကမ္ဘာပေါ်မှာ", "ភាសាខ្មែរ", "ພາສາລາວ", "대한민국"])
def test_scripts_without_spaces_become_overlapping_pairs(text: str) -> None:
    found = terms(text)
    assert len(found) >= 2
    assert all(piece.unspaced for word in words(text) for piece in word.pieces)


def test_a_hyphenated_word_is_found_written_together() -> None:
    tokens = [(t.text, t.pos) for t in LibraryAnalyzer()("co-operation now", positions=True, mode="index")]
    assert tokens == [("co", 0), ("cooperation", 0), ("operation", 1), ("now", 2)]


def test_the_last_character_of_a_run_is_indexed_alone_but_not_asked_for() -> None:
    assert [t.text for t in LibraryAnalyzer()("公民", mode="index")] == ["公民", "民"]
    assert [t.text for t in LibraryAnalyzer()("公民", mode="query")] == ["公民"]


def test_places_are_those_in_the_original_text() -> None:
    text = "Sur l’accès, U.S.A."
    found = [text[w.start + p.start : w.start + p.end] for w in words(text) for p in w.pieces]
    assert found == ["Sur", "accès", "U.S.A."]


def test_stems_follow_the_language_and_missing_accents() -> None:
    assert stems("policies", "en") == stems("policy", "en") == ("en/polici",)
    assert set(stems("información", "es")) & set(stems("informaciones", "es"))
    assert set(stems("informacion", "es")) & set(stems("información", "es"))
    assert stems("công", "vi") == stems("公民", "zh") == stems("", "en") == ()
    assert stem_terms("Policies and policy", "en-GB").count("en/polici") == 2
    assert stem_terms("公民空间", "zh") == []


def test_a_very_long_word_is_cut_the_same_way_everywhere() -> None:
    assert terms("x" * 20_000) == ["x" * 64]
    assert terms("က်" * 20_000) == ["က်" * 32]


@pytest.mark.parametrize(
    ("tag", "wanted"),
    [
        ("pt-BR", "pt"), ("pt_BR", "pt"), ("EN", "en"), ("zh_Hant", "zh"), ("zh-Hant-TW", "zh"), ("sr-Latn", "sr"),
        ("no", "nb"), ("nb-NO", "nb"), ("nn", "nn"), ("iw", "he"), ("in", "id"), ("ji", "yi"), ("jp", "ja"), ("fil-PH", "tl"),
        ("tl", "tl"), ("swh", "sw"), ("ara", "ar"), ("cmn-Hans", "zh"), ("und", "und"), ("", ""),
    ],
)  # fmt: skip
def test_a_language_has_one_primary_subtag(tag: str, wanted: str) -> None:
    assert primary(tag) == wanted


def test_composed_and_decomposed_are_the_same() -> None:
    assert fold("e\u0301cole") == fold("école") == "ecole"
    assert fold("ガ") == fold("か\u3099".replace("か", "カ"))
