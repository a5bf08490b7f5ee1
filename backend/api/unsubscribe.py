"""Stopping trackers by the link of a mail, without log-in.

A mail program POSTs here by itself (RFC 8058, one click): without cookie and without CSRF token, so the link
is all it takes. GET only looks: programs that fetch every link of a mail must not stop anything.
"""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from backend.api.access import public, without_csrf
from backend.api.clock import now
from backend.api.errors import answer, not_found
from backend.api.schema import Answer, Message
from backend.models import db
from backend.services import unsubscribe
from backend.services.unsubscribe import NoSuchLink

blueprint = APIBlueprint("unsubscribe", __name__, url_prefix="/api/unsubscribe", tag="Trackers")


class StoppableAnswer(Answer):
    """The trackers that the link stops. `stopped`: they all are already."""

    tracker_names: list[str]
    stopped: bool


@blueprint.errorhandler(NoSuchLink)
def no_such_link(_error: NoSuchLink) -> Response:
    return answer(not_found("link"))


@blueprint.get("/<token>")
@public
@blueprint.output(StoppableAnswer)
def look(token: str) -> StoppableAnswer:
    """What the link of a mail would stop; changes nothing"""
    found = unsubscribe.look(db.session(), token)
    return StoppableAnswer(tracker_names=found.names, stopped=found.stopped)


@blueprint.post("/<token>")
@public
@without_csrf
@blueprint.output(Message)
def stop(token: str) -> Message:
    """Stop the tracker of a link, or all trackers of a mail"""
    found = unsubscribe.stop(db.session(), token, now())
    if not found.names:
        return Message(message="There is nothing left to stop: these trackers were deleted.")
    names = ", ".join(found.names)
    return Message(message=f"Stopped: {names}. No more mails come from this. You can resume on the page.")
