"""What waits to be sent: claimed by one worker, sent, marked. The same for digests and account mails.

A claim is a time until which others keep away. Whoever dies between sending and marking leaves a claim that
runs out, and the message is sent again with the same Message-ID. A refusal for now ends the claim at once.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Row, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from backend.domain.backoff import LONGEST, pause
from backend.domain.undelivered import Undelivered
from backend.mail.letter import Letter, new_message_id
from backend.models import BY_HAND, AccountMail, Notification, begin_write
from backend.services.among import among
from backend.settings import Settings

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(days=5)

Outgoing = TypeVar("Outgoing", Notification, AccountMail)


class Mailer(Protocol):
    """What sends; `backend.mail.outgoing.Postbox` is the one. Where it waits, `meanwhile` is called once."""

    meanwhile: Callable[[], None] | None

    def send(self, letter: Letter) -> None: ...


@dataclass(slots=True)
class Sent:
    """What one call did.

    `reachable` is false when the server could not be spoken to, `in_time` when it left no time for some.
    """

    sent: int = 0
    later: int = 0
    failed: int = 0
    reachable: bool = True
    in_time: bool = True

    @property
    def tried(self) -> int:
        return self.sent + self.later + self.failed

    @property
    def goes_on(self) -> bool:
        return self.reachable and self.in_time


def add_notifications(
    session: Session, settings: Settings, each: Iterable[Mapping[str, Any]], now: datetime
) -> list[Row[int, int, int | None]]:
    """Write down what is to be sent from now on, its Message-ID fixed, in the caller's transaction.

    `each` says what is its own. Returns (id, user_id, channel_id) of each, in any order.
    """
    rows = [
        {
            "message_id": new_message_id(settings.mail_sender),
            "token": secrets.token_urlsafe(32),
            "created_at": now,
            "next_try_at": now,
            **own,
        }
        for own in each
    ]
    made = insert(Notification).returning(Notification.id, Notification.user_id, Notification.channel_id)
    return list(session.execute(made, rows)) if rows else []


def unsent(model: type[Notification] | type[AccountMail], now: datetime) -> ColumnElement[bool]:
    """To be tried now, and nobody is at it."""
    return and_(
        model.sent_at.is_(None),
        model.failed_at.is_(None),
        model.next_try_at <= now,
        or_(model.claimed_until.is_(None), model.claimed_until <= now),
    )


def waiting(
    session: Session, model: type[Outgoing], now: datetime, *chosen: ColumnElement[bool]
) -> Outgoing | None:
    """Lock the message that waits longest, in a new writing transaction; the caller claims it and commits."""
    begin_write(session)
    return session.scalar(
        select(model)
        .where(unsent(model, now), *chosen)
        .order_by(model.next_try_at, model.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=model)
    )


def claimed_until(settings: Settings, now: datetime) -> datetime:
    return now + timedelta(seconds=settings.mail_claim_seconds)


def claim(row: Notification | AccountMail, settings: Settings, now: datetime) -> None:
    row.claimed_until = claimed_until(settings, now)
    row.tries += 1


def known_unsent(row: Notification | AccountMail) -> bool:
    """Whether every try was answered with no, so that nobody can have got it. Ask before claiming anew."""
    return row.refusals == row.tries


def hand_over(mailer: Mailer, letter: Letter) -> Undelivered | None:
    """Send, with no transaction open. Returns what went wrong."""
    try:
        mailer.send(letter)
    except Undelivered as error:
        log.warning("mail %s was not accepted: %s", letter.message_id, error)
        return error
    return None


def leave(row: Notification) -> None:
    """It was claimed, and then not tried."""
    row.claimed_until = None
    row.tries -= 1


def mark_sent(
    session: Session,
    model: type[Notification] | type[AccountMail],
    ids: Collection[int],
    now: datetime,
    done: Sent,
) -> None:
    """They were accepted. In the caller's writing transaction, which has loaded none of them."""
    session.execute(
        update(model)
        .where(among(session, model.id, ids))
        .values(sent_at=now, claimed_until=None, error=None),
        execution_options=BY_HAND,
    )
    done.sent += len(ids)


def mark_unsent(
    row: Notification | AccountMail,
    error: Undelivered,
    settings: Settings,
    now: datetime,
    jitter: Callable[[], float],
    done: Sent,
    patience: timedelta | None = GIVE_UP_AFTER,
) -> None:
    """Write down what went wrong, inside the caller's writing transaction. `jitter` gives numbers in [0, 1).

    After so much `patience` it is given up; None: never.
    """
    row.claimed_until, row.error = None, str(error)
    wait = max(pause(row.tries, jitter()), min(error.wait or timedelta(0), LONGEST))
    if error.away:
        wait, done.reachable = min(wait, timedelta(seconds=settings.mail_retry_seconds)), False
    if error.known_unsent:
        row.refusals += 1
    late = patience is not None and now - row.created_at >= patience
    if error.for_good or (late and not error.away):
        give_up(row, str(error), now, done)
        return
    row.next_try_at = now + wait
    done.later += 1


def give_up(row: Notification | AccountMail, reason: str, now: datetime, done: Sent) -> None:
    row.error, row.failed_at = reason, now
    done.failed += 1
