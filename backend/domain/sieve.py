"""Many listings at once: which of them meet a query.

Each key is a number with one bit for each listing that emits it, so what stands beside an anchor (see
`domain/rest`) is a few ANDs for all listings together. What that cannot decide (phrases, named texts,
amounts, ages) is asked of `matching.matches`, of the few listings that are left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from backend.domain import keys, matching
from backend.domain.matching import Document
from backend.domain.query import Query
from backend.domain.rest import ASK, BETWEEN, NO, OR

Rule = tuple[int, int, str]
"""The number of an anchor among `Sieve.keys`, that of a query, and the rest of the query there."""


@dataclass(slots=True)
class Met:
    """Queries, by number: a bit for each listing that they match, or that they `may` match if asked."""

    match: dict[int, int] = field(default_factory=dict)
    may: dict[int, int] = field(default_factory=dict)

    def forget(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.match.pop(number, None)
            self.may.pop(number, None)


class Sieve:
    """Some listings, ready to meet many queries."""

    def __init__(self, documents: Sequence[Document], now: datetime) -> None:
        self.documents, self.now = documents, now
        emitted: defaultdict[str, int] = defaultdict(int)
        for position, document in enumerate(documents):
            bit = 1 << position
            for key in document.keys:
                emitted[key] |= bit
        self.keys = sorted(emitted)  # as an index has them: so it is read from its beginning to its end
        self.everything = (1 << len(documents)) - 1
        self.masks = _Masks(emitted, self.everything)

    def met(self, rules: Iterable[Rule]) -> Met:
        """The inner loop of matching: tens of thousands of rules for each crawl."""
        met = Met()
        match, masks = met.match, self.masks
        of_key = list(map(masks.__getitem__, self.keys))
        for position, number, rest in rules:
            mask = of_key[position]
            found = match
            if rest:
                for part in rest.split(BETWEEN):
                    mask &= masks[part]
                if not mask:
                    continue
                if rest[-1] == ASK:
                    found = met.may
            if number in found:
                found[number] |= mask
            else:
                found[number] = mask
        return met

    def ask(self, query: Query, mask: int) -> int:
        """Which of these listings the query matches."""
        for position in positions(mask):
            if not matching.matches(query, self.documents[position], self.now):
                mask ^= 1 << position
        return mask


def positions(mask: int) -> list[int]:
    """Which listings the bits stand for."""
    found = []
    while mask:
        bit = mask & -mask
        found.append(bit.bit_length() - 1)
        mask ^= bit
    return found


class _Masks(dict[str, int]):
    """Part of a rest -> the listings of which it holds: of each key that they emit, of others once asked."""

    def __init__(self, emitted: Mapping[str, int], everything: int) -> None:
        super().__init__(emitted)
        self[ASK] = everything

    def __missing__(self, part: str) -> int:
        if part.startswith(NO):
            mask = self[ASK] & ~self[part.removeprefix(NO)]
        elif OR in part:
            mask = self._any(self[one] for one in part.split(OR))
        elif part.isalpha():  # a word
            mask = self._any(self.get(key, 0) for key in keys.of_term(part, is_exact=False))
        else:
            mask = 0  # a key that none of them emits
        self[part] = mask
        return mask

    def _any(self, masks: Iterable[int]) -> int:
        found = 0
        for mask in masks:
            found |= mask
        return found
