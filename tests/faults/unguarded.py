"""The telling worker without the ledger's uniqueness: `python -m tests.faults.unguarded QUEUE...`.

Its matches are written without looking whether they are known, into a table that would not refuse them. A
run with it must fail, so that the oracle is seen to bite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Table, UniqueConstraint
from sqlalchemy.dialects import postgresql, sqlite

from backend.models import Match
from workers import worker

MATCHES = cast(Table, Match.__table__)


@contextmanager
def without_uniqueness() -> Iterator[None]:
    """Tables that are made meanwhile take a match of a tracker and a listing twice."""
    unique = next(
        one
        for one in MATCHES.constraints
        if isinstance(one, UniqueConstraint) and {"tracker_id", "listing_id"} <= set(one.columns.keys())
    )
    MATCHES.constraints.discard(unique)
    try:
        yield
    finally:
        MATCHES.constraints.add(unique)


def unguarded(real: Callable[..., Any]) -> Callable[..., Any]:
    """An insert leaves out what conflicts as ever, but for matches."""

    def on_conflict_do_nothing(insert: Any, **options: Any) -> Any:
        return insert if insert.table is MATCHES else real(insert, **options)

    return on_conflict_do_nothing


if __name__ == "__main__":
    for dialect in (sqlite, postgresql):
        dialect.Insert.on_conflict_do_nothing = unguarded(dialect.Insert.on_conflict_do_nothing)
    worker.main()
