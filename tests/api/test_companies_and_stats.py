from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from backend.models import Statistics
from backend.services import company_counts, stats
from tests.api.conftest import THEN, Caller, World


def test_companies_are_listed_by_name_in_pages(world: World, visitor: Caller) -> None:
    for name in ("Globex", "Acme", "Initech"):
        world.company(name)
    first = visitor.get("/api/companies?limit=2").json
    assert ([item["name"] for item in first["items"]], first["total"]) == (["Acme", "Globex"], 3)
    rest = visitor.get(f"/api/companies?limit=2&cursor={first['next_cursor']}").json
    assert ([item["name"] for item in rest["items"]], rest["next_cursor"]) == (["Initech"], None)
    assert [item["name"] for item in visitor.get("/api/companies?q=cm").json["items"]] == ["Acme"]


def test_a_percent_sign_is_no_wildcard(world: World, visitor: Caller) -> None:
    world.company("Acme")
    assert visitor.get("/api/companies?q=%25").json["items"] == []


def test_a_company_counts_open_new_and_closed(world: World, visitor: Caller) -> None:
    now = datetime.now(UTC)
    board = world.board(world.company("Acme"), open_count=3, last_crawl_at=now, last_status="complete")
    world.listing(board, "Old", first_seen_at=now - timedelta(days=30))
    world.listing(board, "There before", first_seen_at=now, baseline=True)
    world.listing(board, "New", first_seen_at=now)
    world.listing(board, "Gone", closed_at=now, first_seen_at=now - timedelta(days=30))
    company = visitor.get("/api/companies/acme").json
    assert (company["open"], company["new_this_week"], company["closed"]) == (3, 1, 1)
    assert company["boards"][0]["health"] == "works"
    assert company["boards"][0]["open"] == 3


def counted(world: World) -> None:
    stats.recount(world.session, datetime.now(UTC))
    company_counts.recount(world.session, datetime.now(UTC))


def test_a_list_of_companies_says_how_many_listings_each_has(world: World, visitor: Caller) -> None:
    now = datetime.now(UTC)
    board = world.board(world.company("Acme"))
    world.listing(board, "Old", first_seen_at=now - timedelta(days=30))
    world.listing(board, "There before", first_seen_at=now, baseline=True)
    world.listing(board, "New", first_seen_at=now)
    world.listing(board, "Gone", closed_at=now, first_seen_at=now - timedelta(days=30))
    counted(world)
    (company,) = visitor.get("/api/companies").json["items"]
    assert (company["open"], company["new_this_week"], company["closed"]) == (3, 1, 1)


def test_counts_follow_what_closes_and_what_goes(world: World, visitor: Caller) -> None:
    board = world.board(world.company("Acme"))
    listing = world.listing(board, "Cook")
    counted(world)
    listing = world.session.merge(listing)
    listing.closed_at = THEN
    world.session.commit()
    counted(world)
    assert [(row["open"], row["closed"]) for row in visitor.get("/api/companies").json["items"]] == [(0, 1)]
    world.session.delete(world.session.merge(board))
    world.session.commit()
    counted(world)
    assert [(row["open"], row["closed"]) for row in visitor.get("/api/companies").json["items"]] == [(0, 0)]


def test_counting_writes_only_what_moved(world: World) -> None:
    world.listing(world.board(world.company("Acme")), "Cook")
    world.company("Globex")
    assert company_counts.recount(world.session, THEN) == 1
    assert company_counts.recount(world.session, THEN) == 0


@pytest.mark.parametrize("sort", ["open", "new"])
def test_companies_with_the_most_listings_come_first_in_pages(
    world: World, visitor: Caller, sort: str
) -> None:
    now = datetime.now(UTC)
    for name, number in (("Acme", 1), ("Globex", 3), ("Initech", 1), ("Umbrella", 2)):
        board = world.board(world.company(name))
        for at in range(number):
            world.listing(board, f"Cook {at}", first_seen_at=now)
    counted(world)
    names, cursor = [], ""
    while cursor is not None:
        page = visitor.get(f"/api/companies?sort={sort}&limit=1&cursor={cursor}").json
        names += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert names == ["Globex", "Umbrella", "Acme", "Initech"]


