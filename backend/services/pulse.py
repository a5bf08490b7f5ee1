"""Whether the work keeps up: what waits at each step from a crawl to a mail, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from backend.models import AccountMail, Board, Crawl, CrawlStatus, Finding, ListingEvent, Notification
from backend.services import claims
from backend.services.leases import due
from backend.services.recipients import working_channels
from backend.settings import Settings


@dataclass(frozen=True, slots=True)
class Waiting:
    """One step's work: how much of it waits, and for how many seconds the oldest does (0: nothing)."""

    name: str
    text: str
    count: int
    age: float


@dataclass(frozen=True, slots=True)
class Pulse:
    boards_due: int
    listings_open: int
    waiting: list[Waiting]


def pulse(session: Session, settings: Settings, now: datetime) -> Pulse:
    return Pulse(
        boards_due=session.scalar(select(func.count()).select_from(Board).where(due(now))) or 0,
        listings_open=int(session.scalar(select(func.sum(Board.open_count))) or 0),
        waiting=list(waiting(session, settings, now)),
    )


def waiting(session: Session, settings: Settings, now: datetime) -> Iterator[Waiting]:
    """Every step, in order. A long list that is still being read is no crawl yet."""
    for name, text, moment, chosen in (
        (
            "crawls_unmatched",
            "crawls that trackers have not met yet",
            Crawl.finished_at,
            and_(Crawl.matched_at.is_(None), Crawl.status != CrawlStatus.READING),
        ),
        (
            "findings_unwritten",
            "findings of which matches are still to be written",
            Finding.found_at,
            Finding.fanned_at.is_(None),
        ),
        (
            "changes_unwritten",
            "changes of watched listings that are still to be written down",
            ListingEvent.at,
            ListingEvent.fanned_to.is_not(None),
        ),
        (
            "notifications_unsent",
            "messages that wait, though nobody refused them",
            Notification.created_at,
            and_(not_taken(Notification, settings, now), no_channel_fails()),
        ),
        (
            "account_mails_unsent",
            "mails about accounts that wait, though nobody refused them",
            AccountMail.created_at,
            not_taken(AccountMail, settings, now),
        ),
    ):
        count, oldest = session.execute(select(func.count(), func.min(moment)).where(chosen)).one()
        yield Waiting(name, text, count, age(oldest, now))
    count, since = claims.overdue(session, now)
    text = "matches and changes that are due and in no message yet"
    yield Waiting("matches_unsent", text, count, age(since, now))


def not_taken(
    model: type[Notification] | type[AccountMail], settings: Settings, now: datetime
) -> ColumnElement[bool]:
    """To be sent, and not put off: by a server that said no for now, quiet hours, or an undo that may come.

    While the server cannot be reached at all, each is tried again after `mail_retry_seconds`.
    """
    return and_(
        model.sent_at.is_(None),
        model.failed_at.is_(None),
        or_(model.tries == 0, model.refusals < model.tries),
        model.next_try_at <= now + timedelta(seconds=settings.mail_retry_seconds),
    )


def no_channel_fails() -> ColumnElement[bool]:
    """Messages that do not wait for a channel of which its owner knows that it fails."""
    return or_(Notification.channel_id.is_(None), Notification.channel_id.in_(working_channels()))


def late(session: Session, settings: Settings, now: datetime) -> list[str]:
    """The steps that do not keep up, in words for an operator."""
    return [
        f"{one.text}: {one.count:,}, the oldest for {one.age / 60:.0f} minutes"
        for one in waiting(session, settings, now)
        if one.age > settings.late_seconds
    ]


def age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
