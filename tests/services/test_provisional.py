"""What only an address is known of is no listing before its own page was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy.orm import Session

from backend.domain.cadence import Rhythm
from backend.fetch import Fetcher
from backend.models import begin_write
from backend.services import boards, crawls, leases
from backend.services.assignments import Assignment, Visit
from backend.services.known_listings import Row
from backend.services.unchanged import Cadence
from backend.services.visits import Limits, visit
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
    """A fetcher that answers from a table, and counts."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def fetch(self, request: Request, deadline: float, **_: object) -> Response:
        self.asked.append(request.url)
        return Response(200, self.answers[request.url].encode(), {}, request, request.url)


def read(
    details: int,
    stored: dict[str, Row],
    barren: Mapping[str, int] | None = None,
    now: datetime = NOW,
    fetcher: Recorded | None = None,
) -> Visit:
    board = Assignment(1, "lease", source("json_ld"), f"{SITE}/sitemap.xml", {}, None, None)
    board = replace(board, barren=barren or {})
    web = cast(Fetcher, fetcher or Recorded(ANSWERS))
    return visit(board, web, {}, lambda _: stored, Limits(60, details), now)


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
    known = {f"{SITE}/jobs/jobs-fair": Row(1, "content", "older", 0, closed=False)}

    assert set(read(10, known).items or {}) == {f"{SITE}/jobs/potter", f"{SITE}/jobs/jobs-fair"}


def test_a_page_that_is_no_opening_is_asked_again_after_a_week_or_two() -> None:
    first = read(10, {})
    assert len(first.barren) == 1
    later = read(10, {}, first.barren, NOW + timedelta(days=6), web := Recorded(ANSWERS))
    assert f"{SITE}/jobs/jobs-fair" not in web.asked
    assert f"{SITE}/jobs/potter" in web.asked
    assert later.barren == first.barren
    assert (later.error, later.details_left) == (None, False)
    read(10, {}, first.barren, NOW + timedelta(days=15), web := Recorded(ANSWERS))
    assert f"{SITE}/jobs/jobs-fair" in web.asked


def test_a_page_that_changed_meanwhile_is_asked_at_once() -> None:
    dated = SITEMAP.replace("fair</loc>", "fair</loc><lastmod>2026-10-22</lastmod>")
    changed = ANSWERS | {f"{SITE}/sitemap.xml": f"<urlset>{dated}</urlset>"}
    read(10, {}, read(10, {}).barren, NOW, web := Recorded(changed))
    assert f"{SITE}/jobs/jobs-fair" in web.asked


def test_what_the_list_no_longer_names_is_forgotten() -> None:
    gone = ANSWERS | {f"{SITE}/sitemap.xml": f"<urlset><url><loc>{SITE}/jobs/potter</loc></url></urlset>"}
    assert read(10, {}, read(10, {}).barren, NOW, Recorded(gone)).barren == {}


def test_a_listing_whose_page_lost_its_posting_stays_and_is_left_alone_too() -> None:
    known = {f"{SITE}/jobs/jobs-fair": Row(1, "content", "older", 0, closed=False)}
    barren = read(10, known).barren
    found = read(10, known, barren, NOW, web := Recorded(ANSWERS))
    assert f"{SITE}/jobs/jobs-fair" not in web.asked
    assert set(found.items or {}) == {f"{SITE}/jobs/potter", f"{SITE}/jobs/jobs-fair"}


def test_a_page_that_could_not_be_had_is_not_taken_for_one_without_an_opening() -> None:
    class Down(Recorded):
        def fetch(self, request: Request, deadline: float, **more: object) -> Response:
            if request.url.endswith("fair"):
                raise SourceUnavailable(f"{request.url}: no answer")
            return super().fetch(request, deadline, **more)

    assert read(10, {}, fetcher=Down(ANSWERS)).barren == {}


def test_the_board_remembers_its_pages_from_visit_to_visit(session: Session) -> None:
    begin_write(session)
    board = boards.add(session, source("json_ld"), f"{SITE}/sitemap.xml", "Larkspur", NOW)
    session.commit()
    (claimed,) = leases.claim_due(session, NOW, 1, timedelta(minutes=1))
    web = cast(Fetcher, Recorded(ANSWERS))
    found = visit(claimed, web, {}, lambda _: {}, Limits(60, 10), NOW)
    hour = timedelta(hours=1)
    crawls.store(session, [found], Cadence(Rhythm(hour, hour, hour), hour), NOW, lambda: 0.5)
    session.expire_all()
    assert board.barren == found.barren != {}
    later = NOW + timedelta(days=1)
    (again,) = leases.claim_due(session, later, 1, timedelta(minutes=1))
    assert again.barren == found.barren


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
