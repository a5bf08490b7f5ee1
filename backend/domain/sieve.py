"""Many listings at once: which of them meet a query.

Each key is a number with one bit for each listing that emits it, so a query of words and values is a few
ANDs and ORs for all listings together. What the keys cannot decide (phrases, named texts, amounts, ages) is
asked of `matching.matches`, of the few listings that are left.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from backend.domain import keys, matching
from backend.domain.matching import Document
from backend.domain.query import Query
from backend.domain.query_nodes import And, Node, Not, Or, Range, Value, Words


class AnyOf(tuple["Parts", ...]):
    """Alternatives, of which one must hold."""

    __slots__ = ()


class NoneOf(tuple["Part", ...]):
    """Parts that must not all hold."""

    __slots__ = ()


Part = str | AnyOf | NoneOf
Parts = tuple[Part, ...]  # all of them must hold; none: every listing may match


# A query as the sieve reads it: its parts, and the query itself where they do not decide alone. A part is a
# key, or all those of a word with blanks between. Workers keep very many: equal parts are one text, and a
# plain tuple of texts is passed over by the garbage collector.
Sift = tuple[Parts, Query | None]


def sift_of(query: Query) -> Sift:
    parts, decisive = _parts(query.node)
    return parts, None if decisive else query


def _parts(node: Node) -> tuple[Parts, bool]:
    """What must hold wherever a query matches, and whether that is all it asks."""
    match node:
        case And(children):
            each = [_parts(child) for child in children]
            return tuple(part for parts, _ in each for part in parts), all(alone for _, alone in each)
        case Or(children):
            each = [_parts(child) for child in children]
            open_to_all = any(not parts for parts, _ in each)
            alternatives = () if open_to_all else (AnyOf(parts for parts, _ in each),)
            return alternatives, all(alone for _, alone in each)
        case Not(child):
            parts, alone = _parts(child)
            return ((NoneOf(parts),) if alone else ()), alone
        case Words():
            return _parts_of_words(node)
        case Value(field, value):
            return (sys.intern(keys.of_value(field, value)),), True
        case Range(field):
            return (sys.intern(keys.of_range(field)),), False
    return (), True


def _parts_of_words(words: Words) -> tuple[Parts, bool]:
    parts = tuple(sys.intern(" ".join(each)) for each in keys.of_words(words))
    return parts, words.field is None and keys.decide(words)


class Sieve:
    """Some listings, ready to meet many queries."""

    def __init__(self, documents: Sequence[Document], now: datetime) -> None:
        self.documents, self.now = documents, now
        self.all = (1 << len(documents)) - 1
        emitted: defaultdict[str, int] = defaultdict(int)
        for position, document in enumerate(documents):
            bit = 1 << position
            for key in document.keys:
                emitted[key] |= bit
        self.masks = _Masks(emitted)

    @property
    def keys(self) -> list[str]:
        """All that the listings emit. Ask before the first query: each leaves its words behind."""
        return list(self.masks)

    def met(self, sifts: Iterable[tuple[int, Sift | None]]) -> dict[int, int]:
        """Of the queries, by number, those that match something: a bit for each listing.

        The inner loop of matching: tens of thousands of queries for each crawl.
        """
        met: dict[int, int] = {}
        everything, masks = self.all, self.masks
        for number, sift in sifts:
            if sift is None:
                continue
            parts, rest = sift
            mask = everything
            for part in parts:
                mask &= masks[part] if part.__class__ is str else self._mask((part,))
                if not mask:
                    break
            if mask and rest is not None:
                mask = self._judged(rest, mask)
            if mask:
                met[number] = mask
        return met

    def _judged(self, query: Query, mask: int) -> int:
        for position in positions(mask):
            if not matching.matches(query, self.documents[position], self.now):
                mask ^= 1 << position
        return mask

    def _mask(self, parts: Parts) -> int:
        mask = self.all
        for part in parts:
            if type(part) is str:
                mask &= self.masks[part]
            elif type(part) is AnyOf:
                mask &= self._any(part)
            else:
                mask &= ~self._mask(part)  # type: ignore[arg-type]
            if not mask:
                break
        return mask

    def _any(self, alternatives: AnyOf) -> int:
        mask = 0
        for parts in alternatives:
            mask |= self._mask(parts)
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
    """Key -> the listings that emit it; several keys of a word together, worked out when first asked."""

    def __missing__(self, several: str) -> int:
        mask = 0
        for key in several.split():
            mask |= self.get(key, 0)
        self[several] = mask
        return mask