def test_a_cursor_belongs_to_its_order(world: World, visitor: Caller) -> None:
    for name in ("Acme", "Globex"):
        world.company(name)
    cursor = visitor.get("/api/companies?limit=1").json["next_cursor"]
    assert visitor.get(f"/api/companies?sort=open&cursor={cursor}").status_code == 422


def test_companies_are_found_by_their_sector(world: World, visitor: Caller) -> None:
    for name, sector in (
        ("Acme", "Security"),
        ("Globex", "Payments"),
        ("Initech", "Payments"),
        ("Zed", None),
    ):
        company = world.company(name)
        company.sector = sector
        world.session.commit()
    answer = visitor.get("/api/companies?sector=Payments").json
    assert ([item["name"] for item in answer["items"]], answer["total"]) == (["Globex", "Initech"], 2)
    assert answer["sectors"] == [
        {"name": "Payments", "companies": 2},
        {"name": "Security", "companies": 1},
    ]
    found = visitor.get("/api/companies?sector=Payments&q=acme").json
    assert (found["items"], found["sectors"]) == ([], [{"name": "Security", "companies": 1}])


def test_an_unknown_company_is_not_found(visitor: Caller) -> None:
    assert visitor.get("/api/companies/nobody").status_code == 404


def test_stats_of_nothing_are_zeros(visitor: Caller) -> None:
    stats = visitor.get("/api/stats").json
    assert (stats["open"], stats["boards"], stats["median_days_to_close"]) == (0, 0, None)
    assert len(stats["new_per_day"]) == 30


@pytest.mark.parametrize("counts", [False, True], ids=["counted as asked", "counted before"])
def test_stats_count_by_day_source_country_and_mode(world: World, visitor: Caller, counts: bool) -> None:
    now = datetime.now(UTC)
    board = world.board(world.company("Acme"))
    two_places = [{"text": "Berlin", "country": "DE"}, {"text": "Paris", "country": "FR"}]
    world.listing(board, "A", first_seen_at=now, work_mode="remote", locations=two_places)
    world.listing(board, "B", first_seen_at=now, baseline=True)
    world.listing(board, "C", first_seen_at=now - timedelta(days=4), closed_at=now)
    world.listing(board, "D", first_seen_at=now - timedelta(days=2), closed_at=now)
    world.listing(board, "E", first_seen_at=now - timedelta(days=9), closed_at=now, baseline=True)
    if counts:
        counted(world)
    stats = visitor.get("/api/stats").json
    assert (stats["open"], stats["closed"], stats["new_today"]) == (2, 3, 1)
    assert stats["new_per_day"][-1] == {"day": now.date().isoformat(), "opened": 1, "closed": 3}
    assert stats["by_source"] == [{"name": "greenhouse", "open": 2}]
    assert stats["by_country"] == [{"name": "DE", "open": 2}, {"name": "FR", "open": 1}]
    assert {row["name"]: row["open"] for row in stats["by_mode"]} == {"remote": 1, "unknown": 1}
    assert stats["median_days_to_close"] == 4
    assert stats["days_to_close_by_source"] == [{"name": "greenhouse", "closed": 3, "median_days": 4.0}]
    assert stats["days_to_close_by_country"] == [{"name": "DE", "closed": 3, "median_days": 4.0}]


def test_each_source_and_country_has_its_own_time_to_close(world: World, visitor: Caller) -> None:
    now = datetime.now(UTC)
    acme = world.company("Acme")
    boards = {source: world.board(acme, source) for source in ("greenhouse", "lever")}
    one = [{"text": "Berlin", "country": "DE"}, {"text": "Munich", "country": "DE"}]
    two = [{"text": "Paris", "country": "FR"}, {"text": "Berlin", "country": "DE"}]
    for source, days, places in (
        ("greenhouse", 1, one),
        ("greenhouse", 3, two),
        ("greenhouse", 400, two),
        ("lever", 10.5, one),
    ):
        began = now - timedelta(days=days)
        world.listing(boards[source], "Cook", posted_at=began, closed_at=now, locations=places)
    world.listing(boards["lever"], "Long gone", posted_at=THEN, closed_at=now - timedelta(days=181))
    counted(world)
    stats = visitor.get("/api/stats").json
    assert stats["days_to_close_by_source"] == [
        {"name": "greenhouse", "closed": 3, "median_days": 3.0},
        {"name": "lever", "closed": 1, "median_days": 10.5},
    ]
    assert stats["days_to_close_by_country"] == [
        {"name": "DE", "closed": 4, "median_days": 3.0},
        {"name": "FR", "closed": 2, "median_days": 3.0},
    ]
    assert stats["median_days_to_close"] == 3.0


