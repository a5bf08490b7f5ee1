"""The delivery log: for each message what it told of, and how its delivery went."""

from __future__ import annotations

import pytest

from backend.models import NotificationKind, User
from backend.services import deliveries, match_lists, reminders, trackers
from backend.services.deliveries import NoSuchDelivery
from backend.services.tellings import DeliveryState, Progress, View
from backend.services.trackers import NoSuchTracker
from tests.services.tracking import tell


def find(world, *titles):
    world.forward(minutes=1)
    ids = world.crawl(titles)
    world.match()
    world.forward(minutes=1)
    return ids


def view(world, user_id):
    world.session.rollback()
    world.session.expire_all()
    return View(world.session.get_one(User, user_id), world.now, world.settings.channel_kinds)


def log(world, user_id, tracker_id=None, before=None, limit=100):
    return deliveries.page(world.session, view(world, user_id), tracker_id, before, limit)


def test_a_digest_is_logged_with_its_trackers_and_listings(world, ada, mailbox):
    world.track(ada, "python", name="Snakes")
    world.track(ada, "gardener", name="Plants")
    ids = find(world, "Python developer", "Gardener", "Python gardener")
    tell(world)
    [delivery] = log(world, ada)[0]
    message = delivery.notification
    assert (delivery.progress.state, message.tries) == (DeliveryState.SENT, 1)
    assert (delivery.listing_count, delivery.change_count) == (3, 0)
    assert [tracker.name for tracker in delivery.trackers] == ["Plants", "Snakes"]
    assert (message.message_id, message.sent_at) == (mailbox.ids[0], world.now)
    cards, more = match_lists.of_delivery(world.session, view(world, ada), message.id, None, 100)
    assert {card.listing.id for card in cards} == set(ids)
    assert {card.tracker.name for card in cards} == {"Snakes", "Plants"}
    assert (len(cards), more) == (4, None)


def test_the_newest_message_comes_first_and_pages_do_not_repeat(world, ada, mailbox):
    world.track(ada, "python")
    for number in range(5):
        find(world, f"Python developer {number}")
        tell(world)
    met, before = [], None
    while True:
        found, before = log(world, ada, before=before, limit=2)
        met += [delivery.notification.message_id for delivery in found]
        if before is None:
            break
    assert met == mailbox.ids[::-1]


def test_the_log_of_one_tracker_holds_its_messages_and_reminders_only(world, ada, mailbox):
    snakes = world.track(ada, "python", duration_days=7)
    plants = world.track(ada, "gardener", duration_days=30)
    for title in ("Python developer", "Gardener", "Python gardener"):
        find(world, title)
        tell(world)
    world.forward(days=5)
    assert reminders.remind(world.session, world.settings, world.now) == 1
    tell(world)
    assert len(log(world, ada)[0]) == 4
    kinds = [delivery.notification.kind for delivery in log(world, ada, snakes)[0]]
    assert kinds == [NotificationKind.ENDING, NotificationKind.DIGEST, NotificationKind.DIGEST]
    assert [tracker.id for tracker in log(world, ada, snakes)[0][0].trackers] == [snakes]
    assert len(log(world, ada, plants)[0]) == 2


def test_a_message_that_waits_says_when_it_is_tried_again_and_one_given_up_why(world, ada, mailbox):
    world.track(ada, "python")
    find(world, "Python developer")
    mailbox.at_data = ["451 come back later", "554 no"]
    tell(world)
    [delivery] = log(world, ada)[0]
    assert (delivery.progress.state, delivery.notification.tries) == (DeliveryState.RETRYING, 1)
    assert delivery.progress.next_try_at > world.now
    world.now = delivery.progress.next_try_at
    tell(world)
    [delivery] = log(world, ada)[0]
    assert delivery.progress == Progress(DeliveryState.FAILED)
    assert "554 no" in delivery.notification.error
    assert delivery.notification.tries == 2


def test_a_message_outlives_its_tracker_without_naming_it(world, ada, mailbox):
    tracker_id = world.track(ada, "python")
    find(world, "Python developer")
    tell(world)
    trackers.remove(world.session, ada, tracker_id, world.now)
    assert [tracker.deleted_at for tracker in log(world, ada)[0][0].trackers] == [world.now]
    trackers.purge_deleted(world.session, world.forward(hours=2))
    [delivery] = log(world, ada)[0]
    assert delivery.progress.state is DeliveryState.SENT
    assert (delivery.listing_count, delivery.trackers) == (0, [])


def test_nobody_reads_the_log_of_another(world, ada, mailbox):
    eve, tracker_id = world.add_user(), world.track(ada, "python")
    find(world, "Python developer")
    tell(world)
    [delivery] = log(world, ada)[0]
    assert log(world, eve)[0] == []
    with pytest.raises(NoSuchTracker):
        log(world, eve, tracker_id)
    spy, hers = view(world, eve), delivery.notification.id
    with pytest.raises(NoSuchDelivery):
        deliveries.get(world.session, spy, hers)
    assert match_lists.of_delivery(world.session, spy, hers, None, 9) == ([], None)
    assert deliveries.changes_of(world.session, spy, hers, None, 9) == ([], None)


@pytest.mark.usefixtures("mailbox")
def test_a_message_that_tells_what_became_of_listings_is_logged_with_them(world, ada):
    tracker_id = world.track(ada, "python", name="Snakes", tells_changes=True)
    first, second = find(world, "Python developer", "Python tester")
    tell(world)
    world.forward(hours=1)
    world.become(first, title="Python engineer", salary_min=60_000.0, salary_currency="EUR")
    world.become(second, closed_at=world.now)
    world.match()
    world.forward(minutes=5)
    tell(world)
    newest, _ = log(world, ada)[0]
    assert (newest.listing_count, newest.change_count) == (0, 2)
    assert [tracker.id for tracker in newest.trackers] == [tracker_id]
    assert len(log(world, ada, tracker_id)[0]) == 2
    mine, message_id = view(world, ada), newest.notification.id
    [later], more = deliveries.changes_of(world.session, mine, message_id, None, 1)
    [earlier], end = deliveries.changes_of(world.session, mine, message_id, more, 1)
    assert [event.what for event in later.events] == ["closed"]
    assert sorted(event.what for event in earlier.events) == ["salary", "title"]
    assert (later.listing.id, earlier.listing.id, end) == (second, first, None)
