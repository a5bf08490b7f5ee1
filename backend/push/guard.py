"""What code of others may not do while it sends for us: an audit hook (PEP 578) that refuses.

The second line of defence. The first is that Apprise's plugins find our own transport where they look for
`requests`; whatever they try beside that ends here.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

Judge = Callable[[str, int], str | None]
"""An IP address and a port -> why they are not to be connected to, or None."""

REFUSED = frozenset(
    {
        "ctypes.dlopen",
        "os.chmod",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.kill",
        "os.link",
        "os.mkdir",
        "os.posix_spawn",
        "os.remove",
        "os.rename",
        "os.spawn",
        "os.symlink",
        "os.system",
        "os.truncate",
        "pty.spawn",
        "shutil.rmtree",
        "socket.bind",
        "socket.sendmsg",
        "socket.sendto",
        "subprocess.Popen",
    }
)
OF_PYTHON = tuple({os.path.realpath(folder) + os.sep for folder in (sys.prefix, sys.base_prefix)})
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

judging: ContextVar[Judge | None] = ContextVar("judging", default=None)


class Forbidden(PermissionError):
    """Code of others tried what it may not."""


@contextmanager
def guarded(judge: Judge) -> Iterator[None]:
    """In this block, and in contexts copied from it, connections are judged and the rest is refused."""
    install()
    token = judging.set(judge)
    try:
        yield
    finally:
        judging.reset(token)


@lru_cache(maxsize=1)
def install() -> None:
    """Once a process: an audit hook cannot be taken away again."""
    sys.addaudithook(watch)


def watch(event: str, args: tuple[Any, ...]) -> None:
    judge = judging.get()
    if judge is None:
        return
    if event in REFUSED:
        raise Forbidden(f"{event} is refused while something is sent")
    if event == "socket.connect":
        check_connection(judge, args[1])
    elif event == "open":
        check_file(args[0], args[2])


def check_connection(judge: Judge, address: object) -> None:
    if not isinstance(address, tuple) or len(address) < 2:
        raise Forbidden("a connection that is none over IP is refused while something is sent")
    host, port = str(address[0]), int(address[1])
    if reason := judge(host, port):
        raise Forbidden(f"a connection to {host}, port {port}, is refused: {reason}")


def check_file(path: object, flags: object) -> None:
    """Python's own files may be read: modules load when first used. A number is an open file already."""
    if isinstance(path, int):
        return
    name = os.path.realpath(os.fsdecode(path)) if isinstance(path, str | bytes) else ""
    writes = isinstance(flags, int) and flags & WRITES
    if writes or not name.startswith(OF_PYTHON):
        raise Forbidden("a file is refused while something is sent")
