"""How healthy a board is: one word for pages; its `last_status` and `last_error` say more."""

from __future__ import annotations

from typing import Literal

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
