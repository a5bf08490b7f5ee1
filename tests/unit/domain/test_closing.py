"""Truth 3 (DESIGN): an independent model of what closes, against `diff`, over every short history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest

from backend.domain.diff import CompleteCrawl, Known, Memory, PartialCrawl, UnchangedCrawl, diff

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SIZE = 20


def ids(*numbers: int) -> frozenset[str]:
    return frozenset(map(str, numbers))


ALL = ids(*range(SIZE))
COMPLETE = {
    "all": ALL,
    "one less": ALL - ids(0),
    "one new": ALL | ids(99),
    "few": ids(*range(8)),  # misses 12 of 20: held
    "one fewer": ids(*range(7)),  # nearly the same as "few", and misses one that "few" saw
    "few and two": ids(*range(10)),  # nearly the same as "few", and misses just half
    "others": ids(*range(12, 20)),  # held too, and not the same as "few"
    "empty": frozenset[str](),
}
PARTIAL = {"half read": ids(0, 1, 77), "nothing of it read": frozenset[str]()}
OTHER = ("unchanged", "error")
EVENTS = (*COMPLETE, *PARTIAL, *OTHER)


class Truth:
    """What the rules say, kept as what was seen and missed rather than as marks on rows."""

    def __init__(self) -> None:
        self.open: set[str] = set()
        self.misses: dict[str, int] = {}
        self.held: frozenset[str] | None = None
        self.empties: list[datetime] = []
        self.last: frozenset[str] = frozenset()

    def complete(self, seen: frozenset[str], now: datetime) -> None:
        self.last = seen
        if not seen and self.open:
            self.held = None
            self.empties.append(now)
            if len(self.empties) >= 3 and now - self.empties[0] >= DAY:
                self.close(set(self.open))
                self.empties = []
            return
        self.empties = []
        before = set(self.open)
        self.see(seen)
        missed = before - seen
        if self.held is not None and 5 * len(self.held ^ seen) <= len(self.held | seen):
            twice = missed - self.held
            self.held = None
        elif len(before) >= 10 and 2 * sum(not self.misses.get(one) for one in missed) > len(before):
            self.held = seen
            return
        else:
            self.held = None
            twice = {one for one in missed if self.misses.get(one)}
        for one in missed:
            self.misses[one] = 1
        self.close(twice)

    def partial(self, seen: frozenset[str]) -> None:
        self.see(seen)
        if seen:
            self.empties = []
        if self.held is not None:
            self.held |= seen

    def see(self, seen: frozenset[str]) -> None:
        self.open |= seen
        for one in seen:
            self.misses.pop(one, None)

    def close(self, gone: set[str]) -> None:
        self.open -= gone
        for one in gone:
            self.misses.pop(one, None)


class Rows:
    """What `diff` says, carried out as the rows keep it."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self.memory = Memory()

    def crawl(self, crawl: CompleteCrawl | PartialCrawl | UnchangedCrawl, now: datetime) -> None:
        changes = diff(self.known, crawl, self.memory, now, DAY)
        self.memory = changes.memory
        for key in (*changes.opened, *changes.reopened, *changes.seen_again):
            self.known[key] = Known("h")
        for key in changes.missing:
            self.known[key] = Known("h", self.known[key].missed + 1)
        for key in changes.closed:
            self.known[key] = Known("h", self.known[key].missed + 1, closed=True)

    @property
    def open(self) -> set[str]:
        return {key for key, listing in self.known.items() if not listing.closed}


def histories(length: int) -> Iterator[tuple[str, ...]]:
    """Every one, but for those that cannot be: after a partial crawl nothing is kept to be unchanged."""
    for history in product(EVENTS, repeat=length):
        readable = [event for event in history if event != "error"]
        follows = pairwise(readable)
        if not any(before in PARTIAL and after == "unchanged" for before, after in follows):
            yield history


def lived(history: tuple[str, ...], pause: timedelta) -> Iterator[tuple[str, Truth, Rows]]:
    truth, rows = Truth(), Rows()
    for number, event in enumerate(("all", *history)):
        now = NOW + number * pause
        if event in COMPLETE:
            truth.complete(COMPLETE[event], now)
            rows.crawl(CompleteCrawl(dict.fromkeys(COMPLETE[event], "h")), now)
        elif event in PARTIAL:
            truth.partial(PARTIAL[event])
            rows.crawl(PartialCrawl(dict.fromkeys(PARTIAL[event], "h")), now)
        elif event == "unchanged":
            truth.complete(truth.last, now)
            rows.crawl(UnchangedCrawl(), now)
        yield event, truth, rows


@pytest.mark.parametrize("length", [1, 2, 3, 4])
@pytest.mark.parametrize("hours", [9, 13])
def test_every_short_history_closes_what_the_truth_says_and_nothing_else(length, hours):
    for history in histories(length):
        for number, (_, truth, rows) in enumerate(lived(history, timedelta(hours=hours))):
            assert rows.open == truth.open, (history, number)


def test_what_is_no_complete_crawl_closes_nothing_in_any_history():
    for history in histories(4):
        before = set()
        for event, _, rows in lived(history, timedelta(hours=13)):
            if event == "error" or event in PARTIAL:
                assert before <= rows.open, history
            before = rows.open


def test_no_listing_closes_before_a_second_complete_crawl_misses_it():
    for history in histories(4):
        complete = 0
        for event, _, rows in lived(history, timedelta(hours=13)):
            complete += event in COMPLETE or event == "unchanged"
            if complete <= 2:
                assert rows.open >= ALL, history


def test_what_a_partial_crawl_saw_last_is_not_closed_by_the_next_crawl():
    for history in histories(4):
        last = frozenset()
        for event, _, rows in lived(history, timedelta(hours=13)):
            assert last <= rows.open, history
            last = PARTIAL.get(event, frozenset())
