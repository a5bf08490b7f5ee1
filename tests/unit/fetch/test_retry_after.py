from datetime import UTC, datetime

import pytest

from backend.fetch.pace import retry_after_of

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Mon, 04 May 2026 12:01:30 GMT", 90),
        ("Mon, 04 May 2026 11:00:00 GMT", 0),
        ("Monday, 04-May-26 12:00:10 GMT", 10),
        ("9" * 400, 999_999_999),
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("Mon, 99 May 2026 12:01:30 GMT", None),
        ("Mon, 04 May 99999 12:01:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_anything_else_is_nothing(value, seconds):
    assert retry_after_of(value, NOW) == seconds
