"""The listings that answer a search best: title before company before text, newer before older."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backend.domain.query import Query, Status
from backend.search.schema import ID_SPACE
from backend.search.view import View, count_of

DEPTH = 1000  # nobody reads on; deeper, each page would cost more than the one before


@dataclass(frozen=True, slots=True)
class Ranked:
    """The best ids, at most DEPTH, the best first; and how many listings match in all."""

    ids: list[int]
    total: int


def rank(view: View, query: Query, status: Status, now: datetime) -> Ranked:
    result = view.searcher.search(view.asked(query, status, now, ranked=True), limit=DEPTH)
    orders = view.searcher.fast_field_values("order", [address for _, address in result.hits])
    scored = [(score, int(order or 0)) for (score, _), order in zip(result.hits, orders, strict=True)]
    scored.sort(reverse=True)
    return Ranked([order % ID_SPACE for _, order in scored], count_of(result))
