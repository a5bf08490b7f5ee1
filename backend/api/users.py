"""Registering, confirming an address, and a new password by mail. No answer tells who is registered."""

from __future__ import annotations

from apiflask import APIBlueprint
from pydantic import Field

from backend.api import limits, login
from backend.api.access import public
from backend.api.clock import now
from backend.api.formats import Email, NewPassword, TimeZone
from backend.api.limits import limiter
from backend.api.schema import Body, Message
from backend.api.session import SessionAnswer, session_answer
from backend.app import current_settings
from backend.models import db
from backend.services import users

blueprint = APIBlueprint("users", __name__, url_prefix="/api/users", tag="Session and users")

LOOK_INTO_MAIL = "A mail is on its way to this address. Open the link in it."


class Registration(Body):
    """A password has 10 characters or more and is not the address."""

    email: Email = Field(examples=["ada@example.org"])
    password: NewPassword = Field(examples=["correct horse battery"])
    time_zone: TimeZone = Field("UTC", examples=["Europe/Berlin"])


class Token(Body):
    token: str = Field(min_length=1, max_length=500, description="from the mailed link")


class ResetRequest(Body):
    email: Email = Field(examples=["ada@example.org"])


class PasswordReset(Body):
    token: str = Field(min_length=1, max_length=500, description="from the mailed link")
    password: NewPassword = Field(examples=["correct horse battery"])


@blueprint.post("")
@public
@limiter.limit(limits.REGISTER)
@limiter.limit(limits.RESET_OF_ADDRESS, key_func=limits.address_asked_for)
@blueprint.input(Registration)
@blueprint.output(Message, status_code=202)
def register(json_data: Registration) -> Message:
    """Register

    The answer is the same whether the address is known or not; a mail says what to do next.
    """
    password = json_data.password.get_secret_value()
    users.register(db.session(), json_data.email, password, json_data.time_zone, now())
    return Message(message=LOOK_INTO_MAIL)


@blueprint.post("/confirm")
@public
@limiter.limit(limits.MAILED_LINK)
@blueprint.input(Token)
@blueprint.output(SessionAnswer)
def confirm_address(json_data: Token) -> SessionAnswer:
    """Confirm an address by the mailed token, and log in"""
    user = users.confirm(db.session(), current_settings(), json_data.token, now())
    login.begin(user)
    return session_answer()


@blueprint.post("/reset")
@public
@limiter.limit(limits.RESET)
@limiter.limit(limits.RESET_OF_ADDRESS, key_func=limits.address_asked_for)
@blueprint.input(ResetRequest)
@blueprint.output(Message, status_code=202)
def request_reset(json_data: ResetRequest) -> Message:
    """Ask for a link to set a new password"""
    users.request_reset(db.session(), json_data.email, now())
    return Message(message="If this address is registered, a mail is on its way to it.")


@blueprint.post("/reset/confirm")
@public
@limiter.limit(limits.MAILED_LINK)
@blueprint.input(PasswordReset)
@blueprint.output(Message)
def reset_password(json_data: PasswordReset) -> Message:
    """Set a new password by the mailed token; all sessions end"""
    password = json_data.password.get_secret_value()
    users.reset(db.session(), current_settings(), json_data.token, password, now())
    return Message(message="The new password is set. Log in with it.")
