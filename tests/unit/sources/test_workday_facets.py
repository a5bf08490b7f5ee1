"""Workday boards above the cap: divided by facets until every listing was seen, or said to be incomplete."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from backend.sources.base import Page, Request, Response
from backend.sources.registry import source

TOKEN = "larkspur.wd5.myworkdayjobs.com/larkspur/External"
CAP = 2000
FAMILIES, KINDS, TIMES, SITES = "jobFamilyGroup", "workerSubType", "timeType", "locations"


@dataclass
class Tenant:
    """A site that tells and answers no more than the cap. Each listing is facet -> its values."""

    listings: list[dict[str, list[str]]]
    grouped: tuple[str, ...] = (SITES,)
    asked: int = 0

    def answer(self, request: Request) -> Response:
        self.asked += 1
        question = json.loads(request.body or b"")
        limits = question["appliedFacets"].items()
        found = [
            (number, listing)
            for number, listing in enumerate(self.listings)
            if all(set(listing.get(facet, ())) & set(values) for facet, values in limits)
        ]
        offset = question["offset"]
        page = found[offset : min(offset + question["limit"], CAP)]
        answer = {
            "total": min(len(found), CAP) if offset == 0 else 0,
            "jobPostings": [{"title": "Cook", "externalPath": f"/job/X/Cook_{number}"} for number, _ in page],
            "facets": self.facets([listing for _, listing in found]),
        }
        return Response(200, json.dumps(answer).encode(), request=request, url=request.url)

    def facets(self, found: list[dict[str, list[str]]]) -> list[Any]:
        facets = []
        for name in sorted({name for listing in self.listings for name in listing}):
            counts = Counter(value for listing in found for value in listing.get(name, ()))
            values = [{"id": value, "descriptor": value, "count": count} for value, count in counts.items()]
            facets.append({"facetParameter": name, "values": values})
        plain = [facet for facet in facets if facet["facetParameter"] not in self.grouped]
        inner = [facet for facet in facets if facet["facetParameter"] in self.grouped]
        return [*plain, {"facetParameter": "locationMainGroup", "values": inner}] if inner else plain


def read(tenant: Tenant) -> tuple[set[str], bool]:
    """The identities on all pages, and whether every page says that they are all there are."""
    workday = source("workday")
    asked: Request | None = workday.first_request(TOKEN)
    seen, complete = set(), True
    while asked is not None:
        page: Page = workday.parse(tenant.answer(asked))
        seen |= {posting.external_id for posting in page.postings}
        complete, asked = complete and page.complete, page.next
        assert tenant.asked < 1000
    return seen, complete


def listings(number: int, **facets: int) -> list[dict[str, list[str]]]:
    """Listings with one value of each facet, spread evenly over so many values."""
    return [
        {name: [f"{name} {index // step % values}"] for step, (name, values) in enumerate(facets.items(), 1)}
        for index in range(number)
    ]


def test_a_board_above_the_cap_is_divided_and_read_to_its_last_listing():
    tenant = Tenant(listings(2723, **{FAMILIES: 4, TIMES: 2}))
    for index, listing in enumerate(tenant.listings):  # several sites each: their sum says too much
        listing[SITES] = [f"site {index % 50}", f"site {(index + 1) % 50}"]
    seen, complete = read(tenant)
    assert (len(seen), complete) == (2723, True)
    assert tenant.asked <= 2723 / 20 + 8


def test_a_part_above_the_cap_is_divided_again():
    tenant = Tenant(
        [
            {TIMES: ["part" if index % 10 < 2 else "full"], KINDS: ["regular" if index % 2 else "intern"]}
            for index in range(4200)
        ]
    )
    seen, complete = read(tenant)
    assert (len(seen), complete) == (4200, True)


@pytest.mark.parametrize("number", [1999, 2000])
def test_a_board_at_or_below_the_cap_is_complete(number):
    seen, complete = read(Tenant(listings(number, **{FAMILIES: 4, TIMES: 2})))
    assert (len(seen), complete) == (number, True)


def test_facets_that_leave_listings_out_are_read_but_the_board_is_not_complete():
    tenant = Tenant(listings(2500, **{FAMILIES: 4, KINDS: 5}))
    for listing in tenant.listings[::100]:
        del listing[FAMILIES]
    for listing in tenant.listings[::90]:
        del listing[KINDS]
    seen, complete = read(tenant)
    assert not complete
    assert 2470 <= len(seen) < 2500


def test_a_facet_that_others_contradict_is_not_chosen():
    tenant = Tenant(listings(2500, **{FAMILIES: 4, KINDS: 5, TIMES: 2}))
    for listing in tenant.listings[::100]:
        del listing[FAMILIES]
    seen, complete = read(tenant)
    assert (len(seen), complete) == (2500, True)


def test_without_facets_the_list_is_read_to_the_cap_and_is_not_complete():
    seen, complete = read(Tenant([{} for _ in range(2500)]))
    assert (len(seen), complete) == (CAP, False)


def test_a_part_that_answers_less_than_its_facet_promised_is_not_complete():
    tenant = Tenant(listings(2500, **{FAMILIES: 4, TIMES: 2}))
    told = tenant.facets

    def boasting(found):
        facets = told(found)
        for facet in facets:
            facet["values"][0]["count"] += 3
        return facets

    tenant.facets = boasting
    seen, complete = read(tenant)
    assert (len(seen), complete) == (2500, False)


def test_a_facet_with_too_many_values_is_not_followed():
    tenant = Tenant([{FAMILIES: [str(n)], KINDS: [str(n)]} for n in range(2500)], grouped=())
    seen, complete = read(tenant)
    assert (len(seen), complete, tenant.asked) == (CAP, False, CAP // 20)


@pytest.mark.parametrize("families", [1, 3])
def test_parts_that_stay_above_the_cap_end_and_are_not_complete(families):
    seen, complete = read(Tenant(listings(6500, **{FAMILIES: families, TIMES: 1})))
    assert (len(seen) < 6500, complete) == (True, False)


def test_the_recorded_answer_of_a_capped_board_is_divided_by_its_job_families():
    recorded = Path(__file__).parents[4] / "shared/boards/workday/nvidia.limit1.json"
    if not recorded.exists():
        pytest.skip("the recorded answers are not beside the checkout")
    asked = source("workday").first_request("nvidia.wd5.myworkdayjobs.com/nvidia/NVIDIAExternalCareerSite")
    page = source("workday").parse(Response(200, recorded.read_bytes(), request=asked))
    assert page.complete
    assert page.next is not None
    parts = page.next.memo["parts"]
    assert [[*part.applied] for part in parts] == [[FAMILIES]] * 14
    assert page.next.memo["total"] + sum(part.count for part in parts) == 2723
