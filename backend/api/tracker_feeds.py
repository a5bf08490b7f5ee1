"""A tracker as a feed at a secret address: who has the address may read it, and nothing else."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, request

from backend.api import limits
from backend.api.access import public, signed_in, this_user
from backend.api.caching import not_modified
from backend.api.clock import now
from backend.api.errors import answer, not_found
from backend.api.feed_formats import ATOM, ATOM_TYPE, NEWEST, Entry, Feed, as_atom, modified, tag_uri
from backend.api.limits import limiter
from backend.api.schema import a_text
from backend.api.tracker_answers import TrackerAnswer, feed_url, with_figures
from backend.api.trackers import no_such_tracker
from backend.app import current_settings
from backend.models import Tracker, db
from backend.services import downloads, match_lists, tracker_feeds
from backend.services.match_lists import Found
from backend.services.tracker_feeds import NoSuchFeed
from backend.services.trackers import NoSuchTracker

blueprint = APIBlueprint("tracker_feeds", __name__, url_prefix="/api", tag="Trackers")
blueprint.register_error_handler(NoSuchTracker, no_such_tracker)

ATOM_EXAMPLE = f'<feed xmlns="{ATOM}"><title>Job Tracker: Python in Berlin</title>…</feed>'


@blueprint.errorhandler(NoSuchFeed)
def no_such_feed(_error: NoSuchFeed) -> Response:
    return answer(not_found("feed"))


@blueprint.post("/trackers/<int:id>/feed")
@signed_in
@blueprint.output(TrackerAnswer)
def make_feed(id: int) -> TrackerAnswer:
    """Give a tracker a feed, or its feed another address; the one before ends"""
    return with_figures(tracker_feeds.renew(db.session(), this_user().id, id), now())


@blueprint.delete("/trackers/<int:id>/feed")
@signed_in
@blueprint.output(TrackerAnswer)
def remove_feed(id: int) -> TrackerAnswer:
    """End a tracker's feed"""
    return with_figures(tracker_feeds.remove(db.session(), this_user().id, id), now())


@blueprint.get("/feeds/trackers/<token>")
@public
@limiter.limit(limits.SEARCH, key_func=limits.user_or_client)
@blueprint.doc(responses=a_text(ATOM_TYPE, "Atom 1.0", ATOM_EXAMPLE))
def read_feed(token: str) -> Response:
    """What a tracker found last, as an Atom feed; the address is its secret"""
    tracker = tracker_feeds.find(db.session(), token)
    found = match_lists.newest(db.session(), tracker, NEWEST)
    base_url = current_settings().base_url
    state = [
        (one.match.id, [(it.id, it.changed_at, it.company.name) for it in one.listings]) for one in found
    ]
    unchanged = not_modified(base_url, tracker.name, state)
    if unchanged is not None:
        return unchanged
    return Response(as_atom(feed_of(tracker, found, base_url)), content_type=f"{ATOM_TYPE}; charset=utf-8")


def feed_of(tracker: Tracker, found: list[Found], base_url: str) -> Feed:
    texts = downloads.texts(db.session(), [one.listings[0].id for one in found])
    entries = [
        Entry(
            listing=one.listings[0],
            of=one.match.listing,
            text=texts.get(one.listings[0].id, ""),
            published=one.match.found_at,
            updated=max(one.match.found_at, *map(modified, one.listings)),
            others=one.listings[1:],
        )
        for one in found
    ]
    return Feed(
        title=f"Job Tracker: {tracker.name}",
        description=f"The newest {NEWEST} that the tracker found.",
        id=tag_uri(base_url, tracker.created_at, f"trackers/{tracker.id}"),
        own=feed_url(tracker) or request.base_url,
        page=f"{base_url}/trackers/{tracker.id}",
        base_url=base_url,
        entries=entries,
    )
