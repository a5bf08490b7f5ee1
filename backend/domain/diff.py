"""Known listings + a crawl -> what opened, changed, is missing, closed or reopened; or the crawl is held.

Only a complete crawl can miss a listing: the types say so (DESIGN, truth 3).
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

MISSES_TO_CLOSE = 2
EMPTIES_TO_CLOSE = 3
HOLD_FROM = 10  # boards with fewer open listings are never held
HOLD_SHARE = 0.5
SAME_SET = 0.2


class Stored(Protocol):
    """What is stored of one listing; `missed` counts the complete crawls in a row without it."""

    @property
    def content_hash(self) -> str: ...

    @property
    def missed(self) -> int: ...

    @property
    def closed(self) -> bool: ...


class Known(NamedTuple):
    """That, and no more."""

    content_hash: str
    missed: int = 0
    closed: bool = False


@dataclass(frozen=True, slots=True)
class CompleteCrawl:
    """Everything the board holds: external id -> content hash."""

    items: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PartialCrawl:
    """A part of what the board holds: what is not in it proves nothing."""

    items: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class UnchangedCrawl:
    """A 304 or the same bytes: a complete crawl that saw what the last complete one saw."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a board remembers between crawls: the ids a held crawl saw, and since when answers are empty."""

    held: frozenset[str] | None = None
    empties: int = 0
    empty_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """External ids by what happens to them. `seen_again` were missing and are there again."""

    opened: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    reopened: list[str] = field(default_factory=list)
    seen_again: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    held: bool = False
    emptied: bool = False
    memory: Memory = Memory()

    @property
    def writes(self) -> bool:
        return bool(
            self.opened or self.changed or self.reopened or self.seen_again or self.missing or self.closed
        )


def diff(
    known: Mapping[str, Stored],
    crawl: CompleteCrawl | PartialCrawl | UnchangedCrawl,
    memory: Memory,
    now: datetime,
    empty_after: timedelta,
    others: int = 0,
) -> Changes:
    """What a crawl means for the listings of its board.

    `empty_after`: how long a board must answer empty, three times at least, before its listings close.
    `others`: so many open listings more, which the crawl saw and about which nothing is asked.
    """
    if isinstance(crawl, UnchangedCrawl):
        return _unchanged(known, memory, now, empty_after)
    seen = _seen(known, crawl.items)
    if isinstance(crawl, PartialCrawl):
        return replace(seen, memory=_met(memory, frozenset(crawl.items)))
    unseen = [key for key, listing in known.items() if not listing.closed and key not in crawl.items]
    if not crawl.items and unseen:
        return _emptied(unseen, memory, now, empty_after)
    return _complete(known, crawl.items.keys(), seen, unseen, memory, others)


def _met(memory: Memory, items: frozenset[str]) -> Memory:
    """After a partial crawl: a board that shows something is not empty, and what it shows is not missed."""
    if not items:
        return memory
    return Memory(held=None if memory.held is None else memory.held | items)


def _seen(known: Mapping[str, Stored], items: Mapping[str, str]) -> Changes:
    """What the postings that are there mean for their listings."""
    seen = Changes()
    for key, content_hash in items.items():
        listing = known.get(key)
        if listing is None:
            seen.opened.append(key)
            continue
        if listing.closed:
            seen.reopened.append(key)
        elif listing.missed:
            seen.seen_again.append(key)
        if listing.content_hash != content_hash:
            seen.changed.append(key)
    return seen


def _complete(
    known: Mapping[str, Stored],
    items: Set[str],
    seen: Changes,
    unseen: list[str],
    memory: Memory,
    others: int,
) -> Changes:
    if memory.held is not None and nearly_same(memory.held, items):
        return _confirmed(seen, unseen, memory.held)
    newly = [key for key in unseen if not known[key].missed]
    open_count = others + sum(not listing.closed for listing in known.values())
    if open_count >= HOLD_FROM and len(newly) > HOLD_SHARE * open_count:
        return replace(seen, held=True, memory=Memory(held=frozenset(items)))
    missing, closed = _count_misses(known, unseen)
    return replace(seen, missing=missing, closed=closed)


def _confirmed(seen: Changes, unseen: list[str], held: frozenset[str]) -> Changes:
    """What both crawls missed closes; what the held one still saw was missed once."""
    return replace(
        seen,
        missing=[key for key in unseen if key in held],
        closed=[key for key in unseen if key not in held],
    )


def _unchanged(known: Mapping[str, Stored], memory: Memory, now: datetime, empty_after: timedelta) -> Changes:
    open_keys = [key for key, listing in known.items() if not listing.closed]
    if memory.empties:
        return _emptied(open_keys, memory, now, empty_after)
    if memory.held is not None:
        return Changes(closed=[key for key in open_keys if key not in memory.held])
    missing, closed = _count_misses(known, [key for key in open_keys if known[key].missed])
    return Changes(missing=missing, closed=closed)


def _count_misses(known: Mapping[str, Stored], unseen: list[str]) -> tuple[list[str], list[str]]:
    closed = [key for key in unseen if known[key].missed + 1 >= MISSES_TO_CLOSE]
    missing = [key for key in unseen if known[key].missed + 1 < MISSES_TO_CLOSE]
    return missing, closed


def _emptied(unseen: list[str], memory: Memory, now: datetime, empty_after: timedelta) -> Changes:
    count, since = memory.empties + 1, memory.empty_since or now
    if count >= EMPTIES_TO_CLOSE and now - since >= empty_after:
        return Changes(closed=unseen)
    return Changes(emptied=True, memory=Memory(empties=count, empty_since=since))


def nearly_same(one: Set[str], other: Set[str]) -> bool:
    """Whether two sets of ids differ in at most a fifth of all that either holds."""
    return len(one ^ other) <= SAME_SET * len(one | other)
