"""An XML feed of a gigabyte, made as it is sent, and the memory of a real worker that crawls it."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import requests
from lxml import etree

from tests.benchmarks import servers
from tests.benchmarks.memory import jobtracker, running
from tests.benchmarks.table import Table

MEGABYTES = float(os.environ.get("BENCH_FEED_MB", "1024"))
FEED = "https://feeds.example/jobs.xml"
COLUMNS = "status, seen, new, seconds, error"


def long_feed(port: int, limit: float) -> Table:
    table = Table(f"An XML feed of {MEGABYTES:g} MB")
    with tempfile.TemporaryDirectory() as name, servers.redis_server(Path(name)) as redis_url:
        folder, site = Path(name), f"http://127.0.0.1:{port}"
        environment = servers.environment(folder, redis_url, SIMULATOR_URL=site, FEED_DEADLINE="800")
        serving = [sys.executable, "-m", "tests.benchmarks.feed_site", str(port), str(MEGABYTES)]
        with servers.ended(subprocess.Popen(serving, cwd=servers.ROOT)):
            servers.wait_until(lambda: requests.head(site, timeout=2).status_code > 0)
            compare(table, folder, environment, f"{site}/{FEED}", limit)
    return table


def compare(table: Table, folder: Path, environment: dict[str, str], url: str, limit: float) -> None:
    hashed, parsed = hash_only(url), parse_only(url)
    table.row("bare download and hash", f"{hashed:.1f} s")
    table.row("bare download and lxml, nothing stored", f"{parsed:.1f} s", f"{parsed / MEGABYTES:.4f} s/MB")
    catalogue = folder / "boards.tsv"
    catalogue.write_text(f"company\tsource\ttoken\turl\nFeed\txml_feed\t{FEED}\t{FEED}\n")
    jobtracker(environment, "db", "upgrade")
    jobtracker(environment, "boards", "import", str(catalogue))
    with (
        running(environment, "-m", "workers.worker", "crawl") as worker,
        servers.PeakMemory("crawl worker", worker.pid) as memory,
    ):
        for name in ("first crawl", "second crawl, the same bytes"):
            status, seen, new, seconds, _ = next_crawl(folder, environment)
            table.row(name, f"{seconds:.1f} s", f"{status}, {seen:,} listings seen, {new:,} new")
            table.row("  peak memory (PSS) so far, all processes", f"{memory.peak_sum:.0f} MB")
    table.check("the worker's largest process", memory.largest, limit, "MB")


def hash_only(url: str) -> float:
    begun, digest = time.perf_counter(), hashlib.sha256()
    with requests.get(url, stream=True, timeout=60) as answer:
        for piece in answer.iter_content(65536):
            digest.update(piece)
    return time.perf_counter() - begun


def parse_only(url: str) -> float:
    begun = time.perf_counter()
    with requests.get(url, stream=True, timeout=60) as answer:
        for _, element in etree.iterparse(answer.raw, tag="job"):
            element.clear()
            del element.getparent()[0]
    return time.perf_counter() - begun


def next_crawl(folder: Path, environment: dict[str, str]) -> tuple:
    """The report of the visit that is due: the first since the import, later ones when they are asked for."""
    with sqlite3.connect(folder / "jobtracker.db") as database:
        known = database.execute("SELECT count(*) FROM crawls").fetchone()[0]
        if known:
            jobtracker(environment, "boards", "crawl", "--all")
        ended = f"SELECT {COLUMNS} FROM crawls WHERE id > {known} AND status != 'reading'"
        servers.wait_until(lambda: database.execute(ended).fetchone(), seconds=3000)
        found = database.execute(ended).fetchone()
    if found[-1]:
        raise AssertionError(f"the feed was not crawled: {found[-1]}")
    return found
