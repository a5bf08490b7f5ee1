"""The list of matches: one row a role, why it matched, and when and by which message each place was told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.mail.outgoing import Postbox
from backend.models import (
    Cadence,
    Channel,
    ChannelKind,
    ListingText,
    Match,
    Notification,
    Tracker,
    User,
    begin_write,
)
from backend.services import match_lists, seen, trackers
from backend.services.match_lists import Card
from backend.services.seen import NoSuchMatch
from backend.services.tellings import Holding, TellingState, View
from backend.services.trackers import Change, NoSuchTracker
from tests.services.tracking import tell

TEXT = "We look for somebody who repairs engines " + " ".join(f"word{n}" for n in range(200))


def place(city):
    return [{"text": f"{city}, Germany", "city": city, "region": None, "country": "DE"}]


def crawl(world, *rows):
    """Listings (title, city, text) that one crawl brings, found a minute later."""
    ids = world.crawl([title for title, _, _ in rows])
    for listing_id, (_, city, text) in zip(ids, rows, strict=True):
        world.touch(listing_id, locations=place(city))
        world.session.get_one(ListingText, listing_id).html = f"<p>{text}</p>"
        world.session.commit()
    world.forward(minutes=1)
    world.match()
    world.forward(minutes=2)
    return ids


class Killed(BaseException):
    """The worker is gone."""


class DyingPostbox(Postbox):
    def send(self, letter):
        raise Killed


def view(world, user_id):
    world.session.rollback()
    world.session.expire_all()
    return View(world.session.get_one(User, user_id), world.now, world.settings.channel_kinds)


def rows(world, tracker_id, before=None, limit=100, unseen=False) -> tuple[list[Card], int | None]:
    mine = view(world, world.tracker(tracker_id).user_id)
    return match_lists.of_tracker(world.session, mine, tracker_id, before, limit, unseen=unseen)


def only(world, tracker_id) -> Card:
    [card] = rows(world, tracker_id)[0]
    return card


def change(world, model, row_id, **fields):
    begin_write(world.session)
    for name, value in fields.items():
        setattr(world.session.get_one(model, row_id), name, value)
    world.session.commit()


def cities(card):
    return [found.match.listing.locations[0]["city"] for found in card.places]


def test_one_role_in_three_places_is_one_row_with_three_places(world, ada):
    tracker_id = world.track(ada, "mechanic")
    crawl(world, *[(f"Mechanic ({city})", city, f"{TEXT} {city}") for city in ("Bonn", "Kiel", "Ulm")])
    card = only(world, tracker_id)
    assert (cities(card), card.place_count) == (["Bonn", "Kiel", "Ulm"], 3)
    assert card.listing.title == "Mechanic (Bonn)"


def test_the_row_shows_the_first_place_that_is_open(world, ada):
    tracker_id = world.track(ada, "mechanic")
    first, second = crawl(world, ("Mechanic", "Bonn", TEXT), ("Mechanic", "Kiel", TEXT))
    world.touch(first, closed_at=world.now)
    card = only(world, tracker_id)
    assert card.listing.id == second
    assert card.match.listing_id == first


def test_a_role_in_very_many_places_is_read_by_pages(world, ada, mocker):
    mocker.patch.object(match_lists, "PLACES", 3)
    tracker_id = world.track(ada, "mechanic")
    towns = [f"Town{n}" for n in range(8)]
    crawl(world, *[("Mechanic", town, TEXT) for town in towns])
    card = only(world, tracker_id)
    assert (cities(card), card.place_count) == (towns[:3], 8)
    mine, met, after = view(world, ada), [], None
    while True:
        found, after = match_lists.places_of(world.session, mine, tracker_id, card.match.id, after, 3)
        met += [one.match.listing.locations[0]["city"] for one in found]
        if after is None:
            break
    assert met == towns


def test_pages_neither_skip_nor_repeat_a_row_while_others_come_and_join(world, ada):
    tracker_id = world.track(ada, "mechanic OR python")
    crawl(world, *[("Mechanic", f"Town{n}", TEXT) for n in range(3)])
    for n in range(6):
        crawl(world, (f"Python developer {n}", "Berlin", f"text of its own {n}"))
    was_there = [card.match.id for card in rows(world, tracker_id)[0]]
    assert len(was_there) == 7
    met, before = [], None
    while True:
        cards, before = rows(world, tracker_id, before, limit=2)
        met += [card.match.id for card in cards]
        if before is None:
            break
        crawl(world, ("Mechanic", "Newtown", TEXT), (f"Python tester {before}", "Rome", f"another {before}"))
    assert met == was_there
    assert len(rows(world, tracker_id)[0]) == 10


def test_the_words_of_the_query_are_marked_in_title_and_text(world, ada):
    tracker_id = world.track(ada, "mechanic engine")
    crawl(world, ("Mechanics <b>", "Bonn", "All day long you repair engines &amp; more"))
    card = only(world, tracker_id)
    assert card.title == "<mark>Mechanics</mark> &lt;b&gt;"
    assert card.snippet == "All day long you repair <mark>engines</mark> &amp; more"


def test_a_query_of_fields_alone_marks_nothing(world, ada):
    tracker_id = world.track(ada, "country:DE")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    card = only(world, tracker_id)
    assert (card.title, card.snippet) == (None, None)


def test_what_is_to_be_told_says_until_when_it_waits(world, ada):
    tracker_id = world.track(ada, "mechanic", Cadence.DAILY, hour=18)
    crawl(world, ("Mechanic", "Bonn", TEXT))
    telling = only(world, tracker_id).places[0].telling
    assert telling.state is TellingState.WAITING
    assert telling.until == world.now.replace(hour=18, minute=0, second=0, microsecond=0)


def test_what_was_told_says_when_and_by_which_message(world, ada, mailbox):
    tracker_id = world.track(ada, "mechanic")
    crawl(world, ("Mechanic", "Bonn", TEXT), ("Mechanic", "Kiel", TEXT))
    told_at = world.now
    assert tell(world).sent == 1
    world.forward(days=1)
    for found in only(world, tracker_id).places:
        assert (found.telling.state, found.telling.at) == (TellingState.TOLD, told_at)
        assert found.telling.notification.message_id == mailbox.ids[0]


def test_a_place_that_came_after_the_mail_says_with_which_message_its_role_was_told(world, ada, mailbox):
    tracker_id = world.track(ada, "mechanic")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    told_at = world.now
    tell(world)
    crawl(world, ("Mechanic", "Kiel", TEXT))
    tell(world)
    first, later = only(world, tracker_id).places
    assert first.telling.state is TellingState.TOLD
    assert (later.telling.state, later.telling.at) == (TellingState.ADDED, told_at)
    assert later.telling.notification.message_id == mailbox.ids[0]
    assert len(mailbox.ids) == 1


def test_a_place_told_anew_after_a_month_is_a_row_of_its_own(world, ada, mailbox):
    tracker_id = world.track(ada, "mechanic", duration_days=90)
    crawl(world, ("Mechanic", "Bonn", TEXT))
    tell(world)
    world.forward(days=31)
    crawl(world, ("Mechanic", "Ulm", TEXT))
    tell(world)
    newer, older = rows(world, tracker_id)[0]
    assert (cities(newer), cities(older)) == (["Ulm"], ["Bonn"])
    assert [card.places[0].telling.notification.message_id for card in (older, newer)] == mailbox.ids


def test_a_mail_that_was_not_accepted_says_why_and_when_it_is_tried_again(world, ada, mailbox):
    tracker_id = world.track(ada, "mechanic")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    mailbox.at_data = ["451 come back later"]
    tell(world)
    telling = only(world, tracker_id).places[0].telling
    assert telling.state is TellingState.RETRYING
    assert telling.until > world.now
    assert "come back later" in telling.notification.error


@pytest.mark.usefixtures("mailbox")
def test_a_mail_on_its_way_says_so_and_one_whose_worker_died_when_it_is_sent_again(world, ada):
    tracker_id = world.track(ada, "mechanic")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    with pytest.raises(Killed):
        tell(world, DyingPostbox())
    telling = only(world, tracker_id).places[0].telling
    assert (telling.state, telling.until) == (TellingState.SENDING, None)
    ends = world.now + timedelta(seconds=world.settings.mail_claim_seconds)
    world.now = ends
    telling = only(world, tracker_id).places[0].telling
    assert (telling.state, telling.until) == (TellingState.RETRYING, ends)


def test_a_mail_that_was_refused_for_good_says_so(world, ada, mailbox):
    tracker_id = world.track(ada, "mechanic")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    mailbox.at_data = ["554 we do not want this text"]
    tell(world)
    telling = only(world, tracker_id).places[0].telling
    assert telling.state is TellingState.FAILED
    assert "554" in telling.notification.error


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"confirmed_at": None}, Holding.UNCONFIRMED),
        ({"mail_refused_at": "now"}, Holding.REFUSED),
    ],
)
def test_what_is_not_told_for_now_says_why(world, ada, mailbox, fields, reason):
    tracker_id = world.track(ada, "mechanic")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    change(world, User, ada, **{name: value and world.now for name, value in fields.items()})
    assert tell(world).tried == 0
    telling = only(world, tracker_id).places[0].telling
    assert (telling.state, telling.held_by) == (TellingState.HELD, reason)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"verified_at": None}, Holding.CHANNEL_UNVERIFIED),
        ({"refused_at": "now"}, Holding.CHANNEL_REFUSED),
        ({"kind": "pigeon"}, Holding.CHANNEL_OFF),
    ],
)
def test_a_channel_that_takes_nothing_holds_what_was_found_and_says_why(world, ada, fields, reason):
    tracker_id = world.track(ada, "mechanic")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    at = world.now
    known = {"kind": ChannelKind.WEBHOOK, "verified_at": at, "name": "Team chat", "created_at": at}
    own = {name: at if value == "now" else value for name, value in fields.items()}
    channel_id = world.add(Channel(user_id=ada, code_tries=0, **known | own))
    change(world, Tracker, tracker_id, channel_id=channel_id)
    telling = only(world, tracker_id).places[0].telling
    assert (telling.state, telling.held_by) == (TellingState.HELD, reason)
    change(world, Channel, channel_id, **known | {"refused_at": None})
    assert only(world, tracker_id).places[0].telling.state is TellingState.WAITING
    notification_id = world.add(
        Notification(
            user_id=ada, channel_id=channel_id, message_id="<1@x>", token="t", created_at=at, next_try_at=at
        )
    )
    change(world, Match, only(world, tracker_id).match.id, notification_id=notification_id)
    assert only(world, tracker_id).places[0].telling.state is TellingState.RETRYING
    change(world, Channel, channel_id, **known | own)
    telling = only(world, tracker_id).places[0].telling
    assert (telling.state, telling.held_by, telling.until) == (TellingState.HELD, reason, None)
    assert telling.notification.channel.name == "Team chat"


def test_a_channel_that_failed_lets_what_it_tells_wait_until_it_is_tried_again(world, ada):
    tracker_id = world.track(ada, "mechanic")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    at, later = world.now, world.now + timedelta(hours=1)
    channel = Channel(user_id=ada, kind=ChannelKind.WEBHOOK, name="Team chat", verified_at=at, created_at=at)
    channel.wait_until, channel.code_tries = later, 0
    change(world, Tracker, tracker_id, channel_id=world.add(channel))
    telling = only(world, tracker_id).places[0].telling
    assert (telling.state, telling.until) == (TellingState.WAITING, later)


def test_what_a_paused_tracker_had_found_is_held_until_it_goes_on(world, ada):
    tracker_id = world.track(ada, "mechanic")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    trackers.pause(world.session, ada, tracker_id, world.now)
    telling = only(world, tracker_id).places[0].telling
    assert (telling.state, telling.held_by) == (TellingState.HELD, Holding.PAUSED)
    trackers.resume(world.session, ada, tracker_id, world.now)
    assert only(world, tracker_id).places[0].telling.state is TellingState.WAITING


def test_a_refused_address_is_named_by_the_message_that_met_it(world, ada, mailbox):
    tracker_id = world.track(ada, "mechanic")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    mailbox.at_recipient = ["550 no such user here"]
    tell(world)
    telling = only(world, tracker_id).places[0].telling
    assert telling.state is TellingState.FAILED
    assert "no such user here" in telling.notification.error


def test_a_row_is_unseen_until_all_its_places_are_seen(world, ada):
    tracker_id = world.track(ada, "mechanic")
    crawl(world, ("Mechanic", "Bonn", TEXT), ("Mechanic", "Kiel", TEXT))
    card = only(world, tracker_id)
    assert card.unseen
    assert seen.mark(world.session, ada, tracker_id, [card.match.id], world.now) == 2
    assert not only(world, tracker_id).unseen
    assert rows(world, tracker_id, unseen=True)[0] == []
    crawl(world, ("Mechanic", "Ulm", TEXT))
    [again] = rows(world, tracker_id, unseen=True)[0]
    assert again.unseen
    assert seen.unmark(world.session, ada, tracker_id, [card.match.id]) == 2


def test_all_that_was_found_until_a_moment_is_marked_and_the_marking_taken_back(world, ada):
    tracker_id, other_id = world.track(ada, "mechanic"), world.track(ada, "cook")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    until = only(world, tracker_id).match.found_at
    crawl(world, ("Mechanic", "Rome", "another text"), ("Cook", "Rome", "soup"))
    assert seen.mark_until(world.session, ada, tracker_id, until, world.now) == 1
    assert [card.unseen for card in rows(world, tracker_id)[0]] == [True, False]
    assert only(world, other_id).unseen
    assert seen.mark_until(world.session, ada, tracker_id, world.now, world.forward(seconds=5)) == 1
    assert seen.unmark_marked_at(world.session, ada, tracker_id, world.now) == 1
    assert [card.unseen for card in rows(world, tracker_id)[0]] == [True, False]


def test_marking_keeps_the_moment_at_which_it_was_first_seen(world, ada):
    tracker_id = world.track(ada, "mechanic")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    match_id, first = only(world, tracker_id).match.id, world.now
    seen.mark(world.session, ada, tracker_id, [match_id], first)
    assert seen.mark(world.session, ada, tracker_id, [match_id], world.forward(days=1)) == 0
    assert only(world, tracker_id).match.seen_at == first


def test_nobody_reads_or_marks_the_matches_of_another(world, ada):
    eve, tracker_id = world.add_user(), world.track(ada, "mechanic")
    hers = world.track(eve, "mechanic")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    match_id, session = only(world, tracker_id).match.id, world.session
    spy = view(world, eve)
    for touch in (
        lambda: match_lists.of_tracker(session, spy, tracker_id, None, 9, unseen=False),
        lambda: match_lists.places_of(session, spy, tracker_id, match_id, None, 9),
        lambda: seen.mark(session, eve, tracker_id, [match_id], world.now),
        lambda: seen.unmark(session, eve, tracker_id, [match_id]),
        lambda: seen.mark_until(session, eve, tracker_id, world.now, world.now),
        lambda: seen.unmark_marked_at(session, eve, tracker_id, world.now),
    ):
        with pytest.raises(NoSuchTracker):
            touch()
    for touch in (
        lambda: match_lists.places_of(session, spy, hers, match_id, None, 9),
        lambda: seen.mark(session, eve, hers, [match_id, only(world, hers).match.id], world.now),
    ):
        with pytest.raises(NoSuchMatch):
            touch()
    assert only(world, hers).unseen
    assert only(world, tracker_id).unseen


def test_after_another_query_old_rows_stay(world, ada):
    tracker_id = world.track(ada, "mechanic")
    crawl(world, ("Mechanic", "Bonn", TEXT))
    trackers.change(world.session, world.settings, ada, tracker_id, Change(query="cook"), world.now)
    assert only(world, tracker_id).title is None
    assert world.count(Tracker) == 1
