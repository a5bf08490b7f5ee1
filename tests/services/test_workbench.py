"""What owners wish of their trackers: hours, quiet hours, reminders, renewal by mail, blocked companies."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from backend.domain.telling import Cadence
from backend.models import Board, Company, Match, Notification, NotificationKind
from backend.services import blocking, mailed_links, reminders, timetables, trackers
from backend.services.timetables import QuietHours
from tests.mailbox import text_of
from tests.services.tracking import tell


@pytest.fixture
def ada(world):
    return world.add_user(email="ada@example.org", time_zone="Europe/Berlin")


def find(world, title, **fields):
    world.forward(minutes=1)
    ids = world.crawl([title], **fields)
    world.match()
    return ids


def due_at(world):
    world.session.rollback()
    return world.session.scalars(select(Match.due_at).order_by(Match.id)).all()


def quiet(world, user_id, start, end):
    hours = QuietHours(start, end)
    timetables.change_users_times(
        world.session, world.settings, user_id, None, hours, keep_quiet=False, now=world.now
    )


def test_a_weekly_tracker_tells_on_its_day_at_its_hour(world, ada):
    world.track(ada, "python", Cadence.WEEKLY, hour=18, weekday=2)
    find(world, "Python developer")
    assert due_at(world) == [datetime(2026, 5, 6, 16, tzinfo=UTC)]


def test_another_hour_moves_what_waits(world, ada):
    tracker_id = world.track(ada, "python", Cadence.DAILY, hour=18)
    find(world, "Python developer")
    change = trackers.Change(hour=20)
    trackers.change(world.session, world.settings, ada, tracker_id, change, world.now)
    assert due_at(world) == [datetime(2026, 5, 4, 18, tzinfo=UTC)]


def test_nothing_is_sent_in_quiet_hours_also_when_they_are_set_later(world, ada, mailbox):
    world.track(ada, "python")
    find(world, "Python developer")
    quiet(world, ada, 14, 16)  # it is 14:01 in Berlin
    assert due_at(world) == [datetime(2026, 5, 4, 14, tzinfo=UTC)]
    assert tell(world).sent == 0
    world.forward(hours=2)
    assert tell(world).sent == 1


@pytest.mark.usefixtures("mailbox")
def test_a_mail_that_was_due_before_the_quiet_hours_waits_for_their_end(world, ada):
    quiet(world, ada, 15, 17)
    world.track(ada, "python")
    find(world, "Python developer")  # due at 14:02 in Berlin, but the worker sleeps until 15:30
    world.forward(minutes=90)
    assert tell(world).sent == 0
    assert due_at(world) == [datetime(2026, 5, 4, 15, tzinfo=UTC)]
    world.forward(minutes=90)
    assert tell(world).sent == 1


def test_an_end_that_is_near_is_told_once_with_a_link_that_renews(world, ada, mailbox):
    tracker_id = world.track(ada, "python", name="Snakes", duration_days=7)
    assert reminders.remind(world.session, world.settings, world.now) == 0
    world.forward(days=4, minutes=1)
    assert reminders.remind(world.session, world.settings, world.now) == 1
    assert reminders.remind(world.session, world.settings, world.now) == 0
    assert tell(world).sent == 1
    [message] = mailbox.messages
    assert message["Subject"] == "Snakes ends on 11 May 2026"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = world.tracker(tracker_id).token
    for kind in ("plain", "html"):
        assert f"https://jobs.example.org/renew/{token}" in text_of(message, kind)

    [renewed] = mailed_links.renew(world.session, token, 30, world.now)
    assert renewed.expires_at == world.now + timedelta(days=30)
    assert world.tracker(tracker_id).reminded_at is None
    one_click = message["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert mailed_links.stop(world.session, one_click, world.now).names == ["Snakes"]
    assert world.tracker(tracker_id).paused_at == world.now


def test_a_tracker_renewed_before_its_reminder_is_sent_says_nothing(world, ada, mailbox):
    tracker_id = world.track(ada, "python", duration_days=7)
    world.forward(days=5)
    reminders.remind(world.session, world.settings, world.now)
    trackers.renew(world.session, ada, tracker_id, 30, world.now)
    assert tell(world).sent == 0
    assert mailbox.messages == []
    [notification] = world.session.scalars(select(Notification))
    assert notification.kind == NotificationKind.ENDING
    assert notification.failed_at is not None


def test_a_tracker_of_two_days_needs_no_reminder(world, ada):
    day = (world.now + timedelta(days=2)).date()
    world.track(ada, "python", duration_days=None, last_day=day)
    world.forward(days=1)
    assert reminders.remind(world.session, world.settings, world.now) == 0


def test_a_blocked_company_is_told_no_more_and_what_waits_of_it_is_forgotten(world, ada):
    bob = world.add_user()
    for user_id in (ada, bob):
        world.track(user_id, "python")
    slug = world.session.scalar(
        select(Company.slug).join(Board, Board.company_id == Company.id).where(Board.id == world.board_id)
    )
    find(world, "Python developer")
    blocking.block(world.session, ada, slug, world.now)
    blocking.block(world.session, ada, slug, world.now)
    find(world, "Python gardener")
    theirs = select(Match.user_id).order_by(Match.id)
    assert world.session.scalars(theirs).all() == [bob, bob]
    blocking.unblock(world.session, ada, slug)
    find(world, "Python baker")
    assert world.session.scalars(theirs).all().count(ada) == 1


def test_blocking_a_company_that_does_not_exist_says_so(world, ada):
    with pytest.raises(blocking.NoSuchCompany):
        blocking.block(world.session, ada, "nobody", world.now)
