"""Matches of a query with 250,000 followers, beside a bare bulk insert of the same rows; and who waits.

`BENCH_FOLLOWERS=20000` is a short form.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, bindparam, delete, func, insert, select, text
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.models import (
    Board,
    Company,
    Crawl,
    Finding,
    Listing,
    Match,
    SavedQuery,
    Tracker,
    begin_write,
    db,
)
from backend.models.base import UTCDateTime
from backend.services import fan_out
from backend.settings import Settings
from tests.benchmarks import servers
from tests.benchmarks.databases import bare_tables, postgres
from tests.benchmarks.listings_stored import batches
from tests.benchmarks.table import Table

FOLLOWERS = int(os.environ.get("BENCH_FOLLOWERS", "250000"))
SMALL = 200  # queries with one follower each
MANY = 100  # listings that each of them finds
MADE, NOW = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 4, 12, tzinfo=UTC)
CHUNK = 1_000
LEAST = 0.5

_NUMBERS = """
    WITH RECURSIVE numbers(i) AS (
        SELECT CAST(:first AS BIGINT) UNION ALL SELECT i + 1 FROM numbers WHERE i < :last
    )
"""
_USERS = f"""
    {_NUMBERS}
    INSERT INTO users
        (id, email, password_hash, session_salt, time_zone, is_admin, created_at, confirmed_at)
    SELECT i, 'user' || i || '@example.org', 'x', 'x',
        CASE i - i / 3 * 3 WHEN 0 THEN 'Europe/Berlin' WHEN 1 THEN 'Asia/Tokyo' ELSE 'America/New_York' END,
        false, :made, :made
    FROM numbers
"""
_TRACKERS = f"""
    {_NUMBERS}
    INSERT INTO trackers
        (id, user_id, query_id, name, text, cadence, expires_at, created_at, active_since, token)
    SELECT i, i, :query, 'name', 'text', CASE i - i / 4 * 4 WHEN 0 THEN 'daily' ELSE 'instant' END,
        :ends, :made, :made, 'token' || i
    FROM numbers
