"""Made-up companies, each a function of the seed and its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from tests.career_sites.phrases import GENERAL, PLACE_WEIGHTS, PLACES, SECTORS, Place


@dataclass(frozen=True, slots=True)
class Company:
    """An employer with one board.

    `slug` names it in this simulator (unique, lower-case ASCII); `token` is the source's own board token,
    which may hold capitals, blanks and dots as real ones do.
    """

    index: int
    name: str
    slug: str
    source: str
    token: str
    sector: str
    homes: tuple[Place, ...]

    @property
    def country(self) -> str:
        return self.homes[0].country


def make_companies(seed: int, count: int, sources: Sequence[str]) -> list[Company]:
    starts, ends = GENERAL["names"]["starts"], GENERAL["names"]["ends"]
    combinations = len(starts) * len(ends)
    order = Random(f"{seed}/companies").sample(range(combinations), min(count, combinations))
    companies = []
    for index in range(count):
        rank = order[index % combinations]
        stem = starts[rank // len(ends)] + ends[rank % len(ends)]
        generation = index // combinations
        companies.append(_company(seed, index, stem + (f" {generation + 1}" if generation else ""), sources))
    return companies


def _company(seed: int, index: int, stem: str, sources: Sequence[str]) -> Company:
    rng = Random(f"{seed}/company/{index}")
    source = sources[index % len(sources)]
    slug = stem.lower().replace(" ", "-")
    offices = rng.choices(PLACES, PLACE_WEIGHTS, k=rng.choice((1, 2, 3, 5)))
    return Company(
        index=index,
        name=stem + rng.choice(GENERAL["names"]["suffixes"]),
        slug=slug,
        source=source,
        token=_token(rng, source, stem, slug),
        sector=rng.choice(list(SECTORS)),
        homes=tuple(dict.fromkeys(offices)),
    )


def _token(rng: Random, source: str, stem: str, slug: str) -> str:
    """The token as the sources name boards.

    Ashby's are what the customer typed: capitals, blanks and dots occur (see the recorded boards). Some of
    Lever's customers live on its European hosts (`eu:`). Personio's token is the host.
    """
    if source == "ashby":
        return rng.choice((slug, slug, slug, stem, f"{slug}.com", f"{stem} Careers"))
    if source == "personio":
        return f"{slug}.jobs.personio.{rng.choice(('de', 'com'))}"
    if source == "lever" and rng.random() < 0.15:
        return f"eu:{slug}"
    return slug
