"""Making, changing and ending trackers, on both databases."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.models import Cadence, Match, SavedQuery, Tracker, begin_write, db
from backend.services import tracker_pages, trackers
from backend.services.tracked_query import TrackerRefused
from backend.services.tracker_life import status_of
from backend.services.trackers import Change, NoSuchTracker, Wish


def test_equal_queries_of_two_users_are_one_row(world, ada):
    first = world.tracker(world.track(ada, "Python  BERLIN"))
    second = world.tracker(world.track(world.add_user(), "berlin python"))
    assert first.query_id == second.query_id
    assert first.text == "Python  BERLIN"


def test_a_query_is_made_once_however_many_ask_at_once(app, world):
    users = [world.add_user() for _ in range(4)]
    engine = db.engine

    def make(user_id):
        with app.app_context(), Session(engine) as session:
            trackers.create(session, user_id, Wish("golang remote", Cadence.DAILY), world.now)

    threads = [threading.Thread(target=make, args=(user_id,)) for user_id in users]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (world.count(SavedQuery), world.count(Tracker)) == (1, 4)


def test_a_tracker_without_a_name_is_named_after_its_query_and_follows_it(world, settings, ada):
    tracker_id = world.track(ada, "Python")
    assert world.tracker(tracker_id).name == "python"
    changed = trackers.change(world.session, settings, ada, tracker_id, Change(query="rust"), world.now)
    assert (changed.name, changed.query.canonical) == ("rust", "rust")


def test_a_name_stays_on_one_line(world, ada):
    tracker_id = world.track(ada, "python", name="Dream\r\nBcc: all@example.org\x00\u202e")
    assert world.tracker(tracker_id).name == "Dream Bcc: all@example.org"


@pytest.mark.parametrize("query", ["", "   ", "-intern", '""'])
def test_a_query_that_catches_everything_is_refused_with_the_reason(world, ada, query):
    with pytest.raises(TrackerRefused) as refused:
        world.track(ada, query)
    assert refused.value.field == "query"
    assert len(str(refused.value)) > 20


def test_a_broken_query_names_its_column(world, ada):
    with pytest.raises(TrackerRefused) as refused:
        world.track(ada, 'senior "machine')
    assert refused.value.column == 8


def test_the_fifty_first_tracker_is_refused(world, ada):
    ids = [world.track(ada, f"word{number}") for number in range(trackers.LIMIT)]
    with pytest.raises(TrackerRefused, match="50 trackers"):
        world.track(ada, "another")
    trackers.remove(world.session, ada, ids[0], world.now)
    world.track(ada, "another")
    with pytest.raises(TrackerRefused):
        trackers.restore(world.session, ada, ids[0], world.now)


def test_a_tracker_ends_with_its_last_day_where_its_user_lives(world):
    tokyo = world.add_user(time_zone="Asia/Tokyo")
    last_day = world.now.date() + timedelta(1)
    tracker = world.tracker(world.track(tokyo, "python", last_day=last_day))
    assert tracker.expires_at.isoformat() == f"{last_day}T14:59:59+00:00"


@pytest.mark.parametrize("last_day", [date(2026, 5, 3), date(2027, 6, 1)])
def test_a_day_that_is_over_or_too_far_is_refused(world, ada, last_day):
    with pytest.raises(TrackerRefused) as refused:
        world.track(ada, "python", last_day=last_day)
    assert refused.value.field == "expires_at"


def test_only_7_30_or_90_days_may_be_chosen(world, ada):
    with pytest.raises(TrackerRefused):
        world.track(ada, "python", duration_days=1000)


def test_another_users_tracker_is_not_there(world, settings, ada):
    tracker_id, eve = world.track(ada, "python"), world.add_user()
    session, now = world.session, world.now
    for touch in (
        lambda: trackers.get(session, eve, tracker_id),
        lambda: trackers.change(session, settings, eve, tracker_id, Change(name="mine"), now),
        lambda: trackers.pause(session, eve, tracker_id, now),
        lambda: trackers.resume(session, eve, tracker_id, now),
        lambda: trackers.renew(session, eve, tracker_id, 7, now),
        lambda: trackers.remove(session, eve, tracker_id, now),
        lambda: trackers.restore(session, eve, tracker_id, now),
    ):
        with pytest.raises(NoSuchTracker):
            touch()
    assert trackers.list_for(session, eve) == []


def test_trackers_whose_end_has_passed_expire(world, ada):
    short, long = world.track(ada, "python", duration_days=7), world.track(ada, "rust")
    world.forward(days=7)
    assert status_of(world.tracker(short), world.now) == "expired"
    assert trackers.expire(world.session, world.now) == 1
    assert trackers.expire(world.session, world.now) == 0
    assert world.tracker(short).expired_at == world.tracker(short).expires_at
    assert status_of(world.tracker(long), world.now) == "active"


def test_renewing_an_ended_tracker_starts_it_anew(world, ada):
    tracker_id = world.track(ada, "python", duration_days=7)
    world.forward(days=10)
    trackers.expire(world.session, world.now)
    with pytest.raises(TrackerRefused, match="renew"):
        trackers.pause(world.session, ada, tracker_id, world.now)
    renewed = trackers.renew(world.session, ada, tracker_id, 30, world.now)
    assert status_of(renewed, world.now) == "active"
    assert renewed.expires_at == world.now + timedelta(30)
    assert renewed.active_since == world.now


def test_renewing_never_brings_the_end_nearer(world, ada):
    tracker_id = world.track(ada, "python", duration_days=90)
    end = world.tracker(tracker_id).expires_at
    assert trackers.renew(world.session, ada, tracker_id, 7, world.now).expires_at == end


def test_a_deletion_can_be_undone_for_an_hour_and_then_is_final(world, ada):
    tracker_id = world.track(ada, "python")
    trackers.remove(world.session, ada, tracker_id, world.now)
    assert trackers.list_for(world.session, ada) == []
    with pytest.raises(NoSuchTracker):
        trackers.get(world.session, ada, tracker_id)
    world.forward(minutes=59)
    assert trackers.purge_deleted(world.session, world.now) == 0
    assert trackers.restore(world.session, ada, tracker_id, world.now).id == tracker_id
    trackers.remove(world.session, ada, tracker_id, world.now)
    world.forward(minutes=60)
    with pytest.raises(NoSuchTracker):
        trackers.restore(world.session, ada, tracker_id, world.now)
    assert trackers.purge_deleted(world.session, world.now) == 1
    assert world.session.get(Tracker, tracker_id) is None


def test_a_change_of_cadence_moves_what_waits_to_be_told(world, settings, ada):
    tracker_id = world.track(ada, "python", Cadence.DAILY)
    world.forward(minutes=1)
    world.crawl(["Python developer"])
    world.match()
    trackers.change(
        world.session, settings, ada, tracker_id, Change(cadence=Cadence.INSTANT), world.forward(minutes=1)
    )
    due_at = world.session.scalars(select(Match.due_at)).one()
    assert due_at == world.now + timedelta(seconds=settings.instant_mail_seconds)


def test_figures_tell_what_was_found_by_day(world, ada):
    tracker_id = world.track(ada, "python")
    for _ in range(3):
        world.forward(days=1)
        world.crawl(["Python developer", "Python tester"])
        world.match()
    begin_write(world.session)
    board = world.session.get_one(trackers.Tracker, tracker_id)
    world.session.commit()
    figures = tracker_pages.figures(world.session, [board], world.now)[tracker_id]
    assert (figures.match_count, figures.untold_count, figures.last_match_at) == (6, 6, world.now)
    assert [count for _, count in figures.daily] == [0] * 11 + [2, 2, 2]
    assert figures.daily[-1][0] == world.now.date()
    assert figures.failing == []
    assert (figures.role_count, figures.unseen_count) == (6, 6)
