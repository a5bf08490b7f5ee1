"""Numbers over everything, for the statistics page.

Counting takes some scans of the listings, seconds at a million of them. A job does it now and then and keeps
the answer as a row; who asks gets that row.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Integer, Text, cast, func, literal_column, select
from sqlalchemy.orm import Session

from backend.models import Board, Company, Listing, Statistics, begin_write

DAYS = 30
CLOSED_LATELY = timedelta(days=180)
TOP_COUNTRIES = 30
REST = 20
"""Counting that took a second is done again after at least twenty: it never fills a process."""


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
class DaysToClose:
    """How long listings of a source or country were open that closed lately."""

    name: str
    closed: int
    median_days: float


@dataclass(frozen=True, slots=True)
class Stats:
    """`new_today` and `opened` leave out what a board's first crawl brought: that was there before."""

    counted_at: datetime
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
    days_to_close_by_source: list[DaysToClose]
    days_to_close_by_country: list[DaysToClose]


STATS = TypeAdapter(Stats)


def latest(session: Session) -> Stats | None:
    """As last counted; None before the first time."""
    kept = session.get(Statistics, 1)
    return STATS.validate_python(kept.figures) if kept else None


def recount(session: Session, now: datetime) -> bool:
    """Count and keep it. False: that was done so lately that it is too early, measured by what it takes."""
    kept = session.get(Statistics, 1)
    if kept is not None and kept.counted_at <= now < kept.counted_at + timedelta(seconds=REST * kept.seconds):
        return False
    begun = monotonic()
    figures = STATS.dump_python(compute(session, now), mode="json")
    seconds = monotonic() - begun
    begin_write(session)
    session.merge(Statistics(id=1, counted_at=now, seconds=seconds, figures=figures))
    session.commit()
    return True


def compute(session: Session, now: datetime) -> Stats:
    is_open = Listing.closed_at.is_(None)
    open_count, all_count = session.execute(
        select(func.count().filter(is_open), func.count()).select_from(Listing)
    ).one()
    days = per_day(session, now)
    ages = ages_by_source(session, now)
    return Stats(
        counted_at=now,
        companies=session.scalar(select(func.count()).select_from(Company)) or 0,
        boards=session.scalar(select(func.count()).select_from(Board)) or 0,
        open=open_count,
        closed=all_count - open_count,
        new_today=days[-1].opened,
        new_per_day=days,
        by_source=shares(session, Board.source, join_board=True),
        by_country=by_country(session),
        by_mode=shares(session, func.coalesce(Listing.work_mode, literal_column("'unknown'"))),
        median_days_to_close=median_days(sum(ages.values(), Counter())),
        days_to_close_by_source=medians(ages),
        days_to_close_by_country=medians(ages_by_country(session, now))[:TOP_COUNTRIES],
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
    places, country = countries(session)
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


def countries(session: Session) -> tuple[Any, Any]:
    """The places of a listing as rows to join, and the country of one."""
    if dialect(session) == "sqlite":
        places = func.json_each(Listing.locations).table_valued("value", name="place")
        return places, func.json_extract(places.c.value, "$.country")
    places = func.jsonb_array_elements(Listing.locations).table_valued("value", name="place")
    return places, literal_column("place.value ->> 'country'")


Ages = dict[str, Counter[int]]
"""Name -> hours from posted, or else first seen, to closed -> listings: small, however many those are."""


def ages_by_source(session: Session, now: datetime) -> Ages:
    hours = hours_open(session)
    query = select(Board.source, hours, func.count()).join(Board, Listing.board_id == Board.id)
    return ages(session.execute(query.where(closed_lately(now)).group_by(Board.source, hours)))


def ages_by_country(session: Session, now: datetime) -> Ages:
    places, country = countries(session)
    hours = hours_open(session)
    query = select(country, hours, func.count(Listing.id.distinct())).select_from(Listing)
    query = query.join(places, literal_column("true")).where(closed_lately(now), country.is_not(None))
    return ages(session.execute(query.group_by(country, hours)))


def hours_open(session: Session) -> Any:
    """Its numbers are literals: PostgreSQL would not know a grouped expression with parameters again."""
    begun = func.coalesce(Listing.posted_at, Listing.first_seen_at)
    if dialect(session) == "sqlite":
        days = func.julianday(Listing.closed_at) - func.julianday(begun)
        return cast(func.round(days * literal_column("24")), Integer)
    return cast(
        func.round(func.extract("epoch", Listing.closed_at - begun) / literal_column("3600")), Integer
    )


def closed_lately(now: datetime) -> ColumnElement[bool]:
    return Listing.closed_at >= now - CLOSED_LATELY


def ages(rows: Iterable[Any]) -> Ages:
    found: Ages = defaultdict(Counter)
    for name, hours, number in rows:
        found[str(name)][max(0, hours)] += number
    return found


def medians(of: Ages) -> list[DaysToClose]:
    """Where the most closed comes first."""
    rows = [DaysToClose(name, hours.total(), median_days(hours) or 0.0) for name, hours in of.items()]
    return sorted(rows, key=lambda row: (-row.closed, row.name))


def median_days(hours: Counter[int]) -> float | None:
    """The lower one of two middles."""
    middle = (hours.total() - 1) // 2
    for hour in sorted(hours):
        middle -= hours[hour]
        if middle < 0:
            return round(hour / 24, 2)
    return None


def dialect(session: Session) -> str:
    return session.get_bind().dialect.name
