from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from redis import Redis

from backend.models import ListingEvent
from backend.services import rebuilding
from backend.services.search import search_directory
from backend.settings import Settings
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
        ("employer=globex&employer=nobody", {"Python Engineer", "Data Analyst", "Cook"}),
        ("city=Paris", {"Python Engineer", "Data Analyst"}),
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
        ("facets=country,moon", "facets"),
    ],
)
def test_a_filter_that_cannot_be_is_named(visitor: Caller, query: str, field: str) -> None:
    answer = visitor.get(f"/api/listings?{query}")
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "invalid")
    assert list(answer.json["error"]["fields"]) == [field]


@pytest.fixture
def indexed(listed: World, web: APIFlask, settings: Settings) -> World:
    with web.app_context():
        rebuilding.rebuild(listed.session, search_directory(settings))
    return listed


def test_facets_are_counted_where_they_are_asked_for(indexed: World, visitor: Caller) -> None:
    assert visitor.get("/api/listings").json["facets"] is None
    facets = visitor.get("/api/listings?country=FR&facets=country,mode").json["facets"]
    assert facets["country"] == [
        {"value": "DE", "label": "Germany", "count": 2},
        {"value": "FR", "label": "France", "count": 2},
    ]
    assert {one["value"]: one["count"] for one in facets["mode"]} == {"hybrid": 1, "onsite": 1}


def test_a_value_of_a_facet_is_one_of_its_filter(indexed: World, visitor: Caller) -> None:
    names = "employer,country,city,mode,type,level,source,posted"
    facets = visitor.get(f"/api/listings?facets={names}").json["facets"]
    assert set(facets) == set(names.split(","))
    for name, values in facets.items():
        for one in values:
            key = "posted_within" if name == "posted" else name
            found = visitor.get("/api/listings", query_string={key: one["value"]})
            assert found.json["total"] == one["count"], (name, one)


def test_an_answer_of_the_database_says_that_it_may_be_partial(listed: World, visitor: Caller) -> None:
    answer = visitor.get("/api/listings?q=python&sort=salary&facets=country")
    assert (answer.headers["X-Partial"], answer.json["partial"], answer.json["facets"]) == (
        "true",
        True,
        None,
    )


def test_a_misspelt_search_is_answered_with_what_was_meant(indexed: World, visitor: Caller) -> None:
    answer = visitor.get("/api/listings?q=pyhton&mode=remote")
    assert "X-Partial" not in answer.headers
    assert answer.json["instead"] == "python"
    assert titles(answer) == {"Python Developer"}


def test_a_later_page_by_relevance_is_gone_when_its_list_is(
    indexed: World, visitor: Caller, redis_server: Redis
) -> None:
    first = visitor.get("/api/listings?q=python&sort=relevance&limit=1").json
    path = f"/api/listings?q=python&sort=relevance&limit=1&cursor={first['next_cursor']}"
    second = visitor.get(path).json
    assert {first["items"][0]["title"], second["items"][0]["title"]} == {
        "Python Developer",
        "Python Engineer",
    }
    redis_server.flushall()
    gone = visitor.get(path)
    assert (gone.status_code, gone.json["error"]["code"]) == (410, "gone")
    assert "older than 15 minutes" in gone.json["error"]["message"]


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
