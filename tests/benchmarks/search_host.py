"""A host with any number of made-up listings: a migrated database, its search index, and what others hold."""

from __future__ import annotations

import os
import pickle
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from backend.domain.matching import Document
from backend.models import Listing
from backend.models.base import prepare_engine
from backend.search import generations
from backend.search.reader import SearchIndex
from backend.services import documents, rebuilding
from tests.benchmarks import memory, servers
from tests.benchmarks.listings_made import made
from tests.benchmarks.listings_stored import Shelves
from tests.benchmarks.search_baselines import Engine as Other
from tests.benchmarks.search_tantivy import BareTantivy

BATCH = 500
BYTES = 30_000  # of disk a listing: the database, and five indexes of it
Stored = tuple[int, Document, bool]


class NoRoom(Exception):
    """The disk is too full for so many listings."""


@dataclass
class Host:
    """`rebuilt`, `bare_built`: seconds to index it all, ours from the database, bare from a file of texts."""

    folder: Path
    count: int
    engine: Engine
    environment: dict[str, str]
    stored_in: float = 0.0
    rebuilt: float = 0.0
    bare_built: float = 0.0
    bare: BareTantivy = field(init=False)

    @property
    def directory(self) -> Path:
        return self.folder / "search"

    def index(self) -> SearchIndex:
        """One that remembers nothing yet."""
        index = SearchIndex(self.directory)
        index.count()
        return index

    def seems_changed(self) -> None:
        """As after a commit: what was worked out before is asked anew."""
        os.utime(generations.current_generation(self.directory) / "meta.json")

    def documents(self) -> Iterator[list[Stored]]:
        """All listings as queries see them, what they say as text, in batches."""
        with Session(self.engine) as session:
            for low in range(1, self.count + 1, BATCH):
                rows = documents.rows().where(Listing.id >= low, Listing.id < low + BATCH)
                batch = [
                    (row.id, _as_text(documents.document_in(row)), row.closed_at is None)
                    for row in session.execute(rows)
                ]
                yield batch
                session.rollback()


@contextmanager
def host(folder: Path, count: int, redis_url: str) -> Iterator[Host]:
    """Raises NoRoom."""
    if shutil.disk_usage(folder).free < BYTES * count:
        raise NoRoom(f"{BYTES * count / 1e9:.0f} GB of disk are wanted for {count:,} listings")
    environment = servers.environment(folder, redis_url, TRUSTED_PROXIES="1")
    memory.jobtracker(environment, "db", "upgrade")
    with ExitStack() as stack:
        engine = create_engine(f"sqlite:///{folder}/jobtracker.db")
        stack.callback(engine.dispose)
        prepare_engine(engine)
        one = Host(folder, count, engine, environment)
        one.stored_in = timed(lambda: Shelves(engine).store(made(count)))
        with Session(engine) as session:
            one.rebuilt = timed(lambda: rebuilding.rebuild(session, one.directory))
        one.bare = BareTantivy(folder / "bare")
        one.bare_built = _fill_bare(one)
        yield one


def fill(host: Host, others: Sequence[Other]) -> None:
    """Give all listings to each of them, side by side."""
    with ThreadPoolExecutor(len(others)) as pool:
        working: list[Future[None]] = []
        for batch in host.documents():
            for future in working:
                future.result()
            working = [pool.submit(_add, other, batch) for other in others]
        for future in working:
            future.result()
        list(pool.map(lambda other: other.finish(), others))


def _as_text(document: Document) -> Document:
    return replace(document, description=document.description_text, is_html=False)


def _fill_bare(host: Host) -> float:
    """How long indexing took, from a file: while texts are made, its threads would go on unseen."""
    path = host.folder / "texts"
    with path.open("wb") as file:
        for batch in host.documents():
            pickle.dump(batch, file)
    taken = timed(lambda: _fill_from(path, host.bare))
    path.unlink()
    return taken


def _fill_from(path: Path, bare: BareTantivy) -> None:
    with path.open("rb") as file, suppress(EOFError):
        while True:
            _add(bare, pickle.load(file))
    bare.finish()


def _add(other: Other, batch: list[Stored]) -> None:
    for number, document, is_open in batch:
        other.add(number, document, is_open)


def timed(work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
