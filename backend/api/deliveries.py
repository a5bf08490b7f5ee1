"""The delivery log: every message that trackers sent, or are to send, to the user."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response
from pydantic import Field

from backend.api import paging
from backend.api.access import signed_in
from backend.api.errors import answer, not_found
from backend.api.listings import EventAnswer, ListingSummary, summary
from backend.api.match_answers import MatchAnswer, ToldBy, match_answer, told_by, view
from backend.api.paging import Page, PageQuery
from backend.api.schema import Answer, Moment
from backend.api.trackers import no_such_tracker
from backend.models import NotificationKind, Tracker, db
from backend.services import deliveries, match_lists
from backend.services.deliveries import Delivery, NoSuchDelivery
from backend.services.tellings import DeliveryState, Holding
from backend.services.trackers import NoSuchTracker

blueprint = APIBlueprint("deliveries", __name__, url_prefix="/api/account/deliveries", tag="Account")
blueprint.register_error_handler(NoSuchTracker, no_such_tracker)


class TrackerName(Answer):
    """`deleted`: there is no page of it any more."""

    id: int
    name: str
    deleted: bool = Field(examples=[False])


class DeliveryAnswer(Answer):
    """A message: of new matches and changes (`digest`), that a tracker ends soon (`ending`), or the code of a
    channel (`code`).

    `sent`: accepted at `sent_at`, on try number `tries`. `failed`: given up at `failed_at`. `sending`: on its
    way. `retrying`: tried again at `next_try_at`, under the same `message_id`. `held`: not for now, `held_by`
    says why. `error` is what went wrong, in words. `listing_count` is of new listings, `change_count` of
    changed ones. Trackers that were deleted for good are not named, and what they told of is not counted.
    """

    id: int
    kind: NotificationKind
    state: DeliveryState = Field(examples=["sent"])
    created_at: Moment
    sent_at: Moment | None
    failed_at: Moment | None = Field(examples=[None])
    next_try_at: Moment | None = Field(examples=[None])
    held_by: Holding | None = Field(examples=[None])
    tries: int = Field(examples=[1])
    error: str | None
    message_id: str
    channel: ToldBy
    listing_count: int
    change_count: int = Field(examples=[0])
    trackers: list[TrackerName]


class DeliveryPage(Page[DeliveryAnswer]):
    """Messages, the newest first."""


class DeliveryQuery(PageQuery):
    tracker_id: int | None = Field(None, ge=1, lt=2**63, description="only those that told of this tracker")


class DeliveredMatch(MatchAnswer):
    """A role that the message told of, and by which tracker it was found."""

    tracker: TrackerName


class DeliveredPage(Page[DeliveredMatch]):
    """What a message told of, the newest first."""


class ChangedAnswer(Answer):
    """A listing that was told before, and what became of it, in order."""

    tracker: TrackerName
    listing: ListingSummary
    events: list[EventAnswer]


class ChangedPage(Page[ChangedAnswer]):
    """What a message told of listings that were told before, the newest first."""


@blueprint.errorhandler(NoSuchDelivery)
def no_such_delivery(_error: NoSuchDelivery) -> Response:
    return answer(not_found("message"))


def tracker_name(tracker: Tracker) -> TrackerName:
    return TrackerName(id=tracker.id, name=tracker.name, deleted=tracker.deleted_at is not None)


def delivery_answer(delivery: Delivery) -> DeliveryAnswer:
    message = delivery.notification
    return DeliveryAnswer(
        id=message.id,
        kind=NotificationKind(message.kind),
        state=delivery.progress.state,
        created_at=message.created_at,
        sent_at=message.sent_at,
        failed_at=message.failed_at,
        next_try_at=delivery.progress.next_try_at,
        held_by=delivery.progress.held_by,
        tries=message.tries,
        error=message.error,
        message_id=message.message_id,
        channel=told_by(message),
        listing_count=delivery.listing_count,
        change_count=delivery.change_count,
        trackers=[tracker_name(tracker) for tracker in delivery.trackers],
    )


@blueprint.get("")
@signed_in
@blueprint.input(DeliveryQuery, location="query")
@blueprint.output(DeliveryPage)
def list_deliveries(query_data: DeliveryQuery) -> DeliveryPage:
    """The messages that trackers sent me, or are to send"""
    before = paging.decode(query_data.cursor, int)
    found, more = deliveries.page(
        db.session(), view(), query_data.tracker_id, before[0] if before else None, query_data.limit
    )
    items = [delivery_answer(one) for one in found]
    return DeliveryPage(items=items, total=None, next_cursor=None if more is None else paging.encode(more))


@blueprint.get("/<int:id>")
@signed_in
@blueprint.output(DeliveryAnswer)
def get_delivery(id: int) -> DeliveryAnswer:
    """One message, and how its delivery went"""
    return delivery_answer(deliveries.get(db.session(), view(), id))


@blueprint.get("/<int:id>/matches")
@signed_in
@blueprint.input(PageQuery, location="query")
@blueprint.output(DeliveredPage)
def list_delivered(id: int, query_data: PageQuery) -> DeliveredPage:
    """What a message told of"""
    mine, before = view(), paging.decode(query_data.cursor, int)
    deliveries.get(db.session(), mine, id)
    cards, more = match_lists.of_delivery(
        db.session(), mine, id, before[0] if before else None, query_data.limit
    )
    items = [DeliveredMatch(tracker=tracker_name(card.tracker), **dict(match_answer(card))) for card in cards]
    return DeliveredPage(items=items, total=None, next_cursor=None if more is None else paging.encode(more))


@blueprint.get("/<int:id>/changes")
@signed_in
@blueprint.input(PageQuery, location="query")
@blueprint.output(ChangedPage)
def list_changes(id: int, query_data: PageQuery) -> ChangedPage:
    """What a message told of listings that were told before"""
    mine, before = view(), paging.decode(query_data.cursor, int)
    deliveries.get(db.session(), mine, id)
    found, more = deliveries.changes_of(
        db.session(), mine, id, before[0] if before else None, query_data.limit
    )
    items = [
        ChangedAnswer(
            tracker=tracker_name(one.match.tracker),
            listing=summary(one.listing),
            events=[EventAnswer.model_validate(event) for event in one.events],
        )
        for one in found
    ]
    return ChangedPage(items=items, total=None, next_cursor=None if more is None else paging.encode(more))
