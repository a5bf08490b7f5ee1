"""Mails about accounts: asked for inside the transaction that causes them, sent by a worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.mail import account
from backend.mail.letter import Letter, new_message_id
from backend.models import AccountMail, AccountMailKind, User, begin_write
from backend.queueing import JobName, enqueue_after_commit
from backend.services import delivery, tokens
from backend.services.delivery import Mailer, Sent
from backend.services.tokens import Purpose
from backend.settings import Settings

Kind = AccountMailKind
AT_ONCE = 50
KEEP = timedelta(days=30)


def request(session: Session, email: str, kind: Kind, now: datetime) -> None:
    """Ask for a mail, inside the caller's writing transaction; an unknown address gets none.

    One that is asked for again before it was sent is sent once.
    """
    enqueue_after_commit(session, JobName.SEND_MAIL)  # also for an unknown one: it shall take as long
    user_id = session.scalar(select(User.id).where(User.email == email))
    if user_id is None:
        return
    waiting = session.scalar(
        select(AccountMail.id).where(
            AccountMail.user_id == user_id,
            AccountMail.kind == kind,
            AccountMail.tries == 0,
            AccountMail.sent_at.is_(None),
        )
    )
    if waiting is None:
        session.add(
            AccountMail(user_id=user_id, kind=kind, created_at=now, next_try_at=now, tries=0, refusals=0)
        )


def send_due(
    session: Session, settings: Settings, mailer: Mailer, now: datetime, jitter: Callable[[], float]
) -> Sent:
    """Send what waits, up to a batch. A server that cannot be reached ends the batch."""
    done = Sent()
    while done.tried < AT_ONCE and done.reachable:
        mail = delivery.waiting(session, AccountMail, now)
        if mail is None:
            session.rollback()
            break
        delivery.claim(mail, settings, now)
        mail.message_id = mail.message_id or new_message_id(settings.mail_sender)
        mail_id = mail.id
        session.commit()
        letter = written(settings, mail)
        session.rollback()
        error = delivery.hand_over(mailer, letter)
        begin_write(session)
        if error is None:
            delivery.mark_sent(session, AccountMail, [mail_id], now, done)
        elif (unsent := session.get(AccountMail, mail_id)) is not None:
            delivery.mark_unsent(unsent, error, settings, now, jitter, done)
        session.commit()
    return done


def written(settings: Settings, mail: AccountMail) -> Letter:
    """The mail with its link, signed now."""
    user, base = mail.user, settings.base_url
    write = {
        Kind.CONFIRM: account.confirmation,
        Kind.RESET: account.reset,
        Kind.KNOWN: account.already_registered,
        Kind.CHANGED: account.password_changed,
        Kind.CHANNEL: account.channel_refused,
    }[Kind(mail.kind)]
    link = f"{base}/reset"
    if mail.kind == Kind.CONFIRM:
        token = tokens.make(settings, Purpose.CONFIRM, user.id, user.session_salt)
        link = f"{base}/confirm?token={token}"
    elif mail.kind == Kind.RESET:
        token = tokens.make(settings, Purpose.RESET, user.id, user.session_salt)
        link = f"{base}/reset/confirm?token={token}"
    elif mail.kind == Kind.CHANNEL:
        link = f"{base}/account"
    message_id = mail.message_id or new_message_id(settings.mail_sender)
    return write(user.email, link, message_id=message_id, date=mail.created_at)


def remove_old(session: Session, now: datetime) -> None:
    """Forget what was sent, or given up, a month ago."""
    begin_write(session)
    session.execute(delete(AccountMail).where(AccountMail.created_at < now - KEEP))
    session.commit()
