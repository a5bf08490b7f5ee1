"""A condition that a column has one of many values, however many: they are one parameter."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TypeVar

from sqlalchemy import ARRAY, ColumnElement, any_, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

Value = TypeVar("Value", int, str)


def among(
    session: Session,
    column: InstrumentedAttribute[Value] | InstrumentedAttribute[Value | None],
    values: Collection[Value],
) -> ColumnElement[bool]:
    """Each is looked up in the column's index. A list of parameters would be written out each time."""
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(listed.c.value))
