"""Other forms of a word: what words of one language share that are forms of each other."""

import re
import sys
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import Stemmer

from indexer.folding import fold

BEGINNING = "beginning"
"""Stands for an algorithm where there is none: forms of a word begin alike. McNamee & Mayfield 2004 ("Character n-gram
tokenization"), Kettunen et al. 2005 and others find that cutting words is about as good as stemming them."""
BEGIN = 5
"""Letters that such forms have in common; of words that have hardly more, one letter less."""
LONGEST_STEM = 8
"""Letters kept of a stem: algorithms leave many endings of derived words on. With six, internet and international were
forms of each other. English has few such endings, its stems stay whole."""

STEMMERS: dict[str, str] = {
    "ar": "arabic", "bs": "serbian", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian",
    "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hr": "serbian", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "ms": "indonesian", "nb": "norwegian", "ne": "nepali",
    "nl": "dutch", "nn": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian",
    "sr": "serbian", "st": "sesotho", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
} | dict.fromkeys(
    (
        "ace af am an as ast az ba bcl be bg bn br ckb co crh cv cy ext fo fur fy gd gl gom gu guw ha he hsb ht ig is jv kab ka kk kl kn ku ky la lb lg lij ln ltg lv mg mk"
        " ml mn mr mt nds nso ny oc om or os pa pcm ps qu rm rn rw sa sah sd se si sk sl sn so sq su sw szl te tg ti tk tl tn ts tt ug"
        " uk ur uz ve vec wa wo xh yo zu"
    ).split(),
    BEGINNING,
)  # fmt: skip
"""Primary subtag of BCP 47 → Snowball algorithm or BEGINNING. Languages that are missing have no other forms (such as
Vietnamese) or are written without spaces."""

_OTHER_LETTERS = frozenset(
    (
        "am ar as ba be bg bn ckb cv el fa gom gu he hi hy ka kk kn ky mk ml mn mr ne or os pa ps ru sa sah sd si ta te tg ti tt ug uk"
        " ur yi"
    ).split()
)  # fmt: skip
"""Of these the languages that are not written in Latin letters."""

# Code that was withdrawn, has three letters or is a variety's → the one that the tables here go by.
_ALIASES: dict[str, str] = {
    "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "sh": "sr", "no": "nb", "fil": "tl", "jp": "ja",
    "cmn": "zh", "yue": "zh", "wuu": "zh", "lzh": "zh", "arb": "ar", "arz": "ar", "ary": "ar", "apc": "ar",
    "pes": "fa", "prs": "fa", "zsm": "ms", "swh": "sw", "cnr": "sr", "npi": "ne", "ory": "or", "ekk": "et", "lvs": "lv",
    "als": "sq", "kmr": "ku", "azj": "az", "uzn": "uz", "uzs": "uz", "sdh": "ckb", "khk": "mn", "plt": "mg", "gaz": "om", "pbt": "ps", "ydd": "yi",
} | dict(
    pair.split("=")
    for pair in (
        "afr=af amh=am ara=ar aze=az bel=be ben=bn bod=bo bos=bs bul=bg cat=ca ces=cs cze=cs cym=cy dan=da deu=de ger=de"
        " ell=el gre=el eng=en est=et eus=eu baq=eu fas=fa per=fa fin=fi fra=fr fre=fr gle=ga glg=gl guj=gu hau=ha heb=he"
        " hin=hi hrv=hr hun=hu hye=hy arm=hy ibo=ig ind=id isl=is ice=is ita=it jpn=ja kan=kn kat=ka geo=ka kaz=kk khm=km"
        " kin=rw kor=ko kur=ku kir=ky lao=lo lav=lv lit=lt mal=ml mar=mr mkd=mk mac=mk mlg=mg mlt=mt mon=mn msa=ms may=ms"
        " mya=my bur=my nep=ne nld=nl dut=nl nob=nb nno=nn nor=nb orm=om pan=pa pol=pl por=pt pus=ps ron=ro rum=ro run=rn"
        " rus=ru sin=si slk=sk slo=sk slv=sl sna=sn som=so spa=es sqi=sq alb=sq srp=sr swa=sw swe=sv tam=ta tel=te tgk=tg"
        " tgl=tl tha=th tir=ti tuk=tk tur=tr ukr=uk urd=ur uzb=uz vie=vi xho=xh yid=yi yor=yo zho=zh chi=zh zul=zu"
    ).split()
)  # fmt: skip

