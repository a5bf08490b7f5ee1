"""The simulator put together: world, clock, sites, control and server; in a thread for tests."""

from __future__ import annotations

import asyncio
import csv
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.career_sites.answer import Answer
from tests.career_sites.clock import Clock
from tests.career_sites.control import Control, board_row
from tests.career_sites.faults import HTML
from tests.career_sites.journal import Journal
from tests.career_sites.server import Server
from tests.career_sites.site import Sites
from tests.career_sites.sites import page
from tests.career_sites.world import SOURCES, World

CATALOGUE_COLUMNS = ("company", "source", "token", "url", "country", "sector")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to simulate. `events_per_minute` counts all boards together; `epoch` None is now."""

    companies: int = 48
    listings: float = 30
    spread: float = 0.35
    events_per_minute: float = 30.0
    seed: int = 1
    sources: Sequence[str] = SOURCES
    etag_share: float = 0.5
    delay_ms: float = 0.0
    epoch: datetime | None = None
    state: Path | None = None
    host: str = "127.0.0.1"
    port: int = 0


class Simulator:
    def __init__(self, plan: Plan) -> None:
        journal = Journal(plan.state)
        epoch = journal.begin(plan.epoch or datetime.now(UTC).replace(microsecond=0))
        self.world = World(
            plan.seed,
            plan.companies,
            plan.listings,
            plan.events_per_minute,
            plan.sources,
            plan.spread,
            epoch,
        )
        self.sites = Sites(self.world, Clock(epoch), plan.etag_share)
        self.control = Control(self.sites, journal)
        self.server = Server(self.handle, plan.host, plan.port, plan.delay_ms / 1000)

    @property
    def url(self) -> str:
        return f"http://{self.server.host}:{self.server.port}"

    def handle(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answer:
        """`/https://host/path` is the site's own address; `/_control/…` is ours."""
        if target.startswith("/_control/delay/"):
            self.server.delay = float(target.rpartition("/")[2]) / 1000
            return Answer(200, b"{}")
        if target.startswith("/_control/"):
            return self.control.answer(method, target, body)
        if target.startswith(("/http://", "/https://")):
            return self.sites.answer(method, target[1:], headers)
        hint = "<p>Ask for /https://boards-api.greenhouse.io/… or for /_control/boards.</p>"
        return Answer(200 if target == "/" else 404, page("Simulated careers sites", hint), HTML)

    def write_catalogue(self, path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(
                file, CATALOGUE_COLUMNS, delimiter="\t", extrasaction="ignore", lineterminator="\n"
            )
            writer.writeheader()
            writer.writerows(board_row(board) for board in self.world)


@contextmanager
def running(plan: Plan) -> Iterator[Simulator]:
    """A simulator on a free port, in a thread of this process, until the block ends."""
    simulator = Simulator(plan)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(simulator.server.start())
    thread = threading.Thread(target=loop.run_forever, name="career-sites", daemon=True)
    thread.start()
    try:
        yield simulator
    finally:
        asyncio.run_coroutine_threadsafe(simulator.server.stop(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
