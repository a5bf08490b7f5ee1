"""From findings to matches: one row for each tracker that may be told, written by pages.

A query with 250,000 followers must not keep waiting one that has a single follower. So a pass writes first
the matches of all findings that have few followers; those of the others come by pages, whoever has had fewest
pages first, and instant trackers before all. Each page is a transaction that also says how far it went.
Who may be told what: truths 7 and 8 of the design, and `may_be_told` below.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from backend.models import (
    BY_HAND,
    BlockedCompany,
    Cadence,
    Crawl,
    Finding,
    Listing,
    ListingRole,
    Match,
    Tracker,
    User,
    begin_write,
)
from backend.queueing import JobName, enqueue_after_commit
from backend.services import roles, timetables
from backend.services.among import among
from backend.services.timetables import Times
from backend.services.tracker_life import collecting
from backend.services.upsert import insert_into
from backend.settings import Settings

FRESH, INSTANT, EVERYONE = 0, 1, 1_000_000  # `Finding.stage`: from the last two on it counts pages
FINDINGS_AT_ONCE = 2_500
FEW = 20  # followers whose matches are written at once
PAGE = 5_000  # a transaction of a fraction of a second, as that of many findings with few followers
PAGES_A_PASS = 3  # of instant trackers, and as many of all


def anything_pending(session: Session) -> bool:
    return session.scalar(select(Finding.id).where(Finding.fanned_at.is_(None)).limit(1)) is not None


def fan_out_pass(session: Session, settings: Settings, now: datetime) -> int:
    """All findings with few followers, then some pages of those with many. Returns how many were written."""
    written = 0
    newest = session.scalar(select(func.max(Finding.id)).where(pending(FRESH, INSTANT)))
    while newest is not None and (count := write_fresh(session, settings, newest, now)) is not None:
        written += count
    for first, end in ((INSTANT, EVERYONE), (EVERYONE, None)):
        for _ in range(PAGES_A_PASS):
            count = write_page(session, settings, pending(first, end), now)
            if count is None:
                break
            written += count
    return written


def pending(first: int, end: int | None) -> ColumnElement[bool]:
    before_end = true() if end is None else Finding.stage < end
    return and_(Finding.fanned_at.is_(None), Finding.stage >= first, before_end)


def write_fresh(session: Session, settings: Settings, newest: int, now: datetime) -> int | None:
    """One transaction: findings that nobody was told of. Those of many followers move on to their pages."""
    begin_write(session)
    beyond_few = nth_follower(FEW)
    rows = session.execute(
        select(Finding.id, Finding.listing_id, beyond_few)
        .where(pending(FRESH, INSTANT), Finding.id <= newest)
        .order_by(Finding.id)
        .limit(FINDINGS_AT_ONCE)
        .with_for_update(of=Finding, skip_locked=True)
    ).all()
    if not rows:
        session.rollback()
        return None
    few = {finding_id: listing_id for finding_id, listing_id, another in rows if another is None}
    many = [finding_id for finding_id, _, another in rows if another is not None]
    chosen = among(session, Finding.id, few)
    count = insert_matches(session, settings, set(few.values()), chosen, now) if few else 0
    mark(session, few, fanned_at=now)
    mark(session, many, stage=INSTANT)
    session.commit()
    return count


def write_page(
    session: Session, settings: Settings, chosen: ColumnElement[bool], now: datetime
) -> int | None:
    """One transaction: a page of the finding that has had fewest. None: there is none.

    In the end all followers are gone through, also those of the first pages: their cadence may have changed
    meanwhile. What was written stays as it is.
    """
    begin_write(session)
    finding = session.scalar(
        select(Finding)
        .where(chosen)
        .order_by(Finding.stage, Finding.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if finding is None:
        session.rollback()
        return None
    instant = finding.stage < EVERYONE
    rest = and_(Finding.id == finding.id, Tracker.id > finding.fanned_to)
    if instant:
        rest = and_(rest, Tracker.cadence == Cadence.INSTANT.value)
    last = session.scalar(
        select(Tracker.id)
        .join(Finding, Finding.query_id == Tracker.query_id)
        .where(rest)
        .order_by(Tracker.id)
        .limit(1)
        .offset(PAGE - 1)
    )
    page = rest if last is None else and_(rest, Tracker.id <= last)
    count = insert_matches(session, settings, [finding.listing_id], page, now)
    if last is not None:
        mark(session, [finding.id], stage=finding.stage + 1, fanned_to=last)
    elif instant:
        mark(session, [finding.id], stage=EVERYONE, fanned_to=0)
    else:
        mark(session, [finding.id], fanned_at=now)
    session.commit()
    return count


def nth_follower(number: int) -> ColumnElement[int | None]:
    """The tracker that comes after so many others of a finding's query, if there is one."""
    followers = select(Tracker.id).where(Tracker.query_id == Finding.query_id)
    return followers.order_by(Tracker.id).limit(1).offset(number).scalar_subquery()


def mark(session: Session, finding_ids: Collection[int], **fields: object) -> None:
    session.execute(
        update(Finding).where(among(session, Finding.id, finding_ids)).values(**fields),
        execution_options=BY_HAND,
    )


def insert_matches(
    session: Session,
    settings: Settings,
    listing_ids: Collection[int],
    chosen: ColumnElement[bool],
    now: datetime,
) -> int:
    """Write the matches of the chosen findings x trackers, inside the database. Returns how many are new.

    `listing_ids` are those of the findings: each gets its role, and a role's matches share a card.
    """
    times = [Times(*row) for row in session.execute(followers(*timetables.COLUMNS).where(chosen).distinct())]
    if not times:
        return 0
    role_ids = roles.assign(session, listing_ids, now)
    moments = timetables.due_moments(settings, times, now)
    found = (
        followers(
            Tracker.id,
            Tracker.user_id,
            Finding.listing_id,
            ListingRole.role_id,
            Finding.found_at,
            moments.c.due_at,
            Tracker.tells_changes,
        )
        .join(Listing, Listing.id == Finding.listing_id)
        .outerjoin(Crawl, Crawl.id == Finding.crawl_id)
        .join(ListingRole, ListingRole.listing_id == Finding.listing_id)
        .join(moments, moments.c.times == timetables.times_key())
        .where(chosen, may_be_told(now), not_blocked())
    )
    insert = insert_into(session, Match).from_select(
        ["tracker_id", "user_id", "listing_id", "role_id", "found_at", "due_at", "watched"], found
    )
    insert = insert.on_conflict_do_nothing(index_elements=["tracker_id", "listing_id"])
    newest = session.scalar(select(func.max(Match.id))) or 0
    count = rows_written(session, insert)
    roles.share_cards(session, role_ids, newest, now)
    if count and any(each.cadence == Cadence.INSTANT for each in times):
        enqueue_after_commit(session, JobName.NOTIFY_DUE)
    return count


def rows_written(session: Session, insert: Insert) -> int:
    """Execute it. Python's SQLite counts no rows for a statement that begins with WITH."""
    result = session.execute(insert)
    if session.get_bind().dialect.name == "sqlite":
        return session.scalar(select(func.changes())) or 0
    return int(getattr(result, "rowcount", 0))


def followers(*columns: Any) -> Select[Any]:
    """Of findings and the trackers that follow their queries."""
    found = select(*columns).select_from(Finding).join(Tracker, Tracker.query_id == Finding.query_id)
    return found.join(User, User.id == Tracker.user_id)


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
