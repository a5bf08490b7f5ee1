"""Who may be told anything by trackers."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_

from backend.models import User


def may_be_written_to() -> ColumnElement[bool]:
    return and_(User.disabled_at.is_(None), User.confirmed_at.is_not(None), User.mail_refused_at.is_(None))