def test_stats_say_when_they_were_counted_and_cost_nothing_until_then(world: World, visitor: Caller) -> None:
    counted(world)
    first = visitor.get("/api/stats")
    again = visitor.get("/api/stats", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.headers["ETag"]) == (304, first.headers["ETag"])
    world.session.execute(update(Statistics).values(seconds=0.0))
    world.session.commit()
    counted(world)
    later = visitor.get("/api/stats", headers={"If-None-Match": first.headers["ETag"]})
    assert (later.status_code, later.json["counted_at"] >= first.json["counted_at"]) == (200, True)


def test_what_takes_long_to_count_is_counted_rarely(world: World) -> None:
    assert stats.recount(world.session, THEN)
    world.session.execute(update(Statistics).values(seconds=3.0))
    world.session.commit()
    assert not stats.recount(world.session, THEN + timedelta(seconds=59))
    assert stats.recount(world.session, THEN + timedelta(seconds=60))


def test_stats_are_kept_for_some_seconds(world: World, visitor: Caller) -> None:
    visitor.get("/api/stats")
    world.company("Acme")
    assert visitor.get("/api/stats").json["companies"] == 0


def test_every_source_has_a_status(world: World, visitor: Caller) -> None:
    acme = world.company("Acme")
    ok = {"last_crawl_at": THEN, "last_complete_at": THEN, "open_count": 4}
    world.board(acme, "greenhouse", **ok)
    world.board(acme, "lever", **ok | {"mean_seconds": 60.0})
    world.board(acme, "ashby", last_crawl_at=THEN, failures=5, failing_since=THEN)
    world.board(acme, "personio", **ok | {"failures": 9, "status": "paused"})
    found = {item["name"]: item for item in visitor.get("/api/sources").json["items"]}
    assert {name: found[name]["health"] for name in ("greenhouse", "lever", "ashby", "personio")} == {
        "greenhouse": "works",
        "lever": "slow",
        "ashby": "failing",
        "personio": "idle",
    }
    assert (found["greenhouse"]["open"], found["greenhouse"]["proven"]) == (4, True)
    assert found["ashby"]["failing_since"] == "2026-05-01T09:00:00Z"
    assert found["personio"]["boards"] == 0
    assert len(found) >= 9


def test_a_source_says_how_fresh_it_is_and_what_is_wrong_with_the_others(
    world: World, visitor: Caller
) -> None:
    acme, now = world.company("Acme"), datetime.now(UTC)

    def board(source: str, hours: float | None = None, **fields: Any) -> None:
        moment = None if hours is None else now - timedelta(hours=hours)
        world.board(acme, source, **{"last_crawl_at": moment, "last_complete_at": moment} | fields)

    for hours in (1, 2, 30):
        board("greenhouse", hours)
    board("greenhouse", status="gone", last_crawl_at=now, failures=4, failing_since=now)
    board("greenhouse", 3, empties={"count": 1, "since": now.isoformat()})
    board("adzuna", last_crawl_at=now, last_status="skipped")
    for hours in (1, 5, 900):
        board("lever", failures=3, failing_since=now - timedelta(hours=hours), last_crawl_at=now)
    board("workable", status="gone", last_crawl_at=now, failures=1)
    found = {item["name"]: item for item in visitor.get("/api/sources").json["items"]}
    greenhouse, adzuna, lever = found["greenhouse"], found["adzuna"], found["lever"]
    assert 3 * 3600 <= greenhouse["fresh_seconds"] < 3 * 3600 + 60
    assert [greenhouse[name] for name in ("boards", "working", "failing", "gone", "empty")] == [5, 4, 0, 1, 1]
    assert (greenhouse["health"], greenhouse["proven"], greenhouse["needs"]) == ("works", True, [])
    assert (adzuna["health"], adzuna["skipped"], adzuna["working"]) == ("idle", 1, 0)
    assert adzuna["needs"]
    assert lever["failing_since"][:16] == (now - timedelta(hours=5)).isoformat()[:16]
    assert (lever["fresh_seconds"], lever["last_success_at"]) == (None, None)
    assert found["workable"]["health"] == "failing"
    assert found["france_travail"]["proven"] is False
