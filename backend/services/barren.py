"""Pages that look like openings in a list and are none: remembered, so that not each visit asks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

DAYS = 7, 14  # such a page is asked again after so many, each in its own time
MOST = 5000  # of one board
DAY = 86400


@dataclass(slots=True)
class Barren:
    """What was remembered of a board's pages, and what this visit adds.

    `known` maps what the list says of a page (its list hash, so that another date of change asks it anew) to
    the day since 1970 until which it is left alone. `kept` is what to remember after the visit: what the
    list no longer names is forgotten.
    """

    known: Mapping[str, int]
    now: datetime
    kept: dict[str, int] = field(default_factory=dict)

    @property
    def today(self) -> int:
        return int(self.now.timestamp()) // DAY

    def holds(self, list_hash: str) -> bool:
        """Whether this page is not to be asked."""
        key = _key(list_hash)
        until = self.known.get(key, 0)
        if until <= self.today:
            return False
        self.kept[key] = until
        return True

    def add(self, list_hash: str) -> None:
        """This page was asked, and is no opening's."""
        if len(self.kept) < MOST:
            least, most = DAYS
            key = _key(list_hash)
            self.kept[key] = self.today + least + int(key, 16) % (most - least + 1)


def _key(list_hash: str) -> str:
    return list_hash[:16]
