"""The first ingest and an unchanged second crawl, beside a bare loop with the same bytes and threads."""

from __future__ import annotations

import csv
import hashlib
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import requests
from lxml import etree
from sqlalchemy import create_engine, func, insert, select
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.fetch import build_fetcher
from backend.fetch.replay import ReplayAdapter
from backend.models import Base, Board, Crawl, Listing, ListingText, db
from backend.models.base import prepare_engine
from backend.services import boards, catalogue
from backend.services.sweeps import Sweeper
from backend.settings import Settings
from backend.sources import registry
from tests.benchmarks import servers
from tests.benchmarks.table import Table

SHARED = servers.ROOT.parent / "shared" / "boards"
SIMULATED_BOARDS, SIMULATED_LISTINGS = 500, 40
THREADS = 8


@dataclass
class Measured:
    """Seconds of one side. `rows` are those that were stored, for the bare insert."""

    first: float = 0.0
    second: float = 0.0
    listings: int = 0
    pages: int = 0
    rows: list[dict] = field(default_factory=list)
    texts: list[dict] = field(default_factory=list)


@contextmanager
def application(folder: Path, redis_url: str, **options: str) -> Iterator[tuple[Settings, Session, Sweeper]]:
    settings = Settings(
        _env_file=None, var_dir=folder, redis_url=redis_url, host_pace=0, crawl_threads=THREADS, **options
    )
    app = create_app(settings)
    with app.app_context():
        db.metadata.create_all(db.engine)
        session = db.session()
        fetcher = build_fetcher(settings, app.extensions["redis"])
        sweeper = Sweeper(
            fetcher,
            settings.model_copy(update={"crawl_job_seconds": 3600}),
            db.engine,
            lambda: datetime.now(UTC),
            random.Random(1),
            lambda: None,
        )
        yield settings, session, sweeper
        db.session.remove()
        db.engine.dispose()


def ours(session: Session, sweeper: Sweeper) -> Measured:
    measured = Measured()
    measured.first = timed(lambda: sweeper.sweep(session))
    session.expire_all()
    before = session.scalar(select(func.max(Listing.changed_at)))
    boards.crawl_all_now(session, datetime.now(UTC))
    measured.second = timed(lambda: sweeper.sweep(session))
    session.expire_all()
    if session.scalar(select(func.max(Listing.changed_at))) != before:
        raise AssertionError("an unchanged crawl wrote a listing row")
    errors = session.scalars(select(Board.last_error).where(Board.last_error.is_not(None))).all()
    if errors:
        raise AssertionError(f"{len(errors)} boards failed, the first: {errors[0]}")
    measured.pages = session.scalar(select(func.sum(Crawl.requests))) or 0
    measured.rows = [dict(row._mapping) for row in session.execute(select(Listing.__table__))]
    measured.texts = [dict(row._mapping) for row in session.execute(select(ListingText.__table__))]
    measured.listings = len(measured.rows)
    session.rollback()
    return measured


def timed(work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


class Bare:
    """requests in threads, JSON or XML, one bulk insert; and later requests and a hash."""

    def __init__(self, urls: list[tuple[str, str, bytes | None]], adapter=None) -> None:
        self.urls, self.adapter = urls, adapter
        self.local = threading.local()
        self.tags: dict[str, str] = {}

    def session(self) -> requests.Session:
        if not hasattr(self.local, "session"):
            self.local.session = requests.Session()
            self.local.session.trust_env = False
            if self.adapter is not None:
                self.local.session.mount("https://", self.adapter)
        return self.local.session

    def download(self, asked: tuple[str, str, bytes | None]) -> requests.Response:
        method, url, body = asked
        headers = {"If-None-Match": self.tags[url]} if url in self.tags else {}
        return self.session().request(method, url, data=body, headers=headers, timeout=30)

    def read(self, asked: tuple[str, str, bytes | None]) -> None:
        answer = self.download(asked)
        answer.raise_for_status()
        if answer.headers.get("ETag"):
            self.tags[asked[1]] = answer.headers["ETag"]
        if answer.content[:1] == b"<":
            etree.fromstring(answer.content)
        else:
            answer.json()

    def digest(self, asked: tuple[str, str, bytes | None]) -> str:
        return hashlib.sha256(self.download(asked).content).hexdigest()

    def all(self, work) -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(work, self.urls))

    def measure(self, folder: Path, rows: list[dict], texts: list[dict]) -> Measured:
        engine = create_engine(f"sqlite:///{folder}/bare.db")
        prepare_engine(engine)
        Base.metadata.create_all(engine)

        def ingest() -> None:
            self.all(self.read)
            with engine.connect().execution_options(writes=True) as connection, connection.begin():
                connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
                connection.execute(insert(Listing.__table__), rows)
                connection.execute(insert(ListingText.__table__), texts)
                connection.exec_driver_sql("PRAGMA defer_foreign_keys=OFF")

        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        measured = Measured(first=timed(ingest), listings=len(rows))
        measured.second = timed(lambda: self.all(self.digest))
        engine.dispose()
        return measured


