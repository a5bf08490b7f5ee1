"""What only an address is known of is no listing before its own page was read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from backend.fetch import Fetcher
from backend.services.visits import Assignment, Limits, Stored, Visit, visit
from backend.sources.base import Request, Response, SourceUnavailable
from backend.sources.registry import source

NOW = datetime(2026, 10, 22, 12, tzinfo=UTC)
SITE = "https://larkspur.example"
PAGES = ("potter", "jobs-fair")
SITEMAP = "".join(f"<url><loc>{SITE}/jobs/{name}</loc></url>" for name in PAGES)
JOB = '{"@type": "JobPosting", "title": "Master Potter", "description": "Pots"}'
ANSWERS = {
    f"{SITE}/sitemap.xml": f"<urlset>{SITEMAP}</urlset>",
    f"{SITE}/jobs/potter": (
        f'<!DOCTYPE html><html><script type="application/ld+json">{JOB}</script><body></body></html>'
    ),
    f"{SITE}/jobs/jobs-fair": "<!DOCTYPE html><html><body>Meet us</body></html>",
}


class Recorded:
    """A fetcher that answers from a table."""

    def fetch(self, request: Request, deadline: float, **_: object) -> Response:
        return Response(200, ANSWERS[request.url].encode(), {}, request, request.url)


def read(details: int, stored: dict[str, Stored]) -> Visit:
    board = Assignment(1, "lease", source("json_ld"), f"{SITE}/sitemap.xml", {}, None, None)
    return visit(board, cast(Fetcher, Recorded()), {}, lambda _: stored, Limits(60, details), NOW)


def test_a_page_that_carries_no_posting_is_no_listing() -> None:
    seen = read(10, {})

    assert seen.items is not None
    assert [item.content.title for item in seen.items.values() if item.content] == ["Master Potter"]
    assert "JobPosting" in (seen.error or "")


def test_without_turns_for_details_nothing_is_made_up() -> None:
    seen = read(0, {})

    assert seen.items == {}
    assert seen.details_left


def test_a_known_listing_stays_while_its_page_cannot_be_read() -> None:
    known = {f"{SITE}/jobs/jobs-fair": Stored("older", "content")}

    assert set(read(10, known).items or {}) == {f"{SITE}/jobs/potter", f"{SITE}/jobs/jobs-fair"}


class Refusing:
    """A fetcher that names the address that it could not reach."""

    def fetch(self, request: Request, deadline: float, **_: object) -> Response:
        raise SourceUnavailable(f"{request.url}: no answer")


def test_a_key_in_an_address_stands_in_no_report() -> None:
    keys = {"adzuna_app_id": "an-id", "adzuna_app_key": "s3cret/+key"}
    board = Assignment(1, "lease", source("adzuna"), "us?what=python", {}, None, None)
    seen = visit(board, cast(Fetcher, Refusing()), keys, lambda _: {}, Limits(60, 0), NOW)

    assert "what=python" in (seen.error or "")
    assert "app_key=***" in (seen.error or "")
    assert "s3cret" not in repr(seen)
