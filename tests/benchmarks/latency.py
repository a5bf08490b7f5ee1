"""From "visible on the board" to "accepted by SMTP", while very many listings come at once.

The real processes: Redis, the scheduler, two workers, a simulator of careers sites, and an SMTP server that
writes down when it accepts what. The interval between crawls is left out: the boards are crawled as soon as
all the listings stand on them. `BENCH_BURSTS=1000` is a short form.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, product
from pathlib import Path
from statistics import quantiles

import requests
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.domain.query import parse
from backend.models import (
    Board,
    Listing,
    Match,
    Notification,
    SavedQuery,
    Tracker,
    User,
    begin_write,
    db,
)
from backend.services import boards, filing, key_counts
from backend.settings import Settings
from backend.sources import registry
from tests.benchmarks import servers
from tests.benchmarks.memory import jobtracker, running
from tests.benchmarks.sink import accepted, smtp_sink
from tests.benchmarks.table import Table

BURSTS = [int(size) for size in os.environ.get("BENCH_BURSTS", "10000,55000").split(",")]
BOARDS, STOCK = 250, 40  # and how many listings stand on each before
TRACKERS = 10_000  # of a user each
FORMS = ("{}", "engineer {}", "title:{}", '"engineer {}"', "{} -internship")
LONGEST = 900  # seconds
LIMIT = 60
LETTERS = "bkmptvwxz"  # words of these are like no real ones, and no two are forms of one word
QUEUES = ("crawl", "match", "mail", "periodic")
MESSAGE_ID = re.compile(rb"^Message-ID: (\S+)", re.MULTILINE)
DAY = str(24 * 3600)
NEVER_AGAIN = {"CRAWL_INTERVAL": DAY, "CRAWL_INTERVAL_MIN": DAY, "CRAWL_INTERVAL_MAX": DAY}


def bursts(port: int) -> Iterator[Table]:
    for size in BURSTS:
        table = Table(
            f"Alert latency: {size:,} listings at once on {BOARDS} boards, {TRACKERS:,} instant trackers"
        )
        with system(port, "") as here:
            begun = here.burst(size)
            report(table, here, begun, limit=LIMIT if size <= BURSTS[0] else None)
        yield table


@dataclass(frozen=True, slots=True)
class System:
    """What runs, seen through the database, the simulator and the mails that came."""

    session: Session
    simulator: str
    mails: Path

    def burst(self, size: int) -> datetime:
        """Publish listings that five trackers each look for. Returns when all stood on their boards."""
        slugs = [row["slug"] for row in self.control().json()]
        control = requests.Session()
        for number, word in zip(range(size), cycle_of(words()), strict=False):
            posting = {"title": f"Engineer {word}, team {number}"}
            url = f"{self.simulator}/_control/boards/{slugs[number % len(slugs)]}/listings"
            control.post(url, json=posting, timeout=60).raise_for_status()
        self.make_answers(control)
        begun = datetime.now(UTC)
        boards.crawl_all_now(self.session, begun)
        self.wait_for(size * len(FORMS))
        return begun

    def control(self) -> requests.Response:
        return requests.get(f"{self.simulator}/_control/boards", timeout=60)

    def make_answers(self, control: requests.Session) -> None:
        """The simulator keeps an answer once it is made."""
        for source, token in self.session.execute(select(Board.source, Board.token)):
            request = registry.source(source).first_request(token)
            control.get(f"{self.simulator}/{request.url}", timeout=60).raise_for_status()
        self.session.rollback()

    def wait_for(self, count: int) -> None:
        """Until so many matches are told."""
        told = select(func.count()).select_from(Match).where(Match.told_at.is_not(None))
        end = time.monotonic() + LONGEST
        while (now := self.session.scalar(told) or 0) < count:
            self.session.rollback()
            if time.monotonic() > end:
                raise TimeoutError(f"{now:,} of {count:,} matches were told within {LONGEST} s")
            time.sleep(1)
        self.session.rollback()

    def furnish(self) -> None:
        """Users with a tracker each, whose queries are filed as the worker would."""
        now = datetime.now(UTC)
        numbers = range(1, TRACKERS + 1)
        queries = islice((form.format(word) for word in words() for form in FORMS), TRACKERS)
        person = {"password_hash": "x", "session_salt": "x", "time_zone": "UTC", "is_admin": False}
        person |= {"created_at": now, "confirmed_at": now}
        followed = {"text": "", "cadence": "instant", "expires_at": now + timedelta(30)}
        followed |= {"created_at": now, "active_since": now}
        rows = {
            User: [person | {"id": one, "email": f"user{one}@example.org"} for one in numbers],
            SavedQuery: [
                {"id": one, "canonical": parse(text).canonical, "created_at": now}
                for one, text in zip(numbers, queries, strict=True)
            ],
            Tracker: [
                followed | {"id": one, "user_id": one, "query_id": one, "name": str(one), "token": str(one)}
                for one in numbers
            ],
        }
        begin_write(self.session)
        for model, some in rows.items():
            self.session.execute(insert(model), some)
        self.session.commit()
        key_counts.keep_filing(self.session, now)
        filing.file_unfiled(self.session, now)


def words() -> Iterator[str]:
    """Enough for the trackers, each for all the forms."""
    return islice(("zq" + "".join(each) for each in product(LETTERS, repeat=4)), TRACKERS // len(FORMS))


def cycle_of(items: Iterator[str]) -> Iterator[str]:
    kept = list(items)
    while True:
        yield from kept


@contextmanager
def system(port: int, database: str) -> Iterator[System]:
    """All of it, with the stock of the boards read and the trackers made, and nothing to do."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        redis_url = stack.enter_context(servers.redis_server(folder))
        url = stack.enter_context(servers.simulator(port, BOARDS, STOCK, folder / "boards.tsv"))
        stack.enter_context(smtp_sink(port + 1, folder / "accepted"))
        ours = NEVER_AGAIN | {"SIMULATOR_URL": url, "MAIL_PORT": str(port + 1), "DATABASE_URL": database}
        environment = servers.environment(folder, redis_url, **ours)
        jobtracker(environment, "db", "upgrade")
        jobtracker(environment, "boards", "import", str(folder / "boards.tsv"))
        stack.enter_context(running(environment, "-m", "workers.worker", *QUEUES, "--processes", "2"))
        stack.enter_context(running(environment, "-m", "workers.scheduler"))
        jobtracker(environment, "boards", "crawl", "--all", "--wait")
        settings = Settings(_env_file=None, var_dir=folder, redis_url=redis_url, database_url=database)
        with create_app(settings).app_context():
            here = System(db.session(), url, folder / "accepted")
            here.furnish()
            yield here
            db.session.remove()
            db.engine.dispose()


