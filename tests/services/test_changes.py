"""What became of a listing is told to who asked, once, beside new matches, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from backend.mail.outgoing import Postbox
from backend.models import (
    Board,
    BoardStatus,
    Cadence,
    Company,
    Listing,
    ListingEvent,
    ListingText,
    Match,
    MatchChange,
    Notification,
    begin_write,
)
from backend.services import blocking, change_fan_out, mailed_links, trackers
from backend.services.trackers import Change
from tests.mailbox import text_of
from tests.services.tracking import tell

CLAIM = timedelta(minutes=10)  # longer than any claim lasts
PAID = {"salary_min": 80_000.0, "salary_max": 90_000.0, "salary_currency": "EUR", "salary_period": "year"}
BETTER = PAID | {"salary_min": 90_000.0, "salary_max": 100_000.0}


def told(world, *titles, **fields):
    """These listings are found, and their first mail is sent. Returns their ids."""
    world.forward(minutes=1)
    ids = world.crawl(titles, **fields)
    world.match()
    world.forward(minutes=1)
    tell(world)
    return ids


def become(world, listing_id, **fields):
    """A minute later a listing is another, and a minute after that this is due."""
    world.forward(minutes=1)
    world.become(listing_id, **fields)
    world.match()
    world.forward(minutes=1)


def close(world, listing_id):
    become(world, listing_id, closed_at=world.now + timedelta(minutes=1))


def place(*cities):
    return [{"text": city, "city": city, "region": None, "country": "DE"} for city in cities]


class Crash(BaseException):
    """The worker is gone."""


class CrashingPostbox(Postbox):
    """Dies after the server has accepted the message."""

    def send(self, letter):
        super().send(letter)
        raise Crash


def test_better_pay_is_told_once_to_who_asked_for_changes(world, ada, mailbox):
    world.track(ada, "python", tells_changes=True)
    world.track(world.add_user(), "python")
    [listing_id] = told(world, "Python developer", **PAID)
    assert len(mailbox.raw) == 2
    become(world, listing_id, **BETTER)
    assert tell(world).sent == 1
    message = mailbox.messages[2]
    assert (message["To"], message["Subject"]) == ("ada@example.org", "Changed: Python developer at Acme")
    for kind in ("plain", "html"):
        assert "Pay: 80,000 to 90,000 EUR a year → 90,000 to 100,000 EUR a year" in text_of(message, kind)
    for _ in range(10):
        world.match()
        world.forward(hours=1)
        assert tell(world).tried == 0


def test_a_title_and_places_that_change_are_told_as_they_were_and_are(world, ada, mailbox):
    world.track(ada, "python", tells_changes=True)
    [listing_id] = told(world, "Python developer", locations=place("Berlin", "Kiel"))
    become(world, listing_id, title="Python lead", locations=place("Kiel", "Bonn", "Ulm"))
    tell(world)
    text = text_of(mailbox.messages[1])
    assert "Title: Python developer → Python lead" in text
    assert "Places: now also Bonn, Ulm; no longer Berlin" in text


def test_a_closing_is_told_once_and_an_opening_again_is_not(world, ada, mailbox):
    world.track(ada, "python", tells_changes=True)
    [listing_id] = told(world, "Python developer")
    world.forward(days=23)
    close(world, listing_id)
    assert tell(world).sent == 1
    assert mailbox.messages[1]["Subject"] == "Closed: Python developer at Acme"
    assert "Closed after 23 days" in text_of(mailbox.messages[1])
    become(world, listing_id, closed_at=None)
    close(world, listing_id)
    assert tell(world).tried == 0


def test_several_changes_are_one_line_from_the_first_to_the_last(world, ada, mailbox):
    world.track(ada, "python", Cadence.DAILY, tells_changes=True, hour=8)
    told(world, "Python developer")
    world.now = world.now.replace(hour=9) + timedelta(days=1)
    tell(world)
    [listing_id] = world.session.scalars(select(Listing.id))
    for title in ("Python lead", "Head of Python", "Chief of Python"):
        become(world, listing_id, title=title)
    assert tell(world).tried == 0, "not before its hour"
    world.forward(days=1)
    assert tell(world).sent == 1
    text = text_of(mailbox.messages[1])
    assert "Title: Python developer → Chief of Python" in text
    assert "Python lead" not in text


def test_what_changed_back_before_it_was_told_is_not_told(world, ada, mailbox):
    world.track(ada, "python", tells_changes=True)
    first, second = told(world, "Python developer", "Python tester")
    world.become(first, title="Python lead")
    world.become(second, closed_at=world.now)
    world.match()
    become(world, first, title="Python developer")
    become(world, second, closed_at=None)
    assert tell(world).tried == 0
    assert (world.count(MatchChange), world.count(Notification)) == (0, 1)


def test_what_changes_before_the_listing_was_told_is_on_its_card(world, ada, mailbox):
    world.track(ada, "python", tells_changes=True)
    world.forward(minutes=1)
    [listing_id] = world.crawl(["Python developer"])
    world.match()
    become(world, listing_id, title="Python lead")
    tell(world)
    world.forward(hours=1)
    tell(world)
    [message] = mailbox.messages
    assert message["Subject"] == "Python lead at Acme"
    assert "Python developer" not in text_of(message)


def test_changes_stand_beside_new_listings_in_one_mail(world, ada, mailbox):
    world.track(ada, "python", name="Snakes", tells_changes=True)
    world.track(ada, "gardener", name="Plants")
    first, second = told(world, "Python developer", "Python tester")
    world.become(first, **PAID)
    world.become(second, closed_at=world.now)
    world.crawl(["Gardener"])
    world.match()
    world.forward(minutes=1)
    assert tell(world).sent == 1
    message = mailbox.messages[1]
    assert message["Subject"] == "1 new listing and 2 changed ones for 2 trackers"
    text = text_of(message)
    assert text.index("== Plants ==") < text.index("Gardener") < text.index("== Snakes ==")
    assert "Pay: not stated → 80,000 to 90,000 EUR a year" in text
    assert "Closed within a day" in text
    assert text.count("Stop it: ") == 2


def test_two_trackers_of_one_user_show_a_changed_listing_once(world, ada, mailbox):
    world.track(ada, "python", name="A", tells_changes=True)
    world.track(ada, "developer", name="B", tells_changes=True)
    [listing_id] = told(world, "Python developer")
    become(world, listing_id, **PAID)
    tell(world)
    assert mailbox.messages[1]["Subject"] == "Changed: Python developer at Acme"
    assert text_of(mailbox.messages[1]).count("Pay: ") == 1
    assert "also for B" in text_of(mailbox.messages[1])


def test_a_role_of_which_all_places_change_alike_is_one_card(world, ada, mailbox):
    world.track(ada, "python", tells_changes=True)
    world.forward(minutes=1)
    ids = [world.crawl(["Python developer"], locations=place(city))[0] for city in ("Bonn", "Kiel", "Ulm")]
    begin_write(world.session)
    for listing_id in ids:
        world.session.get_one(ListingText, listing_id).html = "<p>The same words in all three.</p>"
    world.session.commit()
    world.match()
    world.forward(minutes=1)
    tell(world)
    assert mailbox.messages[0]["Subject"] == "Python developer at Acme"
    for listing_id in ids:
        world.become(listing_id, **PAID)
    close(world, ids[2])
    tell(world)
    message = mailbox.messages[1]
    assert message["Subject"] == "Changed: Python developer at Acme"
    text = text_of(message)
    assert text.count("Pay: ") == 1
    assert "Kiel; Bonn" in text or "Bonn; Kiel" in text
    assert "Closed within a day" in text


def test_a_crash_between_sending_and_marking_repeats_the_same_message(world, ada, mailbox):
    world.track(ada, "python", tells_changes=True)
    [listing_id] = told(world, "Python developer")
    become(world, listing_id, **PAID)
    with pytest.raises(Crash):
        tell(world, CrashingPostbox())
    world.session.rollback()
    become(world, listing_id, **BETTER)
    tell(world)
    world.now += CLAIM
    tell(world)
    world.now += CLAIM
    tell(world)
    ids = mailbox.ids[1:]
    assert len(ids) == 3
    assert len(set(ids)) == 2
    first, second = (text_of(message) for message in mailbox.messages[1:3])
    assert "not stated → 80,000" in first
    assert "80,000 to 90,000 EUR a year → 90,000" in second
    assert not world.session.scalars(select(MatchChange.id).where(MatchChange.told_at.is_(None))).all()


@pytest.mark.parametrize("stop", ["pause", "end", "delete", "block", "forget"])
def test_a_tracker_that_does_not_run_tells_no_changes(world, ada, mailbox, stop):
    tracker_id = world.track(ada, "python", tells_changes=True, duration_days=7)
    [listing_id] = told(world, "Python developer")
    world.become(listing_id, title="Python lead") if stop in ("block", "forget") else None
    world.match()
    if stop == "pause":
        trackers.pause(world.session, ada, tracker_id, world.now)
    elif stop == "end":
        world.forward(days=8)
    elif stop == "delete":
        trackers.remove(world.session, ada, tracker_id, world.now)
    elif stop == "block":
        blocking.block(world.session, ada, world.session.scalars(select(Company.slug)).one(), world.now)
    else:
        change = Change(tells_changes=False)
        trackers.change(world.session, world.settings, ada, tracker_id, change, world.now)
    become(world, listing_id, **PAID)
    assert tell(world).tried == 0
    if stop == "pause":
        trackers.resume(world.session, ada, tracker_id, world.forward(minutes=1))
        assert tell(world).tried == 0, "what came while it was paused is not collected"


def test_what_waits_when_a_tracker_is_paused_is_told_when_it_resumes(world, ada, mailbox):
    tracker_id = world.track(ada, "python", tells_changes=True)
    [listing_id] = told(world, "Python developer")
    become(world, listing_id, **PAID)
    trackers.pause(world.session, ada, tracker_id, world.now)
    assert tell(world).tried == 0
    trackers.resume(world.session, ada, tracker_id, world.forward(minutes=1))
    assert tell(world).sent == 1


def test_asked_for_later_it_is_told_of_what_was_matched_before(world, ada, mailbox):
    tracker_id = world.track(ada, "python")
    [listing_id] = told(world, "Python developer")
    become(world, listing_id, title="Python lead")
    change = Change(tells_changes=True)
    trackers.change(world.session, world.settings, ada, tracker_id, change, world.now)
    assert tell(world).tried == 0, "not what changed before"
    become(world, listing_id, **PAID)
    assert tell(world).sent == 1
    assert "Title:" not in text_of(mailbox.messages[1])


def test_stopped_after_a_refusal_it_is_left_out_and_told_when_it_resumes(world, ada, mailbox):
    tracker_id = world.track(ada, "python", tells_changes=True)
    other = world.track(ada, "gardener", tells_changes=True)
    ids = told(world, "Python developer", "Gardener")
    for listing_id in ids:
        world.become(listing_id, **PAID)
    world.match()
    world.forward(minutes=1)
    mailbox.at_recipient = ["450 4.2.0 later"]
    tell(world)
    trackers.pause(world.session, ada, tracker_id, world.now)
    world.forward(minutes=1)
    assert tell(world).sent == 1
    assert "Python" not in text_of(mailbox.messages[1])
    trackers.resume(world.session, ada, tracker_id, world.forward(minutes=1))
    assert tell(world).sent == 1
    assert "Python developer" in text_of(mailbox.messages[2])
    assert world.tracker(other).paused_at is None


def test_the_link_of_a_mail_of_changes_stops_its_tracker(world, ada, mailbox):
    tracker_id = world.track(ada, "python", tells_changes=True)
    [listing_id] = told(world, "Python developer")
    become(world, listing_id, **PAID)
    tell(world)
    token = world.session.scalars(select(Notification.token).order_by(Notification.id.desc())).first()
    assert mailed_links.stop(world.session, token, world.now).stopped
    assert world.tracker(tracker_id).paused_at is not None


@pytest.mark.usefixtures("mailbox")
def test_what_nobody_watches_makes_no_work(world, ada):
    world.track(ada, "python")
    [listing_id] = told(world, "Python developer")
    become(world, listing_id, **PAID)
    close(world, listing_id)
    pending = select(func.count()).where(ListingEvent.fanned_to.is_not(None))
    assert (world.count(ListingEvent), world.session.scalar(pending), world.count(MatchChange)) == (2, 0, 0)


@pytest.mark.usefixtures("mailbox")
def test_neither_another_text_nor_another_order_of_places_is_news(world, ada):
    world.track(ada, "python", tells_changes=True)
    [listing_id] = told(world, "Python developer", locations=place("Bonn", "Kiel"))
    become(world, listing_id, locations=place("Kiel", "Bonn"))
    assert tell(world).tried == 0


@pytest.mark.usefixtures("mailbox")
def test_many_who_watch_are_served_by_pages_beside_a_few(world, mocker):
    mocker.patch.multiple(change_fan_out, FEW=3, PAGE=10, PAGES_A_PASS=2)
    for _ in range(50):
        world.track(world.add_user(), "python", tells_changes=True)
    few = world.track(world.add_user(), "gardener", tells_changes=True)
    first, second = told(world, "Python developer", "Gardener")
    begin_write(world.session)
    world.session.execute(update(Match).values(told_at=world.now))
    world.session.commit()
    world.become(first, **PAID)
    change_fan_out.fan_out_pass(world.session, world.settings, world.now)
    assert world.count(MatchChange) == 20
    world.become(second, **PAID)
    mocker.patch.object(change_fan_out, "write_page", dying(change_fan_out.write_page))
    passes = 0
    while change_fan_out.anything_pending(world.session):
        passes += 1
        try:
            change_fan_out.fan_out_pass(world.session, world.settings, world.now)
        except Crash:
            world.session.rollback()
        if passes == 1:
            assert world.session.scalars(select(MatchChange.tracker_id)).all().count(few) == 1
    assert world.count(MatchChange) == 51


def dying(real):
    """Every other page dies before its end."""
    fates = iter([True, False] * 100)

    def work(session, settings, now):
        if next(fates):
            session.rollback()
            raise Crash
        return real(session, settings, now)

    return work


def test_what_real_crawls_find_changed_and_gone_is_told(
    world, session, sweep, endpoint, board, clock, mailbox
):
    begin_write(session)
    session.get_one(Board, world.board_id).status = BoardStatus.PAUSED
    session.commit()
    endpoint.jobs = {1: "Nurse"}
    sweep()
    world.track(world.add_user(), "python", tells_changes=True)

    def crawl(jobs):
        clock.forward(hours=1)
        endpoint.jobs = jobs
        sweep()
        world.now = clock.now
        world.match()
        clock.forward(minutes=2)
        world.now = clock.now
        tell(world)

    crawl({1: "Nurse", 2: "Python developer"})
    crawl({1: "Nurse", 2: "Python lead"})
    crawl({1: "Nurse"})
    crawl({1: "Nurse"})
    subjects = [message["Subject"] for message in mailbox.messages]
    assert subjects == [
        "Python developer at Acme", "Changed: Python lead at Acme", "Closed: Python lead at Acme"
    ]  # fmt: skip
