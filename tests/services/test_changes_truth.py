"""Whatever happens in whatever order, what a reader is told of changes adds up to what is.

A seeded run of changes, closings, reopenings, refusals, broken connections and workers that die at any write
or send. The reader sees each Message-ID once, as it came first, and believes what it says.
"""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from backend.mail.outgoing import Postbox
from backend.models import Listing, MatchChange
from backend.services import change_fan_out
from tests.mailbox import Mailbox, text_of
from tests.services.tracking import World
from tests.services.unsafe import UnsafeRun

STEPS = 80
TITLES = ("Python developer", "Python lead", "Python tester")


class Run(UnsafeRun):
    writes = ((change_fan_out, "insert_changes"),)
    often = 0.15

    def __init__(self, world: World, mailbox: Mailbox, seed: int, mocker) -> None:
        super().__init__(world, mailbox, seed, mocker)
        world.track(world.add_user(), "python", tells_changes=True)
        world.forward(minutes=1)
        self.listings = [world.crawl([title], locations=[])[0] for title in TITLES]
        world.match()

    def step(self) -> None:
        self.world.forward(minutes=self.dice.randint(1, 30))
        actions = (self.change, self.open_or_close, self.match, self.tell)
        self.dice.choices(actions, (4, 2, 3, 4))[0]()

    def change(self) -> None:
        self.world.become(self.dice.choice(self.listings), title=self.dice.choice(TITLES))

    def open_or_close(self) -> None:
        listing_id = self.dice.choice(self.listings)
        is_open = self.world.session.get_one(Listing, listing_id).closed_at is None
        self.world.become(listing_id, closed_at=self.world.now if is_open else None)

    def finish(self) -> None:
        self.mailbox.at_recipient = []
        self.world.match()
        for _ in range(4):
            self.world.forward(hours=12)
            with Postbox() as postbox:
                self.send(postbox)


class Reader:
    """What one who reads each message once believes."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.titles: dict[int, str] = {}
        self.closed: list[int] = []
        self.lines: list[tuple[int, str]] = []
        known = set()
        for message in mailbox.messages:
            if message["Message-ID"] not in known:
                known.add(message["Message-ID"])
                self.read(text_of(message))

    def read(self, text: str) -> None:
        for block in re.split(r"\r?\n\r?\n", text):
            link = re.search(r"/listings/(\d+)", block)
            if link is None:
                continue
            listing_id, lines = int(link[1]), [line.strip() for line in block.strip().splitlines()]
            self.titles[listing_id] = re.sub(r" \((changed|closed|closed meanwhile)\)$", "", lines[0])
            if any(line.startswith("Closed ") for line in lines):
                self.closed.append(listing_id)
            self.lines += [(listing_id, line) for line in lines if line.startswith("Title: ")]


@pytest.mark.parametrize("seed", range(4))
def test_what_a_reader_is_told_adds_up_to_what_is(world, session, mailbox, mocker, seed):
    run = Run(world, mailbox, seed, mocker)
    for _ in range(STEPS):
        run.step()
    run.finish()
    reader = Reader(mailbox)
    session.expire_all()
    listings = session.scalars(select(Listing)).all()
    assert reader.titles == {listing.id: listing.title for listing in listings}
    assert all(before != after for before, after in (line[7:].split(" → ") for _, line in reader.lines))
    assert len(reader.lines) > 3, "the run was worth its name"
    assert len(reader.closed) == len(set(reader.closed)), "a closing is told once"
    for listing in listings:
        assert listing.closed_at is None or listing.id in reader.closed
    assert session.scalars(select(MatchChange.id).where(MatchChange.told_at.is_(None))).all() == []
