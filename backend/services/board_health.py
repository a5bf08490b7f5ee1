"""How healthy a board is: one word for pages; its `last_status` and `last_error` say more."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import ColumnElement, and_, or_

from backend.models import Board, BoardStatus, CrawlStatus

SLOW_SECONDS = 20.0
FAILING_AFTER = 3
Health = Literal["works", "slow", "failing", "empty", "idle", "gone", "paused"]


def health(board: Board) -> Health:
    """The first of these that is true, the worst first."""
    if board.status == BoardStatus.PAUSED:
        return "paused"
    if board.status == BoardStatus.GONE:
        return "gone"
    if board.last_crawl_at is None or board.last_status == CrawlStatus.SKIPPED:
        return "idle"
    if board.failures >= FAILING_AFTER or (board.failures and board.last_complete_at is None):
        return "failing"
    if board.empties is not None:
        return "empty"
    if board.mean_seconds is not None and board.mean_seconds > SLOW_SECONDS:
        return "slow"
    return "works"


def is_failing() -> ColumnElement[bool]:
    """The boards that `health` calls failing, by the index of those that cannot be read."""
    return and_(
        Board.failing_since.is_not(None),
        Board.status == BoardStatus.ACTIVE,
        Board.last_crawl_at.is_not(None),
        Board.last_status.is_distinct_from(CrawlStatus.SKIPPED),
        or_(Board.failures >= FAILING_AFTER, and_(Board.failures > 0, Board.last_complete_at.is_(None))),
    )
