"""The whole system as one command starts it, with the simulator for the world outside."""

from __future__ import annotations

import email
import email.policy
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

import psutil
import requests

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
START_SECONDS = 300


@dataclass
class System:
    """A running demo: its page, its simulator, its mailbox and its processes."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def simulator(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def target_port(self) -> int:
        """Of the one private target that channels may reach: a test listens there."""
        return self.port + 2

    @property
    def password(self) -> str:
        return (self.folder / "demo-password").read_text().strip()

    def get(self, path: str, **query: object) -> dict:
        answer = requests.get(f"{self.url}{path}", params=query, timeout=10)
        answer.raise_for_status()
        return answer.json()

    def boards(self) -> list[dict]:
        return requests.get(f"{self.simulator}/_control/boards", timeout=10).json()

    def publish(self, slug: str, title: str) -> str:
        """A new opening on a simulated board; its external id."""
        posting = {"title": title, "description": "<p>We look for you.</p>", "location": "Berlin, Germany"}
        answer = requests.post(f"{self.simulator}/_control/boards/{slug}/listings", json=posting, timeout=10)
        answer.raise_for_status()
        return answer.json()["external_id"]

    def change(self, slug: str, external_id: str, **fields: object) -> None:
        url = f"{self.simulator}/_control/boards/{slug}/listings/{external_id}"
        requests.patch(url, json=fields, timeout=10).raise_for_status()

    def withdraw(self, slug: str, external_id: str) -> None:
        url = f"{self.simulator}/_control/boards/{slug}/listings/{external_id}"
        requests.delete(url, timeout=10).raise_for_status()

    def mails(self) -> list[EmailMessage]:
        files = sorted((self.folder / "mail" / "new").iterdir(), key=lambda path: path.stat().st_mtime)
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files]

    def mails_with(self, words: str) -> list[EmailMessage]:
        return [mail for mail in self.mails() if words in text_of(mail)]

    def supervised(self) -> dict[int, psutil.Process]:
        """What the supervisor started itself."""
        return {child.pid: child for child in psutil.Process(self.process.pid).children()}


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return body.get_content() if body is not None else ""


def until(look: Callable[[], T], seconds: float = 40, what: str = "it") -> T:
    """The first true answer of `look`, which may fail meanwhile."""
    end = time.monotonic() + seconds
    seen: object = None
    while time.monotonic() < end:
        with suppress(requests.RequestException, OSError, psutil.Error):
            seen = look()
            if seen:
                return seen
        time.sleep(0.25)
    raise AssertionError(f"{what} did not happen within {seconds:.0f} s; last seen: {seen!r}")


def free_ports(*offsets: int) -> int:
    """A port that is free, as are those at the offsets from it; test processes side by side begin apart."""
    first = 20_000 + os.getpid() % 250 * 40
    for port in range(first, first + 400, 40):
        with suppress(OSError):
            for offset in (0, *offsets):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port + offset))
            return port
    raise RuntimeError(f"no free ports from {first} on")


@contextmanager
def demo(folder: Path) -> Iterator[System]:
    """`make demo`, without what make installs and builds."""
    port = free_ports(1, 2, 25)
    own = {"PORT": str(port), "VAR_DIR": str(folder), "CHANNEL_TARGETS": f"127.0.0.1:{port + 2}"}
    command = [str(Path(sys.executable).with_name("jobtracker")), "up", "--demo"]
    with (folder.parent / "demo.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | own, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    system = System(process, port, folder)
    try:
        until(lambda: requests.get(f"{system.url}/readyz", timeout=2).ok, START_SECONDS, "the start")
        assert process.poll() is None, "the port is somebody else's"
        yield system
    finally:
        children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.send_signal(signal.SIGINT)
        process.wait(40)
        left = [child for child in children if child.is_running() and child.status() != "zombie"]
        for child in left:
            child.kill()
        assert not left, f"Ctrl-C left these running: {left}"
