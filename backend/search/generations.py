"""Where an index lies: one folder a generation, and the file `current` that names the one in use.

A rebuild fills a new folder beside and then replaces `current`, so a search always finds a whole index.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from backend.search.schema import VERSION, IndexUnusable

Signature = tuple[int, int, int]


class AlreadyHeld(Exception):
    """Another process does this already."""


def current_file(directory: Path) -> Path:
    return directory / "current"


def current_generation(directory: Path) -> Path:
    """The folder in use. Raises IndexUnusable where there is none of this version."""
    try:
        named = json.loads(current_file(directory).read_text())
        name, version = str(named["generation"]), str(named["version"])
    except FileNotFoundError:
        raise IndexUnusable(f"no search index in {directory} yet") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexUnusable(f"{current_file(directory)} cannot be read: {error}") from None
    if version != VERSION:
        raise IndexUnusable(f"the search index is of version {version}, not {VERSION}")
    folder = directory / Path(name).name
    if not (folder / "meta.json").is_file():
        raise IndexUnusable(f"the search index {folder} is gone")
    return folder


def new_generation(directory: Path) -> Path:
    folder = directory / f"{time.time_ns():x}-{os.getpid()}"
    folder.mkdir(parents=True)
    return folder


def make_current(directory: Path, folder: Path) -> None:
    """From here on searches look into `folder`; what else lies there is removed."""
    write_whole(current_file(directory), json.dumps({"generation": folder.name, "version": VERSION}))
    remove_others(directory, folder)


def remove_others(directory: Path, kept: Path | None) -> None:
    for other in directory.iterdir():
        if other.is_dir() and other != kept:
            shutil.rmtree(other, ignore_errors=True)


def read_position(folder: Path) -> datetime | None:
    """Up to which `changed_at` the index follows the database; None if that is not known."""
    try:
        return datetime.fromisoformat((folder / "position").read_text())
    except (OSError, ValueError):
        return None


def write_position(folder: Path, position: datetime) -> None:
    write_whole(folder / "position", position.isoformat())


def write_whole(path: Path, text: str) -> None:
    """Write so that a crash leaves the old file or the new one, never half of it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with beside.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def signature(path: Path) -> Signature | None:
    """Differs after the file was replaced; None if it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


@contextmanager
def held(path: Path, wait: bool = False) -> Iterator[None]:
    """Hold a lock that ends with the process, however that ends. Raises AlreadyHeld unless it may wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise AlreadyHeld(f"{path} is held by another process") from None
        yield
