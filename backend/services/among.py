"""Many values in a statement, however many: they are one parameter, or two."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ARRAY, BigInteger, ColumnElement, TableValuedAlias, any_, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

Value = TypeVar("Value", int, str)


def among(
    session: Session,
    column: InstrumentedAttribute[Value] | InstrumentedAttribute[Value | None],
    values: Collection[Value],
) -> ColumnElement[bool]:
    """That a column has one of them. Each is looked up in its index.

    A list of parameters would be written out each time.
    """
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))
    return column.in_(select(_each(values).c.value))


def numbers(session: Session, values: Collection[int]) -> TableValuedAlias:
    """Rows of (value)."""
    if session.get_bind().dialect.name == "postgresql":
        return func.unnest(literal(list(values), ARRAY(BigInteger))).table_valued("value").render_derived()
    return _each(values)


def pairs(session: Session, values: Mapping[int, int]) -> TableValuedAlias:
    """Rows of (key, value) to join with."""
    if session.get_bind().dialect.name == "postgresql":
        both = (literal(list(side), ARRAY(BigInteger)) for side in (values.keys(), values.values()))
        return func.unnest(*both).table_valued("key", "value").render_derived()
    return func.json_each(in_json(values)).table_valued("key", "value")


def _each(values: Collection[Any]) -> TableValuedAlias:
    return func.json_each(in_json(list(values))).table_valued("value")


def in_json(values: Sequence[Any] | Mapping[int, int]) -> str:
    return msgspec.json.encode(values).decode()
