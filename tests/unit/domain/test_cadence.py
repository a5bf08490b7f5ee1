"""When boards are visited: each has an interval of its own, and they are spread."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.cadence import Rhythm, after_host, first_return, next_visit

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR, DAY, QUARTER = timedelta(hours=1), timedelta(days=1), timedelta(minutes=15)
RHYTHM = Rhythm(HOUR, QUARTER, DAY)


def lived(changes: list[bool]) -> timedelta:
    seconds = None
    for changed in changes:
        seconds = round(RHYTHM.after(seconds, changed=changed).total_seconds())
    return RHYTHM.interval(seconds)


def test_a_board_begins_with_the_set_interval():
    assert RHYTHM.interval(None) == HOUR


def test_a_board_that_always_changes_is_soon_visited_every_quarter_of_an_hour():
    assert lived([True] * 2) == lived([True] * 50) == QUARTER


def test_a_quiet_board_is_visited_once_a_day_in_the_end():
    assert lived([False] * 8) < DAY
    assert lived([False] * 20) == DAY


def test_a_board_that_changes_now_and_then_stays_between():
    assert QUARTER < lived([True, False, False, False] * 20) < 3 * HOUR


@given(st.lists(st.booleans(), max_size=60))
def test_no_history_leaves_the_bounds(changes):
    assert QUARTER <= lived(changes) <= DAY


def test_bounds_that_were_set_later_hold_at_once():
    assert Rhythm(HOUR, HOUR, 2 * HOUR).interval(60) == HOUR
    assert Rhythm(HOUR, HOUR, 2 * HOUR).interval(10**6) == 2 * HOUR


def test_a_rhythm_is_calmed_and_never_hurried():
    assert RHYTHM.at_least(6 * HOUR) == Rhythm(6 * HOUR, 6 * HOUR, DAY)
    assert RHYTHM.at_least(2 * DAY) == Rhythm(2 * DAY, 2 * DAY, 2 * DAY)
    assert RHYTHM.at_least(timedelta(0)) == RHYTHM
    assert RHYTHM.at_least(6 * HOUR).interval(60) == 6 * HOUR


def test_a_start_outside_the_bounds_moves_them():
    rhythm = Rhythm(timedelta(seconds=6), QUARTER, DAY)
    assert rhythm.after(None, changed=True) == timedelta(seconds=6)


def test_boards_added_together_are_spread_evenly_over_the_interval():
    returns = [first_return(NOW, HOUR, place / 1000) for place in range(1000)]
    by_minute = [0] * 60
    for moment in returns:
        by_minute[int((moment - NOW).total_seconds() // 60)] += 1
    assert by_minute[:6] == [0] * 6
    assert max(by_minute) <= 20


def test_failures_in_a_row_double_the_pause_up_to_the_longest():
    pauses = [next_visit(NOW, HOUR, failures, None, 0.0, 6 * HOUR) - NOW for failures in range(5)]
    assert pauses == [HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, 6 * HOUR]


def test_a_named_pause_is_obeyed_up_to_a_day():
    assert next_visit(NOW, HOUR, 0, 7200, 0.0) - NOW == 2 * HOUR
    assert next_visit(NOW, HOUR, 0, 10**9, 0.0) - NOW == DAY


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 3600))
def test_the_boards_of_a_host_that_fails_come_back_after_it_and_not_all_at_once(jitter, seconds):
    pause = after_host(NOW, seconds, jitter) - NOW
    assert timedelta(seconds=seconds) <= pause <= timedelta(seconds=2 * seconds)
