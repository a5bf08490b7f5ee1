"""The cookie session: who is logged in, and how that begins and ends."""

from __future__ import annotations

import hmac

from flask import session as cookie
from flask_login import login_user, logout_user

from backend.models import User, db


def load_user(kept: str) -> User | None:
    """The user of a cookie ("id.salt"); nobody if disabled, unconfirmed, or the salt has changed since."""
    number, _, salt = kept.partition(".")
    if not number.isdecimal() or len(number) > 18:
        return None
    user = db.session().get(User, int(number))
    if user is None or not hmac.compare_digest(user.session_salt.encode(), salt.encode()):
        return None
    return user if user.is_active and user.confirmed_at else None


def begin(user: User) -> None:
    """Log in afresh: whatever the cookie held before is gone, the CSRF token included."""
    cookie.clear()
    login_user(user)
    cookie.permanent = True


def end() -> None:
    logout_user()
    cookie.clear()


def keep(user: User) -> None:
    """Stay logged in after the salt has changed; the CSRF token stays, so that open pages go on."""
    login_user(user)
