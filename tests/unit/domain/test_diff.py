from datetime import UTC, datetime, timedelta

import pytest

from backend.domain.diff import (
    Changes,
    CompleteCrawl,
    Known,
    Memory,
    PartialCrawl,
    UnchangedCrawl,
    diff,
    nearly_same,
)

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def known(count: int, missed: int = 0, start: int = 0) -> dict[str, Known]:
    return {str(n): Known("h", missed) for n in range(start, start + count)}


def complete(*numbers: int, content: str = "h") -> CompleteCrawl:
    return CompleteCrawl({str(n): content for n in numbers})


def run(listings, crawl, memory=None, now=NOW) -> Changes:
    return diff(listings, crawl, memory or Memory(), now, DAY)


def test_a_first_crawl_opens_everything():
    assert run({}, complete(1, 2)).opened == ["1", "2"]


def test_the_same_answer_changes_nothing():
    assert not run(known(3), complete(0, 1, 2)).writes


def test_another_content_is_a_change():
    assert run(known(2), complete(0, 1, content="new")).changed == ["0", "1"]


def test_one_miss_marks_and_the_second_closes():
    first = run(known(3), complete(0, 1))
    assert (first.missing, first.closed) == (["2"], [])
    second = run(known(2) | {"2": Known("h", missed=1)}, complete(0, 1))
    assert (second.missing, second.closed) == ([], ["2"])


def test_a_listing_seen_after_a_miss_is_seen_again():
    changes = run({"0": Known("h", missed=1)}, complete(0))
    assert changes.seen_again == ["0"]
    assert not changes.closed


def test_a_closed_listing_that_is_back_reopens_and_may_have_changed():
    changes = run({"0": Known("h", missed=2, closed=True)}, complete(0, content="new"))
    assert (changes.reopened, changes.changed, changes.opened) == (["0"], ["0"], [])


def test_a_partial_crawl_misses_nothing():
    changes = run(known(30), PartialCrawl({"0": "h", "99": "h"}))
    assert (changes.opened, changes.missing, changes.closed, changes.held) == (["99"], [], [], False)


def test_an_unchanged_crawl_closes_what_was_missing():
    changes = run(known(3) | {"9": Known("h", missed=1)}, UnchangedCrawl())
    assert changes.closed == ["9"]


def test_missing_more_than_half_of_ten_is_held_and_marks_nothing():
    changes = run(known(10), complete(0, 1, 2, 3))
    assert changes.held
    assert (changes.missing, changes.closed) == ([], [])
    assert changes.memory.held == frozenset("0123")


def test_missing_half_of_ten_is_not_held():
    changes = run(known(10), complete(0, 1, 2, 3, 4))
    assert not changes.held
    assert len(changes.missing) == 5


def test_nine_listings_are_too_few_to_hold():
    assert len(run(known(9), complete(0)).missing) == 8


def test_the_next_crawl_with_nearly_the_same_set_confirms_and_closes():
    held = run(known(20), complete(*range(5))).memory
    changes = run(known(20), complete(*range(5)), held)
    assert len(changes.closed) == 15
    assert changes.memory == Memory()


def test_an_unchanged_crawl_confirms_the_held_one():
    held = run(known(20), complete(*range(5))).memory
    assert len(run(known(20), UnchangedCrawl(), held).closed) == 15


def test_another_set_holds_anew():
    held = run(known(20), complete(*range(5))).memory
    changes = run(known(20), complete(10, 11, 12), held)
    assert changes.held
    assert changes.memory.held == frozenset({"10", "11", "12"})


def test_a_recovered_board_forgets_that_it_was_held():
    held = run(known(20), complete(*range(5))).memory
    changes = run(known(20), complete(*range(20)), held)
    assert not changes.writes
    assert changes.memory == Memory()


def test_a_held_crawl_still_opens_what_is_new():
    assert run(known(10), complete(0, 77)).opened == ["77"]


def test_an_emptied_board_closes_after_three_empty_crawls_over_a_day():
    memory = Memory()
    for hours, closes in ((0, 0), (10, 0), (20, 0), (25, 12)):
        changes = run(known(12), complete(), memory, NOW + timedelta(hours=hours))
        assert len(changes.closed) == closes
        memory = changes.memory


def test_two_empty_crawls_a_week_apart_close_nothing():
    first = run(known(3), complete())
    assert not run(known(3), complete(), first.memory, NOW + 7 * DAY).closed


def test_an_unchanged_answer_of_an_emptied_board_counts_as_empty():
    memory = Memory(empties=2, empty_since=NOW - 2 * DAY)
    assert len(run(known(3), UnchangedCrawl(), memory).closed) == 3


def test_an_empty_board_that_was_empty_is_simply_complete():
    changes = run({"0": Known("h", 2, closed=True)}, complete())
    assert not changes.emptied
    assert not changes.writes


def test_a_filled_board_forgets_that_it_was_empty():
    changes = run(known(3), complete(0, 1, 2), Memory(empties=2, empty_since=NOW - 2 * DAY))
    assert changes.memory == Memory()


@pytest.mark.parametrize(("extra", "same"), [(0, True), (2, True), (3, False)])
def test_nearly_the_same_means_within_a_fifth(extra, same):
    base = frozenset(map(str, range(10)))
    assert nearly_same(base, base | frozenset(f"x{n}" for n in range(extra))) is same
