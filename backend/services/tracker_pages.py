"""What a user sees of their trackers: figures, and what a query would have found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, distinct, func, literal_column, select
from sqlalchemy.orm import Session

from backend.domain.query import Filters
from backend.models import Listing, Match, Tracker
from backend.services import broad_queries, coverage, search
from backend.services.coverage import FailingBoard
from backend.services.tracked_query import canonical_of

DAYS = 14
SAMPLE = 10
LOOKED_AT = 100


@dataclass(slots=True)
class Figures:
    """Numbers of one tracker. `daily` is matches by UTC day, the last fourteen days, oldest first.

    `match_count` is of listings; `role_count`, `unseen_count` and `untold_count` of cards, its rows.
    `failing` are the boards it covers that cannot be read at present, who fails longest first.
    """

    match_count: int = 0
    role_count: int = 0
    unseen_count: int = 0
    untold_count: int = 0
    last_match_at: datetime | None = None
    daily: list[tuple[date, int]] = field(default_factory=list)
    failing: list[FailingBoard] = field(default_factory=list)


def figures(session: Session, shown: Sequence[Tracker], now: datetime) -> dict[int, Figures]:
    """The numbers of some trackers, by tracker id."""
    ids = [tracker.id for tracker in shown]
    days = [(now - timedelta(back)).date() for back in reversed(range(DAYS))]
    found = {tracker_id: Figures(daily=[(day, 0) for day in days]) for tracker_id in ids}
    for tracker_id, matches, roles, unseen, untold, last in session.execute(counted(ids)):
        one = found[tracker_id]
        one.match_count, one.role_count, one.last_match_at = matches, roles, last
        one.unseen_count, one.untold_count = unseen, untold
    for tracker_id, by_day in daily_counts(session, ids, now).items():
        found[tracker_id].daily = [(day, by_day.get(day, 0)) for day in days]
    queries = {tracker.id: tracker.query.canonical for tracker in shown}
    for tracker_id, boards in coverage.failing_each(session, queries).items():
        found[tracker_id].failing = boards
    return found


def counted(ids: Sequence[int]) -> Select[int, int, int, int, int, datetime]:
    """What `Figures` counts of each tracker. A card with several unseen places is one."""
    own_card = Match.told_with_id.is_(None)
    unseen_cards = distinct(func.coalesce(Match.told_with_id, Match.id))
    return (
        select(
            Match.tracker_id,
            func.count(Match.id),
            func.count(Match.id).filter(own_card),
            func.count(unseen_cards).filter(Match.seen_at.is_(None)),
            func.count(Match.id).filter(own_card, Match.told_at.is_(None)),
            func.max(Match.found_at),
        )
        .where(Match.tracker_id.in_(ids))
        .group_by(Match.tracker_id)
    )


def daily_counts(session: Session, ids: Sequence[int], now: datetime) -> dict[int, dict[date, int]]:
    day = utc_day(session)
    rows = session.execute(
        select(Match.tracker_id, day, func.count(Match.id))
        .where(Match.tracker_id.in_(ids), Match.found_at > now - timedelta(DAYS))
        .group_by(Match.tracker_id, day)
    )
    counted: dict[int, dict[date, int]] = {}
    for tracker_id, text, count in rows:
        counted.setdefault(tracker_id, {})[date.fromisoformat(str(text))] = count
    return counted


def utc_day(session: Session) -> ColumnElement[str]:
    """The UTC day a match was found; PostgreSQL would else take the day of its session's zone."""
    if session.get_bind().dialect.name == "postgresql":
        return func.date(func.timezone(literal_column("'UTC'"), Match.found_at))
    return func.date(Match.found_at)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a tracker made two weeks ago would have been told of. `total` is an estimate when it is large."""

    canonical: str
    total: int
    per_day: float
    sample: list[Listing]


def preview(session: Session, text: str, now: datetime) -> Preview:
    """Try a query before it is saved. Raises TrackerRefused.

    The stock of a board that is new here is told to nobody, so it is not counted, unless posted lately.
    """
    broad_queries.refuse_nearly_everything(text, now)
    canonical = canonical_of(text)
    found = search.find(session, Filters(q=f"({canonical}) seen<{DAYS}d", status="all"), None, LOOKED_AT, now)
    since = now - timedelta(DAYS)
    told = [
        listing
        for listing in found.listings
        if not listing.baseline or (listing.posted_at is not None and listing.posted_at > since)
    ]
    total = len(told)
    if (found.total or 0) > len(found.listings) > 0:
        total = round((found.total or 0) * len(told) / len(found.listings))
    return Preview(canonical, total, round(total / DAYS, 1), (told or found.listings)[:SAMPLE])