# Words that other languages write apart are parts of the word here, and come off: Arabic conjunction, preposition and
# article, Hebrew the same and their endings, prefixes of Amharic, noun classes of Swahili.
_ATTACHED = {
    "ar": (r"^(?:[وف]?(?:ال|بال|كال|لل)|[وف])(?=...)", ""),
    "he": (r"^(?:ו?(?:כש|מש|ש)?[הבכלמ]?)(?=...)", r"(?<=...)(?:ים|ות|יות|ית|ה|ת|י)$"),
    "am": (r"^(?:የ|በ|ለ|ከ|እንደ|ስለ|ወደ)(?=...)", ""),
    "ti": (r"^(?:ብ|ን|ካብ|ናብ|ናይ)(?=...)", ""),
    "sw": (r"^(?:wa|mw|mi|ma|ki|vi|ch|vy|ku|m|u)(?=[^aeiou].{3})", ""),
}
_PREFIXES = {language: re.compile(prefix) for language, (prefix, _) in _ATTACHED.items()}
_ENDINGS = {language: re.compile(ending) for language, (_, ending) in _ATTACHED.items() if ending}
_FROM_APOSTROPHE = re.compile("'.*")
_SUFFIX_BEHIND_APOSTROPHE = frozenset({"tr", "az", "crh"})  # of a name: Ankara'da
_SHORTER = {"am": 4, "ti": 4}
"""Letters in common in scripts whose letters are syllables."""

_stemmers = threading.local()  # a Snowball stemmer keeps state while it works


@lru_cache(maxsize=1_000)
def primary(language: str) -> str:
    """The primary subtag, as the tables of languages have it: "pt" of "pt-BR", "he" of "iw", "tl" of "fil-PH"."""
    subtag = re.split("[-_]", language.strip(), maxsplit=1)[0].lower()
    return _ALIASES.get(subtag, subtag)


@lru_cache(maxsize=200_000)
def stems(whole: str, language: str) -> tuple[str, ...]:
    """Stem terms of a word in a language (primary subtag), prefixed with it: "en/polici". Empty without other forms.

    More than one where the accents or what is attached to the word change the stem: words that share one are forms of
    each other. A word in Latin letters is its own stem where others are used: it is a name or a foreign word, and cut as
    one of the language "disinformatoin" would be "disinformation" in Arabic texts, and in no others.
    """
    algorithm = STEMMERS.get(language)
    if algorithm is None or not whole:
        return ()
    if "'" in whole:
        whole = _FROM_APOSTROPHE.sub("", whole) if language in _SUFFIX_BEHIND_APOSTROPHE else whole.replace("'", "")
    if is_alone(whole, language):
        return (f"{language}/{fold(whole)}",)
    if algorithm == BEGINNING:
        found = {begin for form in _readings(whole, language) for begin in _beginnings(fold(form), language)}
    elif whole.isascii() and language not in _ATTACHED:
        return (f"{language}/{_stem(algorithm, whole, language)}",)
    else:
        found = {_stem(algorithm, form, language) for form in _readings(whole, language)}
    return tuple(sorted(f"{language}/{stem}" for stem in found))


def is_alone(whole: str, language: str) -> bool:
    """Whether a word is its own stem there and has no other forms: a number, or one in Latin letters where others are used."""
    return not whole[:1].isalpha() or (language in _OTHER_LETTERS and whole.isascii())


def stems_of(words: Sequence[str], language: str) -> list[tuple[str, ...]]:
    """`stems` of each of many different words of small ASCII letters and digits, in half the time."""
    algorithm = STEMMERS.get(language)
    if algorithm is None:
        return [()] * len(words)
    if algorithm == BEGINNING or language in _ATTACHED or language in _OTHER_LETTERS:
        return [stems(word, language) for word in words]
    found = map(fold, _stemmer(algorithm).stemWords(words))
    longest = None if language == "en" else LONGEST_STEM
    return [
        (f"{language}/{stem[:longest] if word[0].isalpha() else word}",)
        for word, stem in zip(words, found, strict=True)
    ]


def _readings(whole: str, language: str) -> set[str]:
    """A word with and without its accents, and without what is attached to it."""
    folded = fold(whole)
    prefix, ending = _PREFIXES.get(language), _ENDINGS.get(language)
    if prefix is None:
        return {whole, folded}
    bare = prefix.sub("", folded)
    if ending is not None:
        return {ending.sub("", folded), ending.sub("", bare)}
    return {whole, folded, bare, prefix.sub("", whole)}


def _beginnings(word: str, language: str) -> tuple[str, ...]:
    letters = _SHORTER.get(language, BEGIN)
    if len(word) in (letters, letters + 1):
        return (word[:letters], word[: letters - 1])
    return (word[:letters],)


def _stem(algorithm: str, word: str, language: str) -> str:
    stem = fold(_stemmer(algorithm).stemWord(word))
    return sys.intern(stem if language == "en" else stem[:LONGEST_STEM])


def _stemmer(algorithm: str) -> Any:
    stemmer = getattr(_stemmers, algorithm, None)
    if stemmer is None:
        stemmer = Stemmer.Stemmer(algorithm, 0)  # its own cache costs more than it saves
        setattr(_stemmers, algorithm, stemmer)
    return stemmer
