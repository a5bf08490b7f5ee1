"""What a tracker has found, and what of it its user has seen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from apiflask import APIBlueprint
from flask import Response
from pydantic import AwareDatetime, Field

from backend.api import paging
from backend.api.access import signed_in, this_user
from backend.api.clock import now
from backend.api.errors import answer, invalid, not_found
from backend.api.formats import of
from backend.api.match_answers import FoundPlaceAnswer, MatchAnswer, match_answer, place_answer, view
from backend.api.paging import Page, PageQuery
from backend.api.schema import Answer, Body, Moment
from backend.api.trackers import no_such_tracker
from backend.models import db
from backend.services import match_lists, seen
from backend.services.seen import NoSuchMatch
from backend.services.trackers import NoSuchTracker

blueprint = APIBlueprint("tracker_matches", __name__, url_prefix="/api/trackers", tag="Trackers")
blueprint.register_error_handler(NoSuchTracker, no_such_tracker)

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
MatchId = Annotated[int, Field(ge=1, lt=2**63, examples=[17])]
PastMoment = Annotated[AwareDatetime, Field(json_schema_extra=of("past-moment"))]


class MatchPage(Page[MatchAnswer]):
    """Roles, the newest first."""


class MatchQuery(PageQuery):
    unseen: bool = Field(False, description="only what was not marked as seen")


class PlacePage(Page[FoundPlaceAnswer]):
    """The places of a role, the first found first."""


class ChosenMatches(Body):
    ids: list[MatchId] = Field(min_length=1, max_length=500, description="of matches of this tracker")


class UntilMoment(Body):
    until: PastMoment = Field(examples=["2026-03-01T08:00:00Z"], description="as `found_at` says it")


class MarkedMoment(Body):
    seen_at: PastMoment = Field(examples=["2026-03-01T08:00:00Z"], description="as the marking answered it")


class Marked(Answer):
    """How many listings were marked, or taken back; and when, so that all of it can be taken back."""

    count: int
    seen_at: Moment | None


@blueprint.errorhandler(NoSuchMatch)
def no_such_match(_error: NoSuchMatch) -> Response:
    return answer(not_found("match"))


@blueprint.get("/<int:id>/matches")
@signed_in
@blueprint.input(MatchQuery, location="query")
@blueprint.output(MatchPage)
def list_matches(id: int, query_data: MatchQuery) -> MatchPage:
    """What a tracker has found, the newest first; a role in many places is one"""
    before = paging.decode(query_data.cursor, int)
    cards, more = match_lists.of_tracker(
        db.session(),
        view(),
        id,
        before[0] if before else None,
        query_data.limit,
        unseen=query_data.unseen,
    )
    items = [match_answer(card) for card in cards]
    return MatchPage(items=items, total=None, next_cursor=None if more is None else paging.encode(more))


@blueprint.get("/<int:id>/matches/<int:match_id>/places")
@signed_in
@blueprint.input(PageQuery, location="query")
@blueprint.output(PlacePage)
def list_places(id: int, match_id: int, query_data: PageQuery) -> PlacePage:
    """All places of a role that a tracker has found"""
    after = paging.decode(query_data.cursor, int)
    found, more = match_lists.places_of(
        db.session(), view(), id, match_id, after[0] if after else None, query_data.limit
    )
    items = [place_answer(one) for one in found]
    return PlacePage(items=items, total=None, next_cursor=None if more is None else paging.encode(more))


@blueprint.post("/<int:id>/matches/seen")
@signed_in
@blueprint.input(ChosenMatches)
@blueprint.output(Marked)
def mark_matches_seen(id: int, json_data: ChosenMatches) -> Marked:
    """Mark matches as seen, each with the places on its row"""
    moment = now()
    return Marked(count=seen.mark(db.session(), this_user().id, id, json_data.ids, moment), seen_at=moment)


@blueprint.post("/<int:id>/matches/unseen")
@signed_in
@blueprint.input(ChosenMatches)
@blueprint.output(Marked)
def mark_matches_unseen(id: int, json_data: ChosenMatches) -> Marked:
    """Mark matches as not seen, each with the places on its row"""
    return Marked(count=seen.unmark(db.session(), this_user().id, id, json_data.ids), seen_at=None)


@blueprint.post("/<int:id>/seen")
@signed_in
@blueprint.input(UntilMoment)
@blueprint.output(Marked)
def mark_all_seen(id: int, json_data: UntilMoment) -> Marked:
    """Mark as seen all that a tracker had found until a moment"""
    moment = now()
    until = not_to_come("until", json_data.until, moment)
    return Marked(count=seen.mark_until(db.session(), this_user().id, id, until, moment), seen_at=moment)


@blueprint.post("/<int:id>/unseen")
@signed_in
@blueprint.input(MarkedMoment)
@blueprint.output(Marked)
def undo_all_seen(id: int, json_data: MarkedMoment) -> Marked:
    """Take back all that was marked as seen at a moment"""
    seen_at = not_to_come("seen_at", json_data.seen_at, now())
    return Marked(count=seen.unmark_marked_at(db.session(), this_user().id, id, seen_at), seen_at=None)


def not_to_come(field: str, moment: datetime, now: datetime) -> datetime:
    """What the API itself has answered is never later than now, and no database keeps the year 1."""
    if not LONG_AGO <= moment <= now:
        raise invalid(field, "Give a moment that was answered here: it is not later than now.")
    return moment
