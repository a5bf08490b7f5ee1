"""Channels: the user's ways to be told beside mail. Addresses and secrets are theirs alone."""

from __future__ import annotations

from typing import Annotated

from apiflask import APIBlueprint
from flask import Response
from pydantic import Field

from backend.api import limits
from backend.api.access import signed_in, this_user
from backend.api.clock import now
from backend.api.errors import ApiError, ErrorCode, answer, not_found
from backend.api.formats import ChannelAddress
from backend.api.limits import limiter
from backend.api.schema import Answer, Body, Moment
from backend.app import current_settings
from backend.models import Channel, ChannelKind, db
from backend.services import channels
from backend.services.channels import ChannelConflict, ChannelRefused, NoSuchChannel, State, WrongCode

blueprint = APIBlueprint("channels", __name__, url_prefix="/api/account/channels", tag="Account")

ChannelName = Annotated[str, Field(max_length=channels.NAME_LENGTH, examples=["Team chat"])]


class NewChannel(Body):
    """An http(s) address gets signed POSTs; every other scheme is read by Apprise."""

    address: ChannelAddress = Field(examples=["https://example.org/hooks/jobs"])
    name: ChannelName = ""


class CodeBody(Body):
    code: str = Field(pattern=r"^[0-9]{6}$", examples=["042317"])


class ChannelAnswer(Answer):
    """A channel; of its address only the beginning is shown.

    `state`: `unverified` and `refused` ones need a code; `failing` is tried again by itself; `off`: this site
    does not speak to this kind any more. Nothing is lost meanwhile: what is to be told waits. `code_asked_at`
    and `code_sent_at` are of the last code; `error` is what went wrong last, in words.
    """

    id: int
    kind: ChannelKind
    name: str = Field(examples=["Team chat"])
    address: str = Field(examples=["https://example.org/…"])
    state: State
    signed: bool
    verified_at: Moment | None
    refused_at: Moment | None
    code_asked_at: Moment | None
    code_sent_at: Moment | None
    error: str | None
    created_at: Moment
    tracker_count: int


class ChannelList(Answer):
    """The oldest first. `kinds`: what this site can speak to."""

    items: list[ChannelAnswer]
    kinds: list[ChannelKind]


class SecretAnswer(Answer):
    """What signs the POSTs to a webhook (Standard Webhooks, `whsec_` and base64)."""

    secret: str = Field(examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"])


@blueprint.errorhandler(NoSuchChannel)
def no_such_channel(_error: NoSuchChannel) -> Response:
    return answer(not_found("channel"))


@blueprint.errorhandler(ChannelRefused)
def refused(error: ChannelRefused) -> Response:
    code = ErrorCode.INVALID
    if isinstance(error, ChannelConflict):
        code = ErrorCode.CONFLICT
    elif isinstance(error, WrongCode):
        code = ErrorCode.FORBIDDEN
    return answer(ApiError(code, str(error), fields={error.field: [str(error)]}))


def channel_answer(channel: Channel, tracker_count: int) -> ChannelAnswer:
    return ChannelAnswer(
        id=channel.id,
        kind=ChannelKind(channel.kind),
        name=channel.name,
        address=channels.hint(channel),
        state=channels.state_of(channel, current_settings()),
        signed=channel.secret is not None,
        verified_at=channel.verified_at,
        refused_at=channel.refused_at,
        code_asked_at=channel.code_asked_at,
        code_sent_at=channel.code_sent_at,
        error=channel.error,
        created_at=channel.created_at,
        tracker_count=tracker_count,
    )


def with_count(channel: Channel) -> ChannelAnswer:
    counts = channels.tracker_counts(db.session(), channel.user_id)
    return channel_answer(channel, counts.get(channel.id, 0))


@blueprint.get("")
@signed_in
@blueprint.output(ChannelList)
def list_channels() -> ChannelList:
    """My channels"""
    user_id = this_user().id
    counts = channels.tracker_counts(db.session(), user_id)
    items = [channel_answer(one, counts.get(one.id, 0)) for one in channels.list_for(db.session(), user_id)]
    kinds = [kind for kind in ChannelKind if kind in current_settings().channel_kinds]
    return ChannelList(items=items, kinds=kinds)


@blueprint.post("")
@signed_in
@limiter.limit(limits.CHANNEL, key_func=limits.user_or_client)
@blueprint.input(NewChannel)
@blueprint.output(ChannelAnswer, status_code=201)
def create_channel(json_data: NewChannel) -> ChannelAnswer:
    """Make a channel: a code is sent through it, to be given back by `verifyChannel`"""
    made = channels.create(
        db.session(), current_settings(), this_user().id, json_data.address, json_data.name, now()
    )
    return with_count(made)


@blueprint.delete("/<int:id>")
@signed_in
@blueprint.doc(responses={204: "Deleted; its trackers tell by mail from now on"})
def delete_channel(id: int) -> Response:
    """Delete a channel"""
    channels.remove(db.session(), this_user().id, id, now())
    return Response(status=204)


@blueprint.post("/<int:id>/code")
@signed_in
@limiter.limit(limits.CHANNEL, key_func=limits.user_or_client)
@blueprint.output(ChannelAnswer)
def send_channel_code(id: int) -> ChannelAnswer:
    """Send another code through a channel, also through one that was refused"""
    return with_count(channels.send_code(db.session(), current_settings(), this_user().id, id, now()))


@blueprint.post("/<int:id>/verify")
@signed_in
@limiter.limit(limits.CHANNEL_CODE, key_func=limits.user_or_client)
@blueprint.input(CodeBody)
@blueprint.output(ChannelAnswer)
def verify_channel(id: int, json_data: CodeBody) -> ChannelAnswer:
    """Verify a channel by the code that came through it"""
    return with_count(channels.verify(db.session(), this_user().id, id, json_data.code, now()))


@blueprint.get("/<int:id>/secret")
@signed_in
@blueprint.output(SecretAnswer)
def get_channel_secret(id: int) -> tuple[SecretAnswer, int, dict[str, str]]:
    """The secret that signs what a webhook gets"""
    secret = channels.secret_of(db.session(), this_user().id, id)
    return SecretAnswer(secret=secret), 200, {"Cache-Control": "no-store"}


@blueprint.post("/<int:id>/secret")
@signed_in
@limiter.limit(limits.CHANNEL, key_func=limits.user_or_client)
@blueprint.output(SecretAnswer)
def replace_channel_secret(id: int) -> tuple[SecretAnswer, int, dict[str, str]]:
    """Sign with another secret from now on"""
    secret = channels.replace_secret(db.session(), this_user().id, id)
    return SecretAnswer(secret=secret), 200, {"Cache-Control": "no-store"}
