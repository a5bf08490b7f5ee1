"""Keeping the search index like the database, as that changes; `rebuilding` makes one of all listings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from backend.models import Listing
from backend.search.schema import Entry, IndexUnusable
from backend.search.writer import IndexWriter
from backend.services import documents

BATCH = 200
BLOCK = 10_000
OVERLAP = timedelta(minutes=5)  # no transaction that writes listings is open for as long


def entries(session: Session, which: ColumnElement[bool]) -> Iterator[Entry]:
    """One after the other: the words of one are still at hand when it is stored, and are then let go."""
    for row in session.execute(documents.rows().where(which)).all():
        yield Entry(row.id, row.closed_at is None, documents.document_in(row))


@dataclass
class Tail:
    """Follows `listings.changed_at` into an open index.

    A row's time is taken before its commit, so each look goes back by `overlap`, and passes over what was
    indexed with its present time already. Anything done twice leaves the index as it was.
    """

    index: IndexWriter
    position: datetime
    overlap: timedelta = OVERLAP
    known: dict[int, datetime] = field(default_factory=dict)
    _last_seen: tuple[Any, ...] | None = None

    @classmethod
    def of(cls, index: IndexWriter) -> Tail:
        """Raises IndexUnusable for an index of which it is not known how far it follows."""
        position = index.position()
        if position is None:
            raise IndexUnusable("it is not known how far the search index follows the database")
        return cls(index, position)

    def follow(self, session: Session, thorough: bool = False) -> int:
        """Index what changed since the last look and make it findable. How many listings.

        Ends the session's transaction. Unless `thorough`, rows are read only if their number, ids or latest
        time moved.
        """
        since = self.position - self.overlap
        try:
            seen = tuple(session.execute(_summary(since)).one())
            if seen == self._last_seen and not thorough:
                return 0
            changed = self._changed(session, since)
            for start in range(0, len(changed), BATCH):
                batch = [listing_id for listing_id, _ in changed[start : start + BATCH]]
                self.index.apply(entries(session, Listing.id.in_(batch)))
        finally:
            session.rollback()
        self._last_seen = seen
        if changed:
            self.index.commit()
            self.known.update(changed)
            self._move_on(max(at for _, at in changed))
        return len(changed)

    def repair(self, session: Session) -> int:
        """Take out what the database no longer holds, put in what is missing. How many listings."""
        try:
            highest = session.scalar(select(func.max(Listing.id))) or 0
            count = session.scalar(select(func.count()).select_from(Listing)) or 0
            if count == self.index.count():
                return 0
            extra: set[int] = set()
            missing: set[int] = set()
            for low in range(0, max(highest, self.index.highest_id()) + 1, BLOCK):
                block = select(Listing.id).where(Listing.id >= low, Listing.id < low + BLOCK)
                stored, indexed = set(session.scalars(block)), self.index.ids_between(low, low + BLOCK)
                extra |= indexed - stored
                missing |= stored - indexed
            self.index.remove(extra)
            wanted = sorted(missing)
            for start in range(0, len(wanted), BATCH):
                self.index.apply(entries(session, Listing.id.in_(wanted[start : start + BATCH])))
        finally:
            session.rollback()
        self.index.commit()
        return len(extra) + len(missing)

    def _changed(self, session: Session, since: datetime) -> list[tuple[int, datetime]]:
        rows = select(Listing.id, Listing.changed_at).where(Listing.changed_at >= since)
        return [(one, at) for one, at in session.execute(rows) if self.known.get(one) != at]

    def _move_on(self, latest: datetime) -> None:
        if latest > self.position:
            self.position = latest
            self.index.save_position(latest)
        oldest = self.position - self.overlap
        self.known = {one: at for one, at in self.known.items() if at >= oldest}


def _summary(since: datetime) -> Select[int, datetime | None, int | None]:
    return select(func.count(), func.max(Listing.changed_at), func.sum(Listing.id)).where(
        Listing.changed_at >= since
    )
