"""What is published and what is looked for: made-up words, in shapes of query whose meaning is plain.

This is the oracle's own reading of a query. It shares nothing with the product but the query's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

CITIES = ("Berlin", "Paris", "Vienna", "Oslo")
OPENING = ("we", "look", "for", "somebody", "who", "is", "at", "home", "in")
BETWEEN = ("and", "has", "worked", "for", "some", "years", "with")
WORDS_A_THEME = 4
SAID = 3  # words of a theme that a listing names

Theme = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saying:
    """What a listing says from a moment on, word by word."""

    title: tuple[str, ...]
    text: tuple[str, ...]
    city: str

    @property
    def html(self) -> str:
        return f"<p>{' '.join(self.text)}</p>"


@dataclass(frozen=True, slots=True)
class Search:
    """All of `words`, one of `either`, none of `without`, `phrase` in a row, `title` there, in `city`."""

    words: tuple[str, ...] = ()
    either: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    phrase: tuple[str, ...] = ()
    title: str = ""
    city: str = ""

    @property
    def query(self) -> str:
        parts = [*self.words]
        if self.either:
            parts.append(f"({' OR '.join(self.either)})")
        if self.phrase:
            parts.append(f'"{" ".join(self.phrase)}"')
        if self.title:
            parts.append(f"title:{self.title}")
        if self.city:
            parts.append(f"location:{self.city.lower()}")
        return " ".join([*parts, *(f"-{word}" for word in self.without)])

    @property
    def needs(self) -> tuple[str, ...]:
        """What it finds holds one of these words."""
        return self.words[:1] or self.either or self.phrase[:1] or (self.title,)

    def finds(self, saying: Saying) -> bool:
        said = {*saying.title, *saying.text}
        return (
            said.issuperset(self.words)
            and said.isdisjoint(self.without)
            and (not self.either or not said.isdisjoint(self.either))
            and (not self.phrase or in_a_row(self.phrase, saying.title) or in_a_row(self.phrase, saying.text))
            and (not self.title or self.title in saying.title)
            and (not self.city or self.city == saying.city)
        )


def in_a_row(phrase: Sequence[str], words: Sequence[str]) -> bool:
    length = len(phrase)
    return any(tuple(words[at : at + length]) == tuple(phrase) for at in range(len(words)))


def themes(dice: Random, count: int) -> list[Theme]:
    """Groups of words that differ in their first four letters, so that no two are forms of one word."""
    syllables = ["".join(pair) for pair in product("bdfgklmnprstvz", "aeiou")]
    starts = dice.sample(["".join(pair) for pair in product(syllables, repeat=2)], count * WORDS_A_THEME)
    words = [start + dice.choice(syllables) + dice.choice("bdfgklmprtvz") + "o" for start in starts]
    return [tuple(words[at : at + WORDS_A_THEME]) for at in range(0, len(words), WORDS_A_THEME)]


def some_search(dice: Random, every: Sequence[Theme]) -> Search:
    one, other, third, _ = dice.sample(dice.choice(every), WORDS_A_THEME)
    return dice.choice(
        (
            Search(words=(one,)),
            Search(words=(one, other)),
            Search(either=(one, other)),
            Search(words=(one,), either=(other, third)),
            Search(words=(one,), without=(other,)),
            Search(phrase=(one, other)),
            Search(title=one),
            Search(words=(one,), city=dice.choice(CITIES)),
        )
    )


def some_saying(dice: Random, every: Sequence[Theme], number: int) -> Saying:
    """One that names two themes. `number` makes its title the only one of its kind."""
    first, second = dice.sample(every, 2)
    title = (dice.choice(first), "keeper", f"r{number}")
    text = (*OPENING, *dice.sample(first, SAID), *BETWEEN, *dice.sample(second, SAID))
    return Saying(title, text, dice.choice(CITIES))


def with_more(dice: Random, every: Sequence[Theme], saying: Saying) -> Saying:
    """The same, with a theme added to its text."""
    more = (*BETWEEN, *dice.sample(dice.choice(every), SAID))
    return Saying(saying.title, saying.text + more, saying.city)


def elsewhere(dice: Random, saying: Saying, taken: Sequence[str]) -> Saying:
    """The same in a city that is not taken."""
    city = dice.choice([city for city in CITIES if city not in taken])
    return Saying(saying.title, saying.text, city)
