"""Pay as a line that is stored, and in words. Always in its own currency and period: never converted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Pay = tuple[float | None, float | None, str | None, str | None]
"""Minimum, maximum, currency and period; None for what is not stated."""


def line_of(parts: Sequence[Any]) -> str | None:
    """Minimum, maximum, currency and period in a line, a dash for what is not stated; None: nothing is."""
    if all(part is None for part in parts):
        return None
    words = (f"{part:.12g}" if isinstance(part, float) else part for part in parts)
    return " ".join(str(word) if word is not None else "-" for word in words)


def read_line(line: str) -> Pay | None:
    """What `line_of` has written; None for anything else."""
    try:
        low, high, currency, period = (None if part == "-" else part for part in line.split(" "))
        ends = [None if end is None else float(end) for end in (low, high)]
    except ValueError:
        return None
    return ends[0], ends[1], currency, period


def in_words(pay: Pay) -> str | None:
    """`60,000 to 80,000 EUR a year`; None where no amount is stated."""
    low, high, currency, period = pay
    if low is None and high is None:
        return None
    if low is not None and high is not None and low != high:
        amount = f"{_amount(low)} to {_amount(high)}"
    elif low is not None:
        amount = _amount(low) if high is not None else f"from {_amount(low)}"
    else:
        amount = f"up to {_amount(high or 0.0)}"
    article = "an" if period == "hour" else "a"
    return " ".join(filter(None, (amount, currency, f"{article} {period}" if period else "")))


def _amount(value: float) -> str:
    return f"{value:,.2f}".removesuffix(".00")
