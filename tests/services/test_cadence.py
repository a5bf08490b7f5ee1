"""How often boards are visited, as the rows say it: a real fetch, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.models import Board, begin_write
from backend.services import boards
from backend.sources import registry

HOUR = 3600


@pytest.fixture
def many(session, now):
    begin_write(session)
    for number in range(12):
        boards.add(session, registry.source("greenhouse"), f"acme{number}", "Acme", now)
    session.commit()


def intervals(session):
    return [board.interval_seconds for board in session.scalars(select(Board).order_by(Board.id))]


def pauses(session, clock):
    return [
        (board.next_crawl_at - clock()).total_seconds()
        for board in session.scalars(select(Board).order_by(Board.id))
    ]


def test_boards_added_together_come_due_spread_over_the_interval(session, many, endpoint, sweep, clock):
    endpoint.jobs = {1: "Engineer"}
    sweep()
    found = pauses(session, clock)
    assert len(set(found)) == 12
    assert min(found) < 0.4 * HOUR
    assert max(found) > 0.7 * HOUR
    assert max(found) <= HOUR


def test_unchanged_boards_are_visited_less_and_each_at_a_moment_of_its_own(
    session, many, endpoint, sweep, clock
):
    endpoint.jobs = {1: "Engineer"}
    sweep()
    clock.forward(hours=1)
    sweep()
    assert intervals(session) == [1.25 * HOUR] * 12
    found = pauses(session, clock)
    assert len(set(found)) == 12
    assert all(1.25 * HOUR <= pause <= 1.1 * 1.25 * HOUR for pause in found)


def test_a_board_that_changes_is_visited_more_down_to_a_quarter_of_an_hour(
    session, board, endpoint, sweep, clock
):
    for number in range(5):
        endpoint.jobs[number] = f"Role {number}"
        sweep()
        clock.forward(hours=1)
    assert intervals(session) == [900]


def test_a_quiet_board_is_visited_up_to_once_a_day(session, board, endpoint, sweep, clock):
    endpoint.jobs = {1: "Engineer"}
    for _ in range(18):
        sweep()
        clock.forward(hours=1)
    assert intervals(session) == [24 * HOUR]


def test_a_failed_visit_leaves_the_interval_and_backs_off(session, board, endpoint, sweep, clock):
    endpoint.jobs = {1: "Engineer"}
    sweep()
    endpoint.status = 500
    for expected in (2, 4, 8):
        sweep()
        assert intervals(session) == [HOUR]
        pause = board.next_crawl_at - clock()
        assert timedelta(hours=expected) <= pause <= timedelta(hours=1.1 * expected)


def test_a_source_that_asks_for_calm_is_visited_no_more_often_however_much_its_boards_change(
    session, board, endpoint, sweep, clock, monkeypatch
):
    monkeypatch.setattr(type(registry.source("greenhouse")), "calm", timedelta(hours=6))
    for number in range(4):
        endpoint.jobs = {number: "Engineer"}
        sweep()
        assert intervals(session) == [6 * HOUR]
        clock.forward(hours=7)
    sweep()  # the third closes
    sweep()
    assert intervals(session) == [7.5 * HOUR]


def test_the_sources_that_ask_for_calm_have_it():
    calm = {source.name: source.calm for source in registry.SOURCES if source.calm}
    assert calm["remotive"] >= timedelta(hours=6), "it asks for four calls a day at most"
    adzuna = timedelta(days=30) / calm["adzuna"] * 5  # pages of one board in a month
    assert adzuna <= 2500 / 8
