"""`make bench`: each figure a ratio against a baseline in the same run on the same machine.

`python -m tests.benchmarks NAME ...` prints the tables of these names only. `search` takes over an hour and
up to 30 GB of disk, nearly all for a million listings: `BENCH_LISTINGS=10000,100000` leaves those out.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable, Iterable

from tests.benchmarks import (
    crawlers,
    fan_out,
    faults,
    feed,
    ingest,
    latency,
    mail,
    matching,
    memory,
    mutations,
    relevance,
    search,
    sweeps,
)
from tests.benchmarks.table import Table

PORT = int(os.environ.get("BENCH_PORT", "9700"))
BENCHMARKS: dict[str, Callable[[], Table | Iterable[Table]]] = {
    "replayed": lambda: ingest.replayed(limits=(6, 1.5)),
    "simulated": lambda: ingest.simulated(limits=(6, 1.5), port=PORT),
    "mutations": mutations.every_source,
    "memory": lambda: memory.processes(port=PORT + 1, worker_limit=180, web_limit=200),
    "feed": lambda: feed.long_feed(port=PORT + 3, limit=150),
    "sweeps": lambda: sweeps.every_sweep(port=PORT + 4),
    "crawlers": lambda: crawlers.slow_sites(port=PORT + 5),
    "relevance": relevance.ndcg,
    "search": lambda: search.at_every_size(port=PORT + 8),
    "matching": matching.at_every_size,
    "fan_out": fan_out.on_both,
    "mail": lambda: mail.on_both(port=PORT + 12),
    "latency": lambda: latency.bursts(port=PORT + 13),
    "faults": lambda: faults.on_both(port=PORT + 15),
}


def main(names: list[str]) -> int:
    if unknown := set(names) - set(BENCHMARKS):
        print(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
        return 2
    load = os.getloadavg()[0]
    print(
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}, load {load:.1f}"
        + (": others use this machine, the figures say little" if load > 1 else "")
    )
    failed: list[str] = []
    for name in names or BENCHMARKS:
        made = BENCHMARKS[name]()
        failed += [line for table in ([made] if isinstance(made, Table) else made) for line in table.failed]
    print("\n" + ("\n".join(failed) if failed else "all limits hold"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
