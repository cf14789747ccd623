"""What is proposed to a curator: a value, why, and how sure; and the piece that it is told from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

CONFIDENT = 0.75  # from which on an import with --publish takes a proposal without a curator
FILLED = 0.6  # from which on a draft begins with it, marked as a guess; less sure ones are only offered
OPENING_BLOCKS, CLOSING_BLOCKS = 40, 25
OPENING_CHARACTERS = 6_000
SAMPLE = 200_000  # characters of a text that are looked at: the first half of them whole, the rest in slices
SLICES = 10


@dataclass(frozen=True, slots=True)
class Proposal:
    """`confidence` from 0 to 1. `reason`: why, for a curator, in the language of the interface."""

    value: Any
    reason: str
    confidence: float

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the draft."""
        return {"value": self.value, "reason": self.reason, "confidence": round(self.confidence, 2)}


@dataclass(frozen=True)
class Piece:
    """A text to be understood. `headings` and `paragraphs` in their order, `in_order` both; `markdown` holds the links.

    `foreign`: numbers of paragraphs in sections that are in another language than the piece.
    """

    title: str
    language: str
    headings: Sequence[str]
    paragraphs: Sequence[str]
    markdown: str = ""
    file: str = ""
    in_order: Sequence[str] = ()
    foreign: frozenset[int] = frozenset()

    @cached_property
    def opening(self) -> list[str]:
        """The first paragraphs, where a piece says who wrote it and when; headings stand among them as in the text."""
        return _within(self.blocks[:OPENING_BLOCKS], OPENING_CHARACTERS)

    @cached_property
    def closing(self) -> list[str]:
        """The last paragraphs that are not of the opening: imprint, licence."""
        rest = self.blocks[len(self.opening) :][-CLOSING_BLOCKS:]
        return _within(rest[::-1], OPENING_CHARACTERS)[::-1]

    @property
    def blocks(self) -> Sequence[str]:
        """Everything in its order, a heading a block of its own."""
        return self.in_order or self.paragraphs

    @cached_property
    def own(self) -> list[str]:
        """The paragraphs in the piece's language."""
        return [text for number, text in enumerate(self.paragraphs) if number not in self.foreign]

    @cached_property
    def sample(self) -> str:
        """The text, or of a long one what is looked at: SAMPLE characters, half of them slices of the later part."""
        text = "\n".join(self.paragraphs)
        if len(text) <= SAMPLE:
            return text
        half = SAMPLE // 2
        step, width = (len(text) - half) // SLICES, half // SLICES
        return "\n".join([text[:half], *(text[half + i * step :][:width] for i in range(SLICES))])


def _within(blocks: Sequence[str], characters: int) -> list[str]:
    kept: list[str] = []
    for block in blocks:
        if characters <= 0:
            break
        kept.append(block[:characters])
        characters -= len(block)
    return kept
