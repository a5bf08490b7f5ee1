"""Which boards are due, and who visits them: a worker takes leases on them and keeps these while it works."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from backend.models import BY_HAND, Board, BoardStatus, begin_write
from backend.services.assignments import Assignment
from backend.sources import registry

CLAIMED = (
    Board.id,
    Board.source,
    Board.token,
    Board.status,
    Board.validators,
    Board.fingerprint,
    Board.parser_version,
    Board.mean_seconds,
    Board.interval_seconds,
    Board.open_count,
    Board.missing_count,
    Board.held,
    Board.empties,
    Board.failures,
    Board.barren,
)


def due(now: datetime) -> ColumnElement[bool]:
    return and_(
        Board.status != BoardStatus.PAUSED,
        Board.next_crawl_at <= now,
        or_(Board.leased_until.is_(None), Board.leased_until < now),
    )


def claim_due(session: Session, now: datetime, limit: int, lease: timedelta) -> list[Assignment]:
    """Take a lease on due boards, the longest waiting first, and commit.

    The due time moves only when the crawl is stored: a worker that dies leaves the board due.
    """
    begin_write(session, repeatable=True)
    rows = session.execute(
        select(*CLAIMED)
        .where(due(now))
        .order_by(Board.next_crawl_at, Board.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    claim = str(uuid.uuid4())
    session.execute(
        update(Board)
        .where(Board.id.in_([row.id for row in rows]))
        .values(lease=claim, leased_until=now + lease),
        execution_options=BY_HAND,
    )
    session.commit()
    return [
        Assignment(
            board_id=row.id,
            lease=claim,
            source=registry.source(row.source),
            token=row.token,
            validators=row.validators or {},
            fingerprint=row.fingerprint,
            parser_version=row.parser_version,
            mean_seconds=row.mean_seconds,
            interval_seconds=row.interval_seconds,
            open_count=row.open_count,
            settled=not row.missing_count and row.held is None and row.empties is None,
            failing=bool(row.failures) or row.status != BoardStatus.ACTIVE,
            barren=row.barren or {},
        )
        for row in rows
    ]


def extend(session: Session, ids: Sequence[int], claims: Sequence[str], until: datetime) -> None:
    """Keep boards that are still being visited."""
    begin_write(session, repeatable=True)
    session.execute(
        update(Board).where(Board.id.in_(ids), Board.lease.in_(claims)).values(leased_until=until),
        execution_options=BY_HAND,
    )
    session.commit()
