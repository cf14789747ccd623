"""The query language: what a person types → a tree of clauses. Never raises: what cannot be parsed is plain words."""

import logging
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import Any

from whoosh import query
from whoosh.qparser import QueryParser, plugins, syntax

from indexer.analysis import LONGEST_TERM, Piece, fold, words

logger = logging.getLogger(__name__)
LONGEST_QUESTION = 4_000  # characters read
MOST_WORDS = 100  # distinct words looked up
SHORT = 4  # words; a longer question in capitals alone was typed with caps lock, its AND and OR are words
SENTENCE = 6  # words from which on a quotation may be given up
DEEPEST = 15  # brackets within brackets
FILTERS = ("topic", "kind", "lang", "country", "year")
TEXT_FIELDS = ("title", "author")


@dataclass(frozen=True, slots=True)
class WordClause:
    """A word to look up with its stems. `optional`: a second reading that need not be there ("cooperation")."""

    term: str
    whole: str
    field: str = ""
    optional: bool = False
    unspaced: bool = False


@dataclass(frozen=True, slots=True)
class PrefixClause:
    """`word*`"""

    term: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class FuzzyClause:
    """`word~`: words that differ by a letter or two."""

    term: str
    distance: int
    field: str = ""


@dataclass(frozen=True, slots=True)
class PhraseClause:
    """Words in this order; `slop` 1 is side by side."""

    words: tuple[WordClause, ...]
    slop: int = 1
    field: str = ""


@dataclass(frozen=True, slots=True)
class FilterClause:
    """`kind:report`, `year:2019..2023`"""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class NotClause:
    """`-word`, `NOT word`"""

    clause: "Clause"


@dataclass(frozen=True, slots=True)
class AllClause:
    """`a AND b`"""

    clauses: tuple["Clause", ...]


@dataclass(frozen=True, slots=True)
class AnyClause:
    """`a OR b`"""

    clauses: tuple["Clause", ...]


@dataclass(frozen=True, slots=True)
class LooseClause:
    """Words side by side: any of them is found, those with all stand first; filters, phrases, -words bind"""

    clauses: tuple["Clause", ...]


