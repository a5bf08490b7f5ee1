"""Kills processes without a word, empties Redis, makes the database fail: at moments that a seed chooses."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random

import psutil
from redis import Redis
from redis.exceptions import RedisError

from tests.faults.databases import Database
from tests.faults.processes import Process

POOL, WORKER, JOB = 0, 1, 2
VICTIMS: dict[str, tuple[str, int]] = {
    "crawling job": ("crawl", JOB),
    "crawl worker": ("crawl", WORKER),
    "crawl pool": ("crawl", POOL),
    "telling job": ("tell", JOB),
    "tell worker": ("tell", WORKER),
    "tell pool": ("tell", POOL),
    "scheduler": ("scheduler", POOL),
    "Redis": ("redis", POOL),
    "mail server": ("mail", POOL),
}
SERVER_AT_MAIL = "mail server as it accepts a mail"
SENDER_AT_MAIL = "telling job as its mail is accepted"
DECK = (*VICTIMS, SERVER_AT_MAIL, SENDER_AT_MAIL, SENDER_AT_MAIL, "crawling job", "telling job")
FLUSH, DATABASE = "flush", "database"
LONGEST_PAUSE = 2.0  # seconds until what was killed is started again
JOB_SECONDS = 2.0  # to wait for a job to kill; most last for less than a second
MAIL_SECONDS = 3.0  # to wait for a mail


def schedule(
    dice: Random, seconds: float, kills: int, flushes: int, failures: int
) -> list[tuple[float, str]]:
    """(seconds from now, what) in order. Each kind of kill comes about equally often."""

    def deck() -> Iterator[str]:
        while True:
            yield from dice.sample(DECK, len(DECK))

    faults = [*islice(deck(), kills), *[FLUSH] * flushes, *[DATABASE] * failures]
    return sorted((dice.uniform(0.02, 0.98) * seconds, fault) for fault in faults)


@dataclass(slots=True)
class Killer:
    """`mails`: the file that the mail server writes. `done` counts what was done, by its name."""

    dice: Random
    processes: Mapping[str, Process]
    database: Database
    socket: Path
    mails: Path
    done: Counter[str] = field(default_factory=Counter)

    def do(self, fault: str) -> None:
        if fault == DATABASE:
            self.done[self.database.fault if self.database.fail(self.dice) else "nobody wrote"] += 1
        elif fault == FLUSH:
            self.flush()
        elif fault == SERVER_AT_MAIL:
            self.processes["mail"].send_signal(signal.SIGUSR1)
            self.done[fault] += 1
        elif fault == SENDER_AT_MAIL:
            self.kill_sender()
        else:
            self.kill(fault)

    def flush(self) -> None:
        with suppress(RedisError):
            Redis(unix_socket_path=str(self.socket)).flushall()
            self.done["flush of Redis"] += 1

    def kill_sender(self) -> None:
        """The server has the mail and holds back its answer; nobody is left to hear it."""
        before = self.size_of_mails()
        self.processes["mail"].send_signal(signal.SIGUSR2)
        waited(lambda: self.size_of_mails() > before, MAIL_SECONDS)
        for job in self.processes["tell"].below(JOB):
            self.end(job, SENDER_AT_MAIL)

    def size_of_mails(self) -> int:
        return self.mails.stat().st_size if self.mails.exists() else 0

    def kill(self, fault: str) -> None:
        """A job is one that goes on right now, at a random moment of its life; without one, its worker."""
        name, generation = VICTIMS[fault]
        process = self.processes[name]
        if generation == POOL:
            process.kill(self.dice.uniform(0, LONGEST_PAUSE))
            self.done[fault] += 1
            return
        if generation == JOB:
            waited(lambda: process.below(JOB), JOB_SECONDS)
            time.sleep(self.dice.uniform(0, 0.1))
            if any(self.end(job, fault) for job in process.below(JOB)[:1]):
                return
        for worker in process.below(WORKER)[:1]:
            self.end(worker, f"{name} worker")

    def end(self, victim: psutil.Process, fault: str) -> bool:
        with suppress(psutil.NoSuchProcess):
            victim.kill()
            self.done[fault] += 1
            return True
        return False


def waited(condition: Callable[[], object], seconds: float) -> None:
    """Wait until the condition holds, or the time is over."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
