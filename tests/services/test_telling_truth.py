"""Whatever happens in whatever order, an oracle agrees: every match is found, and told in one message.

A seeded run of crawls, changes, pauses, deletions, undone deletions, renewals, refusals, broken connections
and workers that die at any write or send. The oracle only knows what it did and evaluates plainly.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.mail.outgoing import Postbox
from backend.models import Cadence, Listing, Match, Notification, Tracker, User
from backend.services import fan_out, matches, trackers
from backend.services.tracker_life import UNDO, status_of
from tests.mailbox import Mailbox, text_of
from tests.services.tracking import World
from tests.services.unsafe import UnsafeRun

WORDS = ("python", "rust", "nurse", "cook", "berlin")
STEPS = 100


class Run(UnsafeRun):
    """One seeded run, and what the oracle expects of it: tracker id -> the listings it must be told of."""

    writes = ((matches, "insert_findings"), (fan_out, "insert_matches"))
    answers = 2

    def __init__(self, world: World, mailbox: Mailbox, seed: int, mocker) -> None:
        super().__init__(world, mailbox, seed, mocker)
        self.users = [world.add_user(time_zone=zone) for zone in ("UTC", "Asia/Tokyo", "America/New_York")]
        self.expected: dict[int, set[int]] = {}
        self.words: dict[int, set[str]] = {}
        self.followers: Counter[tuple[int, int]] = Counter()
        self.closed: set[int] = set()
        self.listings: list[int] = []

    def step(self) -> None:
        self.world.forward(minutes=self.dice.randint(1, 300))
        action = self.dice.choices(
            (self.add_tracker, self.change_tracker, self.crawl_new, self.crawl_change, self.close, self.tell),
            (3, 4, 6, 3, 1, 6),
        )[0]
        action()

    def add_tracker(self) -> None:
        words = self.dice.sample(WORDS, self.dice.randint(1, 2))
        tracker_id = self.world.track(
            self.dice.choice(self.users), " ".join(words), self.dice.choice(list(Cadence)), duration_days=7
        )
        self.expected[tracker_id], self.words[tracker_id] = set(), set(words)

    def change_tracker(self) -> None:
        if not self.expected:
            return
        tracker = self.world.tracker(self.dice.choice(list(self.expected)))
        of = (self.world.session, tracker.user_id, tracker.id)
        now, ended = self.world.now, status_of(tracker, self.world.now) == "expired"
        if tracker.deleted_at is not None:
            trackers.restore(*of, now) if tracker.deleted_at > now - UNDO else None
        elif ended or self.dice.random() < 0.2:
            trackers.renew(*of, 7, now)
        elif tracker.paused_at is not None:
            trackers.resume(*of, now)
        elif self.dice.random() < 0.7:
            trackers.pause(*of, now)
        else:
            trackers.remove(*of, now)

    def crawl_new(self) -> None:
        title = " ".join(self.dice.sample(WORDS[:-1], 2))
        posted = self.dice.choice((None, self.world.now, self.world.now - timedelta(days=30)))
        ids = self.world.crawl([title], baseline=self.dice.random() < 0.2, posted_at=posted)
        self.listings += ids
        self.expect(ids[0])
        self.match()

    def crawl_change(self) -> None:
        still_open = [listing_id for listing_id in self.listings if listing_id not in self.closed]
        if still_open:
            listing_id = self.dice.choice(still_open)
            self.world.touch(listing_id, title=" ".join(self.dice.sample(WORDS[:-1], 2)))
            self.expect(listing_id)
            self.match()

    def close(self) -> None:
        if self.listings:
            listing_id = self.dice.choice(self.listings)
            gone = listing_id not in self.closed
            self.closed ^= {listing_id}
            self.world.touch(listing_id, closed_at=self.world.now if gone else None)
            if not gone:
                self.expect(listing_id)
            self.match()

    def expect(self, listing_id: int) -> None:
        """Truths 7 and 8, written down once more and plainly."""
        listing = self.world.session.get_one(Listing, listing_id)
        text = {*listing.title.split(), "berlin"}
        for tracker_id, words in self.words.items():
            tracker = self.world.tracker(tracker_id)
            deleted = tracker.deleted_at is not None and tracker.deleted_at <= self.world.now - UNDO
            fresh = listing.posted_at is not None and listing.posted_at > tracker.created_at
            if (
                words <= text
                and not deleted
                and tracker.paused_at is None
                and self.world.now < tracker.expires_at
                and listing.first_seen_at >= tracker.created_at
                and (fresh or not listing.baseline)
            ):
                if listing_id not in self.expected[tracker_id]:
                    self.followers[tracker.user_id, listing_id] += 1
                self.expected[tracker_id].add(listing_id)

    def finish(self) -> None:
        """Everything may be told now: all trackers run, and the server takes all."""
        self.mailbox.at_recipient = []
        trackers.purge_deleted(self.world.session, self.world.now)
        for tracker_id in list(self.expected):
            tracker = self.world.session.get(Tracker, tracker_id)
            if tracker is None:
                del self.expected[tracker_id]
            else:
                tracker.paused_at = tracker.deleted_at = None
        self.world.session.commit()
        self.world.forward(days=8)
        for _ in range(4):
            with Postbox() as postbox:
                self.send(postbox)
            self.world.forward(hours=12)


@pytest.mark.parametrize("seed", range(4))
def test_every_match_is_told_in_one_message(world, session, mailbox, mocker, seed):
    run = Run(world, mailbox, seed, mocker)
    for _ in range(STEPS):
        run.step()
    run.finish()
    found: dict[int, set[int]] = {tracker_id: set() for tracker_id in run.expected}
    for match in session.scalars(select(Match)):
        found[match.tracker_id].add(match.listing_id)
    assert found == run.expected, "every match is found, and no other"
    assert len(run.followers) > 8, "the run was worth its name"
    untold = session.scalars(select(Match.id).where(Match.told_at.is_(None))).all()
    assert untold == []
    assert_each_is_in_its_message(session, mailbox, run.followers)


def assert_each_is_in_its_message(session, mailbox: Mailbox, followers: Counter) -> None:
    """`followers`: (user id, listing) -> how many of the user's trackers found it, deleted ones included."""
    users = dict(session.execute(select(User.email, User.id)).all())
    told: dict[tuple[str, int], set[int]] = {}
    for message in mailbox.messages:
        listings = {int(found) for found in re.findall(r"/listings/(\d+)", text_of(message))}
        told.setdefault((str(message["Message-ID"]), users[str(message["To"])]), set()).update(listings)
    for message_id, user_id, listing_id in session.execute(
        select(Notification.message_id, Match.user_id, Match.listing_id).join(
            Notification, Match.notification_id == Notification.id
        )
    ):
        assert listing_id in told[message_id, user_id]
    messages = Counter((user_id, found) for (_, user_id), listings in told.items() for found in listings)
    assert not messages - followers, "no match is told in two messages"
