"""What becomes of a listing: what of it is worth telling, what is left of several changes, in which words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backend.domain import pay
from backend.domain.one_line import one_line

TOLD = frozenset({"title", "locations", "salary", "closed"})
NAMED = 4  # places in one line
LENGTH = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One event of a listing's history: see `models.ListingEvent`."""

    what: str
    before: str | None
    after: str | None


def worth_telling(change: Change) -> bool:
    """A text that is another, a listing that opens again and places in another order are no news."""
    if change.what == "locations":
        return places_in(change.before) != places_in(change.after)
    return change.what in TOLD


def net(changes: Iterable[Change]) -> list[Change]:
    """Of changes in their order one for each thing, from first state to last, if these differ."""
    whole: dict[str, Change] = {}
    for change in changes:
        begun = whole.get(change.what, change)
        whole[change.what] = Change(change.what, begun.before, change.after)
    return [change for change in whole.values() if change.what == "closed" or change.before != change.after]


def in_words(change: Change) -> str:
    """One line for a mail. How long a closed listing was open is not known here."""
    match change.what:
        case "title":
            return f"Title: {written(change.before)} → {written(change.after)}"
        case "salary":
            return f"Pay: {pay_in(change.before)} → {pay_in(change.after)}"
        case "locations":
            return f"Places: {moved(places_in(change.before), places_in(change.after))}"
    return "Closed"


def closed_after(days: int) -> str:
    if days < 1:
        return "Closed within a day"
    return f"Closed after {days} day{'' if days == 1 else 's'}"


def written(text: str | None) -> str:
    return one_line(text or "", LENGTH) or "not stated"


def pay_in(line: str | None) -> str:
    read = pay.read_line(line) if line else None
    return one_line((pay.in_words(read) if read else line) or "", LENGTH) or "not stated"


def places_in(line: str | None) -> frozenset[str]:
    return frozenset(filter(None, (line or "").split("; ")))


def moved(before: frozenset[str], after: frozenset[str]) -> str:
    if not before or not after:
        return f"{few(before) or 'not stated'} → {few(after) or 'not stated'}"
    parts = [
        f"{words} {few(places)}"
        for words, places in (("now also", after - before), ("no longer", before - after))
        if places
    ]
    return "; ".join(parts) or "in another order"


def few(places: Iterable[str]) -> str:
    """In order, the first of them and how many more."""
    named = [one_line(place, 80) for place in sorted(places)]
    rest = len(named) - NAMED
    return ", ".join(named[:NAMED]) + (f" and {rest} more" if rest > 0 else "")
