"""A listing in the words of a mail: each on one line, whatever its source wrote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backend.domain import pay
from backend.domain.cadence import zone_of
from backend.domain.one_line import one_line
from backend.services.card_listings import CardListing

PLACES = 4


def places(role: Sequence[CardListing]) -> str:
    texts = [one_line(str(place.get("text") or ""), 80) for listing in role for place in listing.locations]
    named = [text for text in dict.fromkeys(texts) if text]
    rest = len(named) - PLACES
    return "; ".join(named[:PLACES]) + (f" and {rest} more" if rest > 0 else "")


def facts(listing: CardListing) -> tuple[str, ...]:
    words = (pay_of(listing), listing.work_mode, listing.employment_type, listing.level)
    return tuple(one_line(word.replace("_", " "), 80) for word in words if word)


def pay_of(listing: CardListing) -> str | None:
    return pay.in_words(
        (listing.salary_min, listing.salary_max, listing.salary_currency, listing.salary_period)
    )


def age(listing: CardListing, now: datetime, zone: str) -> str:
    verb, moment = ("posted", listing.posted_at) if listing.posted_at else ("found", listing.first_seen_at)
    days = days_between(moment, now, zone)
    if days < 1:
        return f"{verb} today"
    return f"{verb} yesterday" if days == 1 else f"{verb} {days} days ago ({day(moment, zone)})"


def days_between(first: datetime, last: datetime, zone: str) -> int:
    return (last.astimezone(zone_of(zone)).date() - first.astimezone(zone_of(zone)).date()).days


def day(moment: datetime, zone: str) -> str:
    local = moment.astimezone(zone_of(zone))
    return f"{local.day} {local:%B %Y}"
