"""When mails are due: days in the user's zone, clocks that jump, and pauses after refusals."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.backoff import pause
from backend.domain.cadence import end_of_day, next_daily
from backend.domain.one_line import one_line
from backend.domain.telling import Cadence, Quiet, Timetable


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "hour", "due"),
    [
        ("2026-05-04T05:59", "Europe/Berlin", 8, "2026-05-04T06:00"),
        ("2026-05-04T06:00", "Europe/Berlin", 8, "2026-05-05T06:00"),
        ("2026-03-28T07:00", "Europe/Berlin", 8, "2026-03-29T06:00"),  # clocks went forward in the night
        ("2026-10-24T06:00", "Europe/Berlin", 8, "2026-10-25T07:00"),  # and back
        ("2026-03-28T12:00", "Europe/Berlin", 2, "2026-03-29T01:00"),  # 2 o'clock is skipped that night
        ("2026-10-25T00:30", "Europe/Berlin", 2, "2026-10-26T01:00"),  # between the two 2 o'clocks
        ("2026-05-04T12:00", "Asia/Tokyo", 8, "2026-05-04T23:00"),
        ("2026-05-04T12:00", "Pacific/Kiritimati", 8, "2026-05-04T18:00"),
        ("2026-05-04T12:00", "No/Where", 8, "2026-05-05T08:00"),
    ],
)
def test_the_daily_hour_is_that_of_the_users_clock(now, zone, hour, due):
    assert next_daily(at(now), zone, hour) == at(due)


@given(
    st.integers(0, 2 * 365 * 24 * 60),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
    st.integers(0, 23),
)
def test_the_daily_hour_comes_once_in_about_a_day(minutes, zone, hour):
    now = at("2026-01-01") + timedelta(minutes=minutes)
    due = next_daily(now, zone, hour)
    assert timedelta(0) < due - now <= timedelta(hours=25)
    assert timedelta(hours=23) <= next_daily(due, zone, hour) - due <= timedelta(hours=25)


def test_a_day_ends_where_its_user_lives():
    assert end_of_day(date(2026, 3, 29), "Europe/Berlin") == at("2026-03-29T21:59:59")


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("cadence", "now", "due"),
    [
        (Cadence.INSTANT, "2026-05-04T05:59", "2026-05-04T06:00"),
        (Cadence.HOURLY, "2026-05-04T05:59:30", "2026-05-04T06:00"),
        (Cadence.HOURLY, "2026-05-04T06:00", "2026-05-04T07:00"),
        (Cadence.DAILY, "2026-05-04T16:59", "2026-05-05T16:00"),
        (Cadence.WEEKLY, "2026-05-04T12:00", "2026-05-08T16:00"),  # Monday to Friday, 18 o'clock in Berlin
        (Cadence.WEEKLY, "2026-05-08T16:00", "2026-05-15T16:00"),
        (Cadence.WEEKLY, "2026-10-23T17:00", "2026-10-30T17:00"),  # clocks went back between
    ],
)
def test_each_cadence_has_its_next_moment(cadence, now, due):
    timetable = Timetable(cadence, "Europe/Berlin", hour=18, weekday=4)
    assert timetable.after(at(now), MINUTE) == at(due)


@pytest.mark.parametrize(
    ("start", "end", "now", "due"),
    [
        (22, 7, "2026-05-04T19:58", "2026-05-04T19:59"),
        (22, 7, "2026-05-04T19:59", "2026-05-05T05:00"),
        (22, 7, "2026-05-05T04:59", "2026-05-05T05:00"),
        (9, 12, "2026-05-04T07:30", "2026-05-04T10:00"),
        (8, 8, "2026-05-04T06:30", "2026-05-04T06:31"),
    ],
)
def test_nothing_is_due_in_quiet_hours(start, end, now, due):
    timetable = Timetable(Cadence.INSTANT, "Europe/Berlin", hour=8, quiet=Quiet(start, end))
    assert timetable.after(at(now), MINUTE) == at(due)


@given(st.integers(0, 366 * 24 * 60), st.sampled_from(Cadence), st.integers(0, 23), st.integers(0, 23))
def test_what_is_due_lies_ahead_and_never_in_quiet_hours(minutes, cadence, start, end):
    now = at("2026-01-01") + timedelta(minutes=minutes)
    quiet = Quiet(start, end)
    due = Timetable(cadence, "America/New_York", 8, 2, quiet).after(now, MINUTE)
    assert now < due <= now + timedelta(days=9)
    assert quiet.over(due, "America/New_York") == due


def test_pauses_double_up_to_six_hours_and_are_spread():
    assert [pause(tries, 0.0) for tries in (1, 2, 3)] == [timedelta(minutes=m) for m in (1, 2, 4)]
    assert pause(1000, 0.0) == timedelta(hours=6)
    assert pause(1, 0.5) == timedelta(seconds=75)


@given(st.text())
def test_one_line_is_one_line(text):
    line = one_line(text, 40)
    assert len(line) <= 40
    assert line.splitlines() in ([line], [])
    assert line == line.strip()
