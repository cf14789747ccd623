"""What the benchmark corpus is made of, without a network."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

from benchmarks.corpus import WORDS, cut, repeated, text_of
from benchmarks.sections import Section, documents, queries, read

PAGE = """<html><head><title>Joins — Python 3.11 documentation</title><style>p {}</style></head><body>
<nav>Up</nav><div class="navheader">Next</div>
<div role="main"><h1>Joins<a class="headerlink" href="#j">¶</a></h1><p>Tables are <em>joined</em>
by rows.</p><div class="toc">Contents</div><pre>SELECT 1;
SELECT 2;</pre></div><footer>Home</footer></body></html>"""


def section(document: str, number: int, text: str) -> Section:
    return Section(f"{document}#{number}", document, "Joined tables", text, "en", "sql", "guide", "PL", 2020)


def test_only_the_text_of_a_page_is_read() -> None:
    title, paragraphs = text_of(PAGE.encode())
    assert title == "Joins"
    assert paragraphs == ["Joins", "Tables are joined by rows.", "SELECT 1; SELECT 2;"]


def test_sections_have_as_many_words_and_lose_none() -> None:
    paragraphs = [" ".join(f"w{i}" for i in range(n)) for n in (100, 420, 7)]
    texts = list(cut(paragraphs))
    assert [len(text.split()) for text in texts] == [WORDS, WORDS, 27]
    assert " ".join(texts).split() == " ".join(paragraphs).split()


def test_a_repeated_corpus_has_new_documents_and_new_words_and_is_the_same_each_time() -> None:
    words = [" ".join(f"{a}{b}word" for b in "abcdefgh") for a in "abcdefgh"]
    once = [section(f"sql/{i}", j, words[i]) for i in range(8) for j in range(3)]
    thrice = list(islice(repeated(once), 72))
    assert thrice[:24] == once
    assert thrice == list(islice(repeated(once), 72))
    assert len({s.id for s in thrice}) == 72 and len(list(documents(thrice))) == 24
    vocabularies = [{w for s in thrice[i : i + 24] for w in s.text.split()} for i in (0, 24, 48)]
    assert all(0.5 < len(a & b) / len(a) < 1 for a in vocabularies for b in vocabularies if a is not b)


def test_queries_are_two_to_four_words_of_a_title_and_never_the_same() -> None:
    sections = [
        Section(str(i), str(i), f"The {a} of {b} beside {a}{b}", "", "en", "", "", "", 0)
        for i, (a, b) in enumerate((a, b) for a in ("river", "bridge", "ferry") for b in ("delta", "island"))
    ]
    found = queries(sections, 20)
    assert len(found) == len(set(found)) == 20
    assert all(2 <= len(query.split()) <= 4 for query in found)
    assert found == queries(sections, 20)


def test_a_line_of_the_contract_is_a_section(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    lines = [
        {"id": "a#0", "title": "A", "text": "one", "lang": "fr", "topic": "law", "year": 2019},
        {"id": "a#1", "title": "A", "text": "two", "lang": "fr", "topic": "law", "year": "2019", "more": True},
        {"id": "b", "title": "B", "text": "three", "lang": "en", "topic": None, "year": None},
    ]
    corpus.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = list(read(corpus))
    assert [section.document for section in found] == ["a", "a", "b"]
    assert [section.year for section in found[:2]] == [2019, 2019]
    assert [(name, len(of_it)) for name, of_it in documents(found)] == [("a", 2), ("b", 1)]
