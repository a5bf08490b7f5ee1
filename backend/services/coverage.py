"""Which boards a tracker covers, and which of them cannot be read: there something may be missing.

It covers the boards of its newest matches, and those of the companies that its query names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, literal, select, union
from sqlalchemy.orm import Session

from backend.domain.matching import Test, document, test_of
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


def failing(session: Session, trackers: Sequence[Tracker]) -> list[FailingBoard]:
    """Those that any of these trackers covers, who fails longest first."""
    return in_order(board for boards in failing_each(session, trackers).values() for board in boards)


def failing_each(session: Session, trackers: Sequence[Tracker]) -> dict[int, list[FailingBoard]]:
    """Those that each covers, by its id, who fails longest first. Reads `tracker.query`."""
    by_matches = matched(session, [tracker.id for tracker in trackers])
    by_name = named(session, {tracker.id: tracker.query.canonical for tracker in trackers})
    return {
        tracker.id: in_order([*by_matches.get(tracker.id, ()), *by_name.get(tracker.id, ())])
        for tracker in trackers
    }


def in_order(boards: Iterable[FailingBoard]) -> list[FailingBoard]:
    return sorted({board.id: board for board in boards}.values(), key=lambda board: (board.since, board.id))


def matched(session: Session, tracker_ids: Sequence[int]) -> dict[int, list[FailingBoard]]:
    """The failing boards of each tracker's newest matches."""
    if not tracker_ids:
        return {}
    covered = union(*map(boards_of, tracker_ids)).subquery()
    found: dict[int, list[FailingBoard]] = {}
    rows = failing_boards().add_columns(covered.c.tracker_id).join(covered, covered.c.board_id == Board.id)
    for *board, tracker_id in session.execute(rows):
        found.setdefault(tracker_id, []).append(FailingBoard(*board))
    return found


def boards_of(tracker_id: int) -> Select[*tuple[Any, ...]]:
    newest = select(Match.listing_id).where(Match.tracker_id == tracker_id)
    newest = newest.order_by(Match.listing_id.desc()).limit(NEWEST)
    boards = select(literal(tracker_id).label("tracker_id"), Listing.board_id)
    return boards.where(Listing.id.in_(newest.subquery().select()))


def named(session: Session, queries: Mapping[int, str]) -> dict[int, list[FailingBoard]]:
    """The failing boards of the companies that each query asks for."""
    tests = {
        key: test for key, canonical in queries.items() if (test := whether_named(canonical)) is not None
    }
    if not tests:
        return {}
    rows = session.execute(failing_boards().order_by(Board.failing_since).limit(MOST))
    some = [FailingBoard(*row) for row in rows]
    seen = [
        document(title="", first_seen_at=LONG_AGO, company=one.company, employer=one.slug) for one in some
    ]
    return {
        key: [board for board, company in zip(some, seen, strict=True) if is_meant(company, LONG_AGO)]
        for key, is_meant in tests.items()
    }


def whether_named(canonical: str) -> Test | None:
    """Whether a company is named; None: the query names none."""
    try:
        companies = sought_companies(parse(canonical).node)
    except QueryError:  # of another version: it matches nothing either
        return None
    if not companies:
        return None
    node = any_of([*companies])
    return test_of(Query(node, text_of(node)))


def failing_boards() -> Select[*tuple[Any, ...]]:
    columns = select(Board.id, Board.source, Board.failing_since, Company.name, Company.slug)
    return columns.join(Company, Company.id == Board.company_id).where(is_failing())
