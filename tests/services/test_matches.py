"""Which tracker collects what, on both databases: truths 2, 7 and 8 of the design."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backend.models import Cadence, Crawl, Finding, Listing, Match, Tracker, begin_write, db, is_away
from backend.queueing import JobName, waiting_key
from backend.services import fan_out, matches, trackers
from tests.conftest import run_sql


def test_a_new_listing_meets_the_trackers_whose_words_it_holds(world, ada, redis_server):
    python, rust = world.track(ada, "python berlin"), world.track(ada, "rust")
    world.forward(minutes=1)
    world.crawl(["Python developer", "Gardener"])
    assert world.match() == matches.Matched(crawls=1, findings=1, matches=1)
    assert world.found(python) == ["Python developer"]
    assert world.found(rust) == []
    assert redis_server.exists(waiting_key(JobName.NOTIFY_DUE, ()))


def test_matching_ten_times_over_finds_nothing_twice(world, ada):
    world.track(ada, "python")
    world.forward(minutes=1)
    world.crawl(["Python developer"])
    assert world.match().matches == 1
    for _ in range(10):
        begin_write(world.session)
        world.session.execute(update(Crawl).values(matched_at=None))
        world.session.execute(update(Finding).values(fanned_at=None))
        world.session.commit()
        assert world.match().matches == 0
    assert (world.count(Finding), world.count(Match)) == (1, 1)


def test_a_listing_seen_before_the_tracker_was_made_is_not_told(world, ada):
    [listing_id] = world.crawl(["Python developer"])
    world.forward(minutes=1)
    tracker_id = world.track(ada, "python")
    world.forward(minutes=1)
    world.match()
    world.touch(listing_id, title="Senior Python developer")
    world.match()
    assert world.found(tracker_id) == []


def test_a_changed_listing_first_seen_in_the_trackers_life_is_told_once(world, ada):
    tracker_id = world.track(ada, "python")
    [listing_id] = (world.forward(minutes=1), world.crawl(["Gardener"]))[1]
    world.match()
    for title in ("Python gardener", "Senior Python gardener"):
        world.forward(minutes=1)
        world.touch(listing_id, title=title)
        world.match()
    assert world.found(tracker_id) == ["Senior Python gardener"]
    assert world.count(Match) == 1


def test_the_stock_of_a_new_board_is_told_only_where_it_was_posted_later(world, ada):
    tracker_id = world.track(ada, "python")
    made = world.now
    world.forward(hours=1)
    world.crawl(["Python old"], baseline=True, posted_at=made - timedelta(days=1))
    world.crawl(["Python undated"], baseline=True)
    world.crawl(["Python fresh"], baseline=True, posted_at=made + timedelta(minutes=1))
    world.match()
    assert world.found(tracker_id) == ["Python fresh"]


def test_a_paused_tracker_collects_nothing_and_resumes_from_then(world, ada):
    tracker_id = world.track(ada, "python")
    trackers.pause(world.session, ada, tracker_id, world.forward(minutes=1))
    world.forward(minutes=1)
    world.crawl(["Python while paused"])
    world.match()
    world.crawl(["Python just before"])
    trackers.resume(world.session, ada, tracker_id, world.forward(minutes=1))
    world.match()
    assert world.found(tracker_id) == []
    world.forward(minutes=1)
    world.crawl(["Python after"])
    world.match()
    assert world.found(tracker_id) == ["Python after"]


def test_one_followers_pause_is_not_anothers(world, ada):
    """Equal queries are one row; what one missed while paused and then changed is still told to it."""
    bob = world.add_user()
    of_ada, of_bob = world.track(ada, "python"), world.track(bob, "python")
    trackers.pause(world.session, bob, of_bob, world.forward(minutes=1))
    [listing_id] = (world.forward(minutes=1), world.crawl(["Python developer"]))[1]
    world.match()
    trackers.resume(world.session, bob, of_bob, world.forward(minutes=1))
    world.forward(minutes=1)
    world.touch(listing_id, title="Python lead")
    world.match()
    assert world.found(of_ada) == ["Python lead"]
    assert world.found(of_bob) == ["Python lead"]
    assert world.count(Match) == 2


def test_collecting_stops_at_the_end_even_if_housekeeping_is_late(world, ada):
    tracker_id = world.track(ada, "python", duration_days=7)
    end = world.tracker(tracker_id).expires_at
    world.now = end - timedelta(seconds=1)
    world.crawl(["Python in time"])
    world.now = end
    world.crawl(["Python too late"])
    world.forward(hours=1)
    world.match()
    assert world.found(tracker_id) == ["Python in time"]
    assert world.tracker(tracker_id).expired_at is None


def test_what_was_found_in_time_is_matched_also_after_the_end(world, ada):
    tracker_id = world.track(ada, "python", duration_days=7)
    world.now = world.tracker(tracker_id).expires_at - timedelta(seconds=1)
    world.crawl(["Python in time"])
    world.forward(hours=1)
    trackers.expire(world.session, world.now)
    world.match()
    assert world.found(tracker_id) == ["Python in time"]


def test_an_undone_deletion_leaves_no_hole(world, ada):
    tracker_id = world.track(ada, "python")
    trackers.remove(world.session, ada, tracker_id, world.forward(minutes=1))
    world.forward(minutes=1)
    world.crawl(["Python developer"])
    world.match()
    trackers.restore(world.session, ada, tracker_id, world.forward(minutes=1))
    assert world.found(tracker_id) == ["Python developer"]


def test_a_closed_listing_is_not_told_and_a_reopened_one_not_again(world, ada):
    tracker_id = world.track(ada, "python")
    world.forward(minutes=1)
    world.crawl(["Python closed"], closed_at=world.now)
    [listing_id] = world.crawl(["Python open"])
    world.match()
    world.forward(days=1)
    world.touch(listing_id, closed_at=world.now)
    world.forward(days=1)
    world.touch(listing_id, closed_at=None)
    assert world.match().matches == 0
    assert world.found(tracker_id) == ["Python open"]


def test_ages_are_judged_when_it_matches(world, ada):
    tracker_id = world.track(ada, "python posted<7d")
    world.forward(minutes=1)
    for title, posted_at in (
        ("Python fresh", world.now - timedelta(days=2)),
        ("Python stale", world.now - timedelta(days=8)),
        ("Python undated", None),
    ):
        world.crawl([title], posted_at=posted_at)
    world.match()
    assert world.found(tracker_id) == ["Python fresh"]


def test_instant_is_due_soon_and_daily_at_the_hour_of_the_users_zone(world, settings):
    tokyo = world.add_user(time_zone="Asia/Tokyo")
    instant, daily = world.track(tokyo, "python"), world.track(tokyo, "developer", Cadence.DAILY)
    world.forward(minutes=1)
    world.crawl(["Python developer"])
    world.match()
    due = dict(world.session.execute(select(Match.tracker_id, Match.due_at)).all())
    assert due[instant] == world.now + timedelta(seconds=settings.instant_mail_seconds)
    assert due[daily] == datetime(2026, 5, 4, 23, 0, tzinfo=UTC)


def test_a_crash_between_the_steps_loses_and_doubles_nothing(world, ada, mocker):
    tracker_id = world.track(ada, "python")
    world.forward(minutes=1)
    world.crawl(["Python developer"])
    broken = mocker.patch.object(matches, "fan_out_pass", side_effect=KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        world.match()
    assert world.count(Finding) == 1
    assert world.count(Match) == 0
    mocker.stop(broken)
    world.session.rollback()
    assert world.match().matches == 1
    assert world.found(tracker_id) == ["Python developer"]


def test_a_crash_before_the_commit_leaves_the_crawl_unmatched(world, ada, mocker):
    world.track(ada, "python")
    world.forward(minutes=1)
    world.crawl(["Python developer"])
    broken = mocker.patch.object(matches, "insert_findings", side_effect=KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        world.match()
    mocker.stop(broken)
    world.session.rollback()
    assert world.session.scalars(select(Crawl.matched_at)).all() == [None]
    assert world.match().matches == 1


def test_a_crawl_that_breaks_the_matcher_holds_back_no_other(world, ada, mocker):
    tracker_id = world.track(ada, "python")
    world.forward(minutes=1)
    world.crawl(["Python poison"])
    world.crawl(["Python developer"])
    real = matches.documents.document_in
    mocker.patch.object(
        matches.documents,
        "document_in",
        side_effect=lambda row, *rest: 1 / 0 if "poison" in row.title else real(row, *rest),
    )
    assert world.match().crawls == 1
    assert world.found(tracker_id) == ["Python developer"]
    mocker.stopall()
    assert world.match().crawls == 1
    assert world.found(tracker_id) == ["Python developer", "Python poison"]


def test_of_a_crawl_that_finds_very_much_the_beginning_is_written_ahead(world, ada, mocker):
    mocker.patch.multiple(matches, FINDINGS_AT_ONCE=1, LISTINGS_AT_ONCE=1)
    tracker_id = world.track(ada, "python")
    world.forward(minutes=1)
    world.crawl(["Python one", "Python two", "Python three", "Python four", "Python poison"])
    real = matches.documents.document_in
    mocker.patch.object(
        matches.documents,
        "document_in",
        side_effect=lambda row: 1 / 0 if "poison" in row.title else real(row),
    )
    assert world.match().crawls == 0
    assert world.count(Finding) == 2
    mocker.stopall()
    assert world.match() == matches.Matched(crawls=1, findings=5, matches=3)
    assert len(world.found(tracker_id)) == world.count(Match) == 5


def test_many_followers_are_written_by_pages(world, ada, mocker):
    mocker.patch.multiple(fan_out, FEW=2, PAGE=3, PAGES_A_PASS=1, FINDINGS_AT_ONCE=2)
    ids = [world.track(world.add_user(), "python") for _ in range(7)]
    world.forward(minutes=1)
    world.crawl(["Python one", "Python two", "Python three"])
    assert world.match().matches == 21
    assert all(len(world.found(tracker_id)) == 3 for tracker_id in ids)
    assert world.session.scalar(select(func.count()).where(Finding.fanned_at.is_(None))) == 0


def test_several_workers_at_once_match_everything_once(app, world, ada):
    trackers_made = [world.track(world.add_user(), word) for word in ("python", "developer", "berlin")]
    world.forward(minutes=1)
    for number in range(30):
        world.crawl([f"Python developer {number}", f"Gardener {number}"])
    engine = db.engine

    def work():
        with app.app_context(), Session(engine) as session:
            matches.match_crawls(session, world.settings, world.now)

    threads = [threading.Thread(target=work) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    world.match()
    assert [len(world.found(tracker_id)) for tracker_id in trackers_made] == [30, 30, 60]


def test_an_account_that_is_deleted_takes_its_matches_along(world, ada):
    world.track(ada, "python")
    world.forward(minutes=1)
    world.crawl(["Python developer"])
    world.match()
    begin_write(world.session)
    world.session.execute(trackers.delete(trackers.User).where(trackers.User.id == ada))
    world.session.commit()
    assert (world.count(Tracker), world.count(Match), world.count(Listing)) == (0, 0, 1)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_database_that_goes_away_ends_the_batch_and_blames_no_crawl(world, ada, postgres, caplog):
    world.track(ada, "python")
    world.forward(minutes=1)
    for _ in range(3):
        world.crawl(["Python developer"])
    waiting = matches.unmatched(world.session, 0)
    others = "backend_type = 'client backend' AND pid <> pg_backend_pid()"
    run_sql(postgres, f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {others}")
    with pytest.raises(DBAPIError) as caught:
        matches.match_batch(world.session, waiting, world.now)
    assert is_away(caught.value)
    assert "could not be matched" not in caplog.text
    world.session.rollback()
    assert world.match().crawls == 3
