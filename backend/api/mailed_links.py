"""Stopping and renewing trackers by the link of a mail, without log-in.

A mail program POSTs here by itself (RFC 8058, one click): without cookie and without CSRF token, so the link
is all it takes. GET only looks: programs that fetch every link of a mail must not stop anything.
"""

from __future__ import annotations

from typing import Literal

from apiflask import APIBlueprint
from flask import Response

from backend.api.access import public, without_csrf
from backend.api.clock import now
from backend.api.errors import answer, not_found
from backend.api.schema import Answer, Body, Message, Moment
from backend.models import db
from backend.services import mailed_links
from backend.services.mailed_links import NoSuchLink, Renewable

blueprint = APIBlueprint("mailed_links", __name__, url_prefix="/api", tag="Trackers")

Days = Literal[7, 30, 90]


class StoppableAnswer(Answer):
    """The trackers that the link stops. `stopped`: they all are already."""

    tracker_names: list[str]
    stopped: bool


class RenewableAnswer(Answer):
    """A tracker that the link renews, and when it ends."""

    name: str
    expires_at: Moment


class RenewableList(Answer):
    trackers: list[RenewableAnswer]


class MailedRenewal(Body):
    duration_days: Days = 30


@blueprint.errorhandler(NoSuchLink)
def no_such_link(_error: NoSuchLink) -> Response:
    return answer(not_found("link"))


@blueprint.get("/unsubscribe/<token>")
@public
@blueprint.output(StoppableAnswer)
def look(token: str) -> StoppableAnswer:
    """What the link of a mail would stop; changes nothing"""
    found = mailed_links.look(db.session(), token)
    return StoppableAnswer(tracker_names=found.names, stopped=found.stopped)


@blueprint.post("/unsubscribe/<token>")
@public
@without_csrf
@blueprint.output(Message)
def stop(token: str) -> Message:
    """Stop the tracker of a link, or all trackers of a mail"""
    found = mailed_links.stop(db.session(), token, now())
    if not found.names:
        return Message(message="There is nothing left to stop: these trackers were deleted.")
    names = ", ".join(found.names)
    return Message(message=f"Stopped: {names}. No more mails come from this. You can resume on the page.")


@blueprint.get("/renew/<token>")
@public
@blueprint.output(RenewableList)
def look_at_ends(token: str) -> RenewableList:
    """What the link of a mail would renew; changes nothing"""
    return renewable(mailed_links.look_at_ends(db.session(), token))


@blueprint.post("/renew/<token>")
@public
@without_csrf
@blueprint.input(MailedRenewal)
@blueprint.output(RenewableList)
def renew(token: str, json_data: MailedRenewal) -> RenewableList:
    """Let the tracker of a link, or all trackers of a mail, run on"""
    return renewable(mailed_links.renew(db.session(), token, json_data.duration_days, now()))


def renewable(found: list[Renewable]) -> RenewableList:
    return RenewableList(
        trackers=[RenewableAnswer(name=one.name, expires_at=one.expires_at) for one in found]
    )
