"""Boards whose lease is a visit's: read as plain values, and written back from these, many together.

Not as objects of the unit of work, which notes every change of every attribute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from backend.models import Board, update_rows
from backend.services.assignments import Visit

BOARDS = cast(Table, Board.__table__)


@dataclass(slots=True)
class HeldBoard:
    """What a visit may change of a board (see `models.Board`), and whose it is."""

    id: int
    company_id: int
    status: str
    next_crawl_at: datetime
    interval_seconds: int | None
    leased_until: datetime | None
    lease: str | None
    baseline_at: datetime | None
    last_crawl_at: datetime | None
    last_complete_at: datetime | None
    last_status: str | None
    last_error: str | None
    failing_since: datetime | None
    failures: int
    mean_seconds: float | None
    open_count: int
    missing_count: int
    validators: dict[str, Any] | None
    fingerprint: str | None
    parser_version: int | None
    held: dict[str, Any] | None
    empties: dict[str, Any] | None
    barren: dict[str, Any] | None


NAMES = [field.name for field in fields(HeldBoard)]
WRITTEN = [name for name in NAMES if name != "company_id"]
_OF_LEASES = select(*(BOARDS.c[name] for name in NAMES))


def held(session: Session, visits: Sequence[Visit]) -> dict[int, HeldBoard]:
    """The boards whose lease is still that of the visit, by id."""
    leases = {visit.assignment.board_id: visit.assignment.lease for visit in visits}
    found = session.execute(
        _OF_LEASES.where(BOARDS.c.id.in_(leases), BOARDS.c.lease.in_(set(leases.values())))
    )
    boards = (HeldBoard(*row) for row in found)
    return {board.id: board for board in boards if board.lease == leases[board.id]}


def remember(session: Session, boards: Sequence[HeldBoard]) -> None:
    """Write what became of these, in the caller's transaction."""
    update_rows(session, BOARDS, [{name: getattr(board, name) for name in WRITTEN} for board in boards])
