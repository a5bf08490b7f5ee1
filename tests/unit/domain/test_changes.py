"""What became of a listing, in words."""

import pytest

from backend.domain import pay
from backend.domain.changes import Change, closed_after, in_words, net, worth_telling


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((60_000.0, 80_000.0, "EUR", "year"), "60,000 to 80,000 EUR a year"),
        ((20.5, 20.5, "USD", "hour"), "20.50 USD an hour"),
        ((4_000.0, None, None, "month"), "from 4,000 a month"),
        ((None, 12_345_678.0, "JPY", None), "up to 12,345,678 JPY"),
        ((None, None, "EUR", "year"), None),
    ],
)
def test_pay_is_said_as_it_is_stated_and_survives_being_stored(parts, words):
    assert pay.read_line(pay.line_of(parts)) == parts
    assert pay.in_words(parts) == words


def test_what_is_no_line_of_pay_is_not_read_as_one():
    assert pay.read_line("from 60000 EUR") is None
    assert pay.read_line("much more EUR year") is None
    assert pay.line_of([None] * 4) is None


def test_of_several_changes_the_first_state_and_the_last_are_left():
    title = [Change("title", "A", "B"), Change("salary", None, "1 2 EUR year"), Change("title", "B", "C")]
    assert net(title) == [Change("title", "A", "C"), Change("salary", None, "1 2 EUR year")]
    assert net([Change("title", "A", "B"), Change("title", "B", "A")]) == []
    assert net([Change("closed", None, None)]) == [Change("closed", None, None)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("title", "Cook\r\nBcc: x", "Chef"), "Title: Cook Bcc: x → Chef"),
        (
            Change("salary", "80000 90000 EUR year", "90000 100000 EUR year"),
            "Pay: 80,000 to 90,000 EUR a year → 90,000 to 100,000 EUR a year",
        ),
        (Change("salary", "80000 - EUR year", None), "Pay: from 80,000 EUR a year → not stated"),
        (Change("locations", "Berlin; Kiel", "Kiel; Bonn"), "Places: now also Bonn; no longer Berlin"),
        (Change("locations", None, "Kiel; Bonn"), "Places: not stated → Bonn, Kiel"),
        (
            Change("locations", "A", "; ".join("ABCDEFGHIJKL")),
            "Places: now also B, C, D, E and 7 more",
        ),
    ],
)
def test_a_change_is_one_line(change, words):
    assert in_words(change) == words


def test_how_long_a_listing_was_open_is_said():
    assert [closed_after(days) for days in (0, 1, 23)] == [
        "Closed within a day", "Closed after 1 day", "Closed after 23 days"
    ]  # fmt: skip


def test_only_what_a_reader_would_care_for_is_told():
    told = [
        ("title", "A", "B"),
        ("salary", None, "1 - EUR -"),
        ("locations", "A", "B"),
        ("closed", None, None),
    ]
    assert all(worth_telling(Change(*change)) for change in told)
    others = [("text", "1a", "2b"), ("reopened", None, None), ("locations", "A; B", "B; A")]
    assert not any(worth_telling(Change(*change)) for change in others)
