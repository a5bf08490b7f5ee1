"""The listings that answer a search best: title before company before text, newer before older."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from datetime import datetime

from backend.domain.query import Query, Status
from backend.search.schema import ID_SPACE
from backend.search.view import View, count_of

DEPTH = 1000  # nobody reads on; deeper, each page would cost more than the one before


@dataclass(frozen=True, slots=True)
class Ranked:
    """The best ids, at most DEPTH, the best first; how many listings match in all, or `partial` if only so
    many of the newest were looked at.
    """

    ids: array[int]
    total: int
    partial: bool


def rank(view: View, query: Query, status: Status, now: datetime) -> Ranked:
    asked = view.asked(query.node, status, now, ranked=True)
    result = view.searcher.search(asked.query, limit=DEPTH)
    orders = view.searcher.fast_field_values("order", [address for _, address in result.hits])
    scored = [(score, int(order or 0)) for (score, _), order in zip(result.hits, orders, strict=True)]
    scored.sort(reverse=True)
    ids = array("I", (order % ID_SPACE for _, order in scored))
    return Ranked(ids, count_of(result), asked.partial)
