"""What each script asks of the tokeniser: spellings that are one word, and forms that share a stem."""

import unicodedata
from typing import Literal

import pytest

from indexer.analysis import LibraryAnalyzer, Piece, fold, stems, terms, word_at, words
from indexer.function_words import FUNCTION_WORDS, function_words
from indexer.stemming import STEMMERS


def whole(text: str) -> str:
    """The first word of a text as its stems are made of it."""
    return next(words(text)).pieces[0].whole


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Latin
        ("İSTANBUL", "istanbul"), ("ISPARTA", "ısparta"), ("ＡＢＣ１２", "abc12"), ("ROMÂNEŞTI", "românești"),
        ("Ɓauna ƙasa", "bauna kasa"), ("ọ̀rọ̀", "oro"), ("Azərbaycan", "azerbaycan"), ("oʻzbek", "o'zbek"), ("o‘zbek", "oʼzbek"),
        ("L’État", "l'état"), ("d’État", "etat"), ("dell’arte", "arte"), ("quest'anno", "anno"), ("col·legi", "collegi"),
        ("Ghana’s", "ghana"), ("U.S.A.", "USA"), ("hòa khỏe", "hoà khoẻ"), ("đường", "ĐƯỜNG"),
        # Greek, Cyrillic, Armenian, Georgian
        ("ΟΔΌΣ", "οδός"), ("ελλάδας", "ΕΛΛΑΔΑΣ"), ("ёлка", "ЕЛКА"), ("п'ять", "п’ять"), ("пʼять", "пять"), ("ґанок", "ганок"),
        ("ինչպե՞ս", "ինչպես"), ("ო", "Ო"),
        # Arabic, Persian, Urdu, Hebrew
        ("الحُكُومَةُ", "الحكومه"), ("مـــن", "من"), ("أحمد إلى آخر", "احمد الي اخر"), ("مستشفى", "مستشفي"), ("٢٠١١", "2011"),
        ("۱۳۹۹", "1399"), ("کتاب ایران", "كتاب ايران"), ("خانۀ", "خانه"), ("ہم", "هم"), ("سلام\u200f", "سلام"), ("שָׁלוֹם", "שלום"),
        ("ג׳ורג׳", "ג'ורג'"), ("בית־ספר", "בית ספר"),
        # Indic
        ("हिन्दी", "हिंदी"), ("पञ्जाब", "पंजाब"), ("क़ानून", "कानून"), ("हूँ", "हूं"), ("२०२३", "2023"), ("র‍্যাব", "র্যাব"),
        ("ന്‍", "ൻ"), ("উৎস", "উত্‍স"), ("ਪੰਜਾਬ", "ਪਂਜਾਬ"),
        # Thai, Lao, Khmer, Burmese, Japanese, Korean, Ethiopic
        ("น้ำ", "นํ้า"), ("เเละ", "และ"), ("ນ້ຳ", "ນໍ້າ"), ("๒๕๖๖", "2566"), ("ភាសា\u200bខ្មែរ", "ភាសាខ្មែរ"), ("ﾊﾟｽﾎﾟｰﾄ", "パスポート"),
        ("ሠላም", "ሰላም"), ("ዓለም፡ፀሐይ", "አለም ጸሀይ"),
    ],
)  # fmt: skip
def test_two_spellings_are_one_word(one: str, other: str) -> None:
    assert terms(one) == terms(other) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("май", "маи"), ("їм", "ім"), ("ѓ", "г"), ("گئے", "گئی"), ("چاند", "جاند"), ("চাঁদ", "চাদ"), ("পড়া", "পডা"), ("đường", "dưỡng"),
        ("C++", "C"), ("C#", "C"), ("மரம்", "மறம்"),
    ],
)  # fmt: skip
def test_two_words_stay_two(one: str, other: str) -> None:
    assert terms(one) != terms(other)


