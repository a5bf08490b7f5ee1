"""Queries filed under their anchors, and found again by the keys that listings emit.

A query is filed as it is saved. What another version of `domain/anchors` filed, or none, is tested against
every listing until it has been filed anew: nothing depends on when that happens.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import JSON, ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from backend.domain import anchors, keys
from backend.domain.anchors import Anchors, Rarity
from backend.domain.query import QueryError, parse
from backend.domain.query_nodes import Node, RangeField
from backend.models import KeyShare, QueryAnchor, SavedQuery, Tracker, begin_write
from backend.services.among import among

log = logging.getLogger(__name__)

AT_ONCE = 200
EVERY = keys.of_range(RangeField.SEEN)  # what all listings emit


def file_under_anchors(session: Session, queries: Sequence[tuple[int, str]], now: datetime) -> None:
    """File queries (id, canonical text) under their rarest keys. In the caller's writing transaction."""
    nodes = {query_id: node for query_id, text in queries if (node := readable_node(text)) is not None}
    wanted = frozenset().union(*map(anchors.possible_anchors, nodes.values()))
    rarity = rarity_of(session, wanted)
    rows = [
        {"key": key, "query_id": query_id}
        for query_id, node in nodes.items()
        for key in sorted(anchors_or_every(node, rarity))
    ]
    ids = [query_id for query_id, _ in queries]
    session.execute(delete(QueryAnchor).where(QueryAnchor.query_id.in_(ids)))
    if rows:
        session.execute(insert(QueryAnchor), rows)
    session.execute(
        update(SavedQuery).where(SavedQuery.id.in_(ids)).values(filed_by=anchors.VERSION, filed_at=now)
    )


def anchors_or_every(node: Node, rarity: Rarity) -> Anchors:
    """A query that could not be saved any more, but once was, meets every listing."""
    return anchors.anchors_of(node, rarity) or frozenset([EVERY])


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


def of_another_version() -> ColumnElement[bool]:
    return or_(SavedQuery.filed_by < anchors.VERSION, SavedQuery.filed_by > anchors.VERSION)


def filed_under(session: Session, wanted: Collection[str], followed: ColumnElement[bool]) -> dict[int, str]:
    """Id -> canonical text of the queries that may match what emits these keys.

    Only of those for which there is a tracker that is `followed`.
    """
    under = select(QueryAnchor.query_id).where(among(session, QueryAnchor.key, wanted))
    trackers = select(Tracker.id).where(Tracker.query_id == SavedQuery.id, followed)
    gathered = func.json_agg if session.get_bind().dialect.name == "postgresql" else func.json_group_array
    found: dict[int, str] = {}
    for chosen in (SavedQuery.id.in_(under), of_another_version()):
        columns = (gathered(column, type_=JSON) for column in (SavedQuery.id, SavedQuery.canonical))
        ids, texts = session.execute(select(*columns).where(chosen, trackers.exists())).one()
        found.update(zip(ids or (), texts or (), strict=True))  # one row: tens of thousands cost far more
    return found
