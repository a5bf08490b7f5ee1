"""What trackers find, for tests of the pages that show it."""

from __future__ import annotations

from datetime import UTC, datetime

from backend.models import Crawl, CrawlStatus
from backend.services import matches
from backend.settings import Settings
from tests.api.conftest import World


def find(world: World, settings: Settings, *titles: str) -> None:
    """A crawl of a new company finds these listings now, each in a part of Berlin, and they are matched."""
    now = datetime.now(UTC)
    board = world.board(world.company(f"Company {next(world.numbers)}"))
    crawl = world.save(
        Crawl(board_id=board.id, started_at=now, finished_at=now, status=CrawlStatus.COMPLETE, complete=True)
    )
    for number, title in enumerate(titles):
        place = {"text": f"Berlin {number}", "city": "Berlin", "region": None, "country": "DE"}
        world.listing(board, title, first_seen_at=now, crawl_id=crawl.id, locations=[place])
    with world.app.app_context():
        matches.match_crawls(world.session, settings, now)
    world.session.rollback()
