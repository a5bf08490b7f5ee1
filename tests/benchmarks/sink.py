"""An SMTP server that accepts all, and keeps what came when: `python -m tests.benchmarks.sink PORT FILE`."""

from __future__ import annotations

import asyncio
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from aiosmtpd.smtp import SMTP

from tests.benchmarks import servers


class Accepted(NamedTuple):
    """A message as it came. `at` is in seconds since 1970."""

    at: float
    recipient: str
    content: bytes


class Keeper:
    """Appends each message to a file before it says yes."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    async def handle_EHLO(
        self, _server: Any, session: Any, _envelope: Any, name: str, replies: list[str]
    ) -> list[str]:
        """Takes commands together, as mail servers do."""
        session.host_name = name
        return [*replies[:-1], "250-PIPELINING", replies[-1]]

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        pickle.dump((time.time(), envelope.rcpt_tos[0], envelope.content), self.file)
        self.file.flush()
        return "250 OK"


async def serve(port: int, file: BinaryIO) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await loop.create_server(lambda: SMTP(Keeper(file), hostname="sink", loop=loop), "127.0.0.1", port)
    await stop.wait()


@contextmanager
def smtp_sink(port: int, file: Path) -> Iterator[None]:
    """Runs one, in a process of its own, until the block ends."""
    command = [sys.executable, "-m", "tests.benchmarks.sink", str(port), str(file)]
    with servers.ended(subprocess.Popen(command, cwd=servers.ROOT)):
        servers.wait_until(lambda: servers.listens(port))
        yield


def accepted(file: Path, after: int = 0) -> list[Accepted]:
    """What has come, without the first so many."""
    with file.open("rb") as stream:
        return list(_read(stream))[after:]


def _read(stream: BinaryIO) -> Iterator[Accepted]:
    with suppress(EOFError):
        while True:
            yield Accepted(*pickle.load(stream))


if __name__ == "__main__":
    with Path(sys.argv[2]).open("ab") as opened:
        asyncio.run(serve(int(sys.argv[1]), opened))
