"""Every status code that an endpoint may answer, over real HTTP: which visits may close anything."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from backend.fetch import Fetcher, Limits
from backend.fetch.transport import SimulatorAdapter
from backend.models import CrawlStatus
from backend.services import visits
from backend.services.assignments import Assignment
from backend.services.visits import visit
from backend.sources import registry
from backend.sources.base import SourceError
from tests.services.conftest import Endpoint, serve
from tests.unit.sources.examples import EXAMPLES, Example

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
CLOSING = {CrawlStatus.COMPLETE, CrawlStatus.UNCHANGED}
CODES = range(100, 600)


class Strict(Endpoint):
    """Answers one status, whatever was asked."""

    def answer(self) -> bytes:
        return b"" if self.status in {204, 304} or self.status < 200 else super().answer()


@pytest.fixture(scope="module")
def endpoint():
    endpoint = Strict()
    server = serve(endpoint)
    endpoint.address = f"http://127.0.0.1:{server.server_port}"
    yield endpoint
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def fetcher(endpoint):
    limits = Limits(connect=1, read=0.2, whole=5, body=2**20)
    fetcher = Fetcher(SimulatorAdapter(1, endpoint.address), None, limits, "tests")
    yield fetcher
    fetcher.close()


def visited(fetcher, **board):
    source = registry.source("greenhouse")
    known = {"validators": {}, "fingerprint": None, "parser_version": None} | board
    assignment = Assignment(1, "lease", source, "acme", **known)
    return visit(assignment, fetcher, {}, lambda _: {}, visits.Limits(5, 10), NOW)


BODIES = {
    "the true list": None,
    "an empty list": b'{"jobs": []}',
    "nothing": b"",
    "a web page": b"<html><body>Welcome</body></html>",
    "a log-in page": b'<html><form action="/login"><input type="password"></form></html>',
    "half a list": b'{"jobs": [{"id": 1, "title": "Engineer"}, {"id"',
}


@pytest.mark.parametrize("body", BODIES)
def test_only_200_with_a_list_is_a_complete_crawl_whatever_the_body(endpoint, fetcher, body):
    endpoint.jobs, endpoint.body = {1: "Engineer"}, BODIES[body]
    for endpoint.status in CODES:
        found = visited(fetcher)
        is_list = body in {"the true list", "an empty list"}
        assert (found.status in CLOSING) == (endpoint.status == 200 and is_list), (endpoint.status, found)
        assert (found.items is None) == (found.status not in CLOSING), endpoint.status
        assert found.status in CLOSING or found.error, endpoint.status


def test_304_counts_only_where_it_was_asked_for(endpoint, fetcher):
    endpoint.jobs, endpoint.body, endpoint.status = {1: "Engineer"}, None, 304
    source = registry.source("greenhouse")
    kept = {"fingerprint": "f", "parser_version": source.parser_version}
    tagged = {"validators": {"If-None-Match": '"1"'}}
    assert visited(fetcher, **kept, **tagged).status == CrawlStatus.UNCHANGED
    assert visited(fetcher, **kept).status not in CLOSING
    assert visited(fetcher, **tagged).status not in CLOSING
    assert visited(fetcher, **(kept | {"parser_version": 0}), **tagged).status not in CLOSING


def test_the_same_bytes_count_only_with_200(endpoint, fetcher):
    endpoint.jobs, endpoint.body = {1: "Engineer"}, None
    endpoint.status = 200
    source = registry.source("greenhouse")
    digest = hashlib.sha256(endpoint.answer()).hexdigest()
    for endpoint.status in range(200, 600):
        found = visited(fetcher, fingerprint=digest, parser_version=source.parser_version)
        assert (found.status == CrawlStatus.UNCHANGED) == (endpoint.status == 200), endpoint.status


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (404, CrawlStatus.GONE),
        (410, CrawlStatus.GONE),
        *((status, CrawlStatus.UNAVAILABLE) for status in (401, 403, 429, 500, 502, 503, 504)),
        *((status, CrawlStatus.CHANGED_SHAPE) for status in (201, 202, 204, 206, 300, 400, 418)),
    ],
)
def test_the_report_says_what_kind_of_answer_it_was(endpoint, fetcher, status, outcome):
    endpoint.status, endpoint.body = status, None
    found = visited(fetcher)
    assert found.status == outcome
    assert str(status) in found.error


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.file)
def test_no_source_reads_a_list_from_any_status_but_those_of_its_endpoint(example: Example):
    elsewhere = {404} if example.asks_on else set()
    for status in elsewhere:
        page = example.source.parse(example.answer(status=status))
        assert (page.postings, page.next is not None) == ([], True)
    for status in CODES:
        if status not in {200, *example.fine, *elsewhere}:
            with pytest.raises(SourceError):
                example.source.parse(example.answer(status=status))


def test_an_answer_that_breaks_off_closes_nothing(endpoint, fetcher, monkeypatch):
    endpoint.status, endpoint.body = 200, b'{"jobs": []}'
    monkeypatch.setattr(endpoint, "headers", {"Transfer-Encoding": "chunked"})
    found = visited(fetcher)
    assert found.items is None
    assert found.status == CrawlStatus.UNAVAILABLE
