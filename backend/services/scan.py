"""Search without an index: the stored listings, newest first, `domain/matching` deciding one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from time import monotonic

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from backend.domain.matching import matches
from backend.domain.query import Query, Status
from backend.domain.query_nodes import Words, leaves
from backend.models import Listing
from backend.search.schema import ID_SPACE, order_of
from backend.services import documents

BUDGET = 1.0  # seconds
LEAST = 10  # listings looked at, however slow the machine is just then
_LISTINGS_AT_ONCE = 100
_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Scanned:
    """A page, and how many match of all that were looked at; `complete` says that those were all.

    `next_below`: the order below which the next page begins.
    """

    ids: list[int]
    total: int
    next_below: int | None
    complete: bool


def scan(
    session: Session,
    query: Query,
    *,
    status: Status,
    below: int | None,
    limit: int,
    now: datetime,
    budget: float = BUDGET,
) -> Scanned:
    """The listings whose order (`order_of`) lies below; those above are looked at for the total only."""
    if query.is_empty:
        return _page_of_all(session, status, below, limit)
    ends = monotonic() + budget
    ids: list[int] = []
    total, last, more = 0, None, False
    judged = _judged(session, query, _below(session, status, below), now)
    for looked_at, (order, matched) in enumerate(judged, start=1):
        total += matched
        if len(ids) < limit:
            last = order
            if matched:
                ids.append(order % ID_SPACE)
        else:
            more = more or matched
        if looked_at >= LEAST and monotonic() > ends:
            return Scanned(ids, total, last, complete=False)
    next_below = last if more else None
    if below is not None:
        for _, matched in _judged(session, query, _from(session, status, below), now):
            total += matched
            if monotonic() > ends:
                return Scanned(ids, total, next_below, complete=False)
    return Scanned(ids, total, next_below, complete=True)


def walk(
    session: Session, query: Query, *, status: Status, below: int | None, now: datetime, budget: float
) -> Iterator[int]:
    """The orders of all that match, falling, uncounted. Raises TimeoutError when its seconds are over."""
    ends = monotonic() + budget
    orders = _below(session, status, below)
    if query.is_empty:
        yield from orders
        return
    for order, matched in _judged(session, query, orders, now):
        if matched:
            yield order
        if monotonic() > ends:
            raise TimeoutError("the database took too long to look at every listing")


def _page_of_all(session: Session, status: Status, below: int | None, limit: int) -> Scanned:
    orders = list(islice(_below(session, status, below), limit + 1))
    total = session.scalar(select(func.count()).select_from(_rows(status).subquery())) or 0
    next_below = orders[limit - 1] if len(orders) > limit else None
    return Scanned([order % ID_SPACE for order in orders[:limit]], total, next_below, complete=True)


def _judged(
    session: Session, query: Query, orders: Iterator[int], now: datetime
) -> Iterator[tuple[int, bool]]:
    reads_texts = any(
        isinstance(leaf, Words) and (leaf.field is None or not leaf.exact) for leaf in leaves(query.node)
    )
    while batch := list(islice(orders, _LISTINGS_AT_ONCE)):
        wanted = documents.rows(with_text=reads_texts)
        wanted = wanted.where(Listing.id.in_([order % ID_SPACE for order in batch]))
        found = {row.id: row for row in session.execute(wanted)}
        for order in batch:
            if row := found.get(order % ID_SPACE):  # else removed meanwhile
                yield order, matches(query, documents.document_in(row), now)


def _below(session: Session, status: Status, below: int | None) -> Iterator[int]:
    rows = _rows(status)
    if below is None:
        return _in_order(session, rows)
    rows = rows.where(Listing.first_seen_at < _moment(below // ID_SPACE + 1))
    return (order for order in _in_order(session, rows) if order < below)


def _from(session: Session, status: Status, lowest: int) -> Iterator[int]:
    rows = _rows(status).where(Listing.first_seen_at >= _moment(lowest // ID_SPACE))
    return (order for order in _in_order(session, rows) if order >= lowest)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _rows(status: Status) -> Select[datetime, int]:
    rows = select(Listing.first_seen_at, Listing.id)
    if status != "all":
        rows = rows.where(Listing.closed_at.is_(None) if status == "open" else Listing.closed_at.is_not(None))
    return rows


def _in_order(session: Session, rows: Select[datetime, int]) -> Iterator[int]:
    """The orders of the rows, falling. An order counts whole seconds; the rows of one are sorted here."""
    for _, second in groupby(_stream(session, rows), key=lambda row: int(row[0].timestamp())):
        yield from sorted((order_of(at, listing_id) for at, listing_id in second), reverse=True)


def _stream(session: Session, rows: Select[datetime, int]) -> Iterator[tuple[datetime, int]]:
    rows = rows.order_by(Listing.first_seen_at.desc(), Listing.id.desc()).limit(_ROWS_AT_ONCE)
    page = rows
    while True:
        got = [(at, listing_id) for at, listing_id in session.execute(page)]
        yield from got
        if len(got) < _ROWS_AT_ONCE:
            return
        at, listing_id = got[-1]
        page = rows.where(
            or_(Listing.first_seen_at < at, and_(Listing.first_seen_at == at, Listing.id < listing_id))
        )
