"""Lists of matches: a row is a card, with all places of its role, why it matched and how each was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload
from sqlalchemy.sql.base import ExecutableOption

from backend.domain.query import parse
from backend.domain.query_nodes import TextField, sought_terms
from backend.domain.snippets import marked, snippet_of
from backend.models import Listing, Match, Notification, Tracker
from backend.services import downloads, trackers
from backend.services.seen import NoSuchMatch
from backend.services.tellings import Telling, View, telling_of

PLACES = 20  # on a row; the rest is read by pages
WITH_LISTING = (
    joinedload(Match.listing).joinedload(Listing.company),
    joinedload(Match.listing).joinedload(Listing.board),
)
WITH_TRACKER = (
    joinedload(Match.tracker).joinedload(Tracker.query),
    joinedload(Match.tracker).joinedload(Tracker.channel),
)


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """One match of a card, its listing loaded, and how it was told."""

    match: Match
    telling: Telling


@dataclass(frozen=True, slots=True)
class Card:
    """A row: the match that is told by itself, then those of the same role that stand on its card.

    `places` are the first of `place_count`. `listing`: the first of them that is open. `title` and `snippet`
    are HTML in which all is escaped but `<mark>`; None where no word of the query stands.
    """

    tracker: Tracker
    listing: Listing
    places: Sequence[FoundPlace]
    place_count: int
    unseen: bool
    title: str | None
    snippet: str | None

    @property
    def match(self) -> Match:
        return self.places[0].match


@dataclass(frozen=True, slots=True)
class Found:
    """A row in short: its own match, and the listings of its places, an open one first."""

    match: Match
    listings: Sequence[Listing]


@dataclass(frozen=True, slots=True)
class Others:
    """The matches that share a card: the first of them, how many, and how many of these are unseen."""

    first: list[Match]
    count: int
    unseen: int


NOBODY = Others([], 0, 0)


def of_tracker(
    session: Session, view: View, tracker_id: int, before: int | None, limit: int, *, unseen: bool
) -> tuple[list[Card], int | None]:
    """A tracker's rows, the newest first, and what to pass as `before` for the next page.

    `unseen`: only rows with a place that was not seen. Raises NoSuchTracker.
    """
    tracker = trackers.get(session, view.user.id, tracker_id)
    chosen = on_own_card(Match.tracker_id == tracker.id)
    if unseen:
        chosen = chosen.where(or_(Match.seen_at.is_(None), unseen_beside()))
    return page(session, view, chosen, before, limit)


def of_delivery(
    session: Session, view: View, notification_id: int, before: int | None, limit: int
) -> tuple[list[Card], int | None]:
    """The rows of one message to the user."""
    chosen = on_own_card(and_(Match.notification_id == notification_id, Match.user_id == view.user.id))
    return page(session, view, chosen, before, limit)


def places_of(
    session: Session, view: View, tracker_id: int, match_id: int, after: int | None, limit: int
) -> tuple[list[FoundPlace], int | None]:
    """All matches of a card, in the order they were found, and what to pass as `after` for the next page.

    Raises NoSuchTracker, NoSuchMatch.
    """
    tracker = trackers.get(session, view.user.id, tracker_id)
    card = session.scalar(
        select(Match).where(
            Match.id == match_id, Match.tracker_id == tracker.id, Match.told_with_id.is_(None)
        )
    )
    if card is None:
        raise NoSuchMatch(match_id)
    rows = select(Match).where(or_(Match.id == card.id, Match.told_with_id == card.id))
    if after is not None:
        rows = rows.where(Match.id > after)
    found = session.scalars(rows.options(*WITH_LISTING).order_by(Match.id).limit(limit + 1)).all()
    told_by = messages(session, [card]).get(card.notification_id)
    places = [FoundPlace(match, telling_of(match, card, told_by, tracker, view)) for match in found[:limit]]
    return places, found[limit - 1].id if len(found) > limit else None


def newest(session: Session, tracker: Tracker, limit: int) -> list[Found]:
    """A tracker's newest rows."""
    own = on_own_card(Match.tracker_id == tracker.id).order_by(Match.id.desc()).limit(limit)
    matches = loaded(session, session.scalars(own).all())
    others = on_their_cards(session, matches)
    return [Found(match, listings_of(match, others.get(match.id, NOBODY))) for match in matches]


