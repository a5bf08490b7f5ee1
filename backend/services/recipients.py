"""Who may be told anything by trackers, and by which way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, or_, select

from backend.models import Channel, User
from backend.settings import Settings


def may_be_told() -> ColumnElement[bool]:
    return and_(User.disabled_at.is_(None), User.confirmed_at.is_not(None))


def may_be_written_to() -> ColumnElement[bool]:
    return and_(may_be_told(), User.mail_refused_at.is_(None))


def takes_messages(settings: Settings) -> ColumnElement[bool]:
    """Channels that are verified, not refused, and of a kind that this installation speaks."""
    return and_(
        Channel.deleted_at.is_(None),
        Channel.verified_at.is_not(None),
        Channel.refused_at.is_(None),
        Channel.kind.in_(settings.channel_kinds),
    )


def working_channels() -> Select[int]:
    """The ids of channels that took what they were last told."""
    verified = and_(Channel.deleted_at.is_(None), Channel.verified_at.is_not(None))
    return select(Channel.id).where(verified, Channel.refused_at.is_(None), Channel.failing_since.is_(None))


def open_channels(settings: Settings, now: datetime) -> Select[int]:
    """The ids of channels that may be told now: one that failed is left alone for a while."""
    waited = or_(Channel.wait_until.is_(None), Channel.wait_until <= now)
    return select(Channel.id).where(takes_messages(settings), waited)
