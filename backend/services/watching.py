"""Which listings are watched: those that a tracker has matched which also tells what becomes of them.

Whether anybody watches is asked as an event is written, by an index that holds watched matches only: what
nobody watches costs no work later. A match that is made at that very moment shows the listing as it is when
it is told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from backend.domain.changes import Change, worth_telling
from backend.models import BY_HAND, Listing, Match, MatchChange
from backend.queueing import JobName, enqueue_after_commit
from backend.services import changes
from backend.services.among import among

FRESH = -1  # `ListingEvent.fanned_to` before the first match


def noted(session: Session, events: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of events as they are to be written: those that somebody is to be told of are pending."""
    news = [
        event for event in events if worth_telling(Change(event["what"], event["before"], event["after"]))
    ]
    watched = watched_among(session, {event["listing_id"] for event in news}) if news else frozenset()
    if watched:
        enqueue_after_commit(session, JobName.MATCH_CRAWLS)
    told = {id(event) for event in news if event["listing_id"] in watched}
    return [event | {"fanned_to": FRESH if id(event) in told else None} for event in events]


def watched_among(session: Session, listing_ids: Collection[int]) -> frozenset[int]:
    watched = exists().where(Match.listing_id == Listing.id, Match.watched)
    return frozenset(
        session.scalars(select(Listing.id).where(among(session, Listing.id, listing_ids), watched))
    )


def watch(session: Session, tracker_id: int, tells_changes: bool) -> None:
    """Begin or cease to watch what a tracker has matched, in the caller's writing transaction.

    What waits to be told of changes is forgotten with the wish to be told.
    """
    session.execute(
        update(Match)
        .where(Match.tracker_id == tracker_id, Match.watched != tells_changes)
        .values(watched=tells_changes),
        execution_options=BY_HAND,
    )
    if not tells_changes:
        changes.forget_waiting(session, MatchChange.tracker_id == tracker_id)
