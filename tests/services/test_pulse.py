"""What waits at each step is counted, and what waits too long makes readiness red."""

from redis import Redis
from sqlalchemy import update

from backend.app import MIGRATIONS
from backend.models import Finding, ListingEvent, Notification, User, begin_write
from backend.services import pulse, readiness, trackers
from tests.services.tracking import tell


def waits(world):
    """The steps at which something waits: name -> (how much, seconds)."""
    world.session.rollback()
    found = pulse.waiting(world.session, world.settings, world.now)
    return {one.name: (one.count, one.age) for one in found if one.count}


def reasons(world, redis_server: Redis):
    world.session.rollback()
    return readiness.what_is_missing(world.session, redis_server, world.settings, MIGRATIONS, world.now)


def change(world, model, **fields):
    begin_write(world.session)
    world.session.execute(update(model).values(**fields))
    world.session.commit()


def test_each_step_says_how_much_of_it_waits_and_for_how_long(world):
    world.track(world.add_user(), "python", tells_changes=True)
    world.forward(minutes=1)
    [listing_id] = world.crawl(["Python developer"])
    world.forward(minutes=5)
    assert waits(world) == {"crawls_unmatched": (1, 300.0)}
    world.match()
    assert waits(world) == {}
    world.forward(minutes=11)
    assert waits(world) == {"matches_unsent": (1, 660.0 - world.settings.instant_mail_seconds)}
    change(world, Finding, fanned_at=None)
    world.become(listing_id, title="Python lead")
    world.forward(minutes=1)
    found = waits(world)
    assert found["findings_unwritten"] == (1, 720.0)
    assert found["changes_unwritten"] == (1, 60.0)


def test_what_is_not_to_be_told_now_does_not_wait(world):
    user_id = world.add_user()
    tracker_id = world.track(user_id, "python")
    world.forward(minutes=1)
    world.crawl(["Python developer"])
    world.match()
    trackers.pause(world.session, user_id, tracker_id, world.forward(hours=1))
    assert waits(world) == {}
    trackers.resume(world.session, user_id, tracker_id, world.now)
    assert "matches_unsent" in waits(world)
    change(world, User, mail_refused_at=world.now)
    assert waits(world) == {}


def test_a_server_that_is_away_makes_readiness_red_and_one_that_refuses_a_mail_does_not(
    app, world, mailbox, redis_server
):
    world.track(world.add_user(), "python")
    world.forward(minutes=1)
    world.crawl(["Python developer"])
    world.match()

    mailbox.at_recipient = ["450 4.2.0 later"] * 3
    for _ in range(3):
        world.forward(minutes=10)
        tell(world)
    assert waits(world) == {}
    app.extensions["mail"].port = 1
    for _ in range(6):
        world.forward(minutes=10)
        tell(world)
    assert waits(world)["notifications_unsent"][0] == 1
    red = [reason for reason in reasons(world, redis_server) if "nobody refused" in reason]
    assert len(red) == 1
    assert "the oldest for" in red[0]


def test_work_that_waits_for_longer_than_it_may_makes_readiness_red_with_words(world, redis_server):
    before = reasons(world, redis_server)
    world.track(world.add_user(), "python")
    world.forward(minutes=1)
    world.crawl(["Python developer"])
    world.forward(minutes=14)
    assert reasons(world, redis_server) == before
    world.forward(minutes=2)
    said = "crawls that trackers have not met yet: 1, the oldest for 16 minutes"
    assert set(reasons(world, redis_server)) - set(before) == {said}
    assert world.count(Notification) == world.count(ListingEvent) == 0
