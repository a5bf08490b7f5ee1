"""Queries as people might save them, drawn from the words of the listings that they are to meet.

`live` ones meet a chosen share of the listings; `cold` ones are of the same kind and meet none of those that
are measured, so that more queries do not mean more matches.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from backend.domain.anchors import EVERY
from backend.domain.inflect import alternatives, exact, inflects
from backend.domain.matching import Document
from backend.domain.query import Query, QueryError, parse
from backend.domain.rest import rest_of
from backend.domain.sieve import Sieve

FEWEST_LETTERS = 3
COMMON = (0.1, 0.6)  # shares of listings
QUOTED = 0.2
AT_ONCE = 10_000
NICHE = 0.3  # cold queries about something that no listing here names
FILTERS = ("mode:remote", "country:us", "level:senior", "type:full_time")
SYLLABLES = re.findall("..", "bacodifeguhajokilumaneporasutivowaxeyuzobrcladrefroglin")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words by the share of listings that they meet, in all their forms."""

    shares: dict[str, float]

    def between(self, low: float, high: float) -> list[str]:
        return sorted(word for word, share in self.shares.items() if low <= share <= high)


def vocabulary(documents: Sequence[Document]) -> Vocabulary:
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(document.keys)
    words = (key[1:] for key in counts if key.startswith("="))
    return Vocabulary(
        {
            word: max(counts[exact(word)], sum(counts[key] for key in alternatives(word))) / len(documents)
            for word in words
            if word.isalpha() and len(word) >= FEWEST_LETTERS
        }
    )


def live(words: Vocabulary, rare: tuple[float, float], random: Random) -> Iterator[str]:
    """Distinct queries without end, whose rarest word stands in such a share of the listings."""
    rarer, common = words.between(*rare), words.between(*COMMON)
    drawn = distinct(lambda: text_of(random, random.choice(rarer), random.choice(rarer), common))
    yield from (query.canonical for query in drawn)


def cold(words: Vocabulary, measured: Sieve, random: Random) -> Iterator[str]:
    """Distinct queries without end that meet none of the measured listings."""
    rare, common = words.between(0, 0.005), words.between(*COMMON)

    def one() -> str:
        first, second = (niche(random) if random.random() < NICHE else random.choice(rare) for _ in range(2))
        return text_of(random, first, second, common)

    everywhere, drawn = measured.keys.index(EVERY), distinct(one)
    while True:
        some = list(islice(drawn, AT_ONCE))
        met = measured.met((everywhere, n, str(rest_of(query.node))) for n, query in enumerate(some))
        meeting = met.match.keys() | met.may.keys()
        yield from (query.canonical for n, query in enumerate(some) if n not in meeting)


def distinct(draw: Callable[[], str]) -> Iterator[Query]:
    seen: set[str] = set()
    while True:
        try:
            query = parse(draw())
        except QueryError:
            continue
        if query.canonical not in seen:
            seen.add(query.canonical)
            yield query


def text_of(random: Random, rare: str, other: str, common: Sequence[str]) -> str:
    rare, other = quoted(random, rare), quoted(random, other)
    companion, another = random.choice(common), random.choice(common)
    forms = {
        rare: 25,
        f"{rare} {companion}": 40,
        f"{rare} {companion} {another}": 10,
        f"{rare} OR {other}": 10,
        f"{rare} -{companion}": 10,
        f"{rare} {random.choice(FILTERS)}": 5,
    }
    return random.choices(list(forms), list(forms.values()))[0]


def quoted(random: Random, word: str) -> str:
    return f'"{word}"' if random.random() < QUOTED and inflects(word) else word


def niche(random: Random) -> str:
    """The name of a product or a company that nobody else asks for."""
    return "".join(random.choices(SYLLABLES, k=random.randint(3, 5)))
