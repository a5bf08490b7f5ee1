from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.models.base import Base, BigId, Id
from backend.models.user import User


class AccountMailKind(StrEnum):
    CONFIRM = "confirm"
    RESET = "reset"
    KNOWN = "known"
    CHANGED = "changed"
    CHANNEL = "channel"


class AccountMail(Base):
    """A mail about an account. Its link is signed as it is sent: no secret rests here.

    `message_id` is fixed before the first try.
    """

    __tablename__ = "account_mails"
    __table_args__ = (
        Index(
            "ix_account_mails_unsent",
            "next_try_at",
            sqlite_where=text("sent_at IS NULL AND failed_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND failed_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(BigId, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    message_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    next_try_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    refusals: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)

    user: Mapped[User] = relationship()
