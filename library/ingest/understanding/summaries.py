"""A summary out of a text's own sentences: those at its centre and near its beginning.

TextRank (Mihalcea & Tarau 2004) over the sentences' words, with a bonus for the place: leads say what a piece is for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flask_babel import gettext as _
from numpy.typing import NDArray

from indexer.analysis import primary, terms
from indexer.function_words import FUNCTION_WORDS
from library.ingest.understanding.proposals import Piece, Proposal
from library.ingest.understanding.subjects import keys

LONGEST = 299  # characters of a summary
SENTENCES = 120  # that are weighed: the first half of them from the beginning, the rest from everywhere
PARAGRAPHS = 150  # that are looked at from the beginning on, and as many again of the rest
SHORTEST, WIDEST = 35, 290  # characters of a sentence
SENTENCES_SHOWN = 3
DAMPING, ROUNDS = 0.85, 30

F64 = NDArray[np.float64]
_END = re.compile(r"(?<=[.!?…])[\"”’»)]*\s+(?=[\"“‘«(¿¡]*[^\W\d_a-zß-ÿа-я])|(?<=[。！？])|(?<=[؟।۔])\s+")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|(?:[A-Z]\.)+[A-Z]|e\.g|i\.e|etc|cf|vs|approx|no|vol|pp?|dr|mrs?|ms|prof|st|art|sec|fig|ed|eds|sr|sra|núm|z\.B|bzw|u\.a|т\.е|т\.д|г)\.$",
    re.IGNORECASE,
)
_WHOLE = re.compile(r"[.!?…。！？؟।۔][\"”’»)]*$")
_BOILERPLATE = re.compile(
    r"©|copyright|all rights reserved|isbn|issn|\bdoi\b|creative commons|licen[cs]ed under|sous licence|bajo licencia|cookie"
    r"|table of contents|table des matières|click here|cliquez|subscribe|newsletter|download the|last updated|javascript"
    r"|printed (?:in|by)|no part of this|todos los derechos|tous droits|все права|جميع الحقوق|acknowledg|remercie|agradec"
    r"|follow us|share this|read more|skip to|see (?:also|figure|table|page)|this (?:page|section|chapter) (?:was|is) (?:last|under)"
    r"|available (?:at|from|online)|https?://|www\.|\S+@\S+\.\w",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"^(?:this|these|those|that|it|they|he|she|such|however|but|and|so|or|also|then|thus|therefore|moreover|furthermore|for example"
    r"|for instance|in addition|instead|here|there|yet|still|another|finally|second|third|next|as a result|i|we|you|let"
    r"|ceci|cela|ils|elles?|il|ce|cette|ces|mais|et|donc|ainsi|toutefois|cependant|par exemple|en outre|de plus"
    r"|esto|estos|estas|ellos|pero|y|así|además|sin embargo|por ejemplo|por eso|isso|eles|mas|assim|além disso|por exemplo"
    r"|dies|diese[rs]?|das|sie|es|aber|und|jedoch|zum beispiel|außerdem|это|эти|они|но|и|также|однако|например|поэтому"
    r"|هذا|هذه|لكن|ولكن|كما|ومع ذلك|على سبيل المثال|وبالتالي)\b",
    re.IGNORECASE,
)


# “This guide explains …” says what a piece is for better than anything else in it.
_OF_ITSELF = re.compile(
    r"^(?:in )?(?:this|the present) (?:guide|guidebook|handbook|report|toolkit|manual|paper|document|article|book|study|brief|module|checklist"
    r"|publication|resource|playbook|course|note)\b|^(?:dans )?(?:ce|cet|cette|le présent|la présente) (?:guide|manuel|rapport|document|article|livre"
    r"|étude|boîte à outils|note|publication|module)\b|^(?:en )?est[ea] (?:guía|manual|informe|documento|artículo|libro|estudio|caja de herramientas"
    r"|publicación|módulo|nota)\b|^(?:n?est[ea]) (?:guia|manual|relatório|documento|artigo|livro|estudo|caixa de ferramentas|publicação)\b"
    r"|^(?:in )?diese[rsm]? (?:leitfaden|handbuch|bericht|dokument|artikel|buch|studie|broschüre|publikation)\b"
    r"|^(?:в )?(?:это[тм]|эта|это|данн\w+|настоящ\w+) (?:руководств\w+|доклад\w*|отч[её]т\w*|пособи\w+|стать\w+|документ\w*|книг\w+)"
    r"|^(?:\w+ )?(?:في )?(?:هذا|هذه) (?:الدليل|التقرير|الكتاب|المقال|الوثيقة|الدراسة|الورقة)|^(?:يشرح|يعرض|يقدم|يهدف|يتناول) هذا",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    block: int
    at: int  # in its block
    place: float  # in the piece, from 0 to 1


def propose(piece: Piece) -> Proposal | None:
    """One to three sentences of the text in a row, under 300 characters; None where no sentence can stand for it."""
    sentences = _chosen(_sentences(piece))
    if not sentences:
        return None
    score = _scores(sentences, piece)
    best = int(np.argmax(score))
    summary = _with_following(sentences, score, best)
    if len(sentences) < 3:
        return Proposal(summary, _("the sentences that the text has"), 0.5)
    reason = (
        _("from the beginning of the text")
        if sentences[best].place < 0.1 or sentences[best].block < 5
        else _("sentences at the centre of the text")
    )
    return Proposal(summary, reason, 0.65)


def split(block: str) -> list[str]:
    """The sentences of a paragraph."""
    parts: list[str] = []
    for part in _END.split(block):
        part = part.strip()
        if parts and (_ABBREVIATION.search(parts[-1]) or not part):
            parts[-1] = f"{parts[-1]} {part}".strip()
        elif part:
            parts.append(part)
    return parts


def _sentences(piece: Piece) -> list[_Sentence]:
    """Whole sentences that could stand in a summary; those of tables, lists of links and imprints are left out."""
    found: list[_Sentence] = []
    count = max(1, len(piece.own))
    step = max(1, count // PARAGRAPHS)
    for number in [*range(min(count, PARAGRAPHS)), *range(PARAGRAPHS, count, step)]:
        block = piece.own[number] if number < len(piece.own) else ""
        if len(block) < SHORTEST // 2 or len(block) > 6000 or " · " in block:
            continue
        for at, text in enumerate(split(block)):
            if _can_stand(text, piece.title):
                found.append(_Sentence(text, number, at, number / count))
    return found


def _can_stand(text: str, title: str) -> bool:
    dense = (
        sum(ord(character) > 0x2E80 for character in text) > len(text) / 3
    )  # Han says as much in a third of the room
    shortest = SHORTEST // 3 if dense else SHORTEST
    if (
        not shortest <= len(text) <= WIDEST
        or not _WHOLE.search(text)
        or text[-1] in "?؟？"
        or _BOILERPLATE.search(text)
    ):
        return False
    letters = sum(character.isalpha() for character in text)
    capitals = sum(character.isupper() for character in text)
    if (
        letters < 0.65 * len(text.replace(" ", ""))
        or capitals > 0.35 * letters
        or text.count("|")
        or text.count("…") > 1
    ):
        return False
    return (
        text.rstrip(".").casefold() != title.rstrip(".").casefold() and not text[0].islower() and text[0] not in "([•–*"
    )


def _chosen(sentences: list[_Sentence]) -> list[_Sentence]:
    """At most SENTENCES of them, half from the beginning and half from everywhere else."""
    if len(sentences) <= SENTENCES:
        return sentences
    half = SENTENCES // 2
    rest = sentences[half:]
    return [*sentences[:half], *(rest[i * len(rest) // half] for i in range(half))]


def _scores(sentences: Sequence[_Sentence], piece: Piece) -> F64:
    """How well each sentence stands for the text. Shape (n,)."""
    function = FUNCTION_WORDS.get(primary(piece.language), frozenset())
    said = [terms(s.text) for s in sentences]
    bags = [{key for key in keys(s.text, piece.language) if key not in function and len(key) > 1} for s in sentences]
    listed = np.array([_is_listing(words, function) for words in said])
    title = {key for key in keys(piece.title, piece.language) if key not in function}
    rank = _ranks(bags)
    rank /= rank.max() or 1.0
    order = np.array([s.block for s in sentences], dtype=np.float64)
    lead = 1.0 / (1.0 + np.argsort(np.argsort(order, kind="stable"), kind="stable") / 2.5)
    about = np.array([len(bag & title) / len(title) if title else 0.0 for bag in bags])
    itself = np.array([1.0 if _OF_ITSELF.match(s.text) else 0.0 for s in sentences])
    leaning = np.array([1.0 if _LEANING.match(s.text) else 0.0 for s in sentences]) * (1.0 - itself)
    deep = np.array([min(s.at, 3) * 0.05 for s in sentences])
    short = np.array(
        [0.25 if len(s.text) < 60 and len(bag) < 6 else 0.0 for s, bag in zip(sentences, bags, strict=True)]
    )
    score: F64 = 0.55 * rank + 0.75 * lead + 0.35 * about + 0.35 * itself - 0.4 * leaning - 0.5 * listed - deep - short
    return score


def _is_listing(words: Sequence[str], function: frozenset[str]) -> float:
    """1 where a sentence has hardly a word that holds one together: names, references, parts of a list."""
    return float(bool(function) and sum(word in function for word in words) < 0.12 * len(words))


def _ranks(bags: Sequence[set[str]]) -> F64:
    """TextRank of each sentence: similarity is the words in common over the lengths' logarithms. Shape (n,)."""
    terms = {key: i for i, key in enumerate(sorted(set().union(*bags)))}
    table = np.zeros((len(bags), max(1, len(terms))))
    for row, bag in enumerate(bags):
        table[row, [terms[key] for key in bag]] = 1.0
    sizes = np.log(1.0 + table.sum(axis=1))
    alike = table @ table.T / (sizes[:, None] + sizes[None, :] + 1e-9)
    np.fill_diagonal(alike, 0.0)
    alike /= alike.sum(axis=1, keepdims=True) + 1e-9
    rank = np.full(len(bags), 1.0 / len(bags))
    for _round in range(ROUNDS):
        rank = (1 - DAMPING) / len(bags) + DAMPING * (rank @ alike)
    return rank


def _with_following(sentences: Sequence[_Sentence], score: F64, best: int) -> str:
    """The best sentence with those that follow it in its paragraph, while they fit and say something."""
    first = sentences[best]
    chosen = [first.text]
    for place in range(best + 1, len(sentences)):
        following = sentences[place]
        expected = first.at + len(chosen)
        fits = len(" ".join(chosen)) + len(following.text) < LONGEST
        if (following.block, following.at) != (first.block, expected) or not fits or len(chosen) == SENTENCES_SHOWN:
            break
        if score[place] < 0.3 * score[best]:
            break
        chosen.append(following.text)
    joint = "" if first.text[-1] in "。！" else " "
    return joint.join(chosen)
