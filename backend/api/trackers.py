"""Trackers: a user's own queries, and what they found. Those of others are not there."""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from flask import Response
from pydantic import ConfigDict, Field, JsonValue

from backend.api import limits
from backend.api.access import signed_in, this_user
from backend.api.clock import now
from backend.api.errors import ApiError, ErrorCode, answer, invalid, not_found
from backend.api.formats import LastDay, TrackedText
from backend.api.limits import limiter
from backend.api.listings import ListingSummary, summary
from backend.api.schema import Answer, Body
from backend.api.tracker_answers import TrackerAnswer, TrackerPage, tracker_answer, with_figures
from backend.app import current_settings
from backend.models import Cadence, db
from backend.services import broad_queries, tracker_pages, trackers
from backend.services.tracked_query import TrackerConflict, TrackerRefused
from backend.services.tracker_channel import NoSuchChannel
from backend.services.trackers import Change, NoSuchTracker, Wish

blueprint = APIBlueprint("trackers", __name__, url_prefix="/api/trackers", tag="Trackers")

Days = Literal[7, 30, 90]
QUERY = Field(examples=["senior python -intern (berlin OR remote)"])
NAME = Field(None, max_length=120, description="empty: named after its query", examples=["Python in Berlin"])
HOUR = Field(None, ge=0, le=23, description="of daily and weekly mails, in the user's time zone")
WEEKDAY = Field(None, ge=0, le=6, description="of weekly mails; 0 is Monday")
CHANNEL = Field(
    None, ge=1, lt=2**63, description="one of mine that is verified; null: by mail", examples=[None]
)
TELLS_CHANGES = Field(
    False, description="also when pay, place or title of what it told of changes, or it closes"
)
LAST_DAY = Field(None, description="its last day, in the user's time zone; a year ahead at most")


BOTH_ENDS: dict[str, JsonValue] = {
    "required": ["duration_days", "expires_at"],
    "properties": {"duration_days": {"type": "integer"}, "expires_at": {"type": "string"}},
}


class NewTracker(Body):
    """It ends after `duration_days`, or with the day `expires_at`; without either after 30 days."""

    model_config = ConfigDict(json_schema_extra={"not": BOTH_ENDS})

    query: TrackedText = QUERY
    cadence: Cadence
    hour: int | None = HOUR
    weekday: int | None = WEEKDAY
    tells_changes: bool = TELLS_CHANGES
    name: str | None = NAME
    channel_id: int | None = CHANNEL
    duration_days: Days | None = None
    expires_at: LastDay | None = LAST_DAY


class TrackerChange(Body):
    """What is not given stays. With another query it looks only at what is found from now on."""

    query: TrackedText | None = Field(None, examples=["senior python -intern"])
    cadence: Cadence | None = None
    hour: int | None = HOUR
    weekday: int | None = WEEKDAY
    tells_changes: bool | None = None
    name: str | None = NAME
    channel_id: int | None = CHANNEL
    expires_at: LastDay | None = LAST_DAY


class Renewal(Body):
    duration_days: Days


class PreviewRequest(Body):
    query: TrackedText = QUERY


class PreviewAnswer(Answer):
    """What the query would have found in the last 14 days, with some of it."""

    canonical: str
    total: int
    per_day: float
    items: list[ListingSummary]


@blueprint.errorhandler(NoSuchTracker)
def no_such_tracker(_error: NoSuchTracker) -> Response:
    return answer(not_found("tracker"))


@blueprint.errorhandler(TrackerRefused)
def refused(error: TrackerRefused) -> Response:
    db.session.rollback()
    return answer(as_error(error))


def as_error(error: TrackerRefused) -> ApiError:
    code = ErrorCode.CONFLICT if isinstance(error, TrackerConflict) else ErrorCode.INVALID
    code = ErrorCode.NOT_FOUND if isinstance(error, NoSuchChannel) else code
    return ApiError(code, str(error), fields={error.field: [str(error)]}, column=error.column)


@blueprint.get("")
@signed_in
@blueprint.output(TrackerPage)
def list_trackers() -> TrackerPage:
    """My trackers"""
    moment = now()
    shown = trackers.list_for(db.session(), this_user().id)
    figures = tracker_pages.figures(db.session(), shown, moment)
    items = [tracker_answer(tracker, figures[tracker.id], moment) for tracker in shown]
    return TrackerPage(items=items, total=len(items), next_cursor=None, limit=trackers.LIMIT)


