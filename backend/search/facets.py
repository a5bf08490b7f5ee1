"""How many of the found listings have each value of a field, as if that field itself were not asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate, pairwise
from typing import Any

import tantivy

from backend.domain.query import Query, Status
from backend.domain.query_nodes import (
    And,
    Comparison,
    Node,
    Or,
    Range,
    RangeField,
    Value,
    ValueField,
    all_of,
    text_of,
)
from backend.search.schema import KEYED, NONE, key_of, microseconds, schema
from backend.search.view import View, tells_age

POSTED = RangeField.POSTED.value
NAMES = (*(field.value for field in ValueField), POSTED)
POSTED_DAYS = (1, 3, 7, 14, 30)
TOP = 20
_OF_A_SEGMENT = 8_000  # keys; rarer ones of it are not counted: at 1,000 some counts were a few short
_TOTAL = " total"


@dataclass(frozen=True, slots=True)
class Count:
    """`value` as a query names it (a number of days for `posted`), and how many listings have it."""

    value: str
    count: int


def count(
    view: View, query: Query, status: Status, names: Sequence[str], now: datetime
) -> dict[str, list[Count]]:
    """For each named facet its commonest values and the selected ones, the commonest first.

    What was counted is remembered as long as the view lasts, ages for a minute.
    """
    now = now.replace(second=0, microsecond=0)
    groups: dict[Node, list[str]] = {}
    for name in sorted(set(names)):
        groups.setdefault(without_own(query.node, name), []).append(name)
    found: dict[str, list[Count]] = {}
    for node, together in groups.items():
        asked = {name: selected(query.node, name) for name in together}
        moment = now if POSTED in asked or tells_age(node) else None
        key = ("facets", text_of(node), status, moment, tuple(asked.items()))
        found |= view.remembered.get(key, partial(_counted, view, node, status, asked, now))
    return {name: found[name] for name in names}


def without_own(node: Node, name: str) -> Node:
    """The query without what it demands of this facet; an exclusion stays."""
    return all_of([child for child in _demands(node) if not _is_own(child, name)])


def selected(node: Node, name: str) -> tuple[str, ...]:
    """The values of this facet that the query demands one of."""
    own = [child for child in _demands(node) if _is_own(child, name)]
    values = [leaf for child in own for leaf in (child.children if isinstance(child, Or) else (child,))]
    return tuple(sorted({leaf.value for leaf in values if isinstance(leaf, Value)}))


def _demands(node: Node) -> tuple[Node, ...]:
    return node.children if isinstance(node, And) else (node,)


def _is_own(node: Node, name: str) -> bool:
    match node:
        case Value(field, _):
            return field == name
        case Or(children):
            return all(isinstance(child, Value) and child.field == name for child in children)
        case Range(RangeField.POSTED, Comparison.LESS | Comparison.AT_MOST, _):
            return name == POSTED
    return False


def _counted(
    view: View, node: Node, status: Status, asked: dict[str, tuple[str, ...]], now: datetime
) -> dict[str, list[Count]]:
    wanted: dict[str, Any] = {_TOTAL: {"value_count": {"field": "status"}}}  # that each listing has once
    for name in asked:
        wanted[name] = {"range": {"field": name, "ranges": _ranges(now)}} if name == POSTED else _terms(name)
    found = view.searcher.aggregate(view.asked(node, status, now).query, wanted)
    view.remember_total(node, status, int(found[_TOTAL]["value"]))
    counted: dict[str, list[Count]] = {}
    for name, values in asked.items():
        if name == POSTED:
            counted[name] = _within(found[name]["buckets"])
            continue
        counts = _by_value(view, ValueField(name), found[name]["buckets"])
        for value in set(values) - set(counts):
            having = all_of([node, Value(ValueField(name), value)])
            counts[value] = view.total(having, status, now)
        counted[name] = sorted(map(Count, counts, counts.values()), key=lambda one: (-one.count, one.value))
    return counted


def _terms(name: str) -> dict[str, Any]:
    """One more than is shown, for NONE. Many values are counted by their keys: texts are slow to read."""
    key = KEYED.get(ValueField(name))
    if key is None:
        return {"terms": {"field": name, "size": TOP + 1}}
    return {"terms": {"field": key, "size": TOP + 1, "segment_size": _OF_A_SEGMENT}}


def _by_value(view: View, field: ValueField, buckets: list[dict[str, Any]]) -> dict[str, int]:
    none = key_of(NONE) if field in KEYED else NONE
    shown = [(one["key"], one["doc_count"]) for one in buckets if one["key"] != none][:TOP]
    if field not in KEYED:
        return dict(shown)
    return {
        view.steady.get((field, key), partial(_with_key, view, field, key)): count for key, count in shown
    }


def _with_key(view: View, field: ValueField, key: int) -> str:
    """The value: it is read from a listing that has it."""
    having = tantivy.Query.term_query(schema(), KEYED[field], key)
    found = view.searcher.search(having, 1, False, order_by_field="order")
    values: list[str] = view.searcher.doc(found.hits[0][1]).get_all(field)
    return next(value for value in values if key_of(value) == key)


def _ranges(now: datetime) -> list[dict[str, int]]:
    """Since the youngest age, between it and the next, and so on: ranges may not overlap."""
    bounds = [microseconds(now - timedelta(days=days)) for days in POSTED_DAYS]
    older = [{"from": low, "to": high} for high, low in pairwise(bounds)]
    return [{"from": bounds[0]}, *older]


def _within(buckets: list[dict[str, Any]]) -> list[Count]:
    """tantivy adds what lies before the first range and orders by time."""
    newest_first = sorted((one for one in buckets if "from" in one), key=lambda one: -one["from"])
    totals = accumulate(one["doc_count"] for one in newest_first)
    return [Count(str(days), total) for days, total in zip(POSTED_DAYS, totals, strict=True)]
