"""A sweep: claim due boards, visit them side by side, store what they brought, until none is due."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from tempfile import TemporaryFile

from sqlalchemy.orm import Session

from backend.domain.cadence import Rhythm
from backend.fetch import Fetcher
from backend.services import crawl_parts, crawls, leases, reachability
from backend.services.unchanged import Cadence
from backend.services.visits import Assignment, Limits, Stored, Visit, visit
from backend.settings import Settings

log = logging.getLogger(__name__)

STORE_TOGETHER = (
    16  # visits that ended and wait to be stored: more would hold results back, fewer commit more
)


@dataclass(frozen=True, slots=True)
class Sweeper:
    """Everything a sweep stands on.

    `open_session` gives a new session: threads use one each, to read. `call_for_help` wakes another worker
    when there is more than one batch to do.
    """

    fetcher: Fetcher
    settings: Settings
    open_session: Callable[[], Session]
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
    def lease(self) -> timedelta:
        return timedelta(seconds=self.settings.lease_seconds)

    def sweep(self, session: Session) -> bool:
        """Crawl what is due. True: nothing is due any more; False: the job's time is up first."""
        until = time.monotonic() + self.settings.crawl_job_seconds
        settings, more = self.settings, True
        crawl_parts.end_abandoned(session, self.clock())
        with ThreadPoolExecutor(settings.crawl_threads, thread_name_prefix="visit") as pool:
            pending: dict[Future[Visit], Assignment] = {}
            for ended in self.as_they_end(session, pending):
                crawls.store(session, ended, self.cadence, self.clock(), self.random.random)
                while more and len(pending) <= settings.crawl_threads and time.monotonic() < until:
                    claimed = leases.claim_due(session, self.clock(), settings.crawl_batch, self.lease)
                    pending |= {pool.submit(self.visit, assignment): assignment for assignment in claimed}
                    more = len(claimed) == settings.crawl_batch
                    if more:
                        self.call_for_help()
        since = reachability.away_since(session, self.clock())
        if since is not None:
            log.warning("no careers site can be reached since %s: is there a network?", since.isoformat())
        return not more

    def as_they_end(
        self, session: Session, pending: dict[Future[Visit], Assignment]
    ) -> Iterator[list[Visit]]:
        """Groups of ended visits, the first one empty; meanwhile the leases of the others are kept.

        A group is stored as soon as it is there, so that a slow board holds no other.
        """
        pause = self.settings.lease_seconds / 3
        renew_at = time.monotonic() + pause
        yield []
        ended: list[Visit] = []
        while pending:
            done, _ = wait(pending, timeout=pause, return_when=FIRST_COMPLETED)
            for future in done:
                del pending[future]
                ended.append(future.result())
            if ended and (len(ended) >= STORE_TOGETHER or len(pending) <= self.settings.crawl_threads):
                yield ended
                ended = []
            if time.monotonic() >= renew_at:
                open_visits = [*pending.values(), *(one.assignment for one in ended)]
                leases.extend(
                    session,
                    [one.board_id for one in open_visits],
                    list({one.lease for one in open_visits}),
                    self.clock() + self.lease,
                )
                renew_at = time.monotonic() + pause

    def visit(self, assignment: Assignment) -> Visit:
        settings = self.settings
        limits = Limits(settings.board_deadline, settings.details_per_visit, settings.feed_deadline)
        source = assignment.source
        credentials = self.settings.credentials((*source.needs, *source.wants))
        with ExitStack() as stack:
            spool = stack.enter_context(TemporaryFile(dir=self.settings.var_dir)) if source.streams else None
            ended = visit(
                assignment, self.fetcher, credentials, self.load_stored, limits, self.clock(), spool
            )
            if ended.long_list is not None:
                session = stack.enter_context(self.open_session())
                until = self.settings.feed_deadline
                crawl_parts.store(session, ended, ended.long_list, self.clock, until)
        return ended

    def load_stored(self, board_id: int) -> dict[str, Stored]:
        with self.open_session() as session:
            return crawls.load_stored(session, board_id)
