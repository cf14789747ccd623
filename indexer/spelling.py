"""Words that look alike: for `word~` and for "did you mean"."""

from collections.abc import Iterable, Mapping

ALWAYS_FEW = 3  # letters; shorter words have too many neighbours to guess


def distance(one: str, other: str, most: int) -> int:
    """Letters to insert, delete, replace or swap with a neighbour; `most + 1` as soon as it is above `most`.

    Optimal string alignment: Damerau 1964, restricted to one change per place.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        two_before, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, two_before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def near(word: str, vocabularies: Iterable[Mapping[str, int]], most: int) -> list[tuple[str, int, int]]:
    """(word, distance, sections) of words within `most` changes, nearest and most frequent first.

    The first letter may differ only when the rest is the same; this keeps the look through 100,000 words short.
    """
    if len(word) <= ALWAYS_FEW:
        most = 1
    found: dict[str, tuple[int, int]] = {}
    initial, rest, letters = word[:1], word[1:], set(word)
    for vocabulary in vocabularies:
        for other, sections in vocabulary.items():
            if abs(len(other) - len(word)) > most or other == word:
                continue
            if other[0] != initial and other[1:] != rest and other[1:2] != initial and other[:1] != word[1:2]:
                continue
            if len(letters.symmetric_difference(other)) > 2 * most:
                continue
            known = found.get(other)
            apart = known[0] if known else distance(word, other, most)
            if apart <= most:
                found[other] = (apart, sections + (known[1] if known else 0))
    return sorted(((other, *values) for other, values in found.items()), key=lambda item: (item[1], -item[2], item[0]))
