"""A tracker that would tell of nearly everything helps nobody: how much that is, and its refusal."""

from __future__ import annotations

from datetime import datetime

from backend.services import search
from backend.services.tracked_query import TrackerRefused, readable

MOST = 0.5  # of all open listings
FEWEST = 1_000  # of fewer a share says little


def refuse_nearly_everything(text: str, now: datetime) -> None:
    """Raises TrackerRefused for what `readable` refuses, and for what matches more than half of the listings.

    Without a search index nobody can tell, and it passes.
    """
    query = readable(text)
    share = search.share(query, now)
    if share is None or share.of < FEWEST or share.matching <= MOST * share.of:
        return
    percent = round(100 * share.matching / share.of)
    raise TrackerRefused(
        "query",
        f"This matches {percent} % of all open listings, and a tracker may match {MOST * 100:.0f} % at most; "
        "add a word, a place or another thing to look for.",
    )