@blueprint.post("")
@signed_in
@blueprint.input(NewTracker)
@blueprint.output(TrackerAnswer, status_code=201)
def create_tracker(json_data: NewTracker) -> TrackerAnswer:
    """Make a tracker"""
    if json_data.duration_days is not None and json_data.expires_at is not None:
        raise invalid("duration_days", "Give either duration_days or expires_at, not both.")
    wish = Wish(
        query=json_data.query,
        cadence=json_data.cadence,
        hour=json_data.hour,
        weekday=json_data.weekday,
        name=json_data.name or "",
        channel_id=json_data.channel_id,
        duration_days=json_data.duration_days or 30,
        last_day=json_data.expires_at,
        tells_changes=json_data.tells_changes,
    )
    moment = now()
    broad_queries.refuse_nearly_everything(wish.query, moment)
    return with_figures(trackers.create(db.session(), this_user().id, wish, moment), moment)


@blueprint.post("/preview")
@signed_in
@limiter.limit(limits.PREVIEW, key_func=limits.user_or_client)
@blueprint.input(PreviewRequest)
@blueprint.output(PreviewAnswer)
def preview_tracker(json_data: PreviewRequest) -> PreviewAnswer:
    """Try a query before it is saved"""
    found = tracker_pages.preview(db.session(), json_data.query, now())
    items = [summary(listing) for listing in found.sample]
    return PreviewAnswer(canonical=found.canonical, total=found.total, per_day=found.per_day, items=items)


@blueprint.get("/<int:id>")
@signed_in
@blueprint.output(TrackerAnswer)
def get_tracker(id: int) -> TrackerAnswer:
    """One of my trackers"""
    return with_figures(trackers.get(db.session(), this_user().id, id), now())


@blueprint.patch("/<int:id>")
@signed_in
@blueprint.input(TrackerChange)
@blueprint.output(TrackerAnswer)
def change_tracker(id: int, json_data: TrackerChange) -> TrackerAnswer:
    """Change a tracker"""
    change = Change(
        name=json_data.name,
        query=json_data.query,
        cadence=json_data.cadence,
        hour=json_data.hour,
        weekday=json_data.weekday,
        last_day=json_data.expires_at,
        tells_changes=json_data.tells_changes,
        channel_id=json_data.channel_id,
        keep_channel="channel_id" not in json_data.model_fields_set,
    )
    moment = now()
    if change.query is not None:
        broad_queries.refuse_nearly_everything(change.query, moment)
    changed = trackers.change(db.session(), current_settings(), this_user().id, id, change, moment)
    return with_figures(changed, moment)


@blueprint.delete("/<int:id>")
@signed_in
@blueprint.doc(responses={204: "Deleted; it can be restored for an hour"})
def delete_tracker(id: int) -> Response:
    """Delete a tracker"""
    trackers.remove(db.session(), this_user().id, id, now())
    return Response(status=204)


@blueprint.post("/<int:id>/restore")
@signed_in
@blueprint.output(TrackerAnswer)
def restore_tracker(id: int) -> TrackerAnswer:
    """Undo the deletion of a tracker, within an hour"""
    moment = now()
    return with_figures(trackers.restore(db.session(), this_user().id, id, moment), moment)


@blueprint.post("/<int:id>/pause")
@signed_in
@blueprint.output(TrackerAnswer)
def pause_tracker(id: int) -> TrackerAnswer:
    """Pause a tracker: it collects nothing until it is resumed"""
    moment = now()
    return with_figures(trackers.pause(db.session(), this_user().id, id, moment), moment)


@blueprint.post("/<int:id>/resume")
@signed_in
@blueprint.output(TrackerAnswer)
def resume_tracker(id: int) -> TrackerAnswer:
    """Resume a paused tracker"""
    moment = now()
    return with_figures(trackers.resume(db.session(), this_user().id, id, moment), moment)


@blueprint.post("/<int:id>/renew")
@signed_in
@blueprint.input(Renewal)
@blueprint.output(TrackerAnswer)
def renew_tracker(id: int, json_data: Renewal) -> TrackerAnswer:
    """Let a tracker run for so many days from now, also one that has ended"""
    moment = now()
    renewed = trackers.renew(db.session(), this_user().id, id, json_data.duration_days, moment)
    return with_figures(renewed, moment)
