"""From findings to matches: one row for each tracker that may be told, written by pages.

Who may be told what: truths 7 and 8 of the design, and `may_be_told` below.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from backend.models import BlockedCompany, Cadence, Crawl, Finding, Listing, Match, Tracker, User, begin_write
from backend.queueing import JobName, enqueue_after_commit
from backend.services import timetables
from backend.services.timetables import Times
from backend.services.trackers import collecting
from backend.services.upsert import insert_into
from backend.settings import Settings

FINDINGS_AT_ONCE = 200
PAIRS_A_PAGE = 500


class Place(NamedTuple):
    """The last pair of a page."""

    finding_id: int
    tracker_id: int


class Pair(NamedTuple):
    """A finding and a tracker to be told of it."""

    finding_id: int
    listing_id: int
    found_at: datetime
    tracker_id: int
    user_id: int
    times: Times


class Pending(NamedTuple):
    """Findings whose matches are to be written, and when the newest of them was found."""

    ids: list[int]
    newest: datetime


def fan_out(session: Session, settings: Settings, now: datetime) -> int:
    """Write the matches of all findings that have none yet. Returns how many were written."""
    written = 0
    while findings := pending(session):
        place: Place | None = Place(0, 0)
        while place is not None:
            count, place = write_page(session, settings, findings, place, now)
            written += count
    return written


def pending(session: Session) -> Pending | None:
    rows = session.execute(
        select(Finding.id, Finding.found_at)
        .where(Finding.fanned_at.is_(None))
        .order_by(Finding.id)
        .limit(FINDINGS_AT_ONCE)
    ).all()
    return Pending([row.id for row in rows], max(row.found_at for row in rows)) if rows else None


def write_page(
    session: Session, settings: Settings, findings: Pending, after: Place, now: datetime
) -> tuple[int, Place | None]:
    """One transaction: the next page of pairs; with the last page the findings are marked.

    One found again meanwhile, by a later crawl, stays unmarked: it has its own trackers to tell.
    """
    begin_write(session)
    pairs = next_pairs(session, findings.ids, after, now)
    count = insert_matches(session, settings, pairs, now) if pairs else 0
    if count and any(pair.times.cadence == Cadence.INSTANT for pair in pairs):
        enqueue_after_commit(session, JobName.NOTIFY_DUE)
    full = len(pairs) == PAIRS_A_PAGE
    if not full:
        session.execute(
            update(Finding)
            .where(Finding.id.in_(findings.ids), Finding.found_at <= findings.newest)
            .values(fanned_at=now)
        )
    session.commit()
    return count, Place(pairs[-1].finding_id, pairs[-1].tracker_id) if full else None


def next_pairs(session: Session, finding_ids: Sequence[int], after: Place, now: datetime) -> list[Pair]:
    """Findings x the trackers that may be told of them, in a fixed order."""
    rows = session.execute(
        select(
            Finding.id,
            Finding.listing_id,
            Finding.found_at,
            Tracker.id,
            Tracker.user_id,
            *timetables.COLUMNS,
        )
        .join(Tracker, Tracker.query_id == Finding.query_id)
        .join(User, User.id == Tracker.user_id)
        .join(Listing, Listing.id == Finding.listing_id)
        .outerjoin(Crawl, Crawl.id == Finding.crawl_id)
        .where(
            Finding.id.in_(finding_ids),
            tuple_(Finding.id, Tracker.id) > tuple_(after.finding_id, after.tracker_id),
            may_be_told(now),
            not_blocked(),
        )
        .order_by(Finding.id, Tracker.id)
        .limit(PAIRS_A_PAGE)
    )
    return [Pair(*row[:5], Times(*row[5:])) for row in rows]


def may_be_told(now: datetime) -> ColumnElement[bool]:
    """Open; first seen in the tracker's life; crawled while it was active; not old stock of a new board.

    A crawl that housekeeping has removed counts as finished when it was matched.
    """
    crawled_at = func.coalesce(Crawl.finished_at, Finding.found_at)
    return and_(
        collecting(now),
        Listing.closed_at.is_(None),
        Listing.first_seen_at >= Tracker.created_at,
        crawled_at >= Tracker.active_since,
        crawled_at < Tracker.expires_at,
        or_(Listing.baseline.is_(False), Listing.posted_at > Tracker.created_at),
    )


def not_blocked() -> ColumnElement[bool]:
    return ~exists().where(
        BlockedCompany.user_id == Tracker.user_id, BlockedCompany.company_id == Listing.company_id
    )


def insert_matches(session: Session, settings: Settings, pairs: Sequence[Pair], now: datetime) -> int:
    moments = {times: timetables.due(settings, times, now) for times in {pair.times for pair in pairs}}
    rows = [
        {
            "tracker_id": pair.tracker_id,
            "user_id": pair.user_id,
            "listing_id": pair.listing_id,
            "found_at": pair.found_at,
            "due_at": moments[pair.times],
        }
        for pair in pairs
    ]
    insert = insert_into(session, Match).on_conflict_do_nothing(index_elements=["tracker_id", "listing_id"])
    return len(session.execute(insert.returning(Match.id), rows).all())
