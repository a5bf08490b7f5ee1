"""What an administrator sees of users and may do to them. One who can log in must always remain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.models import Tracker, User, begin_write


class LastAdmin(ValueError):
    """Somebody must remain who can log in and administer."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an admin may change about a user; None leaves it."""

    disabled: bool | None = None
    is_admin: bool | None = None


def refuse_last(session: Session, user: User) -> None:
    """Inside a writing transaction; all admins are locked: two cannot remove each other. Raises LastAdmin."""
    usable = (User.is_admin, User.disabled_at.is_(None), User.confirmed_at.is_not(None))
    admins = session.scalars(select(User.id).where(*usable).order_by(User.id).with_for_update()).all()
    if list(admins) == [user.id]:
        session.rollback()
        raise LastAdmin("This is the last administrator: make another one first.")


def change_standing(session: Session, user_id: int, change: Standing, now: datetime) -> User | None:
    """Disable, enable, make or unmake an admin. None: there is no such user. Raises LastAdmin."""
    begin_write(session)
    user = session.get(User, user_id)
    if user is None:
        session.rollback()
        return None
    if change.disabled or change.is_admin is False:
        refuse_last(session, user)
    if change.disabled is not None:
        user.disabled_at = (user.disabled_at or now) if change.disabled else None
    if change.is_admin is not None:
        user.is_admin = change.is_admin
    session.commit()
    return user


def page(session: Session, *, text: str = "", after: int | None = None, limit: int = 50) -> list[User]:
    """Users by id; `text` is found in the address."""
    query = select(User).order_by(User.id).limit(limit)
    if text:
        query = query.where(User.email.icontains(text, autoescape=True))
    if after is not None:
        query = query.where(User.id > after)
    return list(session.scalars(query))


def count(session: Session, *, text: str = "") -> int:
    query = select(func.count()).select_from(User)
    if text:
        query = query.where(User.email.icontains(text, autoescape=True))
    return session.scalar(query) or 0


def tracker_counts(session: Session, user_ids: Sequence[int]) -> dict[int, int]:
    """User id -> trackers not deleted."""
    rows = session.execute(
        select(Tracker.user_id, func.count())
        .where(Tracker.user_id.in_(user_ids), Tracker.deleted_at.is_(None))
        .group_by(Tracker.user_id)
    )
    return dict(row._tuple() for row in rows)
