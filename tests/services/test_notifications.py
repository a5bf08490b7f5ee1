"""Telling, by real SMTP and on both databases: once, in time, and again only under the same Message-ID."""

import socket
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.mail.outgoing import MailUnavailable, Postbox
from backend.models import Cadence, Match, Notification, Tracker, User, begin_write, db
from backend.services import mailed_links, messages, notifications, trackers
from tests.mailbox import text_of
from tests.services.tracking import tell

CLAIM = timedelta(minutes=10)  # longer than any claim lasts


def find(world, *titles, **fields):
    """A minute later these listings are found, and a minute after that they are due."""
    world.forward(minutes=1)
    ids = world.crawl(titles, **fields)
    world.match()
    world.forward(minutes=1)
    return ids


def untold(world):
    world.session.rollback()
    return world.session.scalar(select(func.count(Match.id)).where(Match.told_at.is_(None)))


class Crash(BaseException):
    """The worker is gone."""


class CrashingPostbox(Postbox):
    """Dies after the server has accepted the message."""

    def send(self, letter):
        super().send(letter)
        raise Crash


def test_one_mail_holds_what_several_trackers_found(world, ada, mailbox):
    world.track(ada, "python", name="Snakes")
    world.track(ada, "gardener", name="Plants")
    find(world, "Python developer", "Gardener", "Python gardener")
    assert tell(world).sent == 1
    [message] = mailbox.messages
    assert message["Subject"] == "3 new listings for 2 trackers"
    assert message["To"] == "ada@example.org"
    for kind in ("plain", "html"):
        text = text_of(message, kind)
        for part in (
            "Snakes",
            "Plants",
            "Python developer",
            "Acme",
            "Berlin",
            "greenhouse",
            "3 new listings",
        ):
            assert part in text
        assert text.count("Python gardener") == 1
    assert untold(world) == 0


def test_nothing_is_told_before_it_is_due(world, ada, mailbox):
    world.track(ada, "python", Cadence.DAILY)
    find(world, "Python developer")
    assert tell(world).tried == 0
    world.now = world.now.replace(hour=8) + timedelta(days=1)
    assert tell(world).sent == 1
    assert len(mailbox.raw) == 1


def test_ten_runs_tell_nothing_twice(world, ada, mailbox):
    world.track(ada, "python")
    find(world, "Python developer")
    for _ in range(10):
        world.match()
        tell(world)
        world.forward(hours=1)
    assert len(mailbox.raw) == 1


def test_a_crash_between_sending_and_marking_repeats_the_same_message(world, ada, mailbox):
    world.track(ada, "python")
    find(world, "Python developer")
    with pytest.raises(Crash):
        tell(world, CrashingPostbox())
    world.session.rollback()
    assert untold(world) == 1
    find(world, "Python tester")
    world.forward(minutes=1)
    tell(world)
    world.now += CLAIM
    tell(world)
    ids = mailbox.ids
    assert len(ids) == 3
    assert ids[0] == ids[2] != ids[1]
    assert text_of(mailbox.messages[0]) == text_of(mailbox.messages[2])
    assert "Python tester" in text_of(mailbox.messages[1])
    assert "Python developer" not in text_of(mailbox.messages[1])
    assert untold(world) == 0


def test_a_refusal_for_now_is_tried_again_later_with_the_same_message_id(world, ada, mailbox):
    world.track(ada, "python")
    find(world, "Python developer")
    mailbox.at_recipient = ["451 4.7.1 greylisted, come again"]
    assert tell(world).later == 1
    mailbox.at_data = ["452 4.3.1 no space"]
    assert tell(world).tried == 0
    world.forward(minutes=1)
    assert tell(world).later == 1
    world.forward(minutes=1)
    assert tell(world).tried == 0, "the pause grows"
    world.forward(minutes=1)
    assert tell(world).sent == 1
    notification = world.session.scalars(select(Notification)).one()
    assert mailbox.ids == [notification.message_id]
    assert (notification.tries, notification.refusals, notification.error) == (3, 2, None)


