"""Queries are filed by how rare their words are among the listings, counted anew each month."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backend.models import KeyShare, QueryAnchor
from backend.services import filing, key_counts


@pytest.fixture
def world(world, mocker):
    mocker.patch.multiple(key_counts, FEWEST=10, AT_ONCE=7)
    return world


def filed(world):
    world.session.rollback()
    return set(world.session.scalars(select(QueryAnchor.key)))


def titles(world, title, count):
    world.crawl([title] * count, baseline=True)


def test_a_query_moves_to_the_word_that_has_become_the_rarer_one(world):
    titles(world, "React developer", 20)
    titles(world, "Swift developer", 5)
    world.track(world.add_user(), "react swift")
    assert key_counts.keep_filing(world.session, world.forward(minutes=1)) == 1
    assert filed(world) == {"=swift"}
    titles(world, "Swift developer", 50)
    assert key_counts.keep_filing(world.session, world.forward(days=29)) == 0
    assert filed(world) == {"=swift"}
    assert key_counts.keep_filing(world.session, world.forward(days=2)) == 1
    assert filed(world) == {"=react"}


def test_shares_are_of_open_listings_and_rare_keys_are_not_kept(world):
    titles(world, "React developer", 15)
    titles(world, "Swift developer", 5)
    titles(world, "Rust developer", 2)
    world.crawl(["Closed react"] * 30, closed_at=world.now)
    key_counts.recount(world.session, world.now)
    shares = dict(world.session.execute(select(KeyShare.key, KeyShare.share)).tuples().all())
    assert shares["=react"] == pytest.approx(15 / 22)
    assert shares["=swift"] == pytest.approx(5 / 22)
    assert shares["has:seen"] == 1
    assert "=rust" not in shares


def test_of_many_listings_a_sample_is_counted(world, mocker):
    mocker.patch.object(key_counts, "SAMPLE", 10)
    titles(world, "React developer", 50)
    seen = list(key_counts.sample(world.session, 5))
    assert len(seen) == 10


def test_too_few_listings_are_not_counted(world):
    titles(world, "React developer", 9)
    world.track(world.add_user(), "react swift")
    assert key_counts.keep_filing(world.session, world.now) == 0
    assert world.session.scalar(select(func.count()).select_from(KeyShare)) == 0


def test_filing_anew_that_is_stopped_goes_on_at_the_next_call(world, mocker):
    mocker.patch.object(filing, "AT_ONCE", 1)
    titles(world, "React swift", 20)
    for word in ("rust react", "scala react", "spark react"):
        world.track(world.add_user(), word)
    real, pages = filing.file_under_anchors, []

    def one_page(*page):
        if pages:
            raise KeyboardInterrupt
        pages.append(page)
        real(*page)

    mocker.patch.object(filing, "file_under_anchors", side_effect=one_page)
    with pytest.raises(KeyboardInterrupt):
        key_counts.keep_filing(world.session, world.forward(minutes=1))
    mocker.stop(filing.file_under_anchors)
    mocker.patch.object(filing, "file_under_anchors", real)
    assert key_counts.keep_filing(world.session, world.forward(minutes=1)) == 2
    assert key_counts.keep_filing(world.session, world.forward(minutes=1)) == 0


def test_counts_from_a_clock_that_goes_ahead_do_not_file_forever(world):
    titles(world, "React swift", 20)
    world.track(world.add_user(), "react swift")
    key_counts.recount(world.session, world.now + timedelta(hours=1))
    assert key_counts.keep_filing(world.session, world.now) == 1
    assert key_counts.keep_filing(world.session, world.now) == 0


def test_matching_finds_the_same_before_and_after_filing_anew(world):
    tracker_id = world.track(world.add_user(), "react swift")
    world.forward(minutes=1)
    world.crawl(["React swift one"])
    world.match()
    titles(world, "React developer", 20)
    key_counts.keep_filing(world.session, world.now)
    world.forward(minutes=1)
    world.crawl(["React swift two"])
    world.match()
    assert world.found(tracker_id) == ["React swift one", "React swift two"]
