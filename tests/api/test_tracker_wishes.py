"""Trackers that tell changes, that ask for too much, and whose boards cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backend.models import Crawl, CrawlStatus
from backend.services import broad_queries, rebuilding
from backend.services.search import search_directory
from tests.api.conftest import THEN, Caller, World

WISH = {"query": "python", "cadence": "instant"}


@pytest.fixture
def ada(world: World) -> Caller:
    return world.caller("ada@example.org")


def test_changes_are_told_only_on_request(ada: Caller) -> None:
    made = ada.post("/api/trackers", WISH).json
    assert made["tells_changes"] is False
    path = f"/api/trackers/{made['id']}"
    assert ada.patch(path, {"tells_changes": True}).json["tells_changes"] is True
    assert ada.patch(path, {"name": "Snakes"}).json["tells_changes"] is True
    assert ada.patch(path, {"tells_changes": False}).json["tells_changes"] is False
    assert ada.post("/api/trackers", WISH | {"tells_changes": True}).json["tells_changes"] is True


def test_a_query_of_nearly_everything_is_refused_wherever_it_is_tried(
    world: World, ada: Caller, settings, mocker
) -> None:
    mocker.patch.object(broad_queries, "FEWEST", 5)
    board = world.board(world.company("Acme"))
    for number in range(6):
        world.listing(board, f"Nurse {number}")
    made = ada.post("/api/trackers", WISH).json
    rebuilding.rebuild(world.session, search_directory(settings))
    for answer in (
        ada.post("/api/trackers/preview", {"query": "nurse"}),
        ada.post("/api/trackers", WISH | {"query": "nurse"}),
        ada.patch(f"/api/trackers/{made['id']}", {"query": "nurse"}),
    ):
        assert answer.status_code == 422
        assert "100 % of all open listings" in answer.json["error"]["fields"]["query"][0]
    assert ada.post("/api/trackers", WISH | {"query": "nurse 3"}).status_code == 201


def test_a_tracker_names_five_of_the_boards_that_fail_and_counts_all(world: World, ada: Caller) -> None:
    for number in range(7):
        world.board(
            world.company(f"Acme {number}"),
            failures=3,
            failing_since=THEN + timedelta(hours=number),
            last_crawl_at=THEN,
            last_complete_at=THEN,
            last_status="unavailable",
        )
    made = ada.post("/api/trackers", WISH | {"query": "python company:acme"}).json
    assert made["boards_failing"] == 7
    assert [board["company"] for board in made["failing_boards"]] == [f"Acme {number}" for number in range(5)]
    first = made["failing_boards"][0]
    assert (first["source"], first["slug"], first["since"]) == (
        "greenhouse",
        "acme-0",
        "2026-05-01T09:00:00Z",
    )
    [listed] = ada.get("/api/trackers").json["items"]
    assert listed["boards_failing"] == 7
    assert ada.post("/api/trackers", WISH).json["boards_failing"] == 0


def test_admins_see_what_waits_at_each_step(world: World) -> None:
    admin = world.caller("admin@example.org", admin=True)
    now = datetime.now(UTC)
    board = world.board(world.company("Acme"))
    for status, minutes in ((CrawlStatus.COMPLETE, 20), (CrawlStatus.READING, 40)):
        at = now - timedelta(minutes=minutes)
        world.save(Crawl(board_id=board.id, started_at=at, finished_at=at, status=status, complete=True))
    pulse = admin.get("/api/admin/pulse").json
    assert pulse["late_seconds"] == 900
    waiting = {step["name"]: step for step in pulse["waiting"]}
    assert len(waiting) == 6
    crawls = waiting["crawls_unmatched"]
    assert (crawls["count"], crawls["late"]) == (1, True)
    assert 1200 <= crawls["age_seconds"] < 1260
    assert not any(step["count"] for name, step in waiting.items() if name != "crawls_unmatched")
    metrics = admin.get("/metrics").text
    assert "jobtracker_crawls_unmatched 1.0" in metrics
    assert "jobtracker_notifications_unsent_age_seconds 0.0" in metrics
