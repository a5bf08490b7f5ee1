"""The query of a tracker: what is refused, its row, and what it would have found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.anchors import guess, rules_of
from backend.domain.query import MAX_LENGTH, Query, QueryError, parse
from backend.models import SavedQuery
from backend.services.filing import file_under_anchors
from backend.services.upsert import insert_into

LENGTH = MAX_LENGTH - 20  # room for the age that a preview adds


class TrackerRefused(ValueError):
    """A tracker cannot be as wished. `field` is the one to blame; `column` (from 1) where a query breaks."""

    def __init__(self, field: str, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.column = column


class TrackerConflict(TrackerRefused):
    """It could be so, but not now: there are too many, or this one has ended."""


def readable(text: str) -> Query:
    """The parsed query of a tracker. Raises TrackerRefused for one that is broken or catches everything."""
    try:
        query = parse(text)
    except QueryError as error:
        raise TrackerRefused("query", str(error), error.column) from None
    if query.is_empty:
        raise TrackerRefused("query", "An empty query would match every listing; name at least one word.")
    if query.only_excludes:
        raise TrackerRefused(
            "query", "This only excludes, so nearly every listing would match; name a word to look for."
        )
    if rules_of(query.node, guess) is None:
        raise TrackerRefused(
            "query", "Nearly every listing would match; name a word, a place or another thing to look for."
        )
    if len(query.canonical) > LENGTH:
        raise TrackerRefused("query", "The query is too long; take some words away.")
    return query


def canonical_of(text: str) -> str:
    return readable(text).canonical


def query_id_of(session: Session, canonical: str, now: datetime) -> int:
    """The row of a canonical query, made and filed if need be. Who make the same one at once get one row."""
    insert = insert_into(session, SavedQuery).values(canonical=canonical, created_at=now)
    insert = insert.on_conflict_do_nothing(index_elements=["canonical"])
    made: int | None = session.scalar(insert.returning(SavedQuery.id))
    if made is not None:
        file_under_anchors(session, [(made, canonical)], now)
        return made
    return session.scalars(select(SavedQuery.id).where(SavedQuery.canonical == canonical)).one()
