"""A tracker as the API answers it: what it is, and its figures."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from backend.api.paging import Page
from backend.api.schema import Answer, Moment
from backend.app import current_settings
from backend.models import Cadence, Channel, ChannelKind, Tracker, db
from backend.services import tracker_life, tracker_pages
from backend.services.channels import State, state_of
from backend.services.tracker_pages import Figures

NAMED = 5  # boards that fail


class DayCount(Answer):
    """Matches found on a day (UTC)."""

    day: date
    count: int


class TrackerChannel(Answer):
    """The channel by which a tracker tells, and how it is; only `works` and `failing` ones are told."""

    id: int
    name: str = Field(examples=["Team chat"])
    kind: ChannelKind
    state: State


class FailingBoardAnswer(Answer):
    """A board that a tracker covers and that cannot be read: something of it may be missing."""

    company: str
    slug: str
    source: str
    since: Moment


class TrackerAnswer(Answer):
    """A tracker and its figures; `daily` are the last 14 days.

    `match_count` counts listings, `role_count` the rows of its list, where all places of a role are one;
    `unseen_count` those with something that was not marked as seen, `untold_count` those not told of yet.
    `boards_failing` counts boards that cannot be read at present, of those it found listings on lately and
    those of companies that its query names; `failing_boards` are the five that fail longest.
    `feed_url`: the secret address of its feed, if it has one. `channel`: null for mail.
    """

    id: int
    name: str
    query: str
    canonical: str
    cadence: Cadence
    hour: int | None
    weekday: int | None
    tells_changes: bool
    status: Literal["active", "paused", "expired"]
    expires_at: Moment
    created_at: Moment
    paused_at: Moment | None
    match_count: int
    role_count: int
    unseen_count: int
    untold_count: int
    last_match_at: Moment | None
    daily: list[DayCount]
    boards_failing: int
    failing_boards: list[FailingBoardAnswer]
    feed_url: str | None
    channel: TrackerChannel | None


class TrackerPage(Page[TrackerAnswer]):
    """A user's trackers, the newest first. `limit` is as many as an account may have."""

    limit: int


def tracker_answer(tracker: Tracker, figures: Figures, moment: datetime) -> TrackerAnswer:
    return TrackerAnswer(
        id=tracker.id,
        name=tracker.name,
        query=tracker.text,
        canonical=tracker.query.canonical,
        cadence=Cadence(tracker.cadence),
        hour=tracker.hour,
        weekday=tracker.weekday,
        tells_changes=tracker.tells_changes,
        status=tracker_life.status_of(tracker, moment),
        expires_at=tracker.expires_at,
        created_at=tracker.created_at,
        paused_at=tracker.paused_at,
        match_count=figures.match_count,
        role_count=figures.role_count,
        unseen_count=figures.unseen_count,
        untold_count=figures.untold_count,
        last_match_at=figures.last_match_at,
        daily=[DayCount(day=day, count=count) for day, count in figures.daily],
        boards_failing=len(figures.failing),
        failing_boards=[FailingBoardAnswer.model_validate(board) for board in figures.failing[:NAMED]],
        feed_url=feed_url(tracker),
        channel=channel_answer(tracker.channel),
    )


def channel_answer(channel: Channel | None) -> TrackerChannel | None:
    if channel is None:
        return None
    state = state_of(channel, current_settings())
    return TrackerChannel(id=channel.id, name=channel.name, kind=ChannelKind(channel.kind), state=state)


def feed_url(tracker: Tracker) -> str | None:
    token = tracker.feed_token
    return f"{current_settings().base_url}/api/feeds/trackers/{token}" if token else None


def with_figures(tracker: Tracker, moment: datetime) -> TrackerAnswer:
    figures = tracker_pages.figures(db.session(), [tracker], moment)
    return tracker_answer(tracker, figures[tracker.id], moment)
