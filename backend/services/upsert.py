"""INSERT ... ON CONFLICT for whichever of the two databases the session speaks to."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.models import Base


def insert_into(session: Session, model: type[Base]) -> postgresql.Insert:
    """An insert with `on_conflict_do_nothing` and `on_conflict_do_update`; SQLite's has the same methods."""
    table = cast(Table, model.__table__)
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return cast(postgresql.Insert, sqlite.insert(table))
