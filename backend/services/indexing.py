"""Keeping the search index like the database: all of it once, then what changes."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from backend.models import Listing, ListingText
from backend.search import writer
from backend.search.schema import Entry
from backend.search.writer import IndexWriter
from backend.services.documents import document_of

log = logging.getLogger(__name__)

BATCH = 200
OVERLAP = timedelta(minutes=5)
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def rebuild(session: Session, directory: Path) -> int:
    """A new index of all listings, made beside the one in use. How many there are.

    Raises search.generations.AlreadyHeld if one is being made.
    """
    position = session.scalar(select(func.max(Listing.changed_at))) or _LONG_AGO
    session.rollback()
    return writer.rebuild(directory, _everything(session), position)


def _everything(session: Session) -> Iterator[Entry]:
    after = 0
    while True:
        ids = session.scalars(select(Listing.id).where(Listing.id > after).order_by(Listing.id).limit(BATCH))
        batch = list(ids)
        if not batch:
            return
        after = batch[-1]
        yield from _entries(session, batch)
        session.rollback()  # one long reading transaction would keep SQLite's log from shrinking


def _entries(session: Session, ids: Sequence[int]) -> list[Entry]:
    rows = (
        select(Listing, ListingText.html)
        .outerjoin(ListingText, ListingText.listing_id == Listing.id)
        .where(Listing.id.in_(ids))
        .options(joinedload(Listing.company), joinedload(Listing.board))
    )
    return [
        Entry(listing.id, listing.closed_at is None, document_of(listing, html or "", listing.company.name))
        for listing, html in session.execute(rows)
    ]


@dataclass
class Tail:
    """Follows `listings.changed_at`. A row's time is taken before its commit, so each look goes back a while,

    and what was indexed at its present `changed_at` already is passed over.
    """

    index: IndexWriter
    overlap: timedelta = OVERLAP
    known: dict[int, datetime] = field(default_factory=dict)

    def follow(self, session: Session) -> int:
        """Index what changed since the last look. How many listings. Idempotent; commits only if there are any."""
        since = (self.index.position or _LONG_AGO) - self.overlap
        count = 0
        while batch := self._changed(session, since):
            self.index.apply(_entries(session, [listing_id for listing_id, _ in batch]))
            session.rollback()
            self.known.update(batch)
            count += len(batch)
        session.rollback()
        if count:
            self.index.commit(max([self.index.position or _LONG_AGO, *self.known.values()]))
            self._forget()
        return count

    def _changed(self, session: Session, since: datetime) -> list[tuple[int, datetime]]:
        rows = (
            select(Listing.id, Listing.changed_at)
            .where(Listing.changed_at >= since)
            .order_by(Listing.changed_at, Listing.id)
        )
        found: list[tuple[int, datetime]] = []
        for listing_id, changed_at in session.execute(rows).yield_per(1000):
            if self.known.get(listing_id) != changed_at:
                found.append((listing_id, changed_at))
                if len(found) == BATCH:
                    break
        return found

    def _forget(self) -> None:
        oldest = (self.index.position or _LONG_AGO) - self.overlap
        self.known = {listing_id: at for listing_id, at in self.known.items() if at >= oldest}
