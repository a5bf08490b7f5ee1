"""The peak memory of each process while workers ingest through the queue and the page is read."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import requests

from tests.benchmarks import servers
from tests.benchmarks.table import Table

BOARDS, LISTINGS = 500, 40
WEB_REQUESTS = 400


def processes(port: int, worker_limit: float, web_limit: float) -> Table:
    table = Table(f"Peak memory (PSS) while {BOARDS} boards of {LISTINGS} listings are crawled")
    with (
        tempfile.TemporaryDirectory() as name,
        servers.redis_server(Path(name)) as redis_url,
        servers.simulator(port, BOARDS, LISTINGS, Path(name) / "boards.tsv") as url,
    ):
        folder = Path(name)
        environment = servers.environment(folder, redis_url, SIMULATOR_URL=url, PORT=str(port + 1))
        jobtracker(environment, "db", "upgrade")
        jobtracker(environment, "boards", "import", str(folder / "boards.tsv"))
        with (
            running(environment, "-m", "workers.worker", "crawl") as crawler,
            running(environment, "-m", "workers.worker", "match", "mail", "periodic") as teller,
            running(environment, "-m", "workers.scheduler") as scheduler,
            running(environment, "-m", "workers.indexer") as indexer,
            running(environment, *gunicorn(port + 1)) as web,
            servers.PeakMemory("crawl worker", crawler.pid) as crawl_memory,
            servers.PeakMemory("tell worker", teller.pid) as tell_memory,
            servers.PeakMemory("scheduler", scheduler.pid) as scheduler_memory,
            servers.PeakMemory("indexer", indexer.pid) as index_memory,
            servers.PeakMemory("web", web.pid) as web_memory,
        ):
            address = f"http://127.0.0.1:{port + 1}"
            servers.wait_until(lambda: requests.get(f"{address}/healthz", timeout=2).ok)
            jobtracker(environment, "boards", "crawl", "--all", "--wait")
            read_pages(address)
    for watched in (crawl_memory, tell_memory, scheduler_memory, index_memory, web_memory):
        sum_of = f"{watched.peak_sum:.0f} MB in {len(watched.each)} processes over time"
        table.row(f"{watched.label}, largest process", f"{watched.largest:.0f} MB", f"at once {sum_of}")
    table.check("crawl worker, largest process", crawl_memory.largest, worker_limit, "MB")
    table.check("web, largest process", web_memory.largest, web_limit, "MB")
    return table


def jobtracker(environment: dict[str, str], *words: str) -> None:
    command = [str(Path(sys.executable).with_name("jobtracker")), *words]
    done = subprocess.run(command, env=environment, cwd=servers.ROOT, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.decode()[-500:]}")


def running(environment: dict[str, str], *words: str):
    return servers.ended(subprocess.Popen([sys.executable, *words], env=environment, cwd=servers.ROOT))


def gunicorn(port: int) -> list[str]:
    return [
        "-m",
        "gunicorn",
        "--config",
        "python:backend.serving",
        "--no-control-socket",
        "-k",
        "gthread",
        "--workers",
        "2",
        "--threads",
        "8",
        "-b",
        f"127.0.0.1:{port}",
        "backend.web:create_web_app()",
    ]


def read_pages(address: str) -> None:
    """Searches, listings and companies, from eight clients at once."""
    words = (
        "engineer",
        "designer -senior",
        "title:manager",
        '"machine learning"',
        "remote",
        "sales OR marketing",
    )
    urls = [f"{address}/api/listings?q={words[n % len(words)]}&limit=50" for n in range(WEB_REQUESTS)]
    urls += [f"{address}/api/companies", f"{address}/api/stats", f"{address}/api/sources", f"{address}/"]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda url: requests.get(url, timeout=30), urls))
