"""What is stored of a board's listings, as a crawl must know it: a few statements for many."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, cast

import msgspec
from sqlalchemy import Dialect, Engine, Select, Table, Text, bindparam, func, select
from sqlalchemy import cast as cast_in_sql
from sqlalchemy.orm import Session

from backend.domain.diff import Known
from backend.models import Listing, read_value

CHUNK = 500  # parameters of one IN list
PIECE = 5000  # rows of a long answer
LISTINGS = cast(Table, Listing.__table__)
Key = TypeVar("Key")


class Row(NamedTuple):
    """What a visit, the diff and the history need of a stored listing."""

    id: int
    content_hash: str
    list_hash: str | None
    missed: int
    closed: bool


ROW = (
    LISTINGS.c.board_id,
    LISTINGS.c.external_id,
    LISTINGS.c.id,
    LISTINGS.c.content_hash,
    LISTINGS.c.list_hash,
    LISTINGS.c.missed,
    LISTINGS.c.closed_at.is_not(None),
)
_KEY, _REST = ROW[1], ROW[2:]
_in_json = msgspec.json.Decoder(dict[str, Row], strict=False)  # SQLite's booleans are 0 and 1
_MAKE_JSON = {
    "sqlite": (func.json_array, func.json_group_object),
    "postgresql": (func.json_build_array, func.json_object_agg),
}


def load_board(engine: Engine, board_id: int) -> dict[str, Row]:
    """All listings of a board, by external id.

    As one value: SQLite lets another thread run for each row, and a visit is one of many threads.
    """
    rows = read_value(engine, _whole_board(engine.dialect), (board_id,))
    return _in_json.decode(rows or "{}")


@lru_cache(maxsize=10)
def _whole_board(dialect: Dialect) -> str:
    """A SELECT with one parameter, the board's id."""
    one_row, together = _MAKE_JSON[dialect.name]
    rows = select(cast_in_sql(together(_KEY, one_row(*_REST)), Text))
    return str(rows.where(LISTINGS.c.board_id == bindparam("board")).compile(dialect=dialect))


def load(session: Session, board_id: int, keys: Sequence[str]) -> dict[str, Row]:
    """Those of `keys` that a board has stored, by external id."""
    query = select(*ROW).where(LISTINGS.c.board_id == board_id)
    parts = (query.where(LISTINGS.c.external_id.in_(chunk)) for chunk in chunks(keys))
    return {key: row for part in parts for _, key, row in _rows(session, part)}


def load_many(session: Session, board_ids: Sequence[int]) -> dict[int, dict[str, Row]]:
    """All listings of some boards, by board and external id."""
    found: dict[int, dict[str, Row]] = {}
    if not board_ids:
        return found
    for board_id, key, row in _rows(session, select(*ROW).where(LISTINGS.c.board_id.in_(board_ids))):
        found.setdefault(board_id, {})[key] = row
    return found


def _rows(session: Session, query: Select[Any]) -> Iterator[tuple[int, str, Row]]:
    for board_id, key, *rest in session.execute(query):
        yield board_id, key, Row(*rest)


def load_unseen(session: Session, board_id: int, seen: Container[str]) -> tuple[dict[str, Known], int]:
    """The open listings of a board that are not among `seen`, as a diff of ids knows them; and how many are.

    There may be very many, so they are read in pieces.
    """
    piece = (
        select(LISTINGS.c.external_id, LISTINGS.c.missed)
        .where(LISTINGS.c.board_id == board_id, LISTINGS.c.closed_at.is_(None))
        .order_by(LISTINGS.c.external_id)
        .limit(PIECE)
    )
    unseen: dict[str, Known] = {}
    others = 0
    rows = session.execute(piece).all()
    while rows:
        for key, missed in rows:
            if key in seen:
                others += 1
            else:
                unseen[key] = Known("", missed)
        rows = session.execute(piece.where(LISTINGS.c.external_id > rows[-1].external_id)).all()
    return unseen, others


def chunks(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    """Pieces that fit into an IN list."""
    for start in range(0, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
