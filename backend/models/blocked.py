from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.models.base import Base, BigId
from backend.models.company import Company


class BlockedCompany(Base):
    """A company of which a user wants to be told nothing."""

    __tablename__ = "blocked_companies"

    user_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    company_id: Mapped[int] = mapped_column(
        BigId,
        ForeignKey("companies.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    created_at: Mapped[datetime]

    company: Mapped[Company] = relationship()