ALL_SCRIPTS = (
    "École ọ̀rọ̀ đường Ελλάδα Ёлка ї й Հայաստան ქართული اَلْحُكُومَة أحمد شָׁלוֹם क़ानून बाँध বাংলা পড়া తెలుగు தமிழ் മലയാളം ਪੰਜਾਬ "
    "ประเทศ น้ำ ລາວ ខ្មែរ မြန်မာ ガギグ 대한민국은 አማርኛ བོད་སྐད"
)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_every_script_may_come_composed_or_decomposed(form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> None:
    assert terms(unicodedata.normalize(form, ALL_SCRIPTS)) == terms(ALL_SCRIPTS)
    assert fold(fold(ALL_SCRIPTS)) == fold(ALL_SCRIPTS)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ISO/IEC 27001:2022", ["iso", "iec", "27001", "2022"]),
        ("GPT-4 COVID-19 3G", ["gpt", "4", "covid", "19", "3g"]),
        ("3.5 1,000 2024-05-01 §2.1", ["3", "5", "1", "000", "2024", "05", "01", "2", "1"]),
        ("https://www.example.org/open-data?x=1", ["https", "www", "example", "org", "open", "data", "x", "1"]),
        ("info@example.org @handle #tag", ["info", "example", "org", "handle", "tag"]),
        (".NET and/or TCP/IP", ["net", "and", "or", "tcp", "ip"]),
        ("e‑government", ["e", "government"]),
        ("می‌کنند", ["مي", "كنند"]),
        ("ปี2023เดือน", ["ปี", "2023", "เดือ", "อน"]),
        ("ሰላም፡ዓለም።ሰላም፣", ["ሰላም", "አለም", "ሰላም"]),
        ("བོད་སྐད", ["བོད", "སྐད"]),
        ("צה״ל", ["צה", "ל"]),
    ],
)
def test_a_text_is_cut_into_these_words(text: str, wanted: list[str]) -> None:
    assert terms(text) == wanted


@pytest.mark.parametrize(
    ("text", "joined"),
    [("e-government", "egovernment"), ("COVID-19", "covid19"), ("کتاب‌ها", "كتابها"), ("می‌کنند", "ميكنند")],
)
def test_what_is_joined_by_a_hyphen_or_a_joiner_is_found_written_together(text: str, joined: str) -> None:
    tokens = [(token.text, token.pos) for token in LibraryAnalyzer()(text, positions=True, mode="index")]
    assert (joined, 0) in tokens


def test_vietnamese_is_found_without_its_accents_and_told_apart_with_them() -> None:
    def indexed(text: str) -> list[str]:
        return [token.text for token in LibraryAnalyzer()(text, mode="index")]

    assert terms("duong")[0] in indexed("đường")
    assert terms("đường")[0] not in indexed("dưỡng")
    assert terms("Đường phố") == ["đường", "phố"]
    assert terms("phở") != terms("phố")


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("ประเทศไทย", ["ประ", "ระเท", "เทศ", "ศไท", "ไทย"]),
        ("ພາສາລາວ", ["ພາສາ", "ສາລາ", "ລາວ"]),
        ("ភាសាខ្មែរ", ["ភាសា", "សាខ្មែ", "ខ្មែរ"]),
        ("မြန်မာနိုင်ငံ", ["မြန်မာ", "မာနိုင်", "နိုင်ငံ"]),
        ("パスポート", ["パス", "スポ", "ポー", "ート"]),
    ],
)
def test_pairs_are_of_what_is_never_torn_apart(text: str, units: list[str]) -> None:
    assert terms(text) == units
    first = next(words(text)).pieces[0]
    assert text[: word_at(text, 0)] == text[first.start : first.end]


def test_one_unit_alone_is_known_as_such() -> None:
    def first(text: str) -> Piece:
        return next(words(text)).pieces[0]

    assert all(first(text).single for text in ("水", "น้ำ", "ខ្មែ", "မြန်", "법"))
    assert not any(first(text).single for text in ("公民", "ไทย", "a", "정부"))


@pytest.mark.parametrize(
    "text", ["정부는", "정부의", "정부가", "정부에서", "정부까지는", unicodedata.normalize("NFD", "정부는")]
)
def test_korean_words_are_asked_for_without_their_particles(text: str) -> None:
    assert terms(text) == ["정부"]
    assert "정부" in [token.text for token in LibraryAnalyzer()(text, mode="index")]


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("정부의 정책은", "정부 정책"),
        ("정보 공개", "정보 공개"),
        ("ข้อมูล เปิด", "ข้อมูล เปิด"),
        ("công lý là", "công lý là"),
        ("đường phố", "đường phố"),
    ],
)
def test_words_of_a_phrase_stand_side_by_side(text: str, phrase: str) -> None:
    places = {token.text: token.pos for token in LibraryAnalyzer()(text, positions=True, mode="index")}
    asked = [places[term] for term in terms(phrase)]
    assert asked == list(range(len(asked)))