def test_an_address_refused_for_good_is_not_written_to_again(world, ada, mailbox):
    world.track(ada, "python")
    find(world, "Python developer")
    mailbox.at_recipient = ["550 5.1.1 no such user here"]
    assert tell(world).failed == 1
    assert world.session.get_one(User, ada).mail_refused_at == world.now
    notification = world.session.scalars(select(Notification)).one()
    assert notification.failed_at == world.now
    assert "no such user" in notification.error
    find(world, "Python tester")
    assert tell(world).tried == 0
    assert untold(world) == 2


def test_a_refusal_that_blames_us_does_not_blame_the_address(world, ada, mailbox):
    world.track(ada, "python")
    find(world, "Python developer")
    mailbox.at_recipient = ["554 5.7.1 relay access denied"]
    assert tell(world).later == 1
    assert world.session.get_one(User, ada).mail_refused_at is None


def test_one_refused_user_holds_back_no_other(world, mailbox):
    for _ in range(3):
        world.track(world.add_user(), "python")
    find(world, "Python developer")
    mailbox.at_recipient = ["550 5.1.1 gone", "450 4.2.0 later"]
    done = tell(world)
    assert (done.sent, done.later, done.failed) == (1, 1, 1)
    assert mailbox.connections == 1, "one connection serves them all"


def test_a_server_that_cannot_be_reached_ends_the_batch_and_loses_nothing(app, world, mailbox):
    for _ in range(3):
        world.track(world.add_user(), "python")
    find(world, "Python developer")
    app.extensions["mail"].port = 1
    done = tell(world)
    assert (done.tried, done.reachable) == (1, False)
    app.extensions["mail"].port = mailbox.port
    world.forward(minutes=1)
    assert tell(world).sent == 3
    assert untold(world) == 0


class BreakingPostbox(Postbox):
    """The line breaks at the second message."""

    count = 0

    def send(self, letter):
        self.count += 1
        if self.count == 2:
            raise MailUnavailable("the line broke")
        super().send(letter)


def test_what_was_claimed_with_others_and_not_tried_waits_for_nothing(world, mailbox):
    for _ in range(4):
        world.track(world.add_user(), "python")
    find(world, "Python developer")
    done = tell(world, BreakingPostbox())
    assert (done.sent, done.later, done.reachable) == (1, 1, False)
    assert sorted(world.session.scalars(select(Notification.tries))) == [0, 0, 1, 1]
    assert tell(world).sent == 2
    world.forward(minutes=5)
    assert tell(world).sent == 1
    assert len(set(mailbox.ids)) == len(mailbox.ids) == 4


def test_a_message_that_cannot_be_written_holds_back_no_other(world, mailbox, mocker, caplog):
    for _ in range(3):
        world.track(world.add_user(), "python")
    find(world, "Python developer")
    real, broken = messages.letter, []

    def letter(message):
        if not broken or message.to in broken:
            broken.append(message.to)
            raise ZeroDivisionError
        return real(message)

    mocker.patch.object(messages, "letter", side_effect=letter)
    done = tell(world)
    assert (done.sent, done.later) == (2, 1)
    assert "could not be written" in caplog.text
    mocker.stopall()
    world.forward(minutes=5)
    assert tell(world).sent == 1
    assert untold(world) == 0


def test_a_connection_that_the_server_closed_is_opened_again(world, mailbox):
    world.track(world.add_user(), "python")
    with Postbox() as postbox:
        find(world, "Python developer")
        assert tell(world, postbox).sent == 1
        postbox.connection.host.sock.shutdown(socket.SHUT_RDWR)
        find(world, "Python tester")
        assert tell(world, postbox).sent == 1
    assert mailbox.connections == 2


@pytest.mark.parametrize("field", ["disabled_at", "mail_refused_at"])
def test_a_user_who_is_not_to_be_written_to_gets_nothing(world, ada, mailbox, field):
    world.track(ada, "python")
    find(world, "Python developer")
    begin_write(world.session)
    world.session.execute(update(User).values({field: world.now}))
    world.session.commit()
    assert tell(world).tried == 0
    assert (mailbox.raw, untold(world)) == ([], 1)


def test_an_unconfirmed_address_gets_nothing(world, mailbox):
    world.track(world.add_user(confirmed_at=None), "python")
    find(world, "Python developer")
    assert tell(world).tried == 0


