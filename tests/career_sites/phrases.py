"""The word lists of `texts/`, and sentences drawn from them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

TEXTS = Path(__file__).parent / "texts"
SKEW = 1.7
"""Early words of a list are drawn more often: this gives texts the falling word frequencies of real ones."""

BRANDED_SHARE = 0.14
"""So often does a noun carry a made-up brand name: the long tail of rare words that real texts have."""

Lexicon = Mapping[str, Sequence[str]]


def load(name: str) -> dict[str, Any]:
    return tomllib.loads((TEXTS / f"{name}.toml").read_text(encoding="utf-8"))


FIELDS: dict[str, dict[str, Any]] = load("fields")
SECTORS: dict[str, dict[str, Any]] = load("sectors")
GENERAL: dict[str, dict[str, Any]] = load("general")


@dataclass(frozen=True, slots=True)
class Place:
    """A city. `pay` scales a US salary into the local currency."""

    city: str
    region: str
    country: str
    country_name: str
    currency: str
    pay: float

    def words(self, *parts: str) -> str:
        """Its named parts, without the empty ones: "Berlin, Germany"."""
        return ", ".join(filter(None, (getattr(self, part) for part in parts)))


_ROWS = load("places")["places"]
PLACES = tuple(Place(*row[:6]) for row in _ROWS)
PLACE_WEIGHTS = tuple(int(row[6]) for row in _ROWS)


def draw(rng: Random, words: Sequence[str]) -> str:
    return words[int(len(words) * rng.random() ** SKEW)]


@dataclass(frozen=True, slots=True)
class Template:
    form: str
    slots: tuple[str, ...]

    def fill(self, rng: Random, lexicon: Lexicon) -> str:
        values: list[str] = []
        for slot in self.slots:
            words = lexicon[slot]
            word = draw(rng, words)
            if word in values:
                word = words[int(len(words) * rng.random())]
            if slot in ("thing", "sthing") and rng.random() < BRANDED_SHARE:
                word = f"{draw(rng, brands())} {word}"
            values.append(word)
        text = self.form % tuple(values)
        return text[0].upper() + text[1:]


@cache
def templates(kind: str) -> tuple[Template, ...]:
    return tuple(_compiled(sentence) for sentence in GENERAL["sentences"][kind])


def _compiled(sentence: str) -> Template:
    """`{thing2}` draws from the list `thing`, as `{thing}` does."""
    names = re.findall(r"\{(\w+)\}", sentence)
    form = re.sub(r"\{\w+\}", "%s", sentence.replace("%", "%%"))
    return Template(form, tuple(re.sub(r"\d+(l?)$", r"\1", name) for name in names))


def sentences(rng: Random, kind: str, count: int, lexicon: Lexicon) -> list[str]:
    """`count` sentences of a kind, no template twice before all were used."""
    pool = templates(kind)
    chosen: list[Template] = []
    while len(chosen) < count:
        chosen += rng.sample(pool, min(len(pool), count - len(chosen)))
    return [template.fill(rng, lexicon) for template in chosen]


def coined(rng: Random, syllables: int) -> str:
    """A made-up proper name: real listings are full of words that occur nowhere else."""
    pool = GENERAL["names"]["syllables"]
    return "".join(rng.choice(pool) for _ in range(syllables)).capitalize()


@cache
def brands() -> tuple[str, ...]:
    """Brand names that all companies talk about, a few of them often."""
    rng = Random("brands")
    return tuple(coined(rng, 2 + number % 2) for number in range(15_000))


def person(rng: Random) -> str:
    return f"{rng.choice(GENERAL['words']['first'])} {coined(rng, 2)}"


def _numbers(values: Iterable[int]) -> list[str]:
    return [str(value) for value in values]


@cache
def base_lexicon(field: str, sector: str) -> dict[str, Sequence[str]]:
    """Every slot whose words depend only on the field and the sector."""
    trade, branch, words = FIELDS[field], SECTORS[sector], GENERAL["words"]
    everybody = [name for other in FIELDS.values() for name in other["departments"]]
    return {
        **{name: words[name] for name in ("adjective", "action", "past", "abstract", "period", "language")},
        "investor": words["investor"],
        "verb": trade["verbs"],
        "verbl": [verb.lower() for verb in trade["verbs"]],
        "thing": trade["things"],
        "tool": trade["tools"],
        "topic": trade["topics"],
        "outcome": trade["outcomes"],
        "department": everybody,
        "sectorlabel": [branch["label"].lower()],
        "audience": branch["audiences"],
        "audience_cap": [audience.capitalize() for audience in branch["audiences"]],
        "sthing": branch["things"],
        "year": _numbers(range(2019, 1999, -1)),
        "big": [f"{n},000" for n in (20, 40, 15, 60, 100, 250, 9, 75, 480)],
        "headcount": _numbers((120, 80, 300, 45, 650, 200, 1500, 90, 2400, 35)),
        "smallnumber": ["three", "two", "five", "six", "four", "seven", "eight", "ten"],
        "nationalities": _numbers(range(34, 9, -3)),
        "factor": ["two", "three", "ten", "five"],
        "years": ["3+", "5+", "2+", "4-6", "7+", "1-2", "8-10", "Several"],
        "days": _numbers((30, 28, 25, 27, 32)),
        "weeks": _numbers((6, 4, 16, 12, 8, 20)),
        "money": ["1,500", "1,000", "2,000", "800", "2,500", "3,000"],
        "percent": _numbers((5, 4, 6, 8, 3)),
        "minutes": _numbers((30, 45, 20, 60)),
    }
