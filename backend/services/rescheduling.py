"""When a board is visited again, and what is kept of it, after a visit."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.domain.cadence import after_host, first_return, next_visit
from backend.models import BoardStatus, CrawlStatus
from backend.services.assignments import Visit
from backend.services.board_health import FAILING_AFTER
from backend.services.held_boards import HeldBoard
from backend.services.reports import Report
from backend.services.unchanged import Cadence, Jitter, mean_seconds

DETAILS_PAUSE = timedelta(seconds=60)  # a board with details left to ask is visited again after this
GONE_PAUSE = timedelta(days=1)


def reschedule(
    board: HeldBoard, crawl: Report, visit: Visit, cadence: Cadence, now: datetime, jitter: Jitter
) -> None:
    """Give the board back, with its next due time."""
    rhythm = cadence.rhythm.at_least(visit.assignment.source.calm)
    interval = rhythm.interval(board.interval_seconds)
    board.leased_until = board.lease = None
    if visit.status == CrawlStatus.POSTPONED:
        _postpone(board, visit, now, jitter())
        return
    board.last_crawl_at, board.last_status, board.last_error = now, crawl.status, crawl.error
    if visit.status == CrawlStatus.SKIPPED:
        board.next_crawl_at = next_visit(now, interval, 0, None, jitter())
        return
    board.failures = 0 if visit.read else board.failures + 1
    board.failing_since = None if visit.read else (board.failing_since or now)
    if crawl.complete:
        board.last_complete_at = now
    if visit.read and not crawl.baseline:
        interval = rhythm.after(board.interval_seconds, changed=_found_change(crawl))
    board.interval_seconds = round(interval.total_seconds())
    board.mean_seconds = mean_seconds(board.mean_seconds, visit.seconds)
    board.next_crawl_at = next_visit(
        now, interval, board.failures, visit.retry_after, jitter(), rhythm.longest
    )
    if crawl.baseline:
        board.next_crawl_at = first_return(now, interval, jitter())
    if visit.more_details:
        board.next_crawl_at = min(board.next_crawl_at, now + DETAILS_PAUSE)
    if visit.status == CrawlStatus.GONE:
        board.status, board.next_crawl_at = BoardStatus.GONE, now + GONE_PAUSE
    elif visit.read and board.status == BoardStatus.GONE:
        board.status = BoardStatus.ACTIVE


def _postpone(board: HeldBoard, visit: Visit, now: datetime, jitter: float) -> None:
    """Not asked. Where that is because its host fails, the board fails too, without further proof."""
    if not visit.host_fails:
        board.next_crawl_at = next_visit(now, timedelta(0), 0, visit.retry_after, jitter)
        return
    board.failures = max(board.failures, FAILING_AFTER)
    board.failing_since = board.failing_since or now
    board.last_error = board.last_error or visit.error
    board.next_crawl_at = after_host(now, visit.retry_after or 0, jitter)


def _found_change(crawl: Report) -> bool:
    """Whether the board moved since the last visit: what was new, another, gone or back."""
    return bool(crawl.new or crawl.changed or crawl.missing or crawl.closed or crawl.reopened)
