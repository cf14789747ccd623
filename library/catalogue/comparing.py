"""What differs between two texts, for people: by section, and within changed paragraphs by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, Literal

from indexer.analysis import terms

BLOCKS = 6_000  # paragraphs of a text that are compared
WORDS = 600  # of a paragraph that are compared word by word; longer ones are shown whole, before and after
RELATED = 0.35  # share of words in common from which on a paragraph counts as changed rather than replaced
SHOWN = 400  # differences that are listed
# Letters of scripts without spaces one by one: there a word has no end that a pattern could see.
_WORD = re.compile(r"\s+|[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]|[^\W_]+|[\W_]")

State = Literal["same", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Run:
    """Words in a row that both texts have, or only the newer, or only the older one."""

    state: State
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A paragraph or heading that is new, gone or changed: `runs` is its text, piece by piece."""

    heading: bool
    runs: tuple[Run, ...]

    @property
    def state(self) -> str:
        """ "added", "removed" or "changed"."""
        states = {run.state for run in self.runs}
        return states.pop() if len(states) == 1 and "same" not in states else "changed"

    @property
    def text(self) -> str:
        """The newer text; the older one where it is gone."""
        return "".join(run.text for run in self.runs if run.state != "removed" or self.state == "removed")


@dataclass(slots=True)
class ComparedSection:
    """A section in which something differs. `same`: paragraphs in it that do not."""

    heading: str
    anchor: str
    differences: list[Difference] = field(default_factory=list)
    same: int = 0


@dataclass(slots=True)
class Comparison:
    """`same`, `added`, `removed`, `changed`: paragraphs. `left_out`: differences, or paragraphs beyond BLOCKS, not shown."""

    sections: list[ComparedSection] = field(default_factory=list)
    same: int = 0
    added: int = 0
    removed: int = 0
    changed: int = 0
    left_out: int = 0

    @property
    def identical(self) -> bool:
        """Whether the words are the same throughout."""
        return not (self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class _Block:
    heading: bool
    text: str
    section: str
    anchor: str

    @property
    def key(self) -> str:
        return " ".join(re.findall(r"\w+", self.text.casefold())) or self.text


def compare(old: Sequence[Any], new: Sequence[Any]) -> Comparison:
    """What the sections `new` (saved or rendered) say that `old` do not, and the other way round.

    Punctuation, case and white space are no difference in a paragraph that is otherwise the same. Bounded: see BLOCKS
    and SHOWN; what is beyond them is counted in `left_out`.
    """
    before, after = list(_blocks(old)), list(_blocks(new))
    found = Comparison(left_out=max(0, len(before) - BLOCKS) + max(0, len(after) - BLOCKS))
    before, after = before[:BLOCKS], after[:BLOCKS]
    matcher = SequenceMatcher(None, [b.key for b in before], [b.key for b in after], autojunk=False)
    sections: dict[tuple[str, str], ComparedSection] = {}
    shown = 0
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            found.same += i2 - i1
            for block in after[j1:j2]:
                _section(sections, block).same += not block.heading
            continue
        for place, difference in _differences(before[i1:i2], after[j1:j2]):
            setattr(found, difference.state, getattr(found, difference.state) + 1)
            shown += 1
            if shown <= SHOWN:
                _section(sections, place).differences.append(difference)
            else:
                found.left_out += 1
    found.sections = [section for section in sections.values() if section.differences]
    return found


def by_words(old: str, new: str) -> tuple[Run, ...]:
    """`old` and `new` in one line: what stays, what goes, what comes. Texts of many words are given whole."""
    one, other = _WORD.findall(old), _WORD.findall(new)
    if max(len(one), len(other)) > 2 * WORDS:
        return (Run("removed", old), Run("added", new))
    runs: list[Run] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(Run("same", "".join(one[i1:i2])))
            continue
        runs += [Run("removed", "".join(one[i1:i2]))] if i2 > i1 else []
        runs += [Run("added", "".join(other[j1:j2]))] if j2 > j1 else []
    return tuple(runs)


def _blocks(sections: Iterable[Any]) -> Iterable[_Block]:
    for section in sections:
        if section.level:
            yield _Block(True, section.heading, section.heading, section.anchor)
        for _anchor, text in section.blocks:
            yield _Block(False, text, section.heading, section.anchor)


def _section(sections: dict[tuple[str, str], ComparedSection], block: _Block) -> ComparedSection:
    """The section of a block; pages of one section are one."""
    return sections.setdefault(
        (block.section, "" if block.section else block.anchor), ComparedSection(block.section, block.anchor)
    )


def _differences(before: Sequence[_Block], after: Sequence[_Block]) -> Iterable[tuple[_Block, Difference]]:
    """The differences of two stretches that have nothing in common as wholes, each with the block that says where."""
    for old, new in _paired(before, after):
        if old and new:
            yield new, Difference(new.heading, by_words(old.text, new.text))
        elif new:
            yield new, Difference(new.heading, (Run("added", new.text),))
        elif old:
            yield old, Difference(old.heading, (Run("removed", old.text),))


def _paired(before: Sequence[_Block], after: Sequence[_Block]) -> Iterable[tuple[_Block | None, _Block | None]]:
    """Blocks of two stretches, paired in order where they have words in common."""
    at = 0
    for new in after:
        ahead = range(at, min(at + 4, len(before)))
        match = next((i for i in ahead if before[i].heading == new.heading and _related(before[i], new)), None)
        if match is None:
            yield None, new
            continue
        yield from zip_longest(before[at:match], ())
        yield before[match], new
        at = match + 1
    yield from zip_longest(before[at:], ())


def _related(old: _Block, new: _Block) -> bool:
    one, other = set(terms(old.text)), set(terms(new.text))
    return bool(one and other) and len(one & other) >= RELATED * max(len(one), len(other))