Clause = (
    WordClause | PrefixClause | FuzzyClause | PhraseClause | FilterClause
    | NotClause | AllClause | AnyClause | LooseClause
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parsed:
    """`plain`: could not be parsed, searched as words. `partial`: longer than what is read. `loosened`: see there."""

    clause: LooseClause
    plain: bool
    partial: bool
    loosened: bool = False

    @property
    def empty(self) -> bool:
        """Nothing was typed."""
        return not self.clause.clauses


def loosened(parsed: Parsed) -> Parsed | None:
    """A question of many words with the words of its phrases one by one, for when nothing has these side by side.

    None where there is no such phrase. A short question with a phrase means it as it stands.
    """
    clauses: list[Clause] = []
    words = 0
    for clause in parsed.clause.clauses:
        of_it: tuple[Clause, ...] = clause.words if isinstance(clause, PhraseClause) else (clause,)
        clauses += of_it
        words += sum(isinstance(one, WordClause) for one in of_it)
    if words < SENTENCE or len(clauses) == len(parsed.clause.clauses):
        return None
    return replace(parsed, clause=LooseClause(tuple(clauses)), loosened=True)


class _Loose(query.Or):
    """Words side by side, told apart from an `OR` that was typed."""


class _LooseGroup(syntax.OrGroup):
    qclass = _Loose


def _plugins() -> list[Any]:
    """The parts of Whoosh's query syntax that the library has; a `-` counts only before a word, a `*` after one."""
    fields = rf"(?:^|(?<=[\s(\-]))(?P<text>{'|'.join(FILTERS + TEXT_FIELDS)}):(?=[^\s:])"
    negation = r"(?:^|(?<=[\s()]))(?:NOT(?=\s)|-(?=[^\s\-]))"
    prefix = plugins.PrefixPlugin(r'(?P<text>[^\s*()"]+)[*](?=[\s)]|$)')
    return [
        plugins.FieldsPlugin(fields),
        plugins.PhrasePlugin(),
        plugins.GroupPlugin(),
        plugins.OperatorsPlugin(Not=negation, AndNot=None, AndMaybe=None, Require=None),
        prefix,
        plugins.FuzzyTermPlugin(),
    ]


_PARSER = QueryParser("", None, plugins=_plugins(), group=_LooseGroup)
_QUOTES = str.maketrans("“”„‟〝〞＂", '"' * 7)  # guillemets are left: in running text they name things
_WIDE = str.maketrans("（）：＊～－", "():*~-")
_DANGLING = re.compile(r"^\s*(?:AND|OR)\b|\b(?:AND|OR|NOT)\s*$|\b(?:AND|OR)\s+(?:AND|OR)\b")
_SYNTAX = re.compile(r'[()"*~:^\[\]{}\\-]|\b(?:AND|OR|NOT)\b')
"""What only the parser understands; without any of it words are words, and the parser's 0.3 ms are saved."""
_FIELD_NAMES = re.compile(rf"(?:^|(?<=[\s(\-]))({'|'.join(FILTERS + TEXT_FIELDS)}):(?=\S)", re.IGNORECASE)


def parse(text: str) -> Parsed:
    """What was asked. Any string is fine: control characters and lone surrogates count as spaces."""
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn") else c for c in text)
    partial = len(text) > LONGEST_QUESTION
    text = text[:LONGEST_QUESTION].translate(_QUOTES).translate(_WIDE).strip()
    text = _FIELD_NAMES.sub(lambda match: match.group().lower(), text)
    if text.isupper() and len(text.split()) > SHORT:
        text = text.lower()
    if _SYNTAX.search(text) is None:
        return Parsed(LooseClause(tuple(_plain(text))), plain=False, partial=partial)
    if _sound(text):
        try:
            tree = _PARSER.parse(text, normalize=False)
            return Parsed(LooseClause(_clauses(tree)), plain=False, partial=partial)
        except Exception as error:
            logger.info("A question could not be parsed: %r", error)
    return Parsed(LooseClause(tuple(_plain(text))), plain=True, partial=partial)


def _sound(text: str) -> bool:
    depth = 0
    quotes = text.count('"')
    for part in text.split('"')[::2]:
        for letter in part:
            depth += (letter == "(") - (letter == ")")
            if not 0 <= depth <= DEEPEST:
                return False
    return depth == 0 and quotes % 2 == 0 and not _DANGLING.search(text)


def _plain(text: str) -> list[Clause]:
    return [
        clause for word in re.split(r'[\s"()]+', text) if word not in ("AND", "OR", "NOT") for clause in _words(word)
    ]


def _clauses(tree: query.Query) -> tuple[Clause, ...]:
    """The clauses of a group, or the one of anything else."""
    if type(tree) is _Loose:
        return tuple(clause for child in tree.subqueries for clause in _flat(child))
    return tuple(_flat(tree))


def _flat(tree: query.Query) -> list[Clause]:
    match tree:
        case _Loose():
            clauses = _clauses(tree)
            return [LooseClause(clauses)] if len(clauses) > 1 else list(clauses)
        case query.And():
            operands = _operands(tree)
            return [AllClause(operands)] if len(operands) > 1 else list(operands)
        case query.Or():
            operands = _operands(tree)
            return [AnyClause(operands)] if len(operands) > 1 else list(operands)
        case query.Not():
            return [NotClause(clause) for clause in [_exact(tree.query)] if clause]
        case query.Phrase():
            return _phrase(tree.fieldname, " ".join(tree.words), tree.slop)
        case query.FuzzyTerm() | query.Prefix() if tree.fieldname in FILTERS:
            return [
                FilterClause(tree.fieldname, tree.text)
            ]  # a filter's value is whole: no beginnings, no misspellings
        case query.FuzzyTerm():
            found = _words(tree.text, tree.fieldname)
            if len(found) == 1 and isinstance(found[0], WordClause) and not found[0].unspaced:
                distance = min(max(tree.maxdist, 1), 2)
                return [FuzzyClause(found[0].term, distance, tree.fieldname)]
            return found
        case query.Prefix():
            found = _words(tree.text, tree.fieldname)
            if found and isinstance(found[-1], WordClause):
                found[-1] = PrefixClause(found[-1].term, tree.fieldname)
            return found
        case query.Term():
            return _term(tree.fieldname, tree.text)
        case _:
            return []


def _operands(tree: query.compound.CompoundQuery) -> tuple[Clause, ...]:
    """Those of an `AND` or `OR`; several words of one writing ("right-to-information") stay together."""
    return tuple(operand for child in tree.subqueries if (operand := _exact(child)) is not None)


def _exact(tree: query.Query) -> Clause | None:
    clauses = _flat(tree)
    required = tuple(c for c in clauses if isinstance(c, WordClause) and not c.optional)
    if isinstance(tree, query.Term) and len(required) > 1:
        return PhraseClause(required, 1, tree.fieldname)
    if len(clauses) > 1:
        return LooseClause(tuple(clauses))
    return clauses[0] if clauses else None


def _term(field: str, text: str) -> list[Clause]:
    if field in FILTERS:
        return [FilterClause(field, text)]
    return _words(text, field)


def _phrase(field: str, text: str, slop: int) -> list[Clause]:
    if field in FILTERS:
        return [FilterClause(field, text)]
    required = tuple(c for c in _words(text, field) if isinstance(c, WordClause) and not c.optional)
    if len(required) > 1:
        return [PhraseClause(required, slop, field)]
    # One word in quotation marks is meant as it is written: no stems.
    return [PhraseClause(required, 1, field)] if required else []


def _words(text: str, field: str = "") -> list[Clause]:
    found: list[Clause] = []
    for word in words(text):
        for piece in word.pieces:
            if not piece.tail:
                found.append(_clause(piece, field))
    return found


def _clause(piece: Piece, field: str) -> Clause:
    if piece.single:
        return PrefixClause(piece.term, field)  # a single character: every pair that begins with it, and it alone
    return WordClause(piece.term[:LONGEST_TERM], piece.whole, field, piece.joined, piece.unspaced)


def same(one: str, other: str) -> bool:
    """Two values of a filter are the same to a person: case, accents, hyphens and spaces do not matter."""
    return re.sub(r"[\W_]+", " ", fold(one)) == re.sub(r"[\W_]+", " ", fold(other))
