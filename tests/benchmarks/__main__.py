"""`make bench`: each figure a ratio against a baseline in the same run on the same machine."""

from __future__ import annotations

import os
import platform
import sys

from tests.benchmarks import ingest, memory, mutations, relevance
from tests.benchmarks.table import Table

PORT = int(os.environ.get("BENCH_PORT", "9700"))


def main() -> int:
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    tables: list[Table] = [
        ingest.replayed(limits=(6, 1.5)),
        ingest.simulated(limits=(6, 1.5), port=PORT),
        mutations.every_source(),
        relevance.ndcg(),
        memory.processes(port=PORT + 1, worker_limit=180, web_limit=200),
    ]
    failed = [line for table in tables for line in table.failed]
    print("\n" + ("\n".join(failed) if failed else "all limits hold"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
