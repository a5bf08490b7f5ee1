from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId


class QueryAnchor(Base):
    """A query is filed under this key: only what emits one of its keys can match it (`domain/anchors`).

    `rest` is what else must hold then (`domain/rest`).
    """

    __tablename__ = "query_anchors"
    __table_args__ = ({"sqlite_with_rowid": False},)  # one tree, in the order in which it is read

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    query_id: Mapped[int] = mapped_column(
        BigId,
        ForeignKey("queries.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    rest: Mapped[str] = mapped_column(Text, server_default="")


class KeyShare(Base):
    """How large a part of the sampled listings emits a key, from 0 to 1. Rarer ones are not kept.

    All rows are of one sample, taken at `counted_at`.
    """

    __tablename__ = "key_shares"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    share: Mapped[float]
    counted_at: Mapped[datetime]