def test_particles_behind_latin_letters_are_not_asked_for() -> None:
    assert terms("EUの NATO는 2023年の") == ["eu", "nato", "2023", "年の"]


def test_korean_compounds_are_found_by_their_parts() -> None:
    assert terms("GDP의 선거제도") == ["gdp", "선거", "거제"]  # 도 might be a particle: it is not asked for …
    indexed = {token.text for token in LibraryAnalyzer()("선거제도", mode="index")}
    assert {"선거", "제도"} <= indexed  # … but found


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("ar", "والحكومة", "حكومة"), ("ar", "للحكومة", "بحكومة"), ("ar", "الوزارة", "وزارة"), ("ar", "والمدارس", "مدارس"),
        ("am", "የመንግሥት", "መንግስት"), ("az", "Bakı'da", "bakı"), ("bg", "гражданите", "гражданин"), ("bn", "সরকারের", "সরকার"),
        ("cs", "městech", "města"), ("de", "Verwaltungen", "Verwaltung"), ("el", "πόλεις", "πόλη"), ("fa", "کتابهای", "کتاب"),
        ("fi", "kaupungissa", "kaupungit"), ("ha", "gwamnatin", "gwamnati"), ("he", "והממשלה", "ממשלות"), ("hi", "सरकारों", "सरकार"),
        ("hr", "gradova", "gradovi"), ("id", "pemerintahan", "pemerintah"), ("ka", "მთავრობის", "მთავრობა"), ("mk", "градовите", "градови"),
        ("ms", "kerajaan", "kerajaannya"), ("pl", "miastach", "miasta"), ("ro", "drepturile", "drepturi"), ("ru", "правительства", "правительство"),
        ("sr", "Закона", "zakoni"), ("sw", "vitabu", "kitabu"), ("sw", "wananchi", "mwananchi"), ("te", "ప్రభుత్వం", "ప్రభుత్వానికి"),
        ("tr", "Ankara'da", "ankara"), ("tr", "şehirlerinde", "şehir"), ("uk", "уряду", "урядом"), ("uk", "громадянами", "громадяни"),
        ("ur", "حکومتوں", "حکومت"), ("yo", "orílẹ̀-èdè", "orile-ede"), ("zu", "uhulumeni", "uhulumeni"),
    ],
)  # fmt: skip
def test_forms_of_a_word_share_a_stem(language: str, one: str, other: str) -> None:
    assert set(stems(whole(one), language)) & set(stems(whole(other), language))


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("uk", "уряд", "урок"),
        ("he", "ממשלה", "משרד"),
        ("ar", "وزير", "زيارة"),
        ("sw", "shule", "habari"),
        ("uk", "1000001", "1000002"),
    ],
)
def test_different_words_share_none(language: str, one: str, other: str) -> None:
    assert not set(stems(whole(one), language)) & set(stems(whole(other), language))


@pytest.mark.parametrize("language", sorted(STEMMERS))
def test_stems_of_every_language_are_few_and_name_it(language: str) -> None:
    for word in ("constitution", "конституция", "الدستور", "संविधान", "2023", "a", "o'zbekiston"):
        found = stems(whole(word), language)
        assert 1 <= len(found) <= 6
        assert all(stem.startswith(f"{language}/") and len(stem) > len(language) + 1 for stem in found)


def test_function_words_are_written_as_the_terms_of_a_question_are() -> None:
    assert function_words(terms("هل يمكن أن تكون الحكومة على هذه الحال")) >= {"هل", "ان", "علي"}
    assert function_words(terms("Quốc hội được bầu khi nào và ở đâu")) >= {"được", "khi", "ở"}
    assert "미국" not in function_words(terms("미국의 대통령은 누구인가 언제 어디 무엇"))
    assert FUNCTION_WORDS["nb"] == FUNCTION_WORDS["nn"]
    assert {"који", "koji"} <= FUNCTION_WORDS["sr"]
