"""One run: the whole system beside a simulator, trackers, events, faults, and what the oracle says of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.faults.databases import Database
from tests.faults.killer import Killer, schedule
from tests.faults.oracle import Oracle, Verdict
from tests.faults.processes import kept
from tests.faults.publisher import Publisher
from tests.faults.searches import some_search, themes
from tests.faults.system import CLAIM_SECONDS, Scale, System
from tests.faults.unguarded import without_uniqueness

TRACKERS_A_THEME = 3  # so that a listing is told to a few, and no user of more than a mail shows
LOOK_SECONDS = 0.05
BREATH_SECONDS = 10.0
AT_ONCE = 20  # events, before it is looked what has died


@dataclass(frozen=True, slots=True)
class Report:
    seed: int
    events: Counter[str]
    faults: Counter[str]
    verdict: Verdict
    late: int
    seconds: float

    def lines(self) -> Iterator[tuple[str, str]]:
        """Name and figure of each count."""
        yield "seed", str(self.seed)
        for name, count in self.events.most_common():
            yield f"listings {name}", f"{count:,}"
        for name, count in self.faults.most_common():
            yield f"killed: {name}", str(count)
        yield "mails accepted", f"{self.verdict.messages:,}"
        yield "of them repeated with the same Message-ID", f"{self.verdict.repeated:,}"
        yield "(tracker, role) to be told", f"{self.verdict.expected:,}"
        yield "told", f"{self.verdict.told:,}"
        yield "seconds", f"{self.seconds:.0f}"

    def wrongs(self) -> dict[str, int]:
        """What must not be, by name."""
        return {
            "missing": len(self.verdict.missing),
            "told in two messages": len(self.verdict.doubled),
            "told without a reason": len(self.verdict.wrong),
            "new mails after matching everything again": self.late,
        }

    def __str__(self) -> str:
        rows = [*self.lines(), *((name, str(count)) for name, count in self.wrongs().items())]
        return "\n".join(f"{name:<45} {figure}" for name, figure in rows)


def run(
    scale: Scale, database: Database, folder: Path, port: int, seed: int, *, unguarded: bool = False
) -> Report:
    """Everything lies in `folder`; `port` and the next one are taken. `unguarded`: see that module."""
    begun, dice = time.monotonic(), Random(seed)
    system = System(scale, database, folder.resolve(), port, unguarded)
    with without_uniqueness() if unguarded else nullcontext():
        system.make_tables()
    with kept(system.processes):
        every = themes(dice, max(4, scale.trackers // TRACKERS_A_THEME))
        publisher = Publisher(system.simulator, Random(dice.random()), every, system.board_slugs())
        publisher.stock()
        system.watch_boards()
        watches = system.track([some_search(dice, every) for _ in range(scale.trackers)])
        killer = Killer(Random(dice.random()), system.processes, database, system.socket, system.mails)
        faults = schedule(dice, scale.seconds, scale.kills, scale.flushes, scale.failures)
        happen(scale, system, publisher, killer, faults)
        oracle = Oracle(watches, publisher.published, system.mails)
        verdict = system.settle(oracle, CLAIM_SECONDS + scale.gather + 3, lambda found: not found.missing)
        for _ in range(scale.rematches):
            system.match_again()
        last = system.settle(oracle, scale.gather + 3, lambda found: True)
    late = last.different - verdict.different
    return Report(seed, publisher.counts, killer.done, last, late, time.monotonic() - begun)


def happen(
    scale: Scale, system: System, publisher: Publisher, killer: Killer, faults: list[tuple[float, str]]
) -> None:
    """Events and new boards evenly, faults at their moments; what dies comes back meanwhile.

    A fault waits a while for a mail since the last one, and events for the faults: also on a machine that
    is slow for what is asked of it the system is killed while it works, and not while it starts.
    """
    begun = quiet_since = time.monotonic()
    events, late, in_all, mails = 0, len(system.unwatched), len(faults), 0
    while events < scale.events or faults or system.unwatched:
        now = time.monotonic()
        share = min((now - begun) / scale.seconds, (in_all - len(faults) + 1) / (in_all + 1))
        told = killer.size_of_mails() > mails or now - quiet_since > BREATH_SECONDS
        if faults and faults[0][0] <= now - begun and told:
            killer.do(faults.pop(0)[1])
            quiet_since, mails = time.monotonic(), killer.size_of_mails()
        if system.unwatched and late - len(system.unwatched) < share * late:
            system.watch_another()
        for _ in range(min(round(share * scale.events) - events, AT_ONCE)):
            publisher.event()
            events += 1
        for process in killer.processes.values():
            process.look()
        time.sleep(LOOK_SECONDS)
