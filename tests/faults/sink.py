"""A mail server in a process of its own: `python -m tests.faults.sink PORT FILE`.

A message is on the disk before it is accepted, so that what was accepted is known also if the server is
killed. After SIGUSR1 it dies with the next message: written, and never answered. After SIGUSR2 it holds back
the answer to the next one for a moment, so that the sender can be killed before it hears it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

HOLD_SECONDS = 0.5


class Keep:
    """Appends each message to a file, as a line of JSON."""

    def __init__(self, file: Path) -> None:
        self.file = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        self.dies = self.holds = False
        size = os.fstat(self.file).st_size
        if size and os.pread(self.file, 1, size - 1) != b"\n":  # killed while it wrote
            os.write(self.file, b"\n")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = {"to": envelope.rcpt_tos, "message": envelope.content.decode("latin-1")}
        os.write(self.file, (json.dumps(message) + "\n").encode())
        os.fsync(self.file)
        if self.dies:
            os.kill(os.getpid(), signal.SIGKILL)
        if self.holds:
            self.holds = False
            await asyncio.sleep(HOLD_SECONDS)
        return "250 OK"

    def die(self) -> None:
        self.dies = True

    def hold(self) -> None:
        self.holds = True


async def serve(port: int, keep: Keep) -> None:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, keep.die)
    loop.add_signal_handler(signal.SIGUSR2, keep.hold)
    server = await loop.create_server(lambda: SMTP(keep, loop=loop), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Keep(Path(sys.argv[2]))))
