"""Giving many rows values of their own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import JSON, Table, Text, Update, bindparam, cast, column, func, update
from sqlalchemy.orm import Session

SHAPES = 1_000  # statements that are remembered: a table, and the columns that are given


def update_rows(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Update rows of a table with one primary key. Each row gives that, and all the same other columns.

    To PostgreSQL they go as one value: its driver would send row after row, and wait for each.
    """
    if not rows:
        return
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_of_json(table, tuple(rows[0])), {"rows": msgspec.json.encode(rows).decode()})
        return
    (key,) = table.primary_key
    one = update(table).where(key == bindparam("row"))
    session.execute(one, [{"row": row[key.name]} | _without(row, key.name) for row in rows])


def _without(row: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != key}


@lru_cache(maxsize=SHAPES)
def _of_json(table: Table, names: tuple[str, ...]) -> Update:
    (key,) = table.primary_key
    together = cast(bindparam("rows", type_=Text), JSON)
    columns = (column(name, table.c[name].type) for name in names)
    given = (
        func.json_to_recordset(together).table_valued(*columns, name="given").render_derived(with_types=True)
    )
    return (
        update(table)
        .where(key == given.c[key.name])
        .values({name: given.c[name] for name in names if name != key.name})
    )
