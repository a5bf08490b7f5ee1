"""Sweeps at their real size: the first ingest, nothing changed, one listing in a hundred changed.

Each beside a bare loop with the same bytes and threads. The simulator makes its answers beforehand.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests
from sqlalchemy import Row, func, insert, select
from sqlalchemy.orm import Session

from backend.models import Board, Crawl, Listing, ListingText
from backend.services import boards
from backend.services.sweeps import Sweeper
from backend.sources import registry
from tests.benchmarks import databases, garbage, servers
from tests.benchmarks.ingest import Bare, add_boards, application, first_requests
from tests.benchmarks.table import Table

BOARDS = int(os.environ.get("BENCH_BOARDS", "5000"))
LISTINGS = 40
TABLES = (Listing.__table__, ListingText.__table__)
CHANGED = 0.01
TIMES = 2
LIMITS = {"first": 5.0, "unchanged": 1.25, "changed": 1.5}
"""Ours / bare, ours / bare, ours with changes / ours without."""


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds on the clock, and of this process's computing."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:.2f} s"


def timed(work: Callable[[], object]) -> Took:
    garbage.only_new()
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


@contextmanager
def sites(port: int) -> Iterator[tuple[str, Path]]:
    """The simulator's URL and its catalogue, with all answers made."""
    with tempfile.TemporaryDirectory() as name:
        catalogue = Path(name) / "boards.tsv"
        with servers.simulator(port, BOARDS, LISTINGS, catalogue) as url:
            yield url, catalogue


def every_sweep(port: int) -> Iterator[Table]:
    """Both databases over the same sites."""
    with sites(port) as (url, catalogue):
        yield from on_database("SQLite", url, catalogue, "")
        with databases.postgres() as database:
            yield from on_database("PostgreSQL", url, catalogue, database)


def on_database(kind: str, url: str, catalogue: Path, database: str) -> Iterator[Table]:
    with (
        tempfile.TemporaryDirectory() as name,
        servers.redis_server(Path(name)) as redis_url,
        application(Path(name), redis_url, simulator_url=url, database_url=database) as (
            _,
            session,
            ours,
        ),
    ):
        add_boards(session, catalogue)
        bare = Bare(first_requests(session, prefix=f"{url}/"))
        session.rollback()
        yield first_ingest(kind, session, ours, bare)
        yield unchanged_and_changed(kind, url, session, ours, bare)


def first_ingest(kind: str, session: Session, ours: Sweeper, bare: Bare) -> Table:
    table = Table(f"First ingest of {BOARDS:,} boards of {LISTINGS} listings into {kind}")
    mine = timed(lambda: ours.sweep(session))
    refuse_errors(session)
    count = session.scalar(select(func.count()).select_from(Listing)) or 0
    theirs = bare_ingest(session, bare)
    for name, took in (("ours", mine), ("bare download, JSON parse, one bulk insert", theirs)):
        table.row(name, str(took), f"{count / took.wall:,.0f} listings/s; computing {took.cpu:.2f} s")
    table.check("ours / bare", mine.wall / theirs.wall, LIMITS["first"])
    return table


def bare_ingest(session: Session, bare: Bare) -> Took:
    """The same bytes downloaded and parsed, and the rows that we stored inserted into tables of their own."""
    rows, texts = ([dict(row._mapping) for row in session.execute(select(one))] for one in TABLES)
    session.rollback()
    with databases.bare_tables(session.get_bind(), TABLES) as engine, engine.connect() as connection:

        def ingest() -> None:
            bare.all(bare.read)
            connection.execute(insert(TABLES[0]), rows)
            connection.execute(insert(TABLES[1]), texts)
            connection.commit()

        return timed(ingest)


