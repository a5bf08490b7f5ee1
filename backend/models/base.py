"""The database handle, column types shared by all tables, and how a writing transaction begins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, BigInteger, DateTime, Integer, MetaData, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, registry
from sqlalchemy.types import TypeDecorator

from backend.models import postgresql

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python; SQLite, which keeps no zone, gets it back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a date without a zone: {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows only for INTEGER keys
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
Id = Annotated[int, mapped_column(BigId, primary_key=True, autoincrement=True)]


class Base(DeclarativeBase):
    """Tables inherit from this, not from `db.Model`, which mypy cannot follow."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: UTCDateTime, dict[str, Any]: Json, list[Any]: Json, int: BigId},
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


def prepare_engine(engine: Engine) -> None:
    """SQLite: WAL, foreign keys, and transactions that say at their start whether they write."""
    if engine.dialect.name != "sqlite":
        postgresql.prepare(engine)
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "busy_timeout=30000", "foreign_keys=ON", "synchronous=NORMAL"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def read_value(engine: Engine, statement: str, parameters: Sequence[Any]) -> Any:
    """The only value that a SELECT in the driver's own words gives, read in no transaction.

    For what is read very often: SQLAlchemy's way takes three times as long. Raises the driver's errors.
    """
    pooled = engine.raw_connection()
    driver: Any = pooled.dbapi_connection
    begins_by_itself = engine.dialect.name == "postgresql"
    try:
        if begins_by_itself:
            driver.autocommit = True
        cursor = driver.cursor()
        cursor.execute(statement, parameters)
        ((value,),) = cursor.fetchall()
        return value
    finally:
        if begins_by_itself:
            driver.autocommit = False
        pooled.close()


BY_HAND = {"synchronize_session": False}
"""To execute an UPDATE or DELETE that leaves loaded rows as they are: none is read before a commit."""


def begin_write(session: Session, *, repeatable: bool = False) -> None:
    """Begin a writing transaction. What was read before is forgotten: read again what decides the write.

    A deferred transaction that reads first and writes later meets "database is locked" at once on SQLite.
    `repeatable`: the same would be written again by itself, so PostgreSQL need not wait for the disk. If its
    machine dies, the last of it is lost; never something earlier than a later, lasting commit.
    """
    session.rollback()
    connection = session.connection(execution_options={"writes": True})
    if repeatable and connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL synchronous_commit TO OFF")
