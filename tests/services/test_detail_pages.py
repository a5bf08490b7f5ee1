"""Pages made for people are asked for only where robots.txt lets us, whatever the list was."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import cast

from backend.fetch import Fetcher
from backend.fetch.robots import RobotsRefused
from backend.models import CrawlStatus
from backend.services.assignments import Assignment, Visit
from backend.services.visits import Limits, visit
from backend.sources.base import Request, Response
from backend.sources.registry import source

HOST = "acme.jobs.personio.de"
LIST = [{"id": 7, "name": "Tram Driver", "offices": ["Vienna"]}]


class Forbidding:
    """A customer without the feed, whose robots.txt forbids all pages."""

    def __init__(self) -> None:
        self.by_robots: dict[str, bool] = {}

    def fetch(self, request: Request, _deadline: float, *, robots: bool, **_: object) -> Response:
        self.by_robots[request.url.removeprefix(f"https://{HOST}")] = robots
        if robots:
            raise RobotsRefused(f"{request.url}: refused: robots.txt does not let us read it")
        status, body = (200, json.dumps(LIST)) if "search" in request.url else (404, "")
        return Response(status, body.encode(), {}, request, request.url)


def read(fetcher: Forbidding) -> Visit:
    board = Assignment(1, "lease", source("personio"), HOST, {}, None, None)
    limits = Limits(seconds=60, details=10)
    return visit(board, cast(Fetcher, fetcher), {}, lambda _: {}, limits, datetime(2026, 11, 2, tzinfo=UTC))


def test_a_posting_whose_page_may_not_be_read_is_kept_as_the_list_tells_it() -> None:
    fetcher = Forbidding()
    read_so = read(fetcher)
    assert fetcher.by_robots == {"/xml?language=en": False, "/search.json": False, "/job/7": True}
    assert read_so.status == CrawlStatus.COMPLETE
    assert read_so.items is not None
    [item] = read_so.items.values()
    assert item.content is not None
    assert (item.content.title, item.content.description_html) == ("Tram Driver", None)
    assert "robots.txt does not let us read it" in (read_so.error or "")


def test_it_is_not_asked_for_at_every_visit() -> None:
    read_so = read(Forbidding())
    assert read_so.items is not None
    [item] = read_so.items.values()
    assert item.list_hash is not None
    assert not read_so.details_left
