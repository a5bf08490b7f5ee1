"""Storing the visits that found everything as it was: nearly all of them, so a few statements for many."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from backend.domain.cadence import Rhythm, next_visit
from backend.models import CrawlStatus, begin_write, update_rows
from backend.services.assignments import Visit
from backend.services.held_boards import BOARDS
from backend.services.reports import CRAWLS

MEAN_WEIGHT = 0.3  # of the newest visit in the running mean of seconds


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often boards are visited and when an emptied one is believed."""

    rhythm: Rhythm
    empty_after: timedelta


Jitter = Callable[[], float]
"""Another number in [0, 1) for each board."""


def is_all(visit: Visit) -> bool:
    """Whether an unchanged answer is all there is to store of this visit."""
    board = visit.assignment
    return visit.status == CrawlStatus.UNCHANGED and board.settled and not board.failing


def mean_seconds(previous: float | None, seconds: float) -> float:
    """The running mean of a board's visits."""
    return seconds if previous is None else (1 - MEAN_WEIGHT) * previous + MEAN_WEIGHT * seconds


def store(session: Session, visits: Sequence[Visit], cadence: Cadence, now: datetime, jitter: Jitter) -> None:
    """One report row a visit, and the board's next due time; no listing is touched."""
    begin_write(session, repeatable=True)
    claims = {visit.assignment.lease for visit in visits}
    rows = session.execute(
        select(BOARDS.c.id, BOARDS.c.lease).where(
            BOARDS.c.id.in_([visit.assignment.board_id for visit in visits]), BOARDS.c.lease.in_(claims)
        )
    )
    held = {(row.id, row.lease) for row in rows}
    ours = [visit for visit in visits if (visit.assignment.board_id, visit.assignment.lease) in held]
    if ours:
        session.execute(insert(CRAWLS), [_report(visit, now) for visit in ours])
        update_rows(session, BOARDS, [_rescheduled(visit, cadence.rhythm, now, jitter()) for visit in ours])
    session.commit()


def _rescheduled(visit: Visit, rhythm: Rhythm, now: datetime, jitter: float) -> dict[str, object]:
    rhythm = rhythm.at_least(visit.assignment.source.calm)
    interval = rhythm.after(visit.assignment.interval_seconds, changed=False)
    return {
        "id": visit.assignment.board_id,
        "mean_seconds": mean_seconds(visit.assignment.mean_seconds, visit.seconds),
        "next_crawl_at": next_visit(now, interval, 0, None, jitter),
        "interval_seconds": round(interval.total_seconds()),
        "last_crawl_at": now,
        "last_complete_at": now,
        "last_status": CrawlStatus.UNCHANGED,
        "last_error": None,
        "leased_until": None,
        "lease": None,
    }


def _report(visit: Visit, now: datetime) -> dict[str, object]:
    return {
        "board_id": visit.assignment.board_id,
        "started_at": visit.started_at,
        "finished_at": now,
        "status": visit.status,
        "complete": True,
        "baseline": False,
        "seen": visit.assignment.open_count,
        "new": 0,
        "changed": 0,
        "missing": 0,
        "closed": 0,
        "reopened": 0,
        "bytes": visit.bytes,
        "requests": visit.requests,
        "seconds": visit.seconds,
        "error": None,
        "matched_at": now,
    }
