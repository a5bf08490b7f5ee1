"""From what became of a listing to those who are to be told: a row for each watched match that was told.

As with matches (`fan_out`), events with few who watch come first, and those with many by pages. Each page is
a transaction that also says how far it went; a row is unique, so a repetition doubles nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from backend.models import (
    BY_HAND,
    Cadence,
    Listing,
    ListingEvent,
    Match,
    MatchChange,
    Tracker,
    User,
    begin_write,
)
from backend.queueing import JobName, enqueue_after_commit
from backend.services import timetables
from backend.services.among import among
from backend.services.fan_out import not_blocked, rows_written
from backend.services.timetables import Times
from backend.services.tracker_life import collecting
from backend.services.upsert import insert_into
from backend.services.watching import FRESH
from backend.settings import Settings

EVENTS_AT_ONCE = 500
FEW = 20  # watched matches whose rows are written at once
PAGE = 5_000
PAGES_A_PASS = 3


def anything_pending(session: Session) -> bool:
    return session.scalar(select(ListingEvent.id).where(pending()).limit(1)) is not None


def pending() -> ColumnElement[bool]:
    return ListingEvent.fanned_to.is_not(None)


def fan_out_pass(session: Session, settings: Settings, now: datetime) -> int:
    """All events that few watch, then some pages of the others. Returns how many rows were written."""
    written = 0
    newest = session.scalar(select(func.max(ListingEvent.id)).where(ListingEvent.fanned_to == FRESH))
    while newest is not None and (count := write_fresh(session, settings, newest, now)) is not None:
        written += count
    for _ in range(PAGES_A_PASS):
        page = write_page(session, settings, now)
        if page is None:
            break
        written += page
    return written


def write_fresh(session: Session, settings: Settings, newest: int, now: datetime) -> int | None:
    """One transaction: events that nobody was told of. Those that many watch move on to their pages."""
    begin_write(session)
    rows = session.execute(
        select(ListingEvent.id, nth_watcher(FEW))
        .where(ListingEvent.fanned_to == FRESH, ListingEvent.id <= newest)
        .order_by(ListingEvent.id)
        .limit(EVENTS_AT_ONCE)
        .with_for_update(of=ListingEvent, skip_locked=True)
    ).all()
    if not rows:
        session.rollback()
        return None
    few = [event_id for event_id, another in rows if another is None]
    count = insert_changes(session, settings, among(session, ListingEvent.id, few), now) if few else 0
    mark(session, few, None)
    mark(session, [event_id for event_id, another in rows if another is not None], 0)
    session.commit()
    return count


def write_page(session: Session, settings: Settings, now: datetime) -> int | None:
    """One transaction: a page of the event that got least far. None: there is none."""
    begin_write(session)
    event = session.scalar(
        select(ListingEvent)
        .where(ListingEvent.fanned_to > FRESH)
        .order_by(ListingEvent.fanned_to, ListingEvent.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if event is None or event.fanned_to is None:
        session.rollback()
        return None
    rest = and_(Match.listing_id == event.listing_id, Match.watched, Match.id > event.fanned_to)
    last = session.scalar(select(Match.id).where(rest).order_by(Match.id).limit(1).offset(PAGE - 1))
    page = and_(ListingEvent.id == event.id, rest)
    count = insert_changes(session, settings, page if last is None else and_(page, Match.id <= last), now)
    mark(session, [event.id], last)
    session.commit()
    return count


def nth_watcher(number: int) -> ColumnElement[int | None]:
    """The watched match that comes after so many others of an event's listing, if there is one."""
    watched = select(Match.id).where(Match.listing_id == ListingEvent.listing_id, Match.watched)
    return watched.order_by(Match.id).limit(1).offset(number).scalar_subquery()


def mark(session: Session, event_ids: Collection[int], fanned_to: int | None) -> None:
    session.execute(
        update(ListingEvent).where(among(session, ListingEvent.id, event_ids)).values(fanned_to=fanned_to),
        execution_options=BY_HAND,
    )


def insert_changes(session: Session, settings: Settings, chosen: ColumnElement[bool], now: datetime) -> int:
    """Write the rows of the chosen events x watched matches, inside the database. Returns how many."""
    times = [Times(*row) for row in session.execute(watchers(*timetables.COLUMNS).where(chosen).distinct())]
    if not times:
        return 0
    moments = timetables.due_moments(settings, times, now)
    found = (
        watchers(Match.id, ListingEvent.id, Tracker.id, moments.c.due_at)
        .join(Listing, Listing.id == Match.listing_id)
        .join(moments, moments.c.times == timetables.times_key())
        .where(chosen, may_be_told(now), not_blocked())
    )
    insert = insert_into(session, MatchChange).from_select(
        ["match_id", "event_id", "tracker_id", "due_at"], found
    )
    count = rows_written(session, insert.on_conflict_do_nothing(index_elements=["match_id", "event_id"]))
    if count and any(each.cadence == Cadence.INSTANT for each in times):
        enqueue_after_commit(session, JobName.NOTIFY_DUE)
    return count


def watchers(*columns: Any) -> Select[Any]:
    """Of events and the watched matches of their listings, with their trackers and owners."""
    found = select(*columns).select_from(ListingEvent)
    found = found.join(Match, and_(Match.listing_id == ListingEvent.listing_id, Match.watched))
    return found.join(Tracker, Tracker.id == Match.tracker_id).join(User, User.id == Tracker.user_id)


def may_be_told(now: datetime) -> ColumnElement[bool]:
    """Of a listing that was told, or is in a message already; that it closed only once."""
    return and_(
        Tracker.tells_changes,
        collecting(now),
        ListingEvent.at >= Tracker.active_since,
        ListingEvent.at < Tracker.expires_at,
        in_a_message(),
        or_(ListingEvent.what != "closed", ~closing_known()),
    )


def in_a_message() -> ColumnElement[bool]:
    """What still waits for its first message needs no other: its card shows the listing as it is then."""
    first = aliased(Match)
    on_a_card_that_goes_out = exists().where(
        first.id == Match.told_with_id, first.notification_id.is_not(None), first.told_at.is_(None)
    )
    return or_(Match.told_at.is_not(None), Match.notification_id.is_not(None), on_a_card_that_goes_out)


def closing_known() -> ColumnElement[bool]:
    earlier, other = aliased(MatchChange), aliased(ListingEvent)
    return exists().where(
        earlier.match_id == Match.id,
        earlier.event_id == other.id,
        other.what == "closed",
        other.id != ListingEvent.id,
    )