def first_requests(session: Session, prefix: str = "") -> list[tuple[str, str, bytes | None]]:
    found = []
    for board in session.scalars(select(Board)):
        request = registry.source(board.source).first_request(board.token)
        found.append((request.method, prefix + request.url, request.body))
    return found


def add_boards(session: Session, path: Path) -> None:
    with path.open(encoding="utf-8") as file:
        lines = list(catalogue.import_rows(session, catalogue.read_rows(file), datetime.now(UTC)))
    bad = [line for line in lines if line.outcome != "added"]
    if bad:
        raise AssertionError(f"{len(bad)} boards were not added, the first: {bad[0]}")


def compare(table: Table, measured: Measured, bare: Measured, limits: tuple[float, float]) -> None:
    for name, mine, theirs in (
        ("first ingest", measured.first, bare.first),
        ("unchanged second crawl", measured.second, bare.second),
    ):
        table.row(f"{name}, ours", f"{mine:.2f} s", f"{measured.listings / mine:,.0f} listings/s")
        table.row(f"{name}, bare loop", f"{theirs:.2f} s", f"{measured.listings / theirs:,.0f} listings/s")
    table.check("first ingest, ours / bare", measured.first / bare.first, limits[0])
    table.check("unchanged second crawl, ours / bare", measured.second / bare.second, limits[1])


def replayed(limits: tuple[float, float]) -> Table:
    table = Table("Ingest of the recorded boards")
    if not (SHARED / "BOARDS.tsv").exists():
        table.row("skipped: the recorded answers (../shared/boards) are not here", "")
        return table
    with tempfile.TemporaryDirectory() as name, servers.redis_server(Path(name)) as redis_url:
        folder = Path(name)
        with application(folder, redis_url, http_replay=str(SHARED)) as (_, session, sweeper):
            add_boards(session, SHARED / "BOARDS.tsv")
            asked = first_requests(session)
            session.rollback()
            measured = ours(session, sweeper)
            bare = Bare(asked, ReplayAdapter(SHARED)).measure(folder, measured.rows, measured.texts)
    with (SHARED / "BOARDS.tsv").open(encoding="utf-8") as file:
        expected = sum(int(row["listings"]) for row in csv.DictReader(file, delimiter="\t"))
    table.row("boards, listings", f"{len(asked)}, {measured.listings}", f"expected {expected}")
    compare(table, measured, bare, limits)
    return table


def simulated(limits: tuple[float, float], port: int) -> Table:
    table = Table(f"Ingest of {SIMULATED_BOARDS} simulated boards of {SIMULATED_LISTINGS} listings")
    with (
        tempfile.TemporaryDirectory() as name,
        servers.redis_server(Path(name)) as redis_url,
        servers.simulator(port, SIMULATED_BOARDS, SIMULATED_LISTINGS, Path(name) / "boards.tsv") as url,
        application(Path(name), redis_url, simulator_url=url) as (_, session, sweeper),
    ):
        add_boards(session, Path(name) / "boards.tsv")
        asked = first_requests(session, prefix=f"{url}/")
        session.rollback()
        measured = ours(session, sweeper)
        bare = Bare(asked).measure(Path(name), measured.rows, measured.texts)
    table.row("boards, listings", f"{len(asked)}, {measured.listings}")
    compare(table, measured, bare, limits)
    return table
