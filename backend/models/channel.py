from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId, Id


class ChannelKind(StrEnum):
    """How a channel is spoken to: our own signed POST, or whatever Apprise makes of its address."""

    WEBHOOK = "webhook"
    APPRISE = "apprise"


class Channel(Base):
    """A way beside the account's mail in which a user's trackers tell.

    `address` is as good as a password and never shown whole; `secret` signs what a webhook gets. It is told
    of matches once its user has typed in the `code` that came through it. `refused_at`: it takes nothing any
    more until it is verified anew. `wait_until`: after a failure nothing is sent before then; `error` is what
    went wrong last. Deleted is soft, without address and secret: what was told keeps the name.
    """

    __tablename__ = "channels"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(80))
    address: Mapped[str | None] = mapped_column(Text)
    secret: Mapped[str | None] = mapped_column(String(100))
    code: Mapped[str | None] = mapped_column(String(6))
    code_asked_at: Mapped[datetime | None]
    code_sent_at: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(default=0)
    verified_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    wait_until: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
