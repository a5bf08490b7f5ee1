"""A list of many pages has longer than other boards, as long as its pages keep coming."""

import json
import time
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from redis import Redis

from backend.fetch import Fetcher
from backend.fetch import Limits as FetchLimits
from backend.fetch.pace import Pace
from backend.fetch.transport import SimulatorAdapter
from backend.services.assignments import Assignment
from backend.services.visits import Limits, visit
from backend.sources import registry
from tests.unit.fetch.servers import serve, text

PATH = "/https://api.smartrecruiters.com/v1/companies/Acme/postings"
TOTAL, PAUSE = 500, 0.3


@pytest.fixture
def read(redis_server: Redis):
    """Visits a board of five pages, each of which takes a while."""

    def page(handler) -> None:
        offset = int(parse_qs(urlsplit(handler.path).query)["offset"][0])
        time.sleep(PAUSE)
        rows = [{"id": str(number), "name": "Cook"} for number in range(offset, min(offset + 100, TOTAL))]
        text(json.dumps({"offset": offset, "limit": 100, "totalFound": TOTAL, "content": rows}))(handler)

    with serve() as site:
        site.answers[PATH] = page
        fetcher = Fetcher(
            SimulatorAdapter(2, site.address), Pace(redis_server, 0), FetchLimits(2, 5, 20, 2**20), "tests"
        )
        board = Assignment(1, "lease", registry.source("smartrecruiters"), "Acme", {}, None, None)
        now = datetime(2026, 11, 1, tzinfo=UTC)
        yield lambda limits: visit(board, fetcher, {}, lambda _: {}, limits, now)


def test_pages_that_keep_coming_are_read_beyond_the_deadline(read):
    found = read(Limits(seconds=2.5 * PAUSE, details=0, many_pages=30))
    assert (found.status, found.requests, len(found.items)) == ("complete", 5, TOTAL)
    assert found.seconds > 4 * PAUSE


def test_pages_that_never_end_are_given_up(read):
    found = read(Limits(seconds=2.5 * PAUSE, details=0, many_pages=2.5 * PAUSE))
    assert (found.status, found.items) == ("unavailable", None)
    assert "in time" in found.error
    assert found.seconds < 4 * PAUSE
