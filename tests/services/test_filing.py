"""Queries are filed under their rarest keys, whenever and by whomever they were saved."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from backend.domain import anchors
from backend.models import KeyShare, QueryAnchor, SavedQuery, begin_write
from backend.services import filing, matches
from backend.services.tracked_query import TrackerRefused


def filed(world):
    world.session.rollback()
    return set(world.session.scalars(select(QueryAnchor.key)))


def forget_filing(world, version=0):
    """As if saved by a version that knew nothing of it, or by another one."""
    begin_write(world.session)
    world.session.execute(delete(QueryAnchor))
    world.session.execute(update(SavedQuery).values(filed_by=version, filed_at=None))
    world.session.commit()


def count_shares(world, **shares):
    begin_write(world.session)
    world.session.add_all(KeyShare(key=f"={k}", share=v, counted_at=world.now) for k, v in shares.items())
    world.session.commit()


def test_a_query_is_filed_as_its_tracker_is_made_and_once(world, ada):
    count_shares(world, rust=0.02, react=0.01)
    world.track(ada, "rust react")
    world.track(world.add_user(), "react rust")
    assert filed(world) == {"=react"}
    [query] = world.session.scalars(select(SavedQuery))
    assert (query.filed_by, query.filed_at) == (anchors.VERSION, world.now)


def test_queries_of_before_are_filed_at_the_next_look_and_miss_nothing(world, ada, mocker):
    mocker.patch.object(filing, "AT_ONCE", 2)
    made = [world.track(ada, word) for word in ("rust", "react", "swift", "spark", "scala")]
    forget_filing(world)
    world.forward(minutes=1)
    world.crawl(["Rust react swift spark scala"])
    assert world.match().matches == 5
    assert all(world.found(tracker_id) for tracker_id in made)
    assert filed(world) == {"=rust", "=react", "=swift", "=spark", "=scala"}
    assert filing.file_unfiled(world.session, world.now) == 0


@pytest.mark.parametrize("version", [0, anchors.VERSION - 1, anchors.VERSION + 1])
def test_what_another_version_filed_is_tested_all_the_same(world, ada, mocker, version):
    mocker.patch.object(matches, "file_unfiled")
    tracker_id = world.track(ada, "rust")
    forget_filing(world, version)
    world.forward(minutes=1)
    world.crawl(["Rust developer", "Gardener"])
    world.match()
    assert world.found(tracker_id) == ["Rust developer"]


def test_a_newer_version_is_not_filed_back(world, ada):
    world.track(ada, "rust")
    forget_filing(world, anchors.VERSION + 1)
    assert filing.file_unfiled(world.session, world.now) == 0


def test_filing_that_is_stopped_goes_on_where_it_stopped(world, ada, mocker):
    mocker.patch.object(filing, "AT_ONCE", 1)
    [world.track(ada, word) for word in ("rust", "react", "swift")]
    forget_filing(world)
    real, pages = filing.file_under_anchors, []

    def two_pages(*page):
        if len(pages) == 2:
            raise KeyboardInterrupt
        pages.append(page)
        real(*page)

    mocker.patch.object(filing, "file_under_anchors", side_effect=two_pages)
    with pytest.raises(KeyboardInterrupt):
        filing.file_unfiled(world.session, world.now)
    mocker.stopall()
    assert len(filed(world)) == 2
    assert filing.file_unfiled(world.session, world.now) == 1
    assert filed(world) == {"=rust", "=react", "=swift"}


def test_a_saved_query_that_cannot_be_read_holds_back_nobody(world, ada, caplog):
    tracker_id = world.track(ada, "rust")
    begin_write(world.session)
    world.session.add(SavedQuery(canonical='"unclosed', created_at=world.now))
    world.session.commit()
    world.forward(minutes=1)
    world.crawl(["Rust developer"])
    world.match()
    assert world.found(tracker_id) == ["Rust developer"]
    assert "cannot be read" in caplog.text


@pytest.mark.parametrize("text", ["seen<7d", "rust OR seen<7d", "rust OR -react"])
def test_a_query_that_nearly_everything_matches_is_refused(world, ada, text):
    with pytest.raises(TrackerRefused, match=r"[Nn]early every listing would match"):
        world.track(ada, text)


def test_one_that_was_saved_before_such_were_refused_still_finds(world, ada):
    tracker_id = world.track(ada, "rust")
    begin_write(world.session)
    world.session.execute(update(SavedQuery).values(canonical="seen<7d", filed_by=0))
    world.session.commit()
    world.forward(minutes=1)
    world.crawl(["Gardener"])
    world.match()
    assert world.found(tracker_id) == ["Gardener"]
    assert filed(world) == {anchors.EVERY}


def test_only_queries_that_are_followed_and_share_a_key_are_looked_at(world, ada):
    count_shares(world, developer=0.9)
    world.track(ada, "rust developer")
    paused, wanted = world.track(ada, "react"), world.track(ada, "swift developer")
    world.tracker(paused).paused_at = world.now
    world.session.commit()
    sought = ["=react", "=swift", "=developer"]
    rules = list(filing.rules_under(world.session, sought))
    ids = {world.tracker(one).query_id: one for one in (paused, wanted)}
    assert {(ids[query_id], sought[key], rest) for key, query_id, rest in rules} == {
        (paused, "=react", ""),
        (wanted, "=swift", "developer"),
    }
    followed = matches.collecting(world.now + timedelta(minutes=1))
    assert filing.passed_over(world.session, list(ids), followed) == [world.tracker(paused).query_id]


def test_what_another_version_wrote_beside_an_anchor_is_not_believed(world, ada):
    tracker_id = world.track(ada, "rust")
    begin_write(world.session)
    world.session.execute(update(QueryAnchor).values(rest="=gardener"))
    world.session.execute(update(SavedQuery).values(filed_by=anchors.VERSION + 1))
    world.session.commit()
    world.forward(minutes=1)
    world.crawl(["Rust developer", "Gardener for rust"])
    world.match()
    assert sorted(world.found(tracker_id)) == ["Gardener for rust", "Rust developer"]
