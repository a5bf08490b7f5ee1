"""Mails one after another: written while the server is busy with the one before, and never for too long."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select

from backend.mail.outgoing import MailUnavailable, Postbox
from backend.models import Notification
from backend.services import messages, notifications, writing
from tests.services.tracking import tell


class Line:
    """A connection that waits for its server twice a mail, and what happened in which order."""

    def __init__(self, events, broken=()):
        self.events, self.broken, self.meanwhile = events, broken, None

    def send(self, letter):
        self.events.append(f"{letter.message_id} begun")
        for _ in range(2):
            self.meanwhile()
        if letter.message_id in self.broken:
            raise MailUnavailable("421 come back")
        self.events.append(f"{letter.message_id} sent")


@pytest.fixture
def events(mocker):
    events = []

    class Letter:
        def __init__(self, number):
            self.message_id = number

        @property
        def content(self):
            events.append(f"{self.message_id} written")

    mocker.patch.object(messages, "letter", side_effect=Letter)
    return events


def writes(*numbers):
    return {number: lambda number=number: number for number in numbers}


def test_a_mail_is_written_while_the_one_before_is_on_its_way(events):
    assert writing.hand_over_all(Line(events), writes(1, 2, 3), 60) == {1: None, 2: None, 3: None}
    assert events == [
        *("1 written", "1 begun", "2 written", "1 sent"),
        *("2 begun", "3 written", "2 sent", "3 begun", "3 sent"),
    ]


def test_what_a_slow_server_leaves_no_time_for_is_not_tried(events):
    clock = iter((0, 10, 20, 30)).__next__
    assert writing.hand_over_all(Line(events), writes(1, 2, 3), 25, clock) == {1: None, 2: None}


def test_nothing_more_is_tried_once_the_server_is_away(events):
    results = writing.hand_over_all(Line(events, broken={2}), writes(1, 2, 3), 60)
    assert list(results) == [1, 2]
    assert isinstance(results[2], MailUnavailable)


class SlowPostbox(Postbox):
    """Takes more than a quarter of a second for each mail."""

    def send(self, letter):
        super().send(letter)
        time.sleep(0.3)


def test_a_mail_that_there_was_no_time_for_is_left_as_if_nobody_had_claimed_it(world, ada, mailbox):
    for user_id in (ada, world.add_user(), world.add_user()):
        world.track(user_id, "python")
    world.forward(minutes=1)
    world.crawl(["Python developer"])
    world.match()
    world.forward(minutes=1)
    short = world.settings.model_copy(update={"mail_claim_seconds": 1})
    for sent in (1, 2):
        with SlowPostbox() as postbox:
            done = notifications.send_due(world.session, short, postbox, world.now, lambda: 0.0)
        assert (done.tried, done.sent, done.in_time) == (1, 1, False)
        left = world.session.scalars(select(Notification).where(Notification.sent_at.is_(None))).all()
        assert [(one.tries, one.claimed_until) for one in left] == [(0, None)] * (3 - sent)
    assert tell(world).sent == 1
    assert len(set(mailbox.ids)) == len(mailbox.ids) == 3
