from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId, Id


class Role(Base):
    """One role of a company, however many places or boards list it. Only of listings that some query met.

    `title` is its title's terms without those of its place; `listing_id` the first listing, by whose text
    others are compared.
    """

    __tablename__ = "roles"
    __table_args__ = (Index("ix_roles_company_title", "company_id", "title"),)

    id: Mapped[Id]
    company_id: Mapped[int] = mapped_column(BigId, ForeignKey("companies.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(500))
    listing_id: Mapped[int] = mapped_column(BigId, ForeignKey("listings.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]


class ListingRole(Base):
    """Which role a listing is of; set once, when a query first meets it."""

    __tablename__ = "listing_roles"

    listing_id: Mapped[int] = mapped_column(
        BigId, ForeignKey("listings.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    role_id: Mapped[int] = mapped_column(BigId, ForeignKey("roles.id", ondelete="CASCADE"), index=True)
