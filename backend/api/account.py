"""The user's own account: settings, password, data, leaving."""

from __future__ import annotations

import json
from typing import Any

from apiflask import APIBlueprint
from flask import Response
from pydantic import Field, SecretStr

from backend.api import limits, login
from backend.api.access import signed_in, this_user
from backend.api.clock import now
from backend.api.errors import ApiError, ErrorCode, invalid
from backend.api.formats import NewPassword, TimeZone
from backend.api.limits import limiter
from backend.api.schema import Answer, Body, Moment
from backend.api.session import UserAnswer, user_answer
from backend.app import current_settings
from backend.models import User, db
from backend.services import exports, timetables, users
from backend.services.passwords import PasswordRefused
from backend.services.timetables import QuietHours

blueprint = APIBlueprint("account", __name__, url_prefix="/api/account", tag="Account")

SESSIONS_NOTE = "A new password ends all sessions but the one it was set in."


class Quiet(Body):
    """From which hour of the user's day until which nothing is sent, over midnight or not."""

    start: int = Field(ge=0, le=23, examples=[22])
    end: int = Field(ge=0, le=23, examples=[7])


class AccountAnswer(UserAnswer):
    """The user's own account. `mail_refused_at`: since then trackers do not write to the address."""

    quiet_hours: Quiet | None
    mail_refused_at: Moment | None
    created_at: Moment
    sessions_note: str | None


class AccountChange(Body):
    """What is not given stays; `quiet_hours` null: none."""

    time_zone: TimeZone | None = Field(None, examples=["Europe/Berlin"])
    quiet_hours: Quiet | None = None


class PasswordChange(Body):
    current: SecretStr = Field(max_length=1000)
    new: NewPassword = Field(description="10 characters or more, not the address")


class Proof(Body):
    password: SecretStr = Field(max_length=1000)


class Export(Answer):
    """Everything kept about the user."""

    exported_at: str
    user: dict[str, Any]
    trackers: list[dict[str, Any]]
    channels: list[dict[str, Any]]
    blocked_companies: list[str]
    mails: list[dict[str, Any]]


def account_answer(user: User) -> AccountAnswer:
    known = user_answer(user).model_dump()
    quiet = Quiet(start=user.quiet.start, end=user.quiet.end) if user.quiet else None
    return AccountAnswer(
        **known,
        quiet_hours=quiet,
        mail_refused_at=user.mail_refused_at,
        created_at=user.created_at,
        sessions_note=SESSIONS_NOTE,
    )


@blueprint.get("")
@signed_in
@blueprint.output(AccountAnswer)
def get_account() -> AccountAnswer:
    """The user's own account"""
    return account_answer(this_user())


@blueprint.patch("")
@signed_in
@blueprint.input(AccountChange)
@blueprint.output(AccountAnswer)
def change_account(json_data: AccountChange) -> AccountAnswer:
    """Change the time zone, in which mails are sent, and the hours in which none are"""
    wanted = json_data.quiet_hours
    changed = timetables.change_users_times(
        db.session(),
        current_settings(),
        this_user().id,
        json_data.time_zone,
        QuietHours(wanted.start, wanted.end) if wanted else None,
        keep_quiet="quiet_hours" not in json_data.model_fields_set,
        now=now(),
    )
    return account_answer(changed)


def not_proved(field: str, error: users.WrongPassword) -> ApiError:
    return ApiError(ErrorCode.FORBIDDEN, str(error), fields={field: [str(error)]})


@blueprint.post("/password")
@signed_in
@limiter.limit(limits.CHANGE_OF_PASSWORD, key_func=limits.user_or_client)
@blueprint.input(PasswordChange)
@blueprint.doc(responses={204: "Changed; all other sessions have ended"})
def change_password(json_data: PasswordChange) -> Response:
    """Set another password; other sessions end"""
    current, new = json_data.current.get_secret_value(), json_data.new.get_secret_value()
    try:
        user = users.change_password(db.session(), this_user().id, current, new, now())
    except users.WrongPassword as error:
        raise not_proved("current", error) from None
    except PasswordRefused as error:
        raise invalid("new", str(error)) from None
    login.keep(user)
    return Response(status=204)


@blueprint.get("/export")
@signed_in
@limiter.limit(limits.EXPORT, key_func=limits.user_or_client)
@blueprint.output(Export)
def export_account() -> Response:
    """Everything kept about the user, as a file"""
    kept = exports.export(db.session(), this_user().id, now())
    return Response(
        json.dumps(kept, ensure_ascii=False, indent=1),
        content_type="application/json",
        headers={
            "Content-Disposition": 'attachment; filename="job-tracker-export.json"',
            "Cache-Control": "no-store",
        },
    )


@blueprint.delete("")
@signed_in
@limiter.limit(limits.CHANGE_OF_PASSWORD, key_func=limits.user_or_client)
@blueprint.input(Proof)
@blueprint.doc(responses={204: "Nothing is kept any more"})
def delete_account(json_data: Proof) -> Response:
    """Delete the account and all that is kept about the user"""
    try:
        users.delete_account(db.session(), this_user().id, json_data.password.get_secret_value())
    except users.WrongPassword as error:
        raise not_proved("password", error) from None
    login.end()
    return Response(status=204)
