"""Workday: paging, identities, relative dates, details."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.domain.posting import Posting
from backend.sources.base import Request, Response, SourceGone
from backend.sources.registry import source
from tests.unit.sources.examples import SAMPLES, example


def postings(file: str) -> list[Posting]:
    return example(file).page().postings


def changed(file: str, change: Any) -> Response:
    """The example's answer after `change(answer)`."""
    one = example(file)
    answer = json.loads(one.body)
    change(answer)
    return one.answer(json.dumps(answer).encode())


def test_relative_dates_are_days_and_thirty_plus_is_unknown() -> None:
    assert [posting.posted_days_ago for posting in postings("workday.json")] == [3, 1, None]


def test_relative_dates_and_facets_are_outside_the_fingerprint() -> None:
    one = example("workday.json")

    def a_day_later(answer: Any) -> None:
        answer["jobPostings"][0]["postedOn"] = "Posted 4 Days Ago"
        answer["facets"][0]["values"][0]["count"] = 9

    assert one.source.fingerprint(changed("workday.json", a_day_later)) == one.source.fingerprint(
        one.answer()
    )


def test_the_identity_survives_a_new_title_and_tells_two_postings_of_one_requisition_apart() -> None:
    assert [posting.external_id for posting in postings("workday.json")] == [
        "JR1001",
        "JR1001-1",
        "/job/Bonn/Buyer_R-77",
    ]

    def renamed(answer: Any) -> None:
        answer["jobPostings"][0]["externalPath"] = "/job/Munich/Senior-Verification-Engineer_JR1001"

    page = source("workday").parse(changed("workday.json", renamed))
    assert page.postings[0].external_id == "JR1001"


def test_pages_follow_and_a_later_total_of_zero_does_not_end_them() -> None:
    rows = [{"title": "Cook", "externalPath": f"/job/X/Cook_{n}"} for n in range(20)]
    url = example("workday.json").url
    first = source("workday").parse(Response(200, _list(45, rows), request=Request(url, "POST")))
    assert first.next is not None
    second = source("workday").parse(Response(200, _list(0, rows), request=first.next))
    assert second.next is not None
    third = source("workday").parse(Response(200, _list(0, rows[:5]), request=second.next))

    assert [json.loads(page.next.body or b"")["offset"] for page in (first, second) if page.next] == [
        20,
        40,
    ]
    assert (third.next, third.complete) == (None, True)


def test_a_list_that_ends_before_its_total_is_not_complete() -> None:
    rows = [{"title": "Cook", "externalPath": f"/job/X/Cook_{n}"} for n in range(20)]
    first = source("workday").parse(
        Response(200, _list(45, rows), request=Request(example("workday.json").url, "POST"))
    )
    assert first.next is not None

    assert source("workday").parse(Response(200, _list(0, []), request=first.next)).complete is False


def test_a_total_at_the_cap_is_never_complete() -> None:
    rows = [{"title": "Cook", "externalPath": "/job/X/Cook_1"}]

    assert source("workday").parse(example("workday.json").answer(_list(2000, rows))).complete is False
    assert source("workday").parse(example("workday.json").answer(_list(2912, rows))).complete is True


def test_details_hold_text_date_and_all_places() -> None:
    one = example("workday.json")
    posting = one.page().postings[0]
    asked = one.source.detail_request(posting, Request(one.url, "POST"))

    assert asked is not None
    assert asked.method == "GET"
    assert asked.url == one.url.removesuffix("/jobs") + "/job/US-CA-Santa-Clara/Verification-Engineer_JR1001"
    detail = Response(200, (SAMPLES / "workday.detail.json").read_bytes(), request=asked)
    detailed = one.source.parse_detail(posting, detail)
    assert detailed.external_id == "JR1001"
    assert detailed.description_html == "<p>Verify chips.</p>"
    assert (detailed.posted_at, detailed.posted_days_ago) == (datetime(2026, 10, 19, tzinfo=UTC), None)
    assert [place.text for place in detailed.locations] == [
        "US, CA, Santa Clara",
        "US, TX, Austin",
        "Germany, Munich",
    ]
    assert detailed.locations[0].country == "US"
    alone = one.source.parse_detail(Posting("", "", ""), detail)
    assert (alone.external_id, alone.url) == (posting.external_id, posting.url)


def test_a_wrong_site_answers_422() -> None:
    with pytest.raises(SourceGone):
        source("workday").parse(example("workday.json").answer(status=422))


def test_sites_on_the_shared_host_are_asked_there() -> None:
    token = "wd1.myworkdaysite.com/wf/WellsFargoJobs"

    assert (
        source("workday").first_request(token).url
        == "https://wd1.myworkdaysite.com/wday/cxs/wf/WellsFargoJobs/jobs"
    )
    assert source("workday").board_url(token) == "https://wd1.myworkdaysite.com/recruiting/wf/WellsFargoJobs"


def _list(total: int, rows: list[dict[str, str]]) -> bytes:
    return json.dumps({"total": total, "jobPostings": rows}).encode()
