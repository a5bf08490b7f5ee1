"""A sweep: claim due boards, visit them side by side, store what they brought, until none is due."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend.fetch import Fetcher
from backend.models import Board
from backend.services import boards, crawls
from backend.services.crawls import Cadence
from backend.services.visits import Assignment, Limits, Visit, visit
from backend.settings import Settings
from backend.sources import registry

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
            interval=timedelta(seconds=self.settings.crawl_interval),
            empty_after=timedelta(hours=self.settings.empty_board_hours),
        )

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.settings.lease_seconds)

    def sweep(self, session: Session) -> bool:
        """Crawl what is due. True: nothing is due any more; False: the job's time is up first."""
        until = time.monotonic() + self.settings.crawl_job_seconds
        with ThreadPoolExecutor(self.settings.crawl_threads, thread_name_prefix="visit") as pool:
            while time.monotonic() < until:
                claimed = boards.claim_due(session, self.clock(), self.settings.crawl_batch, self.lease)
                if not claimed:
                    return True
                if len(claimed) == self.settings.crawl_batch:
                    self.call_for_help()
                self.crawl(session, pool, [assignment_of(board) for board in claimed])
        return False

    def crawl(self, session: Session, pool: ThreadPoolExecutor, assignments: Sequence[Assignment]) -> None:
        """Visit claimed boards and store each as it ends, so that a slow one holds no other."""
        pending = {pool.submit(self.visit, assignment): assignment for assignment in assignments}
        for ended in self.as_they_end(session, pending):
            crawls.store(session, ended, self.cadence, self.clock(), self.random.random())

    def as_they_end(
        self, session: Session, pending: dict[Future[Visit], Assignment]
    ) -> Iterator[list[Visit]]:
        """Groups of ended visits; meanwhile the leases of the others are kept."""
        renew_at = time.monotonic() + self.settings.lease_seconds / 3
        ended: list[Visit] = []
        while pending:
            done, _ = wait(pending, timeout=self.settings.lease_seconds / 3, return_when=FIRST_COMPLETED)
            for future in done:
                del pending[future]
                ended.append(future.result())
            if len(ended) >= STORE_TOGETHER or not pending:
                yield ended
                ended = []
            if pending and time.monotonic() >= renew_at:
                leases = [assignment.lease for assignment in pending.values()]
                leases += [one.assignment.lease for one in ended]
                boards.extend_leases(session, leases, self.clock(), self.lease)
                renew_at = time.monotonic() + self.settings.lease_seconds / 3

    def visit(self, assignment: Assignment) -> Visit:
        limits = Limits(self.settings.board_deadline, self.settings.details_per_visit)
        return visit(assignment, self.fetcher, self.load_stored, limits, self.clock())

    def load_stored(self, board_id: int) -> dict[str, crawls.Stored]:
        with self.open_session() as session:
            return crawls.load_stored(session, board_id)


def assignment_of(board: Board) -> Assignment:
    """The plain values of a claimed board."""
    if board.lease is None:
        raise ValueError(f"board {board.id} is not claimed")
    return Assignment(
        board_id=board.id,
        lease=board.lease,
        source=registry.source(board.source),
        token=board.token,
        validators=dict(board.validators or {}),
        fingerprint=board.fingerprint,
        parser_version=board.parser_version,
    )
