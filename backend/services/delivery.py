"""What waits to be sent: claimed by one worker, sent, marked. The same for digests and account mails.

A claim is a time until which others keep away. Whoever dies between sending and marking leaves a claim that
runs out, and the message is sent again with the same Message-ID. A refusal for now ends the claim at once.
"""

from __future__ import annotations

import logging
import secrets
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from rq.timeouts import JobTimeoutException
from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from backend.domain.backoff import LONGEST, pause
from backend.domain.undelivered import Undelivered
from backend.mail.letter import Letter, new_message_id
from backend.models import AccountMail, Notification, begin_write
from backend.services.among import among
from backend.settings import Settings

log = logging.getLogger(__name__)

GIVE_UP_AFTER = timedelta(days=5)

Outgoing = TypeVar("Outgoing", Notification, AccountMail)


class Mailer(Protocol):
    """What sends; `backend.mail.outgoing.Postbox` is the one. While it waits, `meanwhile` is done."""

    meanwhile: Callable[[], None] | None

    def send(self, letter: Letter) -> None: ...


@dataclass(slots=True)
class Sent:
    """What one call did. `reachable` is false when the server could not be spoken to."""

    sent: int = 0
    later: int = 0
    failed: int = 0
    reachable: bool = True

    @property
    def tried(self) -> int:
        return self.sent + self.later + self.failed


def add_notifications(
    session: Session, settings: Settings, each: Iterable[Mapping[str, Any]], now: datetime
) -> list[int]:
    """Write them down in the caller's transaction, to be sent from now on; returns their ids in any order.

    `each` says what is its own. Their Message-IDs are fixed by then.
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
    return list(session.scalars(insert(Notification).returning(Notification.id), rows)) if rows else []


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


def hand_over_all(
    mailer: Mailer, letters: Mapping[int, Callable[[], Letter]]
) -> dict[int, Undelivered | None]:
    """Send, with no transaction open. Returns what went wrong with each; of those not tried nothing.

    Each is written while the server takes the one before.
    """
    results: dict[int, Undelivered | None] = {}
    waiting, ahead = deque(letters.items()), deque[tuple[int, Letter | Undelivered]]()

    def write_one() -> None:
        if waiting and not ahead:
            number, write = waiting.popleft()
            ahead.append((number, written(write)))

    mailer.meanwhile = write_one
    try:
        while waiting or ahead:
            write_one()
            number, letter = ahead.popleft()
            error = letter if isinstance(letter, Undelivered) else hand_over(mailer, letter)
            results[number] = error
            if error is not None and error.away:
                break
    finally:
        mailer.meanwhile = None
    return results


def written(write: Callable[[], Letter]) -> Letter | Undelivered:
    """One that cannot be written holds back no other."""
    try:
        letter = write()
        letter.as_bytes()
    except JobTimeoutException:
        raise
    except Exception:
        log.exception("a message could not be written; it is tried again later")
        return Undelivered("it could not be written; the log says why")
    return letter


def hand_over(mailer: Mailer, letter: Letter) -> Undelivered | None:
    """Send, with no transaction open. Returns what went wrong."""
    try:
        mailer.send(letter)
    except Undelivered as error:
        log.warning("mail %s was not accepted: %s", letter.msgId, error)
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
        execution_options={"synchronize_session": False},
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
