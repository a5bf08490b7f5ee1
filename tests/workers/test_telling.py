"""The jobs as a worker runs them: from a stored crawl to a mail in a mailbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from backend.models import AccountMail, Match, Tracker, begin_write
from backend.services import account_mail, trackers
from tests.mailbox import open_mailbox
from tests.services.tracking import World
from workers.jobs.housekeeping import housekeeping
from workers.jobs.match import match_crawls
from workers.jobs.notify import notify_due, send_account_mail


@pytest.fixture
def mailbox(app, mocker):
    mocker.patch("workers.bootstrap.worker_app", return_value=app)
    with open_mailbox() as mailbox:
        app.extensions["mail"].port = mailbox.port
        yield mailbox


@pytest.fixture
def world(session, settings, mailbox):
    return World(session, settings, datetime.now(UTC) - timedelta(hours=1))


def test_a_crawl_becomes_a_mail_and_the_jobs_may_run_again(world, mailbox):
    world.track(world.add_user(email="ada@example.org"), "python")
    world.forward(minutes=1)
    world.crawl(["Python developer", "Gardener"])
    match_crawls()
    begin_write(world.session)
    world.session.execute(update(Match).values(due_at=world.now))
    world.session.commit()
    for _ in range(3):
        match_crawls()
        notify_due()
    [message] = mailbox.messages
    assert (message["To"], message["Subject"]) == ("ada@example.org", "Python developer at Acme")


def test_the_periodic_look_also_sends_a_mail_whose_wake_up_was_lost(world, mailbox, redis_server):
    world.add_user(email="ada@example.org")
    for job in (notify_due, send_account_mail):
        begin_write(world.session)
        account_mail.request(world.session, "ada@example.org", account_mail.Kind.RESET, world.now)
        world.session.commit()
        redis_server.flushall()
        job()
    assert len(mailbox.raw) == 2


def test_housekeeping_ends_trackers_and_forgets_the_deleted(world):
    ada = world.add_user(email="ada@example.org")
    ended, deleted = world.track(ada, "python"), world.track(ada, "rust")
    trackers.remove(world.session, ada, deleted, world.now - timedelta(hours=1))
    begin_write(world.session)
    world.session.execute(update(Tracker).where(Tracker.id == ended).values(expires_at=world.now))
    account_mail.request(
        world.session, "ada@example.org", account_mail.Kind.RESET, world.now - timedelta(days=31)
    )
    world.session.commit()
    housekeeping()
    world.session.expire_all()
    assert world.session.scalars(select(Tracker.expired_at)).all() == [world.now]
    assert world.count(AccountMail) == 0
