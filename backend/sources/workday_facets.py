"""Workday lists longer than what one question answers: the question divided by its facets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backend.sources.shapes import Fields

CAP = 2000  # some tenants report no larger total, and answer nothing beyond it
MOST_PARTS = 200  # of one board, waiting at the same time

Applied = Mapping[str, list[str]]
"""Facet -> the values that a question is limited to, as `appliedFacets` has them."""


@dataclass(frozen=True, slots=True)
class Part:
    """A question that is still to be asked. `count` is what the facet promised: fewer are not all."""

    applied: Applied
    count: int


@dataclass(frozen=True, slots=True)
class Division:
    """What replaces a question. `whole`: its parts together hold every listing."""

    parts: tuple[Part, ...]
    whole: bool


def divide(envelope: Fields, applied: Applied, total: int, promised: int = 0) -> Division | None:
    """The question limited to each value of one facet, or None where no facet can be used.

    A capped total says too little, so facets vouch for each other: those that give each listing exactly one
    value (kind of work, full or part time) sum to the true number of listings; what another facet
    `promised` of a part vouches too. A sum that nothing confirms may leave out listings without such a
    value, or count one in several places; such parts are read, but are not `whole`.
    """
    facets = [facet for facet in _facets(envelope) if facet.name not in applied and facet.values]
    large = [
        facet for facet in facets if facet.number >= max(total, promised) and len(facet.values) <= MOST_PARTS
    ]
    if not large:
        return None
    times = Counter([promised, *(facet.number for facet in facets)])
    number = max((facet.number for facet in large if times[facet.number] > 1), default=None)
    exact = [facet for facet in large if facet.number == number]
    best = min(exact or large, key=_price)
    parts = tuple(Part({**applied, best.name: [value]}, count) for value, count in best.values.items())
    return Division(parts, whole=bool(exact))


@dataclass(frozen=True, slots=True)
class _Facet:
    name: str
    values: Mapping[str, int]

    @property
    def number(self) -> int:
        """Of listings, if each has one value."""
        return sum(self.values.values())


def _price(facet: _Facet) -> tuple[int, int]:
    """Parts below the cap need no further division; of those, the fewest."""
    return max(CAP, *facet.values.values()), len(facet.values)


def _facets(holder: Fields, key: str = "facets") -> Iterator[_Facet]:
    """All facets with their counts; some stand inside a group ("locationMainGroup")."""
    for facet in holder.objects(key):
        values = facet.objects("values")
        if any("facetParameter" in value.value for value in values):
            yield from _facets(facet, "values")
        elif name := facet.text("facetParameter"):
            counts = {value.need_id("id"): value.whole("count") or 0 for value in values}
            yield _Facet(name, {identity: count for identity, count in counts.items() if count > 0})
