"""Our processes around one database, and what users would do in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.models import Board, Cadence, Crawl, Finding, User, begin_write, db
from backend.services import boards, fan_out, trackers
from backend.settings import Settings
from backend.sources import registry
from tests.faults.databases import Database
from tests.faults.oracle import Oracle, Verdict, Watch
from tests.faults.processes import Process, environment, python, redis
from tests.faults.searches import Search

READY_SECONDS = 120
CLAIM_SECONDS = 5
LATE = 8  # one board in so many is watched later, while trackers wait for what it brings


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of everything. `seconds`: events and faults are spread over them; `interval`: between crawls.

    `failures` are those of the database; `gather` is how long a mail waits for more (one of over a hundred
    listings does not show them all, and the oracle could not read it); `patience` is how long what is missing
    in the end is waited for; `rematches`: so often is everything matched again then.
    """

    trackers: int
    events: int
    kills: int
    flushes: int
    failures: int
    seconds: float
    boards: int
    trackers_a_user: int = 3
    interval: int = 2
    gather: int = 1
    patience: float = 120
    rematches: int = 0


class System:
    """Our processes around one database, and what a user would do in it."""

    def __init__(self, scale: Scale, database: Database, folder: Path, port: int, unguarded: bool) -> None:
        self.scale, self.folder = scale, folder
        self.socket, self.mails = folder / "redis.sock", folder / "mails.jsonl"
        self.simulator = f"http://127.0.0.1:{port}"
        self.settings = Settings(
            _env_file=None,
            app_env="testing",
            secret_key="a secret that only tests know, 0123456789",
            var_dir=folder,
            database_url=database.url,
            redis_url=f"unix://{self.socket}",
            catalogue="",
        )
        self.app = create_app(self.settings)
        self.processes = self._processes(port, unguarded)
        self.unwatched: list[dict[str, str]] = []

    def _processes(self, port: int, unguarded: bool) -> Mapping[str, Process]:
        commands = {
            "redis": redis(self.folder, self.socket),
            "mail": python("tests.faults.sink", port + 1, self.mails),
            "simulator": python("tests.career_sites", "--port", port, *simulated(self.scale)),
            "scheduler": python("workers.scheduler"),
            "crawl": python("workers.worker", "crawl", "--processes", 2),
            "tell": python(
                "tests.faults.unguarded" if unguarded else "workers.worker",
                "match", "mail", "periodic", "--processes", 2,
            ),
        }  # fmt: skip
        settings = environment(self.folder, **self._environment(port + 1))
        return {name: Process(name, command, self.folder, settings) for name, command in commands.items()}

    def _environment(self, mail_port: int) -> dict[str, object]:
        scale, given = self.scale, self.settings
        return {
            "APP_ENV": "testing",
            "SECRET_KEY": given.secret_key.get_secret_value(),
            "VAR_DIR": self.folder,
            "DATABASE_URL": given.database_url,
            "REDIS_URL": given.redis_url,
            "SIMULATOR_URL": self.simulator,
            "MAIL_PORT": mail_port,
            "LOG_LEVEL": "WARNING",
            "HOST_PACE": 0,
            **dict.fromkeys(("CRAWL_INTERVAL", "CRAWL_INTERVAL_MIN", "CRAWL_INTERVAL_MAX"), scale.interval),
            "CRAWL_JOB_SECONDS": 5,
            "BOARD_DEADLINE": 10,
            "LEASE_SECONDS": max(5, scale.interval),
            **dict.fromkeys(("TICK_SECONDS", "MATCH_SECONDS", "NOTIFY_SECONDS", "MAIL_RETRY_SECONDS"), 1),
            "INSTANT_MAIL_SECONDS": scale.gather,
            "MAIL_CLAIM_SECONDS": CLAIM_SECONDS,
            "COUNT_SECONDS": 60,
            "HOUSEKEEPING_SECONDS": 20,
        }

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Ours, closed again before anything fails."""
        with self.app.app_context():
            try:
                yield db.session()
            finally:
                db.session.remove()
                db.engine.dispose()

    def make_tables(self) -> None:
        with self.session():
            db.metadata.create_all(db.engine)

    def board_slugs(self) -> list[str]:
        """All that the simulator shows. Some are not watched yet: `unwatched`."""
        wait_until(self._simulator_answers, READY_SECONDS, "the simulator answers")
        rows = requests.get(f"{self.simulator}/_control/boards", timeout=60).json()
        self.unwatched = rows
        return [row["slug"] for row in rows]

    def _simulator_answers(self) -> bool:
        with suppress(requests.ConnectionError):
            return requests.get(f"{self.simulator}/_control/health", timeout=10).ok
        return False

    def watch_boards(self) -> None:
        """Add all boards but a few, and wait for their first crawl, whose listings nobody is told of."""
        wait_until(self._redis_answers, READY_SECONDS, "Redis answers")
        while len(self.unwatched) > self.scale.boards // LATE:
            self.watch_another()
        with self.session() as session:
            unread = select(func.count()).select_from(Board).where(Board.baseline_at.is_(None))
            wait_until(lambda: fresh(session, unread) == 0, READY_SECONDS, "every board was crawled")

    def watch_another(self) -> None:
        """While the database is away it cannot be; the next try comes."""
        row = self.unwatched[-1]
        with suppress(SQLAlchemyError), self.session() as session:
            source = registry.source(row["source"])
            with suppress(boards.BoardExists):  # it went away after the commit
                boards.watch(session, source, row["token"], row["company"], datetime.now(UTC))
            self.unwatched.pop()

    def _redis_answers(self) -> bool:
        with suppress(RedisError):
            return bool(Redis(unix_socket_path=str(self.socket)).ping())
        return False

    def track(self, searches: Sequence[Search]) -> list[Watch]:
        """Users with a few instant trackers each."""
        watches, user_id, email = [], 0, ""
        with self.session() as session:
            for number, search in enumerate(searches):
                now = datetime.now(UTC)
                if number % self.scale.trackers_a_user == 0:
                    email = f"user{number}@example.org"
                    user_id = add_user(session, email, now)
                wish = trackers.Wish(search.query, Cadence.INSTANT, name=f"tracker {number}")
                trackers.create(session, user_id, wish, now)
                watches.append(Watch(wish.name, email, search))
        time.sleep(1.1)  # some sources give the date of a listing in whole seconds
        return watches

    def settle(self, oracle: Oracle, quiet: float, done: Callable[[Verdict], bool]) -> Verdict:
        """Nothing fails any more: wait until all is done and no mail has come for `quiet` seconds.

        That is longer than the claim of a dead worker lasts. There is an end to patience.
        """
        begun = since = time.monotonic()
        verdict = oracle.verdict()
        while time.monotonic() - begun < self.scale.patience:
            for process in self.processes.values():
                process.look()
            before, verdict = verdict.messages, oracle.verdict()
            if verdict.messages != before:
                since = time.monotonic()
            if time.monotonic() - since > quiet and done(verdict):
                break
            time.sleep(0.5)
        return verdict

    def match_again(self) -> None:
        """As if no crawl had ever met a tracker; wait until all have again."""
        with self.session() as session:
            begin_write(session)
            session.execute(update(Crawl).values(matched_at=None))
            session.execute(update(Finding).values(fanned_at=None, stage=fan_out.FRESH, fanned_to=0))
            session.commit()
            for column in (Crawl.matched_at, Finding.fanned_at):
                left = select(func.count()).where(column.is_(None))
                wait_until(lambda left=left: fresh(session, left) == 0, self.scale.patience, "all is matched")


def simulated(scale: Scale) -> tuple[object, ...]:
    return "--companies", scale.boards, "--listings", 1, "--spread", 0, "--events-per-minute", 0


def add_user(session: Session, email: str, now: datetime) -> int:
    begin_write(session)
    user = User(email=email, password_hash="x", session_salt="x", created_at=now, confirmed_at=now)
    user.time_zone = "UTC"
    session.add(user)
    session.commit()
    return user.id


def fresh(session: Session, count: Select[tuple[int]]) -> int:
    session.rollback()
    return session.scalar(count) or 0


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(SQLAlchemyError):
            if condition():
                return
        time.sleep(0.2)
    raise TimeoutError(f"within {seconds:.0f} s it was not so that {what}")
