"""Telling: what is due becomes messages (`services/claims`), which are sent and then marked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.models import BY_HAND, Match, Notification, begin_write
from backend.services import changes, delivery, messages
from backend.services.among import among
from backend.services.claims import claim, due_recipients, take_waiting
from backend.services.delivery import Mailer, Sent
from backend.services.messages import Unsent
from backend.services.routes import ByMail, Route
from backend.settings import Settings


def send_due(
    session: Session, settings: Settings, mailer: Mailer, now: datetime, jitter: Callable[[], float]
) -> Sent:
    """Send what is due by mail, up to a number; call again until none was tried."""
    return send_by(session, settings, ByMail(mailer, settings), now, jitter)


def send_by(
    session: Session, settings: Settings, route: Route, now: datetime, jitter: Callable[[], float]
) -> Sent:
    """Send messages that wait, then claim and send new ones, up to a number; call again until none was tried.

    A mail server that cannot be reached, or is very slow, ends it.
    """
    done = Sent()
    while done.tried < route.most and done.goes_on:
        claimed = take_waiting(session, settings, route, now)
        if not claimed:
            break
        tell(session, settings, route, claimed, now, jitter, done)
    if done.tried >= route.most or not done.goes_on:
        return done
    recipients = due_recipients(session, route, now, route.most - done.tried)
    for start in range(0, len(recipients), route.at_once):
        some = recipients[start : start + route.at_once]
        claimed = claim(session, settings, route, some, now)
        if claimed:
            tell(session, settings, route, claimed, now, jitter, done)
        if not done.goes_on:
            break
    return done


def tell(
    session: Session,
    settings: Settings,
    route: Route,
    claimed: Sequence[int],
    now: datetime,
    jitter: Callable[[], float],
    done: Sent,
) -> None:
    """Compose, send and mark notifications that this worker has claimed."""
    composed = messages.compose(session, settings, claimed)
    ready = [(one, said) for one, said in composed if not isinstance(said, Unsent)]
    deliver = route.delivery(ready)
    unsent = {one.id: said for one, said in composed if isinstance(said, Unsent)}
    session.rollback()  # nothing is held open while the messages are on their way
    results = deliver()
    done.in_time = len(results) == len(ready)
    accepted = [one for one, error in results.items() if error is None]
    others = set(claimed).difference(accepted)
    begin_write(session)
    delivery.mark_sent(session, Notification, accepted, now, done)
    route.accepted(session, accepted, now)
    mark_told(session, accepted, now)
    for notification in session.scalars(select(Notification).where(Notification.id.in_(others))):
        if notification.id in unsent:
            delivery.give_up(notification, unsent[notification.id].value, now, done)
        elif (error := results.get(notification.id)) is not None:
            patience = route.patience(notification)
            delivery.mark_unsent(notification, error, settings, now, jitter, done, patience)
            route.refused(notification, error, now)
        else:
            delivery.leave(notification)
    session.commit()


def mark_told(session: Session, notification_ids: Collection[int], now: datetime) -> None:
    """All that the messages hold, or name as "and N more"."""
    held = among(session, Match.notification_id, notification_ids)
    session.execute(update(Match).where(held).values(told_at=now), execution_options=BY_HAND)
    on_their_cards = select(Match.id).where(held)
    session.execute(
        update(Match)
        .where(Match.told_with_id.in_(on_their_cards), Match.told_at.is_(None))
        .values(told_at=now),
        execution_options=BY_HAND,
    )
    changes.mark_told(session, notification_ids, now)