def on_own_card(chosen: ColumnElement[bool]) -> Select[int]:
    """The ids of rows."""
    return select(Match.id).where(chosen, Match.told_with_id.is_(None))


def unseen_beside() -> ColumnElement[bool]:
    other = aliased(Match)
    return exists().where(other.told_with_id == Match.id, other.seen_at.is_(None))


def page(
    session: Session, view: View, chosen: Select[int], before: int | None, limit: int
) -> tuple[list[Card], int | None]:
    """The key of a row is its own match, whatever joins it later: no page repeats or skips one."""
    if before is not None:
        chosen = chosen.where(Match.id < before)
    ids = session.scalars(chosen.order_by(Match.id.desc()).limit(limit + 1)).all()
    cards = cards_of(session, view, loaded(session, ids[:limit], *WITH_TRACKER))
    return cards, ids[limit - 1] if len(ids) > limit else None


def loaded(session: Session, ids: Sequence[int], *options: ExecutableOption) -> Sequence[Match]:
    """The newest first. Only these are joined with their listings: a tracker may have a hundred thousand."""
    rows = select(Match).where(Match.id.in_(ids)).options(*WITH_LISTING, *options)
    return session.scalars(rows.order_by(Match.id.desc())).all()


def cards_of(session: Session, view: View, matches: Sequence[Match]) -> list[Card]:
    others = on_their_cards(session, matches)
    told_by = messages(session, matches)
    named = {match.id: listings_of(match, others.get(match.id, NOBODY))[0] for match in matches}
    texts = downloads.texts(session, [listing.id for listing in named.values()])
    cards = []
    for match in matches:
        beside, listing, tracker = others.get(match.id, NOBODY), named[match.id], match.tracker
        message = told_by.get(match.notification_id)
        words = sought_terms(parse(tracker.query.canonical).node)
        anywhere = [one for one in words if one.field is None]
        places = [
            FoundPlace(one, telling_of(one, match, message, tracker, view)) for one in (match, *beside.first)
        ]
        cards.append(
            Card(
                tracker=tracker,
                listing=listing,
                places=places,
                place_count=1 + beside.count,
                unseen=match.seen_at is None or beside.unseen > 0,
                title=marked(listing.title, words, TextField.TITLE),
                snippet=snippet_of(texts.get(listing.id, ""), anywhere),
            )
        )
    return cards


def on_their_cards(session: Session, matches: Sequence[Match]) -> dict[int, Others]:
    """What stands on the cards of these matches beside them, by their ids."""
    card = Match.told_with_id
    ranked = (
        select(
            Match.id,
            func.row_number().over(partition_by=card, order_by=Match.id).label("place"),
            func.count().over(partition_by=card).label("total"),
            func.count().filter(Match.seen_at.is_(None)).over(partition_by=card).label("unseen"),
        )
        .where(card.in_([match.id for match in matches]))
        .subquery()
    )
    rows = (
        select(Match, ranked.c.total, ranked.c.unseen)
        .join(ranked, ranked.c.id == Match.id)
        .where(ranked.c.place < PLACES)
        .options(*WITH_LISTING)
        .order_by(Match.id)
    )
    found: dict[int, Others] = {}
    for match, total, unseen in session.execute(rows):
        found.setdefault(match.told_with_id or 0, Others([], total, unseen)).first.append(match)
    return found


def messages(session: Session, matches: Sequence[Match]) -> dict[int | None, Notification]:
    """The messages that these matches belong to, by their ids."""
    ids = {match.notification_id for match in matches if match.notification_id is not None}
    rows = select(Notification).where(Notification.id.in_(ids)).options(joinedload(Notification.channel))
    return {one.id: one for one in session.scalars(rows)}


def listings_of(match: Match, others: Others) -> list[Listing]:
    """As in a mail, the first that is open stands for its role."""
    listings = [match.listing, *(other.listing for other in others.first)]
    return sorted(listings, key=lambda listing: listing.closed_at is not None)
