"""Writing the reports of visits: a statement for many.

Through the table itself: the unit of work takes three times as long for the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from backend.models import Board, Crawl

BOARDS, CRAWLS = cast(Table, Board.__table__), cast(Table, Crawl.__table__)
REPORTED = [column.name for column in CRAWLS.c if not column.primary_key]


def write(session: Session, crawls: Sequence[Crawl]) -> None:
    """Write those that are new, and give them their ids. Those that go on are the session's."""
    new = [crawl for crawl in crawls if crawl.id is None]
    if new:
        rows = [{name: getattr(crawl, name) for name in REPORTED} for crawl in new]
        made = insert(CRAWLS).returning(CRAWLS.c.id, sort_by_parameter_order=True)
        for crawl, crawl_id in zip(new, session.scalars(made, rows), strict=True):
            crawl.id = crawl_id
