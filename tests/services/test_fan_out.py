"""Many followers and few, side by side, on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from backend.models import BlockedCompany, Cadence, Finding, Match, Tracker, User, begin_write
from backend.services import fan_out, matches, trackers


@pytest.fixture
def small_pages(mocker):
    """Rules that hold for thousands hold here for tens."""
    mocker.patch.multiple(fan_out, FEW=3, PAGE=10, PAGES_A_PASS=2, FINDINGS_AT_ONCE=20)


def follow(world, query, count, cadence=Cadence.INSTANT):
    """Trackers of one query, of as many users. Returns their ids."""
    first = world.track(world.add_user(), query, cadence)
    tracker, user = world.tracker(first), world.session.get_one(User, world.tracker(first).user_id)
    people, followers = row_of(user), row_of(tracker)
    begin_write(world.session)
    ids = [first]
    for number in range(1, count):
        values = people | {"email": f"{query}{number}@example.org".replace(" ", "")}
        user_id = world.session.scalar(insert(User).values(values).returning(User.id))
        values = followers | {"user_id": user_id, "token": f"{query}{number}"}
        ids.append(world.session.scalar(insert(Tracker).values(values).returning(Tracker.id)))
    world.session.commit()
    return ids


def row_of(one):
    return {column.name: getattr(one, column.name) for column in one.__table__.columns if column.name != "id"}


def find(world, *titles):
    """A crawl is matched; nothing is fanned out yet."""
    world.forward(minutes=1)
    world.crawl(titles)
    batch = matches.match_batch(world.session, matches.unmatched(world.session, 0), world.now)
    matches.store(world.session, batch, world.now, matches.Matched())


def one_pass(world):
    return fan_out.fan_out_pass(world.session, world.settings, world.now)


def told(world, tracker_ids):
    """How many of these trackers have a match."""
    world.session.rollback()
    return world.session.scalar(
        select(func.count(func.distinct(Match.tracker_id))).where(Match.tracker_id.in_(tracker_ids))
    )


def finish(world):
    passes = 0
    while fan_out.anything_pending(world.session):
        one_pass(world)
        passes += 1
        assert passes < 100
    return passes


def test_beside_one_query_with_many_followers_all_small_ones_are_served_in_the_next_pass(world, small_pages):
    giant = follow(world, "python", 250)
    small = [world.track(world.add_user(), f"word{number}") for number in range(40)]
    find(world, "Python developer")
    one_pass(world)
    assert 0 < told(world, giant) < 250
    find(world, "Gardener " + " ".join(f"word{number}" for number in range(40)))
    one_pass(world)
    assert told(world, small) == 40
    assert told(world, giant) < 250
    finish(world)
    assert told(world, giant) == 250
    assert world.count(Match) == 290


def test_whoever_has_had_fewest_pages_comes_first(world, small_pages):
    giant, middling = follow(world, "python", 200), follow(world, "gardener", 10)
    find(world, "Python developer")
    one_pass(world)
    find(world, "Gardener")
    one_pass(world)
    assert told(world, middling) == 10
    assert told(world, giant) < 200


def test_of_many_followers_the_instant_ones_come_first(world, small_pages):
    daily = follow(world, "python", 60, Cadence.DAILY)
    instant = follow(world, "python berlin", 20)
    begin_write(world.session)
    query_id = world.tracker(daily[0]).query_id
    world.session.execute(update(Tracker).values(query_id=query_id))
    world.session.commit()
    find(world, "Python developer")
    one_pass(world)
    assert told(world, instant) == 20
    assert told(world, daily) < 60
    finish(world)
    assert told(world, [*daily, *instant]) == 80


def test_who_becomes_instant_between_two_pages_is_not_left_out(world, small_pages):
    ids = follow(world, "python", 60, Cadence.DAILY)
    find(world, "Python developer")
    one_pass(world)
    begin_write(world.session)
    world.session.execute(update(Tracker).values(cadence=Cadence.INSTANT))
    world.session.commit()
    finish(world)
    assert told(world, ids) == 60


def test_a_crash_in_a_page_loses_and_doubles_nothing(world, small_pages, mocker):
    ids = follow(world, "python", 45)
    find(world, "Python developer")
    real = fan_out.insert_matches
    fates = iter([None, KeyboardInterrupt] * 100)

    def dying(*args):
        count = real(*args)
        if next(fates):
            raise KeyboardInterrupt
        return count

    mocker.patch.object(fan_out, "insert_matches", dying)
    while fan_out.anything_pending(world.session):
        try:
            one_pass(world)
        except KeyboardInterrupt:
            world.session.rollback()
    assert told(world, ids) == 45
    assert world.count(Match) == 45


def test_a_listing_found_again_between_two_pages_is_told_to_all_from_the_beginning(world, small_pages):
    ids = follow(world, "python", 60)
    begin_write(world.session)
    world.session.execute(update(Tracker).where(Tracker.id == ids[0]).values(paused_at=world.now))
    world.session.commit()
    find(world, "Python developer")
    one_pass(world)
    trackers.resume(world.session, world.tracker(ids[0]).user_id, ids[0], world.forward(minutes=1))
    [listing_id] = world.session.scalars(select(Finding.listing_id))
    world.forward(minutes=1)
    world.touch(listing_id, title="Python lead")
    world.match()
    assert told(world, ids) == 60
    assert world.count(Match) == 60


def test_each_follower_is_told_in_their_own_time(world, small_pages, settings):
    tokyo = world.add_user(time_zone="Asia/Tokyo")
    quiet = world.add_user(quiet_from=10, quiet_until=15)
    plain = world.add_user()
    ids = [
        world.track(tokyo, "python", Cadence.DAILY),
        world.track(tokyo, "python developer", Cadence.DAILY, hour=20),
        world.track(plain, "python", Cadence.WEEKLY, weekday=2),
        world.track(quiet, "python"),
        world.track(plain, "developer"),
    ]
    find(world, "Python developer")
    finish(world)
    due = dict(world.session.execute(select(Match.tracker_id, Match.due_at)).tuples().all())
    assert [due[tracker_id] for tracker_id in ids] == [
        datetime(2026, 5, 4, 23, tzinfo=UTC),
        datetime(2026, 5, 5, 11, tzinfo=UTC),
        datetime(2026, 5, 6, 8, tzinfo=UTC),
        datetime(2026, 5, 4, 15, tzinfo=UTC),
        world.now + timedelta(seconds=settings.instant_mail_seconds),
    ]


def test_a_blocked_company_is_kept_from_the_one_who_blocked_it(world, small_pages):
    ids = follow(world, "python", 12)
    [listing_id] = (world.forward(minutes=1), world.crawl(["Python developer"]))[1]
    world.touch(listing_id)
    begin_write(world.session)
    company_id = world.session.scalar(select(matches.Listing.company_id))
    user_id = world.tracker(ids[5]).user_id
    world.session.add(BlockedCompany(user_id=user_id, company_id=company_id, created_at=world.now))
    world.session.commit()
    world.match()
    assert told(world, ids) == 11


def test_a_job_that_gets_long_leaves_the_rest_to_the_next(world, small_pages, mocker):
    mocker.patch.object(matches, "TURNS", 2)
    ids = follow(world, "python", 100)
    world.forward(minutes=1)
    world.crawl(["Python developer"])
    assert not world.match().all
    while not world.match().all:
        pass
    assert told(world, ids) == 100
