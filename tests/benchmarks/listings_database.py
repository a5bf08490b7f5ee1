"""A database of listings for a benchmark: SQLite in a folder, with our own tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, create_engine

from backend.models import Base
from backend.models.base import prepare_engine


@contextmanager
def sqlite(path: Path) -> Iterator[Engine]:
    """An engine on this file; the tables are made where they lack."""
    engine = create_engine(f"sqlite:///{path}")
    prepare_engine(engine)
    Base.metadata.create_all(engine)
    try:
        yield engine
    finally:
        engine.dispose()
