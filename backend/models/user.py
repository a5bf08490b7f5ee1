from __future__ import annotations

from datetime import datetime

from flask_login import UserMixin
from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from backend.domain.telling import Quiet
from backend.models.base import Base, Id


class User(UserMixin, Base):
    """A person who can log in. `email` is kept in lower case. `session_salt` changes to end all sessions.

    `quiet_from` and `quiet_until` are hours (0 to 23) of their day between which nothing is sent.
    `mail_refused_at`: the address was refused for good by a mail server; trackers no longer write to it.
    """

    __tablename__ = "users"

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    session_salt: Mapped[str] = mapped_column(String(32))
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    quiet_from: Mapped[int | None]
    quiet_until: Mapped[int | None]
    is_admin: Mapped[bool] = mapped_column(default=False)
    disabled_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_login_at: Mapped[datetime | None]
    mail_refused_at: Mapped[datetime | None]

    @property
    def quiet(self) -> Quiet | None:
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return Quiet(self.quiet_from, self.quiet_until)

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def get_id(self) -> str:
        return f"{self.id}.{self.session_salt}"
