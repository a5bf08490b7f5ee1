"""People, boards, crawls and trackers, written as the services themselves would write them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from backend.domain import pay
from backend.mail.outgoing import Postbox
from backend.models import (
    Base,
    Board,
    Cadence,
    Company,
    Crawl,
    CrawlStatus,
    Listing,
    ListingEvent,
    ListingText,
    Match,
    Tracker,
    User,
    begin_write,
)
from backend.services import matches, notifications, trackers, watching
from backend.services.delivery import Mailer, Sent
from backend.settings import Settings

numbers = itertools.count(1)


def as_ends(event: dict[str, Any]) -> dict[str, Any]:
    """An event as it is stored: of an end or a new beginning neither before nor after."""
    if event["what"] != "closed":
        return event
    what = "reopened" if event["after"] is None else "closed"
    return event | {"what": what, "before": None, "after": None}


class World:
    """A database with a board, and a clock that the test moves."""

    def __init__(self, session: Session, settings: Settings, now: datetime) -> None:
        self.session, self.settings, self.now = session, settings, now
        self.board_id = self.add_board("Acme")

    def forward(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now

    def add_user(self, **fields: Any) -> int:
        values = {
            "email": f"user{next(numbers)}@example.org",
            "password_hash": "x",
            "session_salt": "salt",
            "time_zone": "UTC",
            "created_at": self.now,
            "confirmed_at": self.now,
        }
        return self.add(User(**{**values, **fields}))

    def add_board(self, name: str) -> int:
        number = next(numbers)
        company = Company(slug=f"company-{number}", name=name, created_at=self.now)
        return self.add(
            Board(
                company=company,
                source="greenhouse",
                token=f"token-{number}",
                url="https://boards.greenhouse.io/token",
                created_at=self.now,
                next_crawl_at=self.now,
            )
        )

    def add(self, row: Any) -> int:
        begin_write(self.session)
        self.session.add(row)
        self.session.flush()
        row_id: int = row.id
        self.session.commit()
        return row_id

    def count(self, model: type[Base]) -> int:
        self.session.rollback()
        return self.session.scalar(select(func.count()).select_from(model)) or 0

    def track(self, user_id: int, query: str, cadence: Cadence = Cadence.INSTANT, **wish: Any) -> int:
        made = trackers.create(self.session, user_id, trackers.Wish(query, cadence, **wish), self.now)
        return made.id

    def crawl(self, titles: Sequence[str] = (), *, baseline: bool = False, **fields: Any) -> list[int]:
        """A crawl that brings these new listings; returns their ids."""
        begin_write(self.session)
        crawl = self.new_crawl(baseline)
        board = self.session.get_one(Board, self.board_id)
        ids = []
        for title in titles:
            number = next(numbers)
            values = {
                "external_id": str(number),
                "url": f"https://boards.example/{number}",
                "title": title,
                "locations": [{"text": "Berlin", "city": "Berlin", "region": None, "country": "DE"}],
                "first_seen_at": self.now,
                "changed_at": self.now,
                "baseline": baseline,
                "content_hash": "x",
            }
            listing = Listing(
                board_id=board.id, company_id=board.company_id, crawl_id=crawl.id, **{**values, **fields}
            )
            self.session.add(listing)
            self.session.flush()
            self.session.add(ListingText(listing_id=listing.id, html=f"<p>Our number {number}.</p>"))
            ids.append(listing.id)
        self.session.commit()
        return ids

    def touch(self, listing_id: int, **fields: Any) -> None:
        """A crawl that changes a listing."""
        begin_write(self.session)
        listing = self.session.get_one(Listing, listing_id)
        listing.crawl_id, listing.changed_at = self.new_crawl(False).id, self.now
        for name, value in fields.items():
            setattr(listing, name, value)
        self.session.commit()

    def become(self, listing_id: int, **fields: Any) -> None:
        """A crawl that finds a listing another, or closed, and writes its history as `listing_rows` does."""
        before = self.state_of(listing_id)
        self.touch(listing_id, **fields)
        after = self.state_of(listing_id)
        events = [
            {
                "listing_id": listing_id,
                "at": self.now,
                "what": what,
                "before": before[what],
                "after": after[what],
            }
            for what in before
            if before[what] != after[what]
        ]
        if not events:
            return
        begin_write(self.session)
        self.session.execute(insert(ListingEvent), watching.noted(self.session, list(map(as_ends, events))))
        self.session.commit()

    def state_of(self, listing_id: int) -> dict[str, Any]:
        self.session.expire_all()
        listing = self.session.get_one(Listing, listing_id)
        return {
            "title": listing.title,
            "locations": "; ".join(place["text"] for place in listing.locations) or None,
            "salary": pay.line_of(
                [listing.salary_min, listing.salary_max, listing.salary_currency, listing.salary_period]
            ),
            "closed": listing.closed_at,
        }

    def new_crawl(self, baseline: bool) -> Crawl:
        crawl = Crawl(
            board_id=self.board_id,
            started_at=self.now - timedelta(seconds=1),
            finished_at=self.now,
            status=CrawlStatus.COMPLETE,
            complete=True,
            baseline=baseline,
        )
        self.session.add(crawl)
        self.session.flush()
        return crawl

    def match(self) -> matches.Matched:
        return matches.match_crawls(self.session, self.settings, self.now)

    def found(self, tracker_id: int) -> list[str]:
        """The titles that a tracker has matched, in order."""
        titles = self.session.scalars(
            select(Listing.title)
            .join(Match, Match.listing_id == Listing.id)
            .where(Match.tracker_id == tracker_id)
            .order_by(Match.id)
        )
        return list(titles)

    def tracker(self, tracker_id: int) -> Tracker:
        self.session.expire_all()
        return self.session.get_one(Tracker, tracker_id)


def tell(world: World, mailer: Mailer | None = None) -> Sent:
    """Mail what is due now, by `mailer` in place of the server that the application sends to."""
    with Postbox() as postbox:
        return notifications.send_due(
            world.session, world.settings, mailer or postbox, world.now, lambda: 0.0
        )
