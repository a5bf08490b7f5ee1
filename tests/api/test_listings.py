from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.models import ListingEvent
from tests.api.conftest import THEN, Caller, World

PARIS = [{"text": "Paris", "city": "Paris", "region": None, "country": "FR"}]


@pytest.fixture
def listed(world: World) -> World:
    """Five open listings of two companies and a closed one."""
    acme = world.board(world.company("Acme"))
    globex = world.board(world.company("Globex"), source="lever")
    later = {"first_seen_at": THEN + timedelta(hours=1)}
    world.listing(acme, "Python Developer", "<p>We write Django.</p>", work_mode="remote", level="senior")
    world.listing(acme, "Java Developer", employment_type="full_time", **later)
    world.listing(acme, "Accountant", closed_at=THEN)
    pay = {"salary_min": 90000, "salary_max": 120000, "salary_currency": "EUR", "salary_period": "year"}
    world.listing(globex, "Python Engineer", locations=PARIS, work_mode="hybrid", **pay)
    world.listing(globex, "Data Analyst", locations=PARIS, work_mode="onsite")
    world.listing(globex, "Cook", locations=[], posted_at=THEN)
    return world


def titles(answer: Any) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {item["title"] for item in answer.json["items"]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=python", {"Python Developer", "Python Engineer"}),
        ("q=django", {"Python Developer"}),
        ("company=Globex", {"Python Engineer", "Data Analyst", "Cook"}),
        ("country=FR", {"Python Engineer", "Data Analyst"}),
        ("location=paris&q=-analyst", {"Python Engineer"}),
        ("mode=remote&mode=hybrid", {"Python Developer", "Python Engineer"}),
        ("type=full_time", {"Java Developer"}),
        ("level=senior", {"Python Developer"}),
        ("source=lever", {"Python Engineer", "Data Analyst", "Cook"}),
        ("salary_min=80000", {"Python Engineer"}),
        ("status=closed", {"Accountant"}),
        ("q=accountant&status=all", {"Accountant"}),
        ("q=&mode=&country=&company=globex", {"Python Engineer", "Data Analyst", "Cook"}),
    ],
)
def test_filters_find_what_they_say(listed: World, visitor: Caller, query: str, found: set[str]) -> None:
    assert titles(visitor.get(f"/api/listings?{query}")) == found


def test_pages_hold_every_listing_once(listed: World, visitor: Caller) -> None:
    seen: list[str] = []
    cursor = ""
    for _ in range(5):
        answer = visitor.get(f"/api/listings?limit=2&cursor={cursor}")
        assert answer.json["total"] == 5
        seen += [item["title"] for item in answer.json["items"]]
        cursor = answer.json["next_cursor"]
        if cursor is None:
            break
    assert seen[0] == "Java Developer"
    assert sorted(seen) == ["Cook", "Data Analyst", "Java Developer", "Python Developer", "Python Engineer"]


def test_a_row_holds_what_is_known_and_null_for_the_rest(listed: World, visitor: Caller) -> None:
    row = visitor.get("/api/listings?q=engineer").json["items"][0]
    assert row["company"] == {"slug": "globex", "name": "Globex"}
    assert row["salary"] == {"min": 90000, "max": 120000, "currency": "EUR", "period": "year"}
    assert row["locations"] == PARIS
    assert (row["level"], row["posted_at"], row["first_seen_at"]) == (None, None, "2026-05-01T09:00:00Z")
    assert row["source"] == "lever"


def test_the_answer_names_the_search_as_one_query(listed: World, visitor: Caller) -> None:
    canonical = visitor.get("/api/listings?q=python&mode=remote").json["canonical"]
    assert titles(visitor.get("/api/listings", query_string={"q": canonical})) == {"Python Developer"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("mode=sitting", "mode.0"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("posted_within=soon", "posted_within"),
        ("salary_min=-1", "salary_min"),
        ("status=gone", "status"),
        ("cursor=nonsense", "cursor"),
        ("q=" + "a" * 501, "q"),
    ],
)
def test_a_filter_that_cannot_be_is_named(visitor: Caller, query: str, field: str) -> None:
    answer = visitor.get(f"/api/listings?{query}")
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "invalid")
    assert list(answer.json["error"]["fields"]) == [field]


def test_a_query_that_breaks_says_where(visitor: Caller) -> None:
    error = visitor.get("/api/listings", query_string={"q": 'senior "machine'}).json["error"]
    assert error["column"] == 8
    assert list(error["fields"]) == ["q"]


def test_a_listing_shows_its_text_its_life_and_its_like(world: World, visitor: Caller) -> None:
    board = world.board(world.company("Acme"))
    one = world.listing(board, "Python Developer", "<p>Hello</p>")
    twin = world.listing(board, "python developer", locations=PARIS)
    world.listing(board, "Python Developer", closed_at=THEN)
    world.listing(board, "Cook")
    world.save(ListingEvent(listing_id=one.id, at=THEN, what="title", before="Dev", after="Python Developer"))
    listing = visitor.get(f"/api/listings/{one.id}").json
    assert listing["description_html"] == "<p>Hello</p>"
    assert listing["events"] == [
        {"at": "2026-05-01T09:00:00Z", "what": "title", "before": "Dev", "after": "Python Developer"}
    ]
    assert [other["id"] for other in listing["same_role"]] == [twin.id]
    assert listing["board"]["health"] == "idle"


@pytest.mark.parametrize("id", ["0", "999", "99999999999999999999999", "abc", "-1"])
def test_a_listing_that_is_not_there_is_not_found(visitor: Caller, id: str) -> None:
    answer = visitor.get(f"/api/listings/{id}")
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "not_found")


def test_an_unchanged_answer_costs_no_body(listed: World, visitor: Caller) -> None:
    first = visitor.get("/api/companies")
    again = visitor.get("/api/companies", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
