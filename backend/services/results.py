"""Which listings a page of results holds, by the index: in an order that stays, and of what was meant."""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import blake2b
from time import monotonic

from redis.exceptions import RedisError

from backend.app import current_redis
from backend.domain.query import Filters, QueryError, parse
from backend.domain.query_nodes import text_of
from backend.search.reader import BadCursor, SearchIndex, make_cursor

log = logging.getLogger(__name__)

KEPT_SECONDS = 15 * 60
CORRECTION_SECONDS = 0.15
_KEPT = re.compile(r"k([\w-]{22})\.([0-9a-f]{1,3})", re.ASCII)


class ResultsGone(Exception):
    """A later page was asked for after its list was forgotten."""

    def __init__(self) -> None:
        super().__init__("This result list is older than 15 minutes; search again.")


@dataclass(frozen=True, slots=True)
class Results:
    """Ids in order, of `total` in all. What `partial`, `instead`, `did_you_mean` are: see `search.Found`."""

    ids: list[int]
    total: int | None
    partial: bool
    next_cursor: str | None = None
    instead: str | None = None
    did_you_mean: Sequence[str] = ()


def page(
    index: SearchIndex,
    filters: Filters,
    cursor: str | None,
    limit: int,
    now: datetime,
    *,
    lenient: bool,
    counted: bool,
) -> Results:
    """`lenient`: where nothing matches, words that look misspelt are put right. `counted`: with the total.

    Raises BadCursor, ResultsGone, QueryError and IndexUnusable.
    """
    kept = _KEPT.fullmatch(cursor or "")
    if kept is not None:
        return _later_page(filters, kept[1], int(kept[2], 16), limit)
    results = _searched(index, filters, cursor, limit, now, counted)
    nothing = not results.ids and not (
        cursor and index.total(filters.to_query(), status=filters.status, now=now)
    )
    if nothing and lenient and (ways := _corrections(index, filters, now)):
        results = _searched(index, replace(filters, q=ways[0]), cursor, limit, now, counted)
        results = replace(results, instead=ways[0], did_you_mean=ways[1:])
    return _first_page(filters, results, limit) if len(results.ids) > limit else results


def _searched(
    index: SearchIndex, filters: Filters, cursor: str | None, limit: int, now: datetime, counted: bool
) -> Results:
    """A page, or by relevance all that is ranked. Without Redis later pages are those of the moment."""
    query = filters.to_query()
    if filters.sort == "relevance" and cursor is None:
        ranked = index.rank(query, status=filters.status, now=now)
        return Results(list(ranked.ids), ranked.total, ranked.partial)
    hits = index.search(
        query,
        status=filters.status,
        sort=filters.sort,
        cursor=cursor,
        limit=limit,
        now=now,
        counted=counted,
    )
    return Results(hits.ids, hits.total, hits.partial, hits.next_cursor)


def _corrections(index: SearchIndex, filters: Filters, now: datetime) -> list[str]:
    """Other texts for `q` that find something, the likeliest first."""
    ends = monotonic() + CORRECTION_SECONDS
    found: list[str] = []
    for node in index.corrected(parse(filters.q), now=now, seconds=CORRECTION_SECONDS / 2):
        if found and monotonic() > ends:
            break
        text = text_of(node)
        try:
            query = replace(filters, q=text).to_query()
        except QueryError:  # too long
            continue
        if text not in found and index.total(query, status=filters.status, now=now):
            found.append(text)
    return found


def _first_page(filters: Filters, results: Results, limit: int) -> Results:
    """Keep the whole list, under a name nobody guesses: listings that arrive do not shift its pages."""
    name = secrets.token_urlsafe(16)
    kept = json.dumps({"search": _fingerprint(filters), "results": asdict(results)}, separators=(",", ":"))
    try:
        current_redis().set(_key(name), kept, ex=KEPT_SECONDS)
        cursor = _cursor(name, limit)
    except RedisError as error:
        log.warning("the order of a search cannot be kept: %s", error)
        cursor = make_cursor("relevance", limit)
    return replace(results, ids=results.ids[:limit], next_cursor=cursor)


def _later_page(filters: Filters, name: str, start: int, limit: int) -> Results:
    stored = current_redis().get(_key(name))
    if not isinstance(stored, bytes):
        raise ResultsGone
    kept = json.loads(stored)
    if filters.sort != "relevance" or kept["search"] != _fingerprint(filters):
        raise BadCursor("this cursor is one of another search: begin again without it")
    results, end = Results(**kept["results"]), start + limit
    cursor = _cursor(name, end) if end < len(results.ids) else None
    return replace(results, ids=results.ids[start:end], next_cursor=cursor)


def _fingerprint(filters: Filters) -> str:
    asked = f"{filters.to_query().canonical}\0{filters.status}"
    return blake2b(asked.encode(), digest_size=8).hexdigest()


def _cursor(name: str, place: int) -> str:
    return f"k{name}.{place:x}"


def _key(name: str) -> str:
    return f"jobtracker:results:{name}"
