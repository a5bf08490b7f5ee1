"""All that a search finds, for feeds and exports: some hundred listings at a time, however many there are."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from backend.domain.query import Filters, Query
from backend.domain.query_nodes import Range, RangeField, leaves, sought_terms
from backend.models import Listing, ListingText
from backend.search import generations
from backend.search.reader import SearchIndex, read_cursor
from backend.search.schema import ID_SPACE, IndexUnusable
from backend.services.scan import scan, walk

log = logging.getLogger(__name__)

BATCH = 500
DATABASE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search to hand out whole: its query, which listings of it, in which order and at most how many."""

    query: Query
    filters: Filters
    limit: int


def wanted(filters: Filters, limit: int) -> Wanted:
    """Raises QueryError."""
    return Wanted(filters.to_query(), filters, limit)


def newest(session: Session, index: SearchIndex, search: Wanted, now: datetime) -> Sequence[int]:
    """The ids of its newest, at once: the database looks for no longer than for a page of a search."""
    query, status = search.query, search.filters.status
    try:
        hits = index.search(
            query, status=status, sort="newest", cursor=None, limit=search.limit, now=now, counted=False
        )
        return hits.ids
    except IndexUnusable as error:
        log.warning("reading the newest of a search from the database: %s", error)
        return scan(session, query, status=status, below=None, limit=search.limit, now=now).ids


def batches(
    session: Session, index: SearchIndex, search: Wanted, now: datetime
) -> Iterator[Sequence[Listing]]:
    """The listings, their company and board loaded; the first batch is found before this returns.

    Between batches no transaction is open, so that a slow reader holds no connection. By relevance there are
    only as many as a search ranks. Where there is no index the database answers, newest first. Raises
    TimeoutError where it takes too long; later on, that breaks the answer off where it stands.
    """
    found = (load(session, ids) for ids in ids_of(session, index, search, now))
    return chain(list(islice(found, 1)), found)


def ids_of(session: Session, index: SearchIndex, search: Wanted, now: datetime) -> Iterator[list[int]]:
    query, status = search.query, search.filters.status
    sort = search.filters.sort
    if sort == "relevance" and not sought_terms(query.node):  # nothing to rank by
        sort = "newest"
    left, cursor = search.limit, None
    try:
        while left > 0:
            hits = index.search(
                query,
                status=status,
                sort=sort,
                cursor=cursor,
                limit=min(BATCH, left),
                now=now,
                counted=False,
            )
            yield hits.ids
            session.rollback()
            left, cursor = left - len(hits.ids), hits.next_cursor
            if cursor is None:
                return
    except IndexUnusable as error:
        if cursor is not None and sort != "newest":
            raise  # the database knows no such order: the reader sees that the answer broke off
        log.warning("reading a whole search from the database: %s", error)
        below = read_cursor(cursor, "newest")
        orders = walk(session, query, status=status, below=below, now=now, budget=DATABASE_SECONDS)
        orders = islice(orders, left)
        while ids := [order % ID_SPACE for order in islice(orders, BATCH)]:
            yield ids


def load(session: Session, ids: Sequence[int]) -> Sequence[Listing]:
    """In the order of the ids; those that are gone meanwhile are left out."""
    rows = select(Listing).where(Listing.id.in_(ids))
    rows = rows.options(joinedload(Listing.company), joinedload(Listing.board))
    by_id = {listing.id: listing for listing in session.scalars(rows)}
    return [by_id[one] for one in ids if one in by_id]


def texts(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Listing id -> its sanitised HTML; those without are left out."""
    rows = select(ListingText.listing_id, ListingText.html).where(ListingText.listing_id.in_(ids))
    return {row.listing_id: row.html for row in session.execute(rows)}


def state(index: SearchIndex, search: Wanted, now: datetime) -> tuple[object, ...] | None:
    """What moves whenever the search could find something else; None where that cannot be told cheaply.

    The index follows every change that a reader could see. A query with an age in it finds less as time goes
    by: its state moves each minute.
    """
    try:
        folder = generations.current_generation(index.directory)
    except IndexUnusable:
        return None
    ages = (RangeField.POSTED, RangeField.SEEN)
    moves = any(isinstance(leaf, Range) and leaf.field in ages for leaf in leaves(search.query.node))
    return (
        folder.name,
        generations.signature(folder / "meta.json"),
        search.query.canonical,
        search.filters.status,
        search.filters.sort,
        search.limit,
        int(now.timestamp() // 60) if moves else None,
    )