def report(table: Table, here: System, begun: datetime, limit: float | None) -> None:
    arrived = {found[1].decode(): one.at for one in accepted(here.mails) if (found := id_in(one.content))}
    rows = here.session.execute(
        select(Match.tracker_id, Match.listing_id, Notification.message_id).join(
            Notification, Notification.id == Match.notification_id
        )
    ).all()
    waits = [arrived[message_id] - begun.timestamp() for _, _, message_id in rows]
    read = here.session.scalar(select(func.max(Listing.first_seen_at)))
    table.row("matches told, in mails", f"{len(rows):,}", f"{len(arrived):,} mails")
    if read is not None:
        table.row("the last listing was stored after", f"{(read - begun).total_seconds():.1f} s")
    table.row("the first mail was accepted after", f"{min(waits):.1f} s")
    table.row("the last mail was accepted after", f"{max(waits):.1f} s")
    table.row("p50", f"{percentile(waits, 50):.1f} s")
    if limit is None:
        table.row("p95", f"{percentile(waits, 95):.1f} s", "reported")
    else:
        table.check("p95", percentile(waits, 95), limit, "s")


def id_in(content: bytes) -> re.Match[bytes] | None:
    return MESSAGE_ID.search(content)


def percentile(values: Sequence[float], share: int) -> float:
    return quantiles(values, n=100, method="inclusive")[share - 1]