def test_a_paused_tracker_is_silent_and_tells_what_it_had_found_when_it_resumes(world, ada, mailbox):
    tracker_id = world.track(ada, "python")
    find(world, "Python developer")
    trackers.pause(world.session, ada, tracker_id, world.now)
    assert tell(world).tried == 0
    trackers.resume(world.session, ada, tracker_id, world.forward(hours=1))
    assert tell(world).sent == 1


def test_a_deleted_tracker_is_silent(world, ada, mailbox):
    tracker_id = world.track(ada, "python")
    find(world, "Python developer")
    trackers.remove(world.session, ada, tracker_id, world.now)
    assert tell(world).tried == 0
    trackers.restore(world.session, ada, tracker_id, world.now)
    assert tell(world).sent == 1


def test_an_ended_tracker_still_tells_what_it_found_before_its_end(world, ada, mailbox):
    tracker_id = world.track(ada, "python", duration_days=7)
    world.now = world.tracker(tracker_id).expires_at - timedelta(minutes=2)
    find(world, "Python developer")
    world.forward(hours=1)
    trackers.expire(world.session, world.now)
    assert tell(world).sent == 1


def test_a_tracker_stopped_after_a_refusal_is_left_out_and_told_when_it_resumes(world, ada, mailbox):
    snakes, plants = world.track(ada, "python", name="Snakes"), world.track(ada, "gardener", name="Plants")
    find(world, "Python developer", "Gardener")
    mailbox.at_recipient = ["450 4.2.0 later"]
    tell(world)
    trackers.pause(world.session, ada, plants, world.now)
    world.forward(minutes=1)
    assert tell(world).sent == 1
    assert "Gardener" not in text_of(mailbox.messages[0])
    trackers.resume(world.session, ada, plants, world.forward(minutes=1))
    assert tell(world).sent == 1
    assert "Gardener" in text_of(mailbox.messages[1])
    assert untold(world) == 0
    assert world.tracker(snakes).paused_at is None


def test_a_message_whose_trackers_were_all_deleted_is_not_sent(world, ada, mailbox):
    tracker_id = world.track(ada, "python")
    find(world, "Python developer")
    mailbox.at_recipient = ["450 4.2.0 later"]
    tell(world)
    trackers.remove(world.session, ada, tracker_id, world.now)
    world.forward(minutes=1)
    assert tell(world).failed == 1
    assert mailbox.raw == []
    assert "stopped" in world.session.scalars(select(Notification.error)).one()


def test_a_mail_of_very_many_shows_a_hundred_and_names_the_rest(world, ada, mailbox):
    world.track(ada, "python")
    find(world, *[f"Python {number}" for number in range(130)])
    tell(world)
    [message] = mailbox.messages
    assert message["Subject"] == "130 new listings for python"
    assert "and 30 more: https://jobs.example.org/trackers/" in text_of(message)
    assert text_of(message).count("greenhouse") == 100
    assert untold(world) == 0


def test_the_mail_can_be_stopped_by_one_click_and_sorted_by_filters(world, ada, mailbox):
    world.track(ada, "python")
    find(world, "Python developer")
    tell(world)
    [message] = mailbox.messages
    token = world.session.scalars(select(Notification.token)).one()
    assert message["List-Unsubscribe"] == f"<https://jobs.example.org/api/unsubscribe/{token}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "Job Tracker digests <trackers.jobs.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == world.now
    assert message["Message-ID"].endswith("@localhost>")


def test_scraped_words_and_names_break_out_of_no_header_and_no_page(world, ada, mailbox):
    world.track(ada, "python", name="Mine\r\nBcc: all@example.org")
    find(
        world,
        'Python\r\nBcc: eve@example.org\r\n\r\n<script>alert("x")</script>',
        url="javascript:alert(1)",
        locations=[{"text": "<b>Berlin</b>\nSpam"}],
    )
    tell(world)
    [message] = mailbox.messages
    assert message["Bcc"] is None
    assert set(message.keys()) == {
        "Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID",
        "Auto-Submitted", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
    }  # fmt: skip
    assert "Bcc: eve@example.org" in message["Subject"]
    html, text = text_of(message, "html"), text_of(message)
    assert "<script>" not in html
    assert "<b>" not in html
    assert "javascript:" not in html + text
    assert "<b>Berlin</b> Spam" in text


