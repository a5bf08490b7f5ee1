"""Searching 10,000, 100,000 and a million listings. `BENCH_LISTINGS=10000,100000` chooses other numbers."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from tests.benchmarks import listings_real, search_speed, search_wait, search_web, servers
from tests.benchmarks.search_host import NoRoom, host
from tests.benchmarks.table import Table

SIZES = os.environ.get("BENCH_LISTINGS", "10000,100000,1000000")


def at_every_size(port: int) -> list[Table]:
    if not listings_real.are_here():
        return [_skipped(listings_real.ABSENT)]
    return [table for size in SIZES.split(",") for table in _at(int(size), port)]


def _at(count: int, port: int) -> list[Table]:
    begun = time.perf_counter()
    try:
        with (
            tempfile.TemporaryDirectory() as name,
            servers.redis_server(Path(name)) as redis_url,
            host(Path(name), count, redis_url) as one,
        ):
            tables = [
                search_speed.building(one),
                search_speed.layers(one),
                search_wait.while_indexing(one, limit=50),
                search_web.over_http(one, port),
            ]
            size = sum(file.stat().st_size for file in Path(name).rglob("*") if file.is_file()) / 1e9
            tables[-1].row(
                "all of this took", f"{time.perf_counter() - begun:.0f} s", f"{size:.1f} GB of disk"
            )
            return tables
    except NoRoom as error:
        return [_skipped(f"skipped: {error}")]


def _skipped(why: str) -> Table:
    table = Table("Searching made-up listings")
    table.row(why, "")
    return table
