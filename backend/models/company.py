from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.models.base import Base, Id

if TYPE_CHECKING:
    from backend.models.board import Board


class Company(Base):
    """An employer. `slug` is our own and unique; two companies with one board token differ in it.

    The counts of its listings are of the last time they were counted (`services/company_counts`): lists are
    ordered by them. `new_count` is of the seven days before.
    """

    __tablename__ = "companies"
    __table_args__ = (
        Index("ix_companies_open", "open_count", "id"),
        Index("ix_companies_new", "new_count", "id"),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    country: Mapped[str | None] = mapped_column(String(2))
    sector: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime]
    open_count: Mapped[int] = mapped_column(default=0, server_default="0")
    new_count: Mapped[int] = mapped_column(default=0, server_default="0")
    closed_count: Mapped[int] = mapped_column(default=0, server_default="0")

    boards: Mapped[list[Board]] = relationship(back_populates="company")
