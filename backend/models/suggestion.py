from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.models.base import Base, BigId, Id
from backend.models.board import Board


class SuggestionStatus(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class Suggestion(Base):
    """A company that visitors miss. `key` is what they pasted in its shortest form, so that each is one row.

    `times` counts how often it was suggested. Nothing is kept of who did.
    """

    __tablename__ = "suggestions"
    __table_args__ = (Index("ix_suggestions_status", "status", "id"),)

    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(700), unique=True)
    url: Mapped[str] = mapped_column(String(600))
    company: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[str] = mapped_column(String(10), default=SuggestionStatus.OPEN)
    times: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    board_id: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("boards.id", ondelete="SET NULL"), index=True
    )

    board: Mapped[Board | None] = relationship()
