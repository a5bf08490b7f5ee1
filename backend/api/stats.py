"""Numbers for everyone: what there is, how it moves, and how the sources are."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import date
from typing import Generic, Literal, TypeVar

from apiflask import APIBlueprint
from flask import Flask, Response, current_app
from pydantic import Field

from backend.api.access import public
from backend.api.caching import not_modified
from backend.api.clock import now
from backend.api.paging import Page
from backend.api.schema import Answer, Moment
from backend.models import db
from backend.services import reachability, source_health, stats
from backend.services.stats import Stats

blueprint = APIBlueprint("stats", __name__, url_prefix="/api", tag="Statistics")

Value = TypeVar("Value")
KEPT_SECONDS = 15.0
REST = 20
"""An answer that took a second to compute is kept for at least twenty: scans never fill the process."""


class DayRow(Answer):
    day: date
    opened: int = Field(examples=[2310])
    closed: int = Field(examples=[1904])


class ShareRow(Answer):
    name: str = Field(examples=["greenhouse"])
    open: int = Field(examples=[184022])


class DaysToCloseRow(Answer):
    """Of the listings that closed in the last half year."""

    name: str = Field(examples=["greenhouse"])
    closed: int = Field(examples=[51877])
    median_days: float = Field(examples=[31.5])


class StatsAnswer(Answer):
    """As counted at `counted_at`. Days are UTC; what a board's first crawl brought is open, not new."""

    counted_at: Moment
    companies: int
    boards: int
    open: int
    closed: int
    new_today: int
    new_per_day: list[DayRow]
    by_source: list[ShareRow]
    by_country: list[ShareRow]
    by_mode: list[ShareRow]
    median_days_to_close: float | None = Field(description="of what closed in the last half year")
    days_to_close_by_source: list[DaysToCloseRow]
    days_to_close_by_country: list[DaysToCloseRow] = Field(description="the thirty that closed most")


class SourceRow(Answer):
    """How the boards of one source are; `proven`: it was tried on recorded real answers."""

    name: str = Field(examples=["greenhouse"])
    label: str = Field(examples=["Greenhouse"])
    boards: int
    working: int
    failing: int
    gone: int = Field(description="boards that no longer exist")
    skipped: int = Field(description="boards that wait for settings nobody gave")
    needs: list[str] = Field(description="those settings", examples=[["ADZUNA_APP_ID"]])
    empty: int = Field(description="boards that were full and now list nothing")
    open: int
    last_crawl_at: Moment | None
    last_success_at: Moment | None
    fresh_seconds: float | None = Field(description="the median age of the boards' last good crawls")
    failing_since: Moment | None
    mean_seconds: float | None
    health: Literal["works", "slow", "failing", "idle"]
    proven: bool


class SourcePage(Page[SourceRow]):
    """Every source there is. `network_away_since`: no careers site answers, so there is no network."""

    network_away_since: Moment | None = None


class Kept(Generic[Value]):
    """A value that is computed anew once it is old, by one thread at a time."""

    def __init__(self, compute: Callable[[], Value]) -> None:
        self.compute = compute
        self.lock = threading.Lock()
        self.value: Value | None = None
        self.good_until = 0.0

    def get(self) -> Value:
        with self.lock:
            if self.value is None or time.monotonic() >= self.good_until:
                begun = time.monotonic()
                self.value = self.compute()
                done = time.monotonic()
                self.good_until = done + max(KEPT_SECONDS, REST * (done - begun))
            return self.value


def init_stats(app: Flask) -> None:
    """Keep the numbers with the application that they are of."""
    app.extensions["kept_stats"] = Kept(compute_stats)


def compute_stats() -> Stats:
    return stats.compute(db.session(), now())


@blueprint.get("/stats")
@public
@blueprint.output(StatsAnswer)
def get_stats() -> StatsAnswer | Response:
    """Open and new listings over time, by source, country and mode, and how long they stay open

    They are counted now and then: `counted_at` says when.
    """
    kept: Kept[Stats] = current_app.extensions["kept_stats"]
    counted = stats.latest(db.session()) or kept.get()  # a new installation has not counted yet
    return not_modified(counted.counted_at) or StatsAnswer.model_validate(counted)


@blueprint.get("/sources")
@public
@blueprint.output(SourcePage)
def list_sources() -> SourcePage:
    """Every source, and how it is"""
    moment = now()
    rows = [SourceRow.model_validate(one) for one in source_health.source_statuses(db.session(), moment)]
    away = reachability.away_since(db.session(), moment)
    return SourcePage(items=rows, total=len(rows), next_cursor=None, network_away_since=away)