def unchanged_and_changed(kind: str, url: str, session: Session, ours: Sweeper, bare: Bare) -> Table:
    table = Table(f"Sweep of {BOARDS:,} boards of {LISTINGS} listings, {kind}: nothing changed, then 1 %")
    mine = min((sweep_again(session, ours) for _ in range(TIMES)), key=lambda took: took.wall)
    counted = last_reports(session)
    theirs = min((timed(lambda: bare.all(bare.digest)) for _ in range(TIMES)), key=lambda took: took.wall)
    table.row("boards by the outcome of their visit", counted)
    for name, took in (("ours, nothing changed", mine), ("bare download and hash", theirs)):
        table.row(name, str(took), f"{BOARDS / took.wall:,.0f} boards/s; computing {took.cpu:.2f} s")
    table.check("nothing changed, ours / bare", mine.wall / theirs.wall, LIMITS["unchanged"])
    for name, together in (("four to a board", 4), ("each anywhere", 1)):
        took = min(
            (changed(session, url, ours, bare, together) for _ in range(TIMES)), key=lambda one: one.wall
        )
        table.row(f"1 % changed, {name}", str(took), f"computing {took.cpu:.2f} s; {last_reports(session)}")
        table.check(f"1 % changed, {name} / nothing changed", took.wall / mine.wall, LIMITS["changed"])
    return table


def changed(session: Session, url: str, ours: Sweeper, bare: Bare, together: int) -> Took:
    change(session, url, bare, together)
    return sweep_again(session, ours)


def change(session: Session, url: str, bare: Bare, together: int) -> None:
    """Change one listing in a hundred, `together` of a board; the simulator makes the answers beforehand."""
    slugs = {row["token"]: row["slug"] for row in requests.get(f"{url}/_control/boards", timeout=60).json()}
    rows = session.execute(
        select(Board.source, Board.token, Listing.external_id, Listing.title).join(Listing.board)
    ).all()
    session.rollback()
    control, touched, dice = requests.Session(), set(), random.Random(len(rows))
    for number, row in enumerate(chosen(rows, together, dice)):
        mark = f"{row.title} {time.monotonic_ns()}"
        new = {"title": mark} if number % 2 else {"description": f"<p>{mark}</p>" * 100}
        address = f"{url}/_control/boards/{slugs[row.token]}/listings/{row.external_id}"
        control.patch(address, json=new, timeout=60).raise_for_status()
        touched.add((row.source, row.token))
    for source, token in touched:
        asked = registry.source(source).first_request(token)
        bare.tags.pop(f"{url}/{asked.url}", None)
        bare.download((asked.method, f"{url}/{asked.url}", asked.body)).raise_for_status()


def chosen(rows: Sequence[Row], together: int, dice: random.Random) -> list[Row]:
    """One row in a hundred, `together` of each board that has any."""
    by_board: dict[str, list[Row]] = {}
    for row in rows:
        by_board.setdefault(row.token, []).append(row)
    if together == 1:
        return dice.sample(rows, round(CHANGED * len(rows)))
    some = dice.sample(sorted(by_board), max(1, round(CHANGED * len(rows) / together)))
    return [row for token in some for row in dice.sample(by_board[token], together)]


def last_reports(session: Session) -> str:
    """How the latest visits ended, and what they brought."""
    latest = select(func.max(Crawl.id)).group_by(Crawl.board_id)
    found = session.execute(
        select(Crawl.status, func.count(), func.sum(Crawl.bytes), func.sum(Crawl.changed))
        .where(Crawl.id.in_(latest))
        .group_by(Crawl.status, Crawl.bytes > 0)
    ).all()
    session.rollback()
    return "; ".join(
        f"{count} {'without a body' if not size else status}" + (f", {changed} listings" if changed else "")
        for status, count, size, changed in found
    )


def sweep_again(session: Session, ours: Sweeper) -> Took:
    boards.crawl_all_now(session, datetime.now(UTC))
    took = timed(lambda: ours.sweep(session))
    refuse_errors(session)
    return took


def refuse_errors(session: Session) -> None:
    session.expire_all()
    errors = session.scalars(select(Board.last_error).where(Board.last_error.is_not(None))).all()
    session.rollback()
    if errors:
        raise AssertionError(f"{len(errors)} boards failed, the first: {errors[0]}")
