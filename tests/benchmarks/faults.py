"""The whole system while its processes are killed, on SQLite and on PostgreSQL; `tests/faults` says how.

20,000 listing events for 2,000 trackers in a quarter of an hour for each database. BENCH_TRACKERS,
BENCH_EVENTS, BENCH_KILLS and BENCH_SECONDS make it shorter (the other faults come in proportion), BENCH_SEED
another one.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks.table import Table
from tests.faults.databases import database
from tests.faults.run import run
from tests.faults.system import Scale

TRACKERS = int(os.environ.get("BENCH_TRACKERS", "2000"))
EVENTS = int(os.environ.get("BENCH_EVENTS", "20000"))
KILLS = int(os.environ.get("BENCH_KILLS", "100"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "900"))
SEED = int(os.environ.get("BENCH_SEED", "1"))
FAILURES = {"sqlite": 10, "postgresql": 3}  # of the database, for each hundred kills
FLUSHES = 5  # for each hundred kills


def on_both(port: int) -> Iterator[Table]:
    for kind in FAILURES:
        yield on(kind, port)


def on(kind: str, port: int) -> Table:
    scale = Scale(
        trackers=TRACKERS,
        events=EVENTS,
        kills=KILLS,
        flushes=-(-KILLS * FLUSHES // 100),
        failures=-(-KILLS * FAILURES[kind] // 100),
        seconds=SECONDS,
        boards=max(8, EVENTS // 200),
        trackers_a_user=2,
        interval=10,
        gather=30,
        patience=600,
        rematches=1,
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jobtracker-faults-")))
        chosen = stack.enter_context(database(kind, folder))
        table = Table(f"Truth under faults on {chosen.name}, {TRACKERS:,} trackers, {EVENTS:,} events")
        report = run(scale, chosen, folder, port, SEED)
    for name, figure in report.lines():
        table.row(name, figure)
    for name, count in report.wrongs().items():
        table.check(name, count, 0, "")
    return table
