"""How a found role looks in a list: its listing, why it was found, its places, and how each was told."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from backend.api.access import this_user
from backend.api.clock import now
from backend.api.listings import ListingSummary, Place, place, summary
from backend.api.schema import Answer, Moment
from backend.app import current_settings
from backend.models import ChannelKind, Notification
from backend.services.match_lists import Card, FoundPlace
from backend.services.tellings import Holding, Telling, TellingState, View


class ToldBy(Answer):
    """The way of a message; `name` is what its user calls the channel, and empty for mail."""

    kind: Literal["mail", "webhook", "apprise"] = Field(examples=["mail"])
    name: str | None = Field(examples=[None])


class TellingAnswer(Answer):
    """How a listing was told, or is to be.

    `told`: at `at`. `added`: it joined a role told at `at`, and is not told by itself. `waiting`: it is due
    `until`, at once if that has passed. `held`: not for now, `held_by` says why. `sending`: its message is on
    the way. `retrying`: it is tried again `until`. `failed`: it was given up. `error` is what went wrong, in
    words. `delivery_id`, `message_id` and `channel` are of the message it belongs to.
    """

    state: TellingState = Field(examples=["told"])
    at: Moment | None
    until: Moment | None = Field(examples=[None])
    held_by: Holding | None = Field(examples=[None])
    error: str | None
    delivery_id: int | None = Field(examples=[204])
    message_id: str | None
    channel: ToldBy | None


class FoundPlaceAnswer(Answer):
    """One listing of a role: its places, when it was found, when it was marked as seen, how it was told."""

    match_id: int
    listing_id: int
    locations: list[Place]
    source: str
    closed_at: Moment | None
    found_at: Moment
    seen_at: Moment | None
    telling: TellingAnswer


class MatchAnswer(Answer):
    """A role that was found, in all its places. `listing` is its first open one.

    `marked_title` and the listing's `snippet` show why: the words of the query stand in <mark>. `found_at`,
    `told_at` and `telling` are those of the place that was found first, by which the role is told; `places`
    holds the first of `place_count`. `seen`: every place was marked as seen.
    """

    id: int
    listing: ListingSummary
    marked_title: str | None
    found_at: Moment
    told_at: Moment | None
    telling: TellingAnswer
    seen: bool = Field(examples=[False])
    places: list[FoundPlaceAnswer]
    place_count: int


def match_answer(card: Card) -> MatchAnswer:
    return MatchAnswer(
        id=card.match.id,
        listing=summary(card.listing, card.snippet),
        marked_title=card.title,
        found_at=card.match.found_at,
        told_at=card.match.told_at,
        telling=telling_answer(card.places[0].telling),
        seen=not card.unseen,
        places=[place_answer(found) for found in card.places],
        place_count=card.place_count,
    )


def place_answer(found: FoundPlace) -> FoundPlaceAnswer:
    match, listing = found.match, found.match.listing
    return FoundPlaceAnswer(
        match_id=match.id,
        listing_id=listing.id,
        locations=[place(stored) for stored in listing.locations],
        source=listing.board.source,
        closed_at=listing.closed_at,
        found_at=match.found_at,
        seen_at=match.seen_at,
        telling=telling_answer(found.telling),
    )


def telling_answer(telling: Telling) -> TellingAnswer:
    message = telling.notification
    return TellingAnswer(
        state=telling.state,
        at=telling.at,
        until=telling.until,
        held_by=telling.held_by,
        error=message.error if message else None,
        delivery_id=message.id if message else None,
        message_id=message.message_id if message else None,
        channel=told_by(message) if message else None,
    )


def told_by(message: Notification) -> ToldBy:
    channel = message.channel
    if channel is None:
        return ToldBy(kind="mail", name=None)
    return ToldBy(kind=ChannelKind(channel.kind).value, name=channel.name)


def view() -> View:
    """Of the user who asks, now."""
    return View(this_user(), now(), current_settings().channel_kinds)
