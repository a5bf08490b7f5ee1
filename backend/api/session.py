"""The session: who is logged in, logging in and out."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from pydantic import Field, SecretStr

from backend.api import limits, login
from backend.api.access import public
from backend.api.clock import now
from backend.api.limits import limiter
from backend.api.schema import Answer, Body
from backend.models import User, db
from backend.services import users

blueprint = APIBlueprint("session", __name__, url_prefix="/api", tag="Session and users")


class UserAnswer(Answer):
    """The user of the session."""

    id: int
    email: str = Field(examples=["ada@example.org"])
    is_admin: bool
    time_zone: str = Field(examples=["Europe/Berlin"])
    confirmed: bool


class Channels(Answer):
    """How this site can tell of matches."""

    mail: bool


class SessionAnswer(Answer):
    """Send `csrf_token` as the header X-CSRFToken with every request that is not a GET."""

    user: UserAnswer | None
    csrf_token: str
    channels: Channels


class Credentials(Body):
    email: str = Field(max_length=254, examples=["ada@example.org"])
    password: SecretStr = Field(max_length=1000, examples=["correct horse battery"])


def user_answer(user: User) -> UserAnswer:
    return UserAnswer(
        id=user.id,
        email=user.email,
        is_admin=user.is_admin,
        time_zone=user.time_zone,
        confirmed=user.confirmed_at is not None,
    )


def session_answer() -> SessionAnswer:
    user = user_answer(current_user) if current_user.is_authenticated else None
    return SessionAnswer(user=user, csrf_token=generate_csrf(), channels=Channels(mail=True))


@blueprint.get("/session")
@public
@blueprint.output(SessionAnswer)
def get_session() -> tuple[SessionAnswer, int, dict[str, str]]:
    """Who is logged in, and the token for changes"""
    return session_answer(), 200, {"Cache-Control": "no-store"}


@blueprint.post("/session")
@public
@limiter.limit(limits.LOGIN)
@limiter.limit(limits.LOGIN_OF_ADDRESS, key_func=limits.address_asked_for)
@blueprint.input(Credentials)
@blueprint.output(SessionAnswer)
def log_in(json_data: Credentials) -> SessionAnswer:
    """Log in

    An unknown address and a wrong password are answered alike. An address that is not confirmed yet is told
    so (`unconfirmed`) only with the right password, and gets a new link.
    """
    user = users.log_in(db.session(), json_data.email, json_data.password.get_secret_value(), now())
    login.begin(user)
    return session_answer()


@blueprint.delete("/session")
@public
@blueprint.doc(responses={204: "Logged out"})
def log_out() -> Response:
    """Log out"""
    login.end()
    return Response(status=204)
