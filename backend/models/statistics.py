from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from backend.models.base import Base, BigId


class Statistics(Base):
    """Numbers over everything as they were last counted: one row, replaced whole (`services/stats`).

    `seconds` is what counting took; `figures` is a `services.stats.Stats` as JSON.
    """

    __tablename__ = "statistics"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    counted_at: Mapped[datetime]
    seconds: Mapped[float]
    figures: Mapped[dict[str, Any]]
