from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.models.base import Base, Id

if TYPE_CHECKING:
    from backend.models.board import Board


class Company(Base):
    """An employer. `slug` is our own and unique; two companies with one board token differ in it."""

    __tablename__ = "companies"

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200), index=True)
    country: Mapped[str | None] = mapped_column(String(2))
    sector: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime]

    boards: Mapped[list[Board]] = relationship(back_populates="company")
