"""A sweep: claim due boards, visit them side by side, store what they brought, until none is due."""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from tempfile import TemporaryFile

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from backend.domain.cadence import Rhythm
from backend.fetch import Fetcher
from backend.services import crawl_parts, crawls, known_listings, leases, reachability
from backend.services.assignments import Assignment, Visit
from backend.services.known_listings import Row
from backend.services.unchanged import Cadence
from backend.services.visits import Limits, visit
from backend.settings import Settings

log = logging.getLogger(__name__)

STORE_SECONDS = 0.5  # ended visits wait so long for others, to be stored with them
LONGEST_JOB = 240  # seconds after which a job takes no more boards, whatever it waits for
MOST_TOGETHER, MOST_LISTINGS = 256, 640  # but not more of them, nor of listings that are new or changed


class UnderWay:
    """The visits of a pool of threads that have not ended."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._begun: dict[Future[Visit], tuple[Assignment, float]] = {}
        self._ended: SimpleQueue[Future[Visit]] = SimpleQueue()

    def __len__(self) -> int:
        return len(self._begun)

    @property
    def assignments(self) -> Iterable[Assignment]:
        return (assignment for assignment, _ in self._begun.values())

    @property
    def age(self) -> float:
        """Seconds since the oldest of them was claimed."""
        began = next((began for _, began in self._begun.values()), math.inf)
        return time.monotonic() - began

    def begin(self, visit: Callable[[Assignment], Visit], assignments: Iterable[Assignment]) -> None:
        for assignment in assignments:
            future = self._pool.submit(visit, assignment)
            self._begun[future] = assignment, time.monotonic()
            future.add_done_callback(self._ended.put)

    def wait(self, until: float) -> list[Visit]:
        """Those that ended since the last call; at least one, unless `until` (time.monotonic) comes first."""
        found: list[Visit] = []
        with suppress(Empty):
            future = self._ended.get(timeout=max(0.0, until - time.monotonic()))
            while True:
                del self._begun[future]
                found.append(future.result())
                future = self._ended.get_nowait()
        return found


@dataclass(slots=True)
class Ended:
    """Visits that wait to be stored together."""

    visits: list[Visit] = field(default_factory=list)
    listings: int = 0

    def add(self, visits: Sequence[Visit]) -> None:
        self.visits += visits
        for one in visits:
            self.listings += sum(item.content is not None for item in (one.items or {}).values())

    @property
    def are_enough(self) -> bool:
        return self.listings >= MOST_LISTINGS or len(self.visits) >= MOST_TOGETHER


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Everything a sweep stands on.

    Threads read through connections of their own. `call_for_help` wakes another worker when there is more
    than one batch to do.
    """

    fetcher: Fetcher
    settings: Settings
    engine: Engine
    clock: Callable[[], datetime]
    random: random.Random
    call_for_help: Callable[[], None]

    @property
    def cadence(self) -> Cadence:
        return Cadence(
            rhythm=Rhythm(
                start=timedelta(seconds=self.settings.crawl_interval),
                shortest=timedelta(seconds=self.settings.crawl_interval_min),
                longest=timedelta(seconds=self.settings.crawl_interval_max),
            ),
            empty_after=timedelta(hours=self.settings.empty_board_hours),
        )

    @property
    def in_reserve(self) -> int:
        """Others are claimed once no more are under way: enough for all threads while visits are stored."""
        return self.settings.crawl_threads + self.settings.crawl_batch

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.settings.lease_seconds)

    def sweep(self, session: Session) -> bool:
        """Crawl what is due. True: nothing is due any more; False: the job's time is up first."""
        begun, more = time.monotonic(), True
        settings = self.settings
        crawl_parts.end_abandoned(session, self.clock())
        with ThreadPoolExecutor(settings.crawl_threads, thread_name_prefix="visit") as pool:
            under_way = UnderWay(pool)
            for ended in self.as_they_end(session, under_way):
                crawls.store(session, ended, self.cadence, self.clock(), self.random.random)
                while more and len(under_way) <= self.in_reserve and self.has_time(begun, under_way):
                    claimed = leases.claim_due(session, self.clock(), settings.crawl_batch, self.lease)
                    under_way.begin(self.visit, claimed)
                    more = len(claimed) == settings.crawl_batch
                    if more:
                        self.call_for_help()
        since = reachability.away_since(session, self.clock())
        if since is not None:
            log.warning("no careers site can be reached since %s: is there a network?", since.isoformat())
        return not more

    def has_time(self, begun: float, under_way: UnderWay) -> bool:
        """Whether the job takes more boards: also while it must wait for the end of a long feed."""
        passed = time.monotonic() - begun
        reads_feed = under_way.age > self.settings.board_deadline
        return passed < (LONGEST_JOB if reads_feed else self.settings.crawl_job_seconds)

    def as_they_end(self, session: Session, under_way: UnderWay) -> Iterator[list[Visit]]:
        """Groups of ended visits, empty ones in between so that new ones can begin.

        A group is stored after a moment, however many others go on, so that a slow board holds no other.
        Meanwhile the leases of all are kept.
        """
        renew_at = time.monotonic() + self.settings.lease_seconds / 3
        yield []
        ended, store_at = Ended(), math.inf
        while under_way:
            new = under_way.wait(min(store_at, renew_at))
            if new and not ended.visits:
                store_at = time.monotonic() + STORE_SECONDS
            ended.add(new)
            if ended.are_enough or not under_way or time.monotonic() >= store_at:
                yield ended.visits
                ended, store_at = Ended(), math.inf
            elif len(under_way) <= self.in_reserve:
                yield []
            if time.monotonic() >= renew_at:
                self.renew(session, [*under_way.assignments, *(one.assignment for one in ended.visits)])
                renew_at = time.monotonic() + self.settings.lease_seconds / 3

    def renew(self, session: Session, assignments: Sequence[Assignment]) -> None:
        ids, claims = [one.board_id for one in assignments], {one.lease for one in assignments}
        leases.extend(session, ids, list(claims), self.clock() + self.lease)

    def visit(self, assignment: Assignment) -> Visit:
        settings = self.settings
        limits = Limits(settings.board_deadline, settings.details_per_visit, settings.feed_deadline)
        source = assignment.source
        credentials = self.settings.credentials((*source.needs, *source.wants))
        with ExitStack() as stack:
            spool = stack.enter_context(TemporaryFile(dir=self.settings.var_dir)) if source.streams else None
            ended = visit(assignment, self.fetcher, credentials, self.load_known, limits, self.clock(), spool)
            if ended.long_list is not None:
                session = stack.enter_context(Session(self.engine))
                until = self.settings.feed_deadline
                crawl_parts.store(session, ended, ended.long_list, self.clock, until)
        return ended

    def load_known(self, board_id: int) -> dict[str, Row]:
        return known_listings.load_board(self.engine, board_id)
