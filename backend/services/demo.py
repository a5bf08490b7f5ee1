"""The demo's people: somebody with a tracker, and an administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.models import Cadence, User, begin_write
from backend.services import passwords, trackers, users

EMAIL = "demo@example.org"
ADMIN_EMAIL = "admin@example.org"
TRACKED = "engineer"


@dataclass(frozen=True, slots=True)
class Login:
    email: str
    password: str


def furnish(session: Session, password: str, now: datetime) -> tuple[Login, Login]:
    """Make the demo's user, with a tracker, and its administrator, both with this password.

    Doing it again renews the password and changes nothing else. Returns both log-ins, the user's first.
    """
    users.create_admin(session, ADMIN_EMAIL, password, now)
    if users.by_email(session, EMAIL) is None:
        trackers.create(
            session, add_user(session, password, now), trackers.Wish(TRACKED, Cadence.INSTANT), now
        )
    return Login(EMAIL, password), Login(ADMIN_EMAIL, password)


def add_user(session: Session, password: str, now: datetime) -> int:
    """A user whose address counts as confirmed: the demo's mailbox is a folder on this machine."""
    password_hash = passwords.hash_of(password)
    begin_write(session)
    user = User(
        email=EMAIL,
        password_hash=password_hash,
        session_salt=users.new_salt(),
        created_at=now,
        confirmed_at=now,
    )
    session.add(user)
    session.commit()
    return user.id