"""


def on_both() -> Iterator[Table]:
    yield on("SQLite", "")
    with postgres() as url:
        yield on("PostgreSQL", url)


def on(name: str, url: str) -> Table:
    table = Table(f"Fan-out on {name}, {FOLLOWERS:,} followers")
    with tempfile.TemporaryDirectory() as folder, world(Path(folder), url) as (session, settings):
        giant = add_query(session, 1, FOLLOWERS)
        small = [add_query(session, FOLLOWERS + number, 1) for number in range(1, SMALL + 1)]
        session.execute(text("ANALYZE"))
        session.commit()
        find(session, small, MANY)  # what was told before: PostgreSQL plans by what its tables hold
        finish(session, settings)
        forget(session)
        find(session, [giant], 1)
        compare(table, session, f"one query with {FOLLOWERS:,} followers", finish(session, settings))
        find(session, small, MANY)
        compare(table, session, f"{SMALL} queries with one", finish(session, settings))
        side_by_side(table, session, settings, giant, small)
    return table


@contextmanager
def world(folder: Path, url: str) -> Iterator[tuple[Session, Settings]]:
    """An empty database with one board."""
    with servers.redis_server(folder) as redis_url:
        settings = Settings(
            _env_file=None, app_env="testing", var_dir=folder, database_url=url, redis_url=redis_url
        )
        with create_app(settings).app_context():
            db.metadata.create_all(db.engine)
            session = db.session()
            company = Company(slug="acme", name="Acme", created_at=MADE)
            board = Board(company=company, source="lever", token="acme", url="https://example.org")
            board.created_at = board.next_crawl_at = MADE
            begin_write(session)
            session.add(board)
            session.commit()
            yield session, settings
            db.session.remove()
            db.engine.dispose()


def add_query(session: Session, first: int, followers: int) -> int:
    """A query that users `first` and on follow, in three time zones, three of four instantly; its id."""
    begin_write(session)
    query = SavedQuery(canonical=f"query {first}", created_at=MADE)
    session.add(query)
    session.flush()
    query_id = query.id
    dates = [bindparam("made", MADE, UTCDateTime()), bindparam("ends", NOW + timedelta(30), UTCDateTime())]
    numbers = {"first": first, "last": first + followers - 1}
    session.execute(text(_USERS).bindparams(dates[0]), numbers)
    session.execute(text(_TRACKERS).bindparams(*dates), numbers | {"query": query_id})
    session.commit()
    return query_id


def find(session: Session, query_ids: Sequence[int], listings: int) -> None:
    """New listings that each of the queries meets."""
    begin_write(session)
    board = session.scalars(select(Board)).one()
    crawl = Crawl(board_id=board.id, started_at=NOW, finished_at=NOW, status="complete", complete=True)
    session.add(crawl)
    session.flush()
    for _ in range(listings):
        known = session.scalar(select(func.count(Listing.id))) or 0
        listing = Listing(board_id=board.id, company_id=board.company_id, crawl_id=crawl.id)
        listing.external_id, listing.url, listing.title = str(known), "https://example.org", f"Job {known}"
        listing.locations, listing.content_hash = [], "x"
        listing.first_seen_at = listing.changed_at = NOW
        session.add(listing)
        session.flush()
        row = {"listing_id": listing.id, "crawl_id": crawl.id, "found_at": NOW}
        session.execute(insert(Finding), [row | {"query_id": query_id} for query_id in query_ids])
    session.execute(text("ANALYZE"))  # PostgreSQL's own daemon does it within a minute of so many new rows
    session.commit()


def finish(session: Session, settings: Settings) -> float:
    """Seconds until all is fanned out."""
    begun = time.perf_counter()
    while fan_out.anything_pending(session):
        fan_out.fan_out_pass(session, settings, NOW)
    return time.perf_counter() - begun


def compare(table: Table, session: Session, name: str, seconds: float) -> None:
    """Beside an insert of the same rows into a table with the same indexes. Forgets the rows."""
    rows = [dict(row._mapping) for row in session.execute(select(Match.__table__))]
    session.rollback()
    with bare_tables(db.engine, [Match.__table__]) as bare:
        least = bulk_insert(bare, rows)
    table.row(f"{name}: ours", f"{len(rows) / seconds:,.0f} rows/s", f"{len(rows):,} rows")
    table.row(f"{name}: bare bulk insert", f"{len(rows) / least:,.0f} rows/s")
    table.check_at_least(f"{name}: ours / bare, rows a second", least / seconds, LEAST)
    forget(session)


def forget(session: Session) -> None:
    begin_write(session)
    session.execute(delete(Match))
    session.commit()


def bulk_insert(engine: Engine, rows: list[dict[str, Any]]) -> float:
    """Seconds. PostgreSQL gets many rows in a statement: its driver sends them one by one else."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(delete(Match.__table__))
    begun = time.perf_counter()
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        for chunk in batches(rows, CHUNK):
            if engine.dialect.name == "postgresql":
                connection.execute(insert(Match.__table__).values(chunk))
            else:
                connection.execute(insert(Match.__table__), chunk)
    return time.perf_counter() - begun


def side_by_side(
    table: Table, session: Session, settings: Settings, giant: int, small: Sequence[int]
) -> None:
    """The giant is under way when the small ones are found: how long they wait."""
    find(session, [giant], 1)
    fan_out.fan_out_pass(session, settings, NOW)
    find(session, small, 1)
    begun, passes = time.perf_counter(), 0
    trackers = select(Tracker.id).where(Tracker.query_id.in_(small))
    served = select(func.count()).select_from(Match).where(Match.tracker_id.in_(trackers))
    while session.scalar(served) != len(small):
        fan_out.fan_out_pass(session, settings, NOW)
        passes += 1
    seconds = time.perf_counter() - begun
    unserved = FOLLOWERS + SMALL - (session.scalar(select(func.count(Match.id))) or 0)
    table.row(f"{SMALL} small queries beside the giant", f"{seconds:.2f} s", f"{unserved:,} still wait")
    table.check("passes until every small one is served", passes, 1, "passes")
    finish(session, settings)
    missing = FOLLOWERS + SMALL - (session.scalar(select(func.count(Match.id))) or 0)
    table.check("matches missing at the end", missing, 0, "matches")
