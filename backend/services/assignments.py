"""What a visit is told of its board, and what it tells: plain values, which threads may hand on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from backend.domain.normalise import Normalised
from backend.models import CrawlStatus
from backend.services.known_listings import Row
from backend.services.long_lists import LongList
from backend.sources.base import Source


@dataclass(frozen=True, slots=True)
class Assignment:
    """What a visit needs to know of a board; plain values, so that threads share no session.

    `settled`: no listing is missing, no crawl held, the board not emptied; an unchanged answer then changes
    nothing. `failing`: its last visit failed, or it was gone. `barren`: see `services/barren`.
    """

    board_id: int
    lease: str
    source: Source
    token: str
    validators: Mapping[str, str]
    fingerprint: str | None
    parser_version: int | None
    mean_seconds: float | None = None
    interval_seconds: int | None = None
    open_count: int = 0
    settled: bool = False
    failing: bool = False
    barren: Mapping[str, int] = field(default_factory=dict)


class Item(NamedTuple):
    """One posting of a visit. `content` is None when the list answer says that nothing changed."""

    list_hash: str | None
    content_hash: str
    content: Normalised | None


READ = frozenset({CrawlStatus.COMPLETE, CrawlStatus.PARTIAL, CrawlStatus.UNCHANGED})


@dataclass(slots=True)
class Visit:
    """What came of it. `items` is None unless the board was read; then `status` is COMPLETE or PARTIAL.

    `long_list` is there instead of `items` where the list is too long for memory; `crawl_id` is the report
    that its parts were stored with.
    `details_left`: some detail pages are still to be read; `more_details`: soon, for there was no time for
    them, or for the rest of a long list.
    `host_fails`: postponed, for its host failed again and again. `known`: what was stored of the board, where
    the visit had to look; nobody else writes that while the lease lasts.
    """

    assignment: Assignment
    started_at: datetime
    status: CrawlStatus = CrawlStatus.FAILED
    items: dict[str, Item] | None = None
    known: Mapping[str, Row] | None = None
    long_list: LongList | None = None
    crawl_id: int | None = None
    fingerprint: str | None = None
    validators: dict[str, str] = field(default_factory=dict)
    host_fails: bool = False
    details_left: bool = False
    more_details: bool = False
    barren: dict[str, int] = field(default_factory=dict)
    bytes: int = 0
    requests: int = 0
    seconds: float = 0.0
    error: str | None = None
    retry_after: float | None = None

    @property
    def read(self) -> bool:
        """Whether the board said what it holds."""
        return self.status in READ

    def leave_rest(self) -> None:
        """What was read is stored, and the next visit, soon, goes on."""
        self.status, self.fingerprint, self.more_details = CrawlStatus.PARTIAL, None, True

    def fail(self, status: CrawlStatus, error: str) -> None:
        self.status, self.error = status, error
        self.items = self.long_list = self.fingerprint = None
