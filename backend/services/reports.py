"""Reports of visits: plain values until they are written, by a statement for many.

The unit of work takes three times as long for the same rows. It keeps those that go on over several
transactions: of a list in parts, of a long hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from backend.models import Crawl

CRAWLS = cast(Table, Crawl.__table__)


@dataclass(slots=True)
class NewReport:
    """See `models.Crawl`. `id` is known once it is written."""

    board_id: int
    started_at: datetime
    finished_at: datetime
    status: str
    id: int | None = None
    complete: bool = False
    baseline: bool = False
    seen: int = 0
    new: int = 0
    changed: int = 0
    missing: int = 0
    closed: int = 0
    reopened: int = 0
    bytes: int = 0
    requests: int = 0
    seconds: float = 0.0
    error: str | None = None
    matched_at: datetime | None = None


Report = NewReport | Crawl
WRITTEN = [field.name for field in fields(NewReport) if field.name != "id"]


def write(session: Session, reports: Sequence[Report]) -> None:
    """Write those that are new, and give them their ids. The others are the session's."""
    new = [report for report in reports if isinstance(report, NewReport)]
    if new:
        rows = [{name: getattr(report, name) for name in WRITTEN} for report in new]
        made = insert(CRAWLS).returning(CRAWLS.c.id, sort_by_parameter_order=True)
        for report, report_id in zip(new, session.scalars(made, rows), strict=True):
            report.id = report_id
