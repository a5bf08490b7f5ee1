"""How each source is, for the public status page: a few grouped queries, however many boards there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from backend.models import Board, BoardStatus, CrawlStatus
from backend.services.board_health import FAILING_AFTER, SLOW_SECONDS
from backend.sources.base import Source
from backend.sources.registry import SOURCES

Health = Literal["works", "slow", "failing", "idle"]

WATCHED = Board.status != BoardStatus.PAUSED
SKIPPED = Board.last_status == CrawlStatus.SKIPPED
CRAWLED = and_(
    Board.status == BoardStatus.ACTIVE,
    or_(Board.last_crawl_at.is_not(None), Board.failures > 0),
    or_(Board.last_status.is_(None), Board.last_status != CrawlStatus.SKIPPED),
)
FAILING = and_(
    CRAWLED,
    or_(Board.failures >= FAILING_AFTER, and_(Board.failures > 0, Board.last_complete_at.is_(None))),
)


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How the boards of one source are; paused ones are left out.

    `gone` no longer exist; `skipped` wait for `needs`, settings that nobody gave; `empty` were full and now
    list nothing. `fresh_seconds` is the age of the last good crawl of the board in the middle. `proven`: the
    source was tried on recorded real answers.
    """

    name: str
    label: str
    health: Health
    proven: bool
    needs: list[str]
    boards: int = 0
    working: int = 0
    failing: int = 0
    gone: int = 0
    skipped: int = 0
    empty: int = 0
    open: int = 0
    last_crawl_at: datetime | None = None
    last_success_at: datetime | None = None
    failing_since: datetime | None = None
    fresh_seconds: float | None = None
    mean_seconds: float | None = None


def source_statuses(session: Session, now: datetime) -> list[SourceStatus]:
    """Every source there is, also one without boards."""
    counted = {row.source: row for row in session.execute(_counts())}
    fresh = _middle(session, Board.last_complete_at, CRAWLED)
    failing = _middle(session, Board.failing_since, FAILING)
    return [
        _status(source, counted.get(source.name), fresh.get(source.name), failing.get(source.name), now)
        for source in SOURCES
    ]


def _counts() -> Any:
    def number(condition: ColumnElement[bool]) -> Any:
        return func.sum(case((condition, 1), else_=0))

    return (
        select(
            Board.source,
            func.count().label("boards"),
            number(CRAWLED).label("crawled"),
            number(FAILING).label("failing"),
            number(Board.status == BoardStatus.GONE).label("gone"),
            number(SKIPPED).label("skipped"),
            number(Board.empties.is_not(None)).label("empty"),
            func.sum(Board.open_count).label("open"),
            func.max(Board.last_crawl_at).label("last_crawl_at"),
            func.max(Board.last_complete_at).label("last_success_at"),
            func.avg(Board.mean_seconds).label("mean_seconds"),
        )
        .where(WATCHED)
        .group_by(Board.source)
    )


def _middle(session: Session, moment: Any, which: ColumnElement[bool]) -> dict[str, datetime]:
    """Source -> the median of a moment over the boards that have it."""
    ranked = (
        select(
            Board.source.label("source"),
            moment.label("moment"),
            func.row_number().over(partition_by=Board.source, order_by=moment).label("place"),
            func.count().over(partition_by=Board.source).label("number"),
        )
        .where(WATCHED, which, moment.is_not(None))
        .subquery()
    )
    middle = select(ranked.c.source, ranked.c.moment).where(
        (ranked.c.place * 2 - ranked.c.number).in_([0, 1])
    )
    return {row.source: row.moment for row in session.execute(middle)}


def _status(
    source: Source, row: Any, fresh: datetime | None, failing_since: datetime | None, now: datetime
) -> SourceStatus:
    if row is None:
        return SourceStatus(source.name, source.label, "idle", source.proven, [])
    skipped, failing, gone = int(row.skipped), int(row.failing), int(row.gone)
    working = int(row.crawled) - failing
    is_failing = failing > working or (gone > 0 and not working)
    return SourceStatus(
        name=source.name,
        label=source.label,
        health=_health(working, row.mean_seconds, is_failing=is_failing),
        proven=source.proven,
        needs=[name.upper() for name in source.needs] if skipped else [],
        boards=row.boards,
        working=working,
        failing=failing,
        gone=gone,
        skipped=skipped,
        empty=int(row.empty),
        open=int(row.open),
        last_crawl_at=row.last_crawl_at,
        last_success_at=row.last_success_at,
        failing_since=failing_since if is_failing else None,
        fresh_seconds=None if fresh is None else max(0.0, (now - fresh).total_seconds()),
        mean_seconds=row.mean_seconds,
    )


def _health(working: int, seconds: float | None, *, is_failing: bool) -> Health:
    if is_failing:
        return "failing"
    if not working:
        return "idle"
    return "slow" if seconds is not None and seconds > SLOW_SECONDS else "works"