def test_lines_stay_short_enough_for_any_server(world, ada, mailbox):
    world.track(ada, "python")
    find(world, "Python " + "ü&" * 240)
    tell(world)
    assert max(len(line) for line in mailbox.raw[0].split(b"\r\n")) <= 998
    assert mailbox.raw[0].isascii()
    assert "ü&ü&" in text_of(mailbox.messages[0])


def test_the_link_of_a_tracker_stops_it_and_that_of_a_mail_stops_all_in_it(world, ada, mailbox):
    ids = [world.track(ada, "python"), world.track(ada, "developer"), world.track(ada, "rust")]
    find(world, "Python developer")
    tell(world)
    token = world.session.scalars(select(Notification.token)).one()
    own = world.tracker(ids[2]).token
    assert mailed_links.look(world.session, token) == mailed_links.Stoppable(["developer", "python"], False)
    assert mailed_links.stop(world.session, token, world.now).stopped
    assert mailed_links.stop(world.session, token, world.forward(hours=1)).stopped
    assert [world.tracker(one).paused_at is None for one in ids] == [False, False, True]
    assert mailed_links.stop(world.session, own, world.now).names == ["rust"]
    with pytest.raises(mailed_links.NoSuchLink):
        mailed_links.stop(world.session, "guessed", world.now)


def test_the_link_of_a_tracker_never_reaches_another_whose_matches_wait(world, ada):
    own, others = world.track(ada, "rust"), world.track(world.add_user(), "python", Cadence.WEEKLY)
    find(world, "Python developer")
    token = world.tracker(own).token
    assert mailed_links.look(world.session, token).names == ["rust"]
    assert [one.name for one in mailed_links.renew(world.session, token, 30, world.now)] == ["rust"]
    mailed_links.stop(world.session, token, world.now)
    assert world.tracker(others).paused_at is None


def test_several_workers_at_once_tell_each_match_once(app, world, mailbox):
    for _ in range(12):
        user_id = world.add_user()
        world.track(user_id, "python")
        world.track(user_id, "developer")
    find(world, "Python developer")
    engine = db.engine

    def work():
        with app.app_context(), Session(engine) as session, Postbox() as postbox:
            notifications.send_due(session, world.settings, postbox, world.now, lambda: 0.0)

    threads = [threading.Thread(target=work) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    tell(world)
    assert sorted(str(message["To"]) for message in mailbox.messages) == sorted(
        world.session.scalars(select(User.email))
    )
    assert len(set(mailbox.ids)) == 12
    assert untold(world) == 0


def test_a_tracker_of_very_many_matches_does_not_keep_small_ones_waiting(world, mailbox):
    big = world.add_user()
    world.track(big, "python")
    world.forward(minutes=1)
    world.crawl([f"Python {number}" for number in range(300)])
    small = [world.add_user() for _ in range(5)]
    for user_id in small:
        world.track(user_id, "gardener")
    find(world, "Gardener")
    assert tell(world).sent == 6
    assert world.count(Tracker) == 6


def test_an_undone_deletion_of_what_may_have_been_sent_neither_loses_nor_doubles(world, ada, mailbox):
    tracker_id = world.track(ada, "python")
    find(world, "Python developer")
    with pytest.raises(Crash):
        tell(world, CrashingPostbox())
    world.session.rollback()
    trackers.remove(world.session, ada, tracker_id, world.forward(minutes=1))
    world.now += CLAIM
    assert tell(world).tried == 0, "it waits until it is certain what becomes of the tracker"
    trackers.restore(world.session, ada, tracker_id, world.forward(minutes=1))
    world.forward(hours=1)
    assert tell(world).sent == 1
    assert len(set(mailbox.ids)) == 1
    assert untold(world) == 0


def test_a_deletion_that_became_final_is_not_told_even_before_it_is_cleaned_up(world, ada, mailbox):
    tracker_id = world.track(ada, "python")
    find(world, "Python developer")
    with pytest.raises(Crash):
        tell(world, CrashingPostbox())
    world.session.rollback()
    trackers.remove(world.session, ada, tracker_id, world.forward(minutes=1))
    world.forward(hours=2)
    assert tell(world).failed == 1
    assert len(mailbox.raw) == 1
