"""Questions that nobody should ask: every kind of nonsense, much of it out of the words of a corpus, by a seed."""

from __future__ import annotations

import random
import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from benchmarks.sections import Section

FREQUENT = 200
"""Words that are called frequent."""
ENOUGH_SECTIONS = 10_000
"""Words are taken from so many."""
FILTERS = ("topic", "kind", "lang", "country", "year", "author")

_WORD = re.compile(r"[^\W\d_]{2,}")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of a corpus. `frequent`: those of most sections, the commonest first; `words`: all, sorted."""

    frequent: tuple[str, ...]
    words: tuple[str, ...]
    titles: tuple[str, ...]

    @classmethod
    def of(cls, sections: Iterable[Section]) -> Vocabulary:
        """The words of the first sections."""
        counted: Counter[str] = Counter()
        titles: dict[str, None] = {}
        for section in islice(sections, ENOUGH_SECTIONS):
            counted.update(sorted(set(_WORD.findall(section.text.lower()))))
            titles[section.title] = None
        frequent = tuple(word for word, _ in counted.most_common(FREQUENT))
        return cls(frequent or ("word",), tuple(sorted(counted)) or ("word",), tuple(titles) or ("Title",))


@dataclass(frozen=True, slots=True)
class Odd:
    """A question. `parameters`: what else stands in the address, as it is typed there."""

    kind: str
    text: str
    parameters: tuple[tuple[str, str], ...] = ()


Maker = Callable[[random.Random, Vocabulary], str]


def questions(vocabulary: Vocabulary, count: int, seed: int) -> Iterator[Odd]:
    """`count` questions, of each kind as many; the same for the same words and seed."""
    dice = random.Random(seed)
    names = [*KINDS, "odd parameters"]
    for number in range(count):
        name = names[number % len(names)]
        if name in KINDS:
            yield Odd(name, KINDS[name](dice, vocabulary))
        else:
            yield Odd(name, _few(dice, vocabulary), tuple(_parameters(dice)))


def _few(dice: random.Random, v: Vocabulary) -> str:
    return " ".join(dice.choice(dice.choice((v.words, v.frequent))) for _ in range(dice.randint(0, 4)))


def _title(dice: random.Random, v: Vocabulary) -> str:
    return dice.choice(v.titles)


def _operators(dice: random.Random, v: Vocabulary) -> str:
    signs = "AND OR NOT && || - + ( ) \" * ~ ~2 ^ ^9 : ? ! [ ] { } TO .. \\ / ' , ; = < >".split()
    parts = [
        dice.choice(signs) if dice.random() < 0.5 else dice.choice(dice.choice((v.words, v.frequent)))
        for _ in range(dice.randint(1, 40))
    ]
    return "".join(part + dice.choice(("", " ", " ")) for part in parts)


def _unbalanced(dice: random.Random, v: Vocabulary) -> str:
    parts = [*_few(dice, v).split(), *dice.choices("([{<)]}>", k=dice.randint(1, 60))]
    dice.shuffle(parts)
    return dice.choice(("", " ")).join(parts)


def _nested(dice: random.Random, v: Vocabulary) -> str:
    depth = dice.choice((10, 15, 16, 200, 200, 1000))
    joint = dice.choice((" ", " OR ", " AND ", " NOT "))
    middle = dice.choice(v.words)
    if dice.random() < 0.3:
        return "(" * depth + middle + ")" * depth
    pieces = [f"({dice.choice(v.frequent)}{joint}" for _ in range(depth)]
    return "".join(pieces) + middle + ")" * depth


def _many_letters(dice: random.Random, v: Vocabulary) -> str:
    size = 20_000
    match dice.randrange(4):
        case 0:
            return dice.choice(string.ascii_letters) * size
        case 1:
            return "".join(dice.choices(string.ascii_lowercase, k=size))
        case 2:
            return "".join(dice.choices(string.ascii_lowercase + " ", k=size))
        case _:
            return " ".join(dice.choices(v.words, k=size // 6))[:size]


def _long_word(dice: random.Random, v: Vocabulary) -> str:
    word = "".join(dice.choices(v.words, k=dice.randint(5, 200)))
    return word + dice.choice(("", "*", "~", "~2", "-" + word, "." + word))


def _sprinkled(signs: str) -> Maker:
    """Words of the corpus with some of `signs` between their letters."""

    def made(dice: random.Random, v: Vocabulary) -> str:
        letters = list(_few(dice, v))
        for _ in range(dice.randint(1, 30)):
            letters.insert(dice.randint(0, len(letters)), dice.choice(signs))
        return "".join(letters)

    return made


def _wildcards(dice: random.Random, v: Vocabulary) -> str:
    most = dice.choice((60, 60, 200))
    return " ".join(dice.choice(v.words)[: dice.randint(1, 6)] + "*" for _ in range(most))


def _short_prefixes(dice: random.Random, v: Vocabulary) -> str:
    joint = dice.choice((" ", " OR ", " AND ", " -"))
    return joint.join(dice.choice("abcdefghiklmnoprstuwé1") + "*" for _ in range(dice.choice((1, 1, 2, 5, 20))))


def _bare(dice: random.Random, v: Vocabulary) -> str:
    return "".join(dice.choices(("*", "?", "~", "-", '"', "^", ":", ".", " "), k=dice.randint(1, 80)))


def _tildes(dice: random.Random, v: Vocabulary) -> str:
    if dice.random() < 0.3:
        return dice.choice(v.words) + "~" * dice.randint(1, 100) + dice.choice(("", "2", "99", "-1", "x"))
    chosen = dice.choices(v.words, k=dice.choice((1, 5, 40, 100)))
    return " ".join(word + dice.choice(("~", "~1", "~2", "~9")) for word in chosen)


def _chains(dice: random.Random, v: Vocabulary) -> str:
    joint = dice.choice((" OR ", " OR ", " AND ", " ", " NOT "))
    return joint.join(dice.choices(v.frequent, k=dice.choice((20, 100, 400))))


def _groups(dice: random.Random, v: Vocabulary) -> str:
    """`(a OR b) AND (c OR d) …` of frequent words."""
    pairs = [f"({dice.choice(v.frequent)} OR {dice.choice(v.frequent)})" for _ in range(dice.randint(2, 60))]
    return dice.choice((" AND ", " ", " OR ", " AND NOT ")).join(pairs)


def _quotes(dice: random.Random, v: Vocabulary) -> str:
    if dice.random() < 0.3:
        return dice.choice(("", " ")).join('"' * dice.choice((99, 100, 101)))
    return " ".join(
        f'"{dice.choice(v.frequent)} {dice.choice(v.words)}' + dice.choice(('"', '"', "")) for _ in range(50)
    )


def _phrases(dice: random.Random, v: Vocabulary) -> str:
    """Phrases of the commonest words, near to each other."""
    common = v.frequent[:20]
    slops = ("", "~2", "~10", "~50", "~99999999", "~-3", "~0")
    return " ".join(
        '"' + " ".join(dice.choices(common, k=dice.randint(2, dice.choice((4, 30))))) + '"' + dice.choice(slops)
        for _ in range(dice.choice((1, 1, 3, 20)))
    )


_VALUES = (
    "..", "99999..-1", "-1", "2020..", "..2020", "2021..2019", "0x7e4", "٢٠٢١", "1e9", "2020...2021", "*", "~", '"', '"a b"',
    "(a OR b)", "a,b", "null", "%00", "../../etc/passwd", "' OR 1=1 --", "<script>", "é", "\u202e", "\ud800", "9" * 500, "",
)  # fmt: skip


def _fields(dice: random.Random, v: Vocabulary) -> str:
    names = (*FILTERS, "title", "text", "id", "access", "", "Year", "TITLE")
    parts = [
        dice.choice(("", "-", "NOT ", "(")) + dice.choice(names) + dice.choice((":", ":", "::", ": "))
        + dice.choice((*_VALUES, dice.choice(v.words), dice.choice(v.frequent) + "*", dice.choice(v.words) + "~"))
        for _ in range(dice.randint(1, 8))
    ]  # fmt: skip
    return " ".join([*parts, *_few(dice, v).split()])


def _parameters(dice: random.Random) -> Iterator[tuple[str, str]]:
    names = (*FILTERS, *FILTERS, "sort", "page", "limit", "then", "q[]")
    for _ in range(dice.choice((1, 3, 10, 60))):
        yield dice.choice(names), dice.choice((*_VALUES, "2021", "en", "newest", "title", "999999", "-5", "guide"))


def _emoji(dice: random.Random, v: Vocabulary) -> str:
    signs = (
        "😀",
        "👩\u200d👩\u200d👧\u200d👦",
        "👍🏿",
        "🇬🇭",
        "🏴\U000e0067\U000e0062\U000e0065\U000e007f",
        "❤\ufe0f",
        "1\ufe0f\u20e3",
    )
    return " ".join([*dice.choices(signs, k=dice.randint(1, 40)), *_few(dice, v).split()])


_SCRIPTS = (
    "the freedom of", "liberté d’expression", "حرية التعبير", "свобода слова", "言論の自由", "新闻自由与公民", "सूचना का अधिकार",
    "เสรีภาพในการพูด", "표현의 자유", "λόγος", "חופש הביטוי", "መናገር", "լրատվություն", "თავისუფლება", "សេរីភាព",
)  # fmt: skip


def _scripts(dice: random.Random, v: Vocabulary) -> str:
    mixed = dice.choices(_SCRIPTS, k=dice.randint(1, 12))
    joint = dice.choice((" ", "", " AND ", "* ", "~ ", '" "'))
    return joint.join(mixed)


def _unspaced(dice: random.Random, v: Vocabulary) -> str:
    """Long text in a script without spaces, each pair of characters of which is a term."""
    first, last = dice.choice(((0x4E00, 0x9FA5), (0x3041, 0x3096), (0x0E01, 0x0E2E), (0x1780, 0x17B3)))
    wide = dice.choice((20, last - first))
    return "".join(chr(first + dice.randint(0, wide)) for _ in range(dice.choice((1, 2, 50, 2000))))


def _sql(dice: random.Random, v: Vocabulary) -> str:
    attacks = (
        "' OR '1'='1", "1; DROP TABLE document; --", "' UNION SELECT password FROM user --", '" OR ""="', "%' LIKE '%",
        "\\'; EXEC xp_cmdshell('dir') --", "1/**/OR/**/1=1", "'; SELECT pg_sleep(10) --", "{{7*7}}", "${7*7}", "$(id)",
    )  # fmt: skip
    return dice.choice(v.words) + dice.choice(("", " ")) + dice.choice(attacks)


def _html(dice: random.Random, v: Vocabulary) -> str:
    attacks = (
        "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</mark><svg/onload=alert(1)>", "&lt;b&gt;&#0;",
        "<!--", "]]>", "javascript:alert(1)", "<mark>", "&#x110000;", "<a href='data:text/html,x'>",
    )  # fmt: skip
    return f"{dice.choice(v.words)} {dice.choice(attacks)} {dice.choice(v.frequent)}"


def _accents(dice: random.Random, v: Vocabulary) -> str:
    """Letters under heaps of combining marks."""
    word = dice.choice(v.words)
    heap = dice.choice((1, 20, 300))
    return "".join(letter + "".join(chr(dice.randint(0x300, 0x36F)) for _ in range(heap)) for letter in word[:12])


def _numbers(dice: random.Random, v: Vocabulary) -> str:
    made = (str(dice.getrandbits(dice.choice((8, 64, 3000)))), "1e400", "-0", "½", "٣٤", "0.1.2.3", "NaN", "１２")
    return " ".join(dice.choices(made, k=dice.randint(1, 10)))


def _without(dice: random.Random, v: Vocabulary) -> str:
    return " ".join(
        dice.choice(("-", "NOT ", "- ", "--")) + dice.choice(v.frequent) for _ in range(dice.randint(1, 60))
    )


def _any_characters(dice: random.Random, v: Vocabulary) -> str:
    highest = dice.choice((0xFF, 0xFFFF, 0x10FFFF))
    return "".join(chr(dice.randint(0, highest)) for _ in range(dice.choice((1, 10, 200, 3000))))


def _spaces(dice: random.Random, v: Vocabulary) -> str:
    spaces = " \t\n\r\u00a0\u2003\u2028\u3000\u200b"
    return "".join(dice.choices(spaces, k=dice.choice((0, 1, 50, 5000)))) + dice.choice(("", dice.choice(v.words)))


KINDS: Mapping[str, Maker] = {
    "words": _few, "titles": _title, "operators": _operators, "unbalanced brackets": _unbalanced,
    "nested brackets": _nested, "20,000 letters": _many_letters, "long words": _long_word,
    "control characters": _sprinkled("".join(map(chr, (*range(1, 32), *range(127, 160))))), "NUL": _sprinkled("\0"),
    "lone surrogates": _sprinkled("\ud800\udbff\udc00\udfff"), "60 wildcards": _wildcards,
    "short prefixes": _short_prefixes, "bare signs": _bare, "tildes": _tildes, "chains": _chains, "groups": _groups,
    "quotation marks": _quotes, "common phrases": _phrases, "odd fields": _fields,
    "marks of direction": _sprinkled("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c\ufeff"),
    "emoji": _emoji, "mixed scripts": _scripts, "without spaces": _unspaced, "SQL": _sql, "HTML": _html,
    "accents": _accents, "numbers": _numbers, "only without": _without, "any characters": _any_characters,
    "spaces": _spaces,
}  # fmt: skip
"""What there is to ask, but for "odd parameters", whose question is of words and whose address is not."""
