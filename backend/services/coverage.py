"""Which boards a tracker covers, and which of them cannot be read: there something may be missing.

It covers the boards of its newest matches, and those of the companies that its query names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from backend.domain.matching import Document, Test, document, test_of
from backend.domain.query import Query, QueryError, parse
from backend.domain.query_nodes import any_of, sought_companies, text_of
from backend.models import Board, Company, Listing, Match, Tracker
from backend.services.board_health import is_failing

NEWEST = 200  # matches of a tracker whose boards are looked at
MOST = 1_000  # failing boards whose companies are compared with those that a query names
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FailingBoard:
    """A board that cannot be read, whose it is and since when."""

    id: int
    source: str
    since: datetime
    company: str
    slug: str


def failing_each(session: Session, queries: Mapping[int, str]) -> dict[int, list[FailingBoard]]:
    """Those that each tracker covers, if any, who fails longest first. `queries`: by the ids of trackers."""
    first = read(session, failing_boards().order_by(Board.failing_since).limit(MOST))
    if not first:
        return {}
    found: dict[int, list[FailingBoard]] = defaultdict(list)
    for tracker_id, board in matched(session, queries):
        found[tracker_id].append(board)
    for tracker_id, query in queries.items():
        if (is_meant := companies_in(query)) is not None:
            found[tracker_id] += [board for board in first if is_meant(as_document(board), LONG_AGO)]
    return {tracker_id: sorted_boards(boards) for tracker_id, boards in found.items()}


def sorted_boards(boards: Iterable[FailingBoard]) -> list[FailingBoard]:
    return sorted(set(boards), key=lambda board: (board.since, board.id))


def matched(session: Session, tracker_ids: Collection[int]) -> Iterator[tuple[int, FailingBoard]]:
    """(tracker id, failing board) of the newest matches of each."""
    newer = aliased(Match)
    last_too_old = (
        select(newer.listing_id)
        .where(newer.tracker_id == Tracker.id)
        .order_by(newer.listing_id.desc())
        .limit(1)
        .offset(NEWEST)
        .scalar_subquery()
    )
    rows = (
        failing_boards()
        .add_columns(Match.tracker_id)
        .join(Listing, Listing.board_id == Board.id)
        .join(Match, Match.listing_id == Listing.id)
        .join(Tracker, Tracker.id == Match.tracker_id)
        .where(Tracker.id.in_(tracker_ids), Match.listing_id > func.coalesce(last_too_old, 0))
        .distinct()
    )
    for *board, tracker_id in session.execute(rows):
        yield tracker_id, FailingBoard(*board)


@lru_cache(maxsize=10_000)
def companies_in(canonical: str) -> Test | None:
    """Whether a company is one that a query asks for; None: it asks for none."""
    try:
        companies = sought_companies(parse(canonical).node)
    except QueryError:  # of another version: it matches nothing either
        return None
    node = any_of([*companies]) if companies else None
    return None if node is None else test_of(Query(node, text_of(node)))


def as_document(board: FailingBoard) -> Document:
    return document(title="", first_seen_at=LONG_AGO, company=board.company, employer=board.slug)


def failing_boards() -> Select[*tuple[Any, ...]]:
    columns = select(Board.id, Board.source, Board.failing_since, Company.name, Company.slug)
    return columns.join(Company, Company.id == Board.company_id).where(is_failing())


def read(session: Session, boards: Select[*tuple[Any, ...]]) -> list[FailingBoard]:
    return [FailingBoard(*row) for row in session.execute(boards)]
