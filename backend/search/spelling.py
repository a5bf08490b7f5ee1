"""What was probably meant where nothing matches: words of the index that are spelt nearly the same."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from time import monotonic

import tantivy
from rapidfuzz import process
from rapidfuzz.distance import OSA

from backend.domain.inflect import alternatives, inflects
from backend.domain.query_nodes import And, Node, Or, Words, all_of, any_of, words
from backend.search.remembered import Remembered
from backend.search.schema import STEMS, TEXT

MOST = 4  # queries given
_WORDS = 5  # of a query are looked after
_NEAR = 3  # words tried in place of one
_SHORTEST = 4  # letters: a shorter word is near to too many
_COMMONER = 20  # times: a word so much rarer than a near one is taken for a slip
_STEP = 5.0  # a slip more is made up for by being e**5 times as common


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of an index with the number of listings each is in, read a first letter at a time.

    `letters` keeps what was read; `age` tells one reading from the next.
    """

    searcher: tantivy.Searcher
    letters: Remembered
    age: Hashable

    @property
    def least(self) -> int:
        """Rarer words are mostly slips themselves."""
        return 1 + self.searcher.num_docs // 50_000

    def count(self, word: str) -> int:
        """In how many listings it stands, inflected or not, more or less."""
        inflected = (self.searcher.doc_freq(STEMS, key) for key in alternatives(word))
        return self.searcher.doc_freq(TEXT, word) or max(inflected, default=0)

    def near(self, word: str) -> list[str]:
        """Words to take for this one, the likeliest first. One of its first two letters is thought right."""
        if len(word) < _SHORTEST or not word.isalpha():
            return []
        slips = 1 if len(word) < 6 else 2
        rated: dict[str, float] = {}
        for letter in dict.fromkeys(word[:2]):
            known = self.letters.get((letter, self.age), partial(self._beginning, letter))
            for other, distance, _ in process.extract(
                word, known.keys(), scorer=OSA.distance, score_cutoff=slips, limit=20
            ):
                if other != word:
                    rated[other] = math.log(known[other]) - _STEP * distance
        return sorted(rated, key=lambda other: -rated[other])

    def parted(self, word: str) -> tuple[str, str] | None:
        """The word as two, where a blank was left out."""
        best, most = None, 0
        for cut in range(3, len(word) - 2):
            pair = word[:cut], word[cut:]
            least = min(self.count(pair[0]), self.count(pair[1]))
            if least > max(most, self.least):
                best, most = pair, least
        return best

    def _beginning(self, letter: str) -> dict[str, int]:
        known = self.searcher.terms_with_prefix(TEXT, letter)
        return {word: count for word, count in known if count >= self.least and word.isalpha()}


def corrected(vocabulary: Vocabulary, node: Node, ends: float) -> Iterator[Node]:
    """The query with its words put right, the likeliest first. Nothing where none looks misspelt.

    From the moment `ends` (of `monotonic`) on no further word is looked after.
    """
    sought = dict.fromkeys(term for found in _correctable(node) for term in found.terms)
    wrong: dict[str, list[tuple[str, ...]]] = {}
    for term in islice(sought, _WORDS):
        if monotonic() < ends and (choices := _choices(vocabulary, term)):
            wrong[term] = choices
    if not wrong:
        return
    first = {term: found[0] for term, found in wrong.items()}
    tried = [first]
    tried += [first | {term: other} for term, found in wrong.items() for other in found[1:]]
    for changes in tried[:MOST]:
        yield _replaced(node, changes)


def _choices(vocabulary: Vocabulary, term: str) -> list[tuple[str, ...]]:
    """What may stand in place of a term; empty if it is well known."""
    count = vocabulary.count(term)
    near = [(other,) for other in vocabulary.near(term) if vocabulary.count(other) >= _COMMONER * count]
    found: list[tuple[str, ...]] = [*near[:_NEAR]]
    parted = None if count else vocabulary.parted(term)
    return [*found, parted] if parted else found


def _correctable(node: Node) -> Iterator[Words]:
    """The words that a listing has to have; an excluded one, or a beginning, is not put right."""
    match node:
        case Words(prefix=False):
            yield node
        case And(children) | Or(children):
            for child in children:
                yield from _correctable(child)


def _replaced(node: Node, changes: Mapping[str, tuple[str, ...]]) -> Node:
    match node:
        case And(children):
            return all_of([_replaced(child, changes) for child in children])
        case Or(children):
            return any_of([_replaced(child, changes) for child in children])
        case Words(prefix=False):
            terms = tuple(new for term in node.terms for new in changes.get(term, (term,)))
            quoted = node.exact and len(node.terms) == 1 and inflects(node.terms[0])
            return words(terms, node.field, quoted=quoted)
    return node
