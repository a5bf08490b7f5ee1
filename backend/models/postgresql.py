"""What pg8000, PostgreSQL's driver, is told so that it is fast, and how it says that the server is away."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from pg8000 import core, legacy
from pg8000.exceptions import InterfaceError
from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext
from sqlalchemy.exc import DBAPIError

SHUTS_DOWN_OR_STARTS = "57P0"  # 57P01 to 57P03 of PostgreSQL's error codes
TIMESTAMP_WITH_TIME_ZONE, JSONB = 1184, 3802  # what PostgreSQL calls the types in its answers
TRUSTED_SECONDS = 0.5
QUOTES = ("'", "$", "--")  # within which "%s" may be no parameter
STATEMENTS = 1_000  # of those, remembered as the driver sends them

_numbered = legacy.convert_paramstyle
_in_turns = core.CoreConnection.execute_unnamed


def prepare(engine: Engine) -> None:
    """Many rows go into one INSERT: the driver would send each by itself, and wait. Libraries in C read
    moments and JSON: the driver's own way takes many times as long. Parameters are numbered at once: the
    driver reads each statement letter by letter whenever it is sent. And it waits for the server once a
    statement, not three times; and at most once, not four times, to see whether a connection lives.
    """
    engine.dialect.use_insertmanyvalues_wo_returning = True
    engine.dialect.do_ping = _still_lives  # type: ignore[assignment, method-assign]
    event.listen(engine, "connect", _read_quickly)
    event.listen(engine, "handle_error", _notice_a_restart)
    legacy.convert_paramstyle = _numbered_quickly
    core.CoreConnection.execute_unnamed = _execute_at_once


def is_away(error: DBAPIError) -> bool:
    """Whether PostgreSQL cannot be reached at present: nothing is wrong with what was asked of it."""
    return error.connection_invalidated or isinstance(error.orig, InterfaceError)


def _still_lives(connection: Any) -> bool:
    """Asked without a transaction, which SQLAlchemy would begin, and end when the connection is given back.

    Who answered a moment ago is trusted: a server may end at any moment anyway.
    """
    now = time.monotonic()
    if now - getattr(connection, "answered_at", -math.inf) > TRUSTED_SECONDS:
        connection.execute_simple("SELECT 1")
        connection.answered_at = now
    return True


def _read_quickly(connection: Any, _record: Any) -> None:
    connection.register_in_adapter(TIMESTAMP_WITH_TIME_ZONE, datetime.fromisoformat)
    connection.register_in_adapter(JSONB, msgspec.json.decode)


def _notice_a_restart(context: ExceptionContext) -> None:
    """A server that only starts, or stops, refuses by a code that SQLAlchemy takes for any other error."""
    said = next(iter(context.original_exception.args), None)
    if isinstance(said, dict) and said.get("C", "").startswith(SHUTS_DOWN_OR_STARTS):
        context.is_disconnect = True


def _numbered_quickly(style: str, statement: str, values: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    """SQLAlchemy gives values in order, so that only the statement is another."""
    first, *others = statement.split("%s")
    quotes = any(mark in statement for mark in QUOTES)
    if style != "format" or quotes or statement.count("%") != len(others):
        return _numbered_once(style, statement), values
    return first + "".join(f"${number}{text}" for number, text in enumerate(others, 1)), values


@lru_cache(maxsize=STATEMENTS)
def _numbered_once(style: str, statement: str) -> str:
    numbered: str = _numbered(style, statement, ())[0]
    return numbered


def _execute_at_once(
    connection: core.CoreConnection,
    statement: str,
    vals: Sequence[Any] = (),
    oids: Sequence[int] = (),
    stream: Any = None,
) -> core.Context:
    """The messages of the extended query protocol, and one Sync: what goes wrong is told at its end."""
    if stream is not None:
        return _in_turns(connection, statement, vals, oids, stream)
    context = core.Context(statement)
    connection.send_PARSE(core.NULL_BYTE, statement, oids)
    connection.send_BIND(core.NULL_BYTE, core.make_params(connection.py_types, vals))
    connection._send_message(core.DESCRIBE, core.PORTAL + core.NULL_BYTE)
    connection.send_EXECUTE()
    core._write(connection._sock, core.SYNC_MSG)
    core._flush(connection._sock)
    connection.handle_messages(context)
    return context
