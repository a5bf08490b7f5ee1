"""Queries filed under their anchors, and found again by the keys that listings emit.

A query is filed as it is saved. What another version of `domain/anchors` filed, or none, is read and tested
against every listing until it has been filed anew: nothing depends on when that happens.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    cast,
    column,
    delete,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from backend.domain import anchors
from backend.domain.anchors import Rarity
from backend.domain.query import QueryError, parse
from backend.domain.query_nodes import Node
from backend.domain.sieve import Rule
from backend.models import KeyShare, QueryAnchor, SavedQuery, Tracker, begin_write
from backend.services.among import among, in_json, numbers

log = logging.getLogger(__name__)

AT_ONCE = 200


def file_under_anchors(session: Session, queries: Sequence[tuple[int, str]], now: datetime) -> None:
    """File queries (id, canonical text) under their rarest keys. In the caller's writing transaction."""
    nodes = {query_id: node for query_id, text in queries if (node := readable_node(text)) is not None}
    wanted = frozenset().union(*map(anchors.possible_anchors, nodes.values()))
    rarity = rarity_of(session, wanted)
    rows = [
        {"key": key, "query_id": query_id, "rest": str(rest)}
        for query_id, node in nodes.items()
        for key, rest in anchors.rules_or_every(node, rarity).items()
    ]
    ids = [query_id for query_id, _ in queries]
    session.execute(delete(QueryAnchor).where(QueryAnchor.query_id.in_(ids)))
    if rows:
        session.execute(insert(QueryAnchor), rows)
    session.execute(
        update(SavedQuery).where(SavedQuery.id.in_(ids)).values(filed_by=anchors.VERSION, filed_at=now)
    )


def readable_node(canonical: str) -> Node | None:
    """One that another version wrote and this one cannot read matches nothing and holds back nobody else."""
    try:
        return parse(canonical).node
    except QueryError:
        log.exception("a saved query cannot be read and matches nothing: %r", canonical)
        return None


def rarity_of(session: Session, wanted: Collection[str]) -> Rarity:
    """How rare these keys are among the listings that were last sampled; a guess, if none ever were."""
    chosen = select(KeyShare.key, KeyShare.share).where(among(session, KeyShare.key, wanted))
    shares = dict(iter(session.execute(chosen)))
    if not shares and session.scalar(select(KeyShare.key).limit(1)) is None:
        return anchors.guess
    return lambda key: shares.get(key, 0.0)


def file_unfiled(session: Session, now: datetime) -> int:
    """File what no version so new has filed, by pages. May stop and run again at any time."""
    return file_pages(session, SavedQuery.filed_by < anchors.VERSION, now)


def file_pages(session: Session, chosen: ColumnElement[bool], now: datetime) -> int:
    """File queries until none is chosen any more; to be filed must end it."""
    filed = 0
    while True:
        begin_write(session)
        page = session.execute(
            select(SavedQuery.id, SavedQuery.canonical)
            .where(chosen)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True)
        ).all()
        if not page:
            session.rollback()
            return filed
        file_under_anchors(session, [(query_id, text) for query_id, text in page], now)
        session.commit()
        filed += len(page)


def rules_under(session: Session, wanted: Sequence[str]) -> Iterator[Rule]:
    """What is filed under these keys, of queries of any version and also of those that nobody follows."""
    if session.get_bind().dialect.name == "postgresql":
        keys = func.unnest(literal(wanted, ARRAY(Text)))
        listed = keys.table_valued("value", with_ordinality="number").render_derived()
        number = listed.c.number - 1
    else:
        listed = func.json_each(in_json(wanted)).table_valued("value", column("key", Integer))
        number = listed.c.key
    columns = number, QueryAnchor.query_id, QueryAnchor.rest
    found = select(*columns).select_from(listed).join(QueryAnchor, QueryAnchor.key == listed.c.value)
    return zip(*gathered(session, found), strict=True)


def passed_over(session: Session, query_ids: Collection[int], followed: ColumnElement[bool]) -> list[int]:
    """Those of these queries that no tracker follows that is `followed`, or that another version has filed.

    They are few, so it is these that are told.
    """
    query_id = numbers(session, query_ids).c.value
    (ids,) = gathered(session, select(query_id).where(not_(with_one(followed, query_id))))
    if session.scalar(select(SavedQuery.id).where(filed_by_another()).limit(1)) is None:
        return ids
    filed = select(SavedQuery.id, SavedQuery.filed_by).where(among(session, SavedQuery.id, query_ids))
    # as a condition it would lead SQLite to walk through all that this version has filed
    return ids + [one for one, by in zip(*gathered(session, filed), strict=True) if by != anchors.VERSION]


def texts_of(session: Session, query_ids: Collection[int]) -> dict[int, str]:
    """Id -> canonical text."""
    return texts(session, among(session, SavedQuery.id, query_ids))


def otherwise_filed(session: Session, followed: ColumnElement[bool]) -> dict[int, str]:
    """Id -> canonical text of the queries that this version has not filed, if a tracker is `followed`."""
    return texts(session, and_(filed_by_another(), with_one(followed, SavedQuery.id)))


def filed_by_another() -> ColumnElement[bool]:
    return or_(SavedQuery.filed_by < anchors.VERSION, SavedQuery.filed_by > anchors.VERSION)


def texts(session: Session, chosen: ColumnElement[bool]) -> dict[int, str]:
    rows = session.execute(select(SavedQuery.id, SavedQuery.canonical).where(chosen))
    return dict(rows.all())


def with_one(followed: ColumnElement[bool], query_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    return select(Tracker.id).where(Tracker.query_id == query_id, followed).exists()


def gathered(session: Session, rows: Select[*tuple[Any, ...]]) -> Iterator[list[Any]]:
    """The values of each column as one list, read at once: tens of thousands of rows would cost far more."""
    gather = func.json_agg if session.get_bind().dialect.name == "postgresql" else func.json_group_array
    together = rows.with_only_columns(*(cast(gather(one), Text) for one in rows.selected_columns))
    return (msgspec.json.decode(part or "[]") for part in session.execute(together).one())
