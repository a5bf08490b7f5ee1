"""A database of listings in crawls and of saved queries with a tracker each, for the matching benchmark."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import and_, func, insert, select, text, update
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.domain.matching import Document
from backend.models import Board, Crawl, Listing, SavedQuery, Tracker, User, begin_write, db
from backend.services import documents, filing, key_counts, matches
from backend.services.matches import Found
from backend.services.tracker_life import collecting
from backend.settings import Settings
from tests.benchmarks.listings_made import made
from tests.benchmarks.listings_stored import Shelves

MADE_AT = datetime(2020, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 5, 5, tzinfo=UTC)
ENDS = NOW + timedelta(days=365)
LISTINGS, CRAWLS, A_CRAWL = 2_000, 5, 100  # the last listings are measured, the others only counted
_TRACKERS = """
    INSERT INTO trackers
        (user_id, query_id, name, text, cadence, expires_at, created_at, active_since, token)
    SELECT 1, id, 'name', canonical, 'instant', :ends, :made, :made, 'token' || id
    FROM queries WHERE id > :after
"""


class World:
    """Listings of several crawls, and as many queries as were added."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.crawls: list[int] = []

    def store_listings(self) -> None:
        Shelves(db.engine).store(made(LISTINGS))
        begin_write(self.session)
        self.session.execute(update(Listing).values(closed_at=None))
        board_id = self.session.scalar(select(Board.id).limit(1))
        for number in range(CRAWLS):
            last = LISTINGS - number * A_CRAWL
            values = {"board_id": board_id, "status": "complete", "complete": True}
            values |= {"started_at": NOW, "finished_at": NOW, "matched_at": NOW}
            crawl_id = self.session.scalar(insert(Crawl).values(values).returning(Crawl.id))
            mine = Listing.id.between(last - A_CRAWL + 1, last)
            self.session.execute(update(Listing).where(mine).values(crawl_id=crawl_id))
            self.crawls.append(int(crawl_id or 0))
        values = {"email": "ada@example.org", "password_hash": "x", "session_salt": "x", "time_zone": "UTC"}
        self.session.execute(
            insert(User).values(values | {"id": 1, "is_admin": False, "created_at": MADE_AT})
        )
        self.session.commit()
        key_counts.recount(self.session, NOW)

    def documents(self, crawl_id: int) -> list[tuple[int, Document]]:
        return [one for page in matches.documents_of(self.session, crawl_id, MADE_AT) for one in page]

    def all_documents(self) -> list[Document]:
        rows = self.session.execute(documents.rows())
        return [documents.document_in(row) for row in rows]

    def add_queries(self, texts: Sequence[str]) -> float:
        """Save and file these, each with a tracker. Returns the seconds that filing took."""
        begin_write(self.session)
        after = self.session.scalar(select(func.max(SavedQuery.id))) or 0
        rows = [{"canonical": one, "created_at": MADE_AT} for one in texts]
        for start in range(0, len(rows), 10_000):
            self.session.execute(insert(SavedQuery), rows[start : start + 10_000])
        values = {"ends": as_stored(ENDS), "made": as_stored(MADE_AT), "after": after}
        self.session.connection().execute(text(_TRACKERS), values)
        self.session.commit()
        begun = time.process_time()
        filing.file_unfiled(self.session, NOW)
        return time.process_time() - begun

    def queries(self) -> dict[int, str]:
        rows = self.session.execute(select(SavedQuery.id, SavedQuery.canonical))
        return dict(rows.tuples().all())

    def match(self, crawl_id: int) -> set[tuple[object, object]]:
        return {
            (row["query_id"], row["listing_id"]) for found in self.decide(crawl_id) for row in found.rows()
        }

    def decide(self, crawl_id: int) -> list[Found]:
        """What the worker does of a crawl before it writes: reads, analyses, looks up, decides."""
        return list(matches.match_crawl(self.session, crawl_id, NOW, NOW))

    def match_alone(self, crawl_id: int) -> None:
        """The same, each listing as if it came alone."""
        followed = and_(collecting(NOW), Tracker.active_since <= NOW, Tracker.expires_at > NOW)
        for _, document in self.documents(crawl_id):
            matches.meet(self.session, [document], followed, NOW)


def as_stored(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")


@contextmanager
def world() -> Iterator[World]:
    """On SQLite in a folder of its own."""
    with tempfile.TemporaryDirectory() as name:
        app = create_app(Settings(_env_file=None, app_env="testing", var_dir=Path(name), catalogue=""))
        with app.app_context():
            db.metadata.create_all(db.engine)
            made_up = World(db.session())
            made_up.store_listings()
            yield made_up
            db.session.remove()
            db.engine.dispose()
