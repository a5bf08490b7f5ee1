"""Numbers over everything: for the statistics page and the metrics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, func, literal_column, select
from sqlalchemy.orm import Session

from backend.models import Board, Company, Crawl, Listing, Match
from backend.services.leases import due

DAYS = 30
CLOSED_LATELY = timedelta(days=180)
TOP_COUNTRIES = 30


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    opened: int
    closed: int


@dataclass(frozen=True, slots=True)
class Share:
    name: str
    open: int


@dataclass(frozen=True, slots=True)
class Stats:
    """`new_today` and `opened` leave out what a board's first crawl brought: that was there before."""

    companies: int
    boards: int
    open: int
    closed: int
    new_today: int
    new_per_day: list[Day]
    by_source: list[Share]
    by_country: list[Share]
    by_mode: list[Share]
    median_days_to_close: float | None


def compute(session: Session, now: datetime) -> Stats:
    """All of it: some scans of the listings, so callers keep the answer for a while."""
    is_open = Listing.closed_at.is_(None)
    open_count, all_count = session.execute(
        select(func.count().filter(is_open), func.count()).select_from(Listing)
    ).one()
    days = per_day(session, now)
    return Stats(
        companies=session.scalar(select(func.count()).select_from(Company)) or 0,
        boards=session.scalar(select(func.count()).select_from(Board)) or 0,
        open=open_count,
        closed=all_count - open_count,
        new_today=days[-1].opened,
        new_per_day=days,
        by_source=shares(session, Board.source, join_board=True),
        by_country=by_country(session),
        by_mode=shares(session, func.coalesce(Listing.work_mode, literal_column("'unknown'"))),
        median_days_to_close=median_days_to_close(session, now),
    )


def per_day(session: Session, now: datetime) -> list[Day]:
    """The last thirty days in UTC, today last; days without anything included."""
    today = now.astimezone(UTC).date()
    first = today - timedelta(days=DAYS - 1)
    since = datetime(first.year, first.month, first.day, tzinfo=UTC)
    opened = by_day(session, Listing.first_seen_at, Listing.first_seen_at >= since, ~Listing.baseline)
    closed = by_day(session, Listing.closed_at, Listing.closed_at >= since)
    days = (first + timedelta(days=number) for number in range(DAYS))
    return [Day(day, opened[day.isoformat()], closed[day.isoformat()]) for day in days]


def by_day(session: Session, moment: Any, *where: ColumnElement[bool]) -> Counter[str]:
    """ISO date in UTC -> listings."""
    in_utc = moment if dialect(session) == "sqlite" else func.timezone(literal_column("'UTC'"), moment)
    day = cast(func.date(in_utc), Text)
    rows = session.execute(select(day, func.count()).select_from(Listing).where(*where).group_by(day))
    return Counter({str(name): number for name, number in rows})


def shares(session: Session, column: Any, *, join_board: bool = False) -> list[Share]:
    """Open listings by a column, the largest first."""
    query = select(column, func.count()).select_from(Listing).where(Listing.closed_at.is_(None))
    if join_board:
        query = query.join(Board, Listing.board_id == Board.id)
    rows = session.execute(query.group_by(column).order_by(func.count().desc(), column))
    return [Share(str(name), number) for name, number in rows]


def by_country(session: Session) -> list[Share]:
    """Open listings by country; one in two countries counts in both."""
    if dialect(session) == "sqlite":
        places = func.json_each(Listing.locations).table_valued("value", name="place")
        country: Any = func.json_extract(places.c.value, "$.country")
    else:
        places = func.jsonb_array_elements(Listing.locations).table_valued("value", name="place")
        country = literal_column("place.value ->> 'country'")
    number = func.count(Listing.id.distinct())
    query = (
        select(country, number)
        .select_from(Listing)
        .join(places, literal_column("true"))
        .where(Listing.closed_at.is_(None), country.is_not(None))
        .group_by(country)
        .order_by(number.desc(), country)
        .limit(TOP_COUNTRIES)
    )
    return [Share(str(name), total) for name, total in session.execute(query)]


def median_days_to_close(session: Session, now: datetime) -> float | None:
    """Days from posted, or else first seen, to closed, of what closed in the last half year."""
    begun = func.coalesce(Listing.posted_at, Listing.first_seen_at)
    if dialect(session) == "sqlite":
        days: Any = func.julianday(Listing.closed_at) - func.julianday(begun)
    else:
        days = func.extract("epoch", Listing.closed_at - begun) / 86400
    lately = Listing.closed_at >= now - CLOSED_LATELY
    total = session.scalar(select(func.count()).select_from(Listing).where(lately)) or 0
    if not total:
        return None
    middle = session.scalar(select(days).where(lately).order_by(days).offset((total - 1) // 2).limit(1))
    return round(max(0.0, float(middle or 0)), 2)


def dialect(session: Session) -> str:
    return session.get_bind().dialect.name


@dataclass(frozen=True, slots=True)
class Pulse:
    """Whether work piles up. Ages are in seconds, 0 when nothing waits."""

    boards_due: int
    listings_open: int
    unmatched_crawls: int
    unmatched_age: float
    unsent_matches: int
    unsent_age: float


def pulse(session: Session, now: datetime) -> Pulse:
    crawls, oldest_crawl = session.execute(
        select(func.count(), func.min(Crawl.finished_at)).where(Crawl.matched_at.is_(None))
    ).one()
    matches, oldest_match = session.execute(
        select(func.count(), func.min(Match.due_at)).where(
            Match.notification_id.is_(None), Match.due_at <= now
        )
    ).one()
    return Pulse(
        boards_due=session.scalar(select(func.count()).select_from(Board).where(due(now))) or 0,
        listings_open=int(session.scalar(select(func.sum(Board.open_count))) or 0),
        unmatched_crawls=crawls,
        unmatched_age=age(oldest_crawl, now),
        unsent_matches=matches,
        unsent_age=age(oldest_match, now),
    )


def age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
