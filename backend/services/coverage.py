"""Which boards a tracker covers, and which of them cannot be read: there something may be missing.

It covers the boards of its newest matches, and those of the companies that its query names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.domain.matching import document, test_of
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


def failing(session: Session, trackers: Iterable[Tracker]) -> list[FailingBoard]:
    """Those that any of these trackers covers, who fails longest first."""
    found = {board.id: board for tracker in trackers for board in failing_of(session, tracker)}
    return sorted(found.values(), key=lambda board: (board.since, board.id))


def failing_of(session: Session, tracker: Tracker) -> list[FailingBoard]:
    """Reads `tracker.query`."""
    found = [*matched(session, tracker.id), *named(session, tracker.query.canonical)]
    return list({board.id: board for board in found}.values())


def matched(session: Session, tracker_id: int) -> list[FailingBoard]:
    newest = select(Match.listing_id).where(Match.tracker_id == tracker_id)
    newest = newest.order_by(Match.listing_id.desc()).limit(NEWEST)
    boards = select(Listing.board_id).where(Listing.id.in_(newest.subquery().select()))
    return read(session, failing_boards().where(Board.id.in_(boards)))


def named(session: Session, canonical: str) -> list[FailingBoard]:
    """The failing boards of the companies that a query asks for."""
    try:
        companies = sought_companies(parse(canonical).node)
    except QueryError:  # of another version: it matches nothing either
        return []
    if not companies:
        return []
    node = any_of([*companies])
    is_meant = test_of(Query(node, text_of(node)))
    some = read(session, failing_boards().order_by(Board.failing_since).limit(MOST))
    return [
        board
        for board in some
        if is_meant(
            document(title="", first_seen_at=LONG_AGO, company=board.company, employer=board.slug), LONG_AGO
        )
    ]


def failing_boards() -> Select[*tuple[Any, ...]]:
    columns = select(Board.id, Board.source, Board.failing_since, Company.name, Company.slug)
    return columns.join(Company, Company.id == Board.company_id).where(is_failing())


def read(session: Session, boards: Select[*tuple[Any, ...]]) -> list[FailingBoard]:
    return [FailingBoard(*row) for row in session.execute(boards)]
