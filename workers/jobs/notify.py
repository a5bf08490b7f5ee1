"""Telling: due matches and mails about accounts go out, over one SMTP connection a job."""

from __future__ import annotations

import random

from backend.mail.outgoing import Postbox
from backend.queueing import JobName
from backend.services import account_mail, notifications, reminders
from workers.bootstrap import JobContext, job_context

BATCHES = 20  # a job ends after these; the next goes on
jitter = random.Random().random  # noqa: S311  (spreads retries; nothing secret)


def notify_due() -> None:
    """Send what is due, mails about accounts first: somebody waits for those."""
    with job_context(JobName.NOTIFY_DUE) as context, Postbox() as postbox:
        if not send_account_mails(context, postbox):
            return
        reminders.remind(context.session, context.settings, context.now())
        for _ in range(BATCHES):
            done = notifications.send_due(context.session, context.settings, postbox, context.now(), jitter)
            if not done.tried or not done.reachable:
                return
        context.wake(JobName.NOTIFY_DUE)


def send_account_mail() -> None:
    with job_context(JobName.SEND_MAIL) as context, Postbox() as postbox:
        send_account_mails(context, postbox)


def send_account_mails(context: JobContext, postbox: Postbox) -> bool:
    """Returns whether the mail server could be reached."""
    while True:
        done = account_mail.send_due(context.session, context.settings, postbox, context.now(), jitter)
        if not done.tried or not done.reachable:
            return done.reachable
