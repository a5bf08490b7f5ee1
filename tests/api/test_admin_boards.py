from __future__ import annotations

import json
from pathlib import Path

import pytest

from backend.models import Board, Crawl, Listing
from backend.settings import Settings
from backend.sources import registry
from tests.api.conftest import THEN, Caller, World

URL = "https://boards.greenhouse.io/acme"
JOBS = {
    "jobs": [
        {
            "id": number,
            "title": title,
            "absolute_url": f"https://boards.greenhouse.io/acme/jobs/{number}",
            "location": {"name": "Berlin"},
            "updated_at": "2026-05-01T09:00:00-04:00",
            "content": "&lt;p&gt;Hello&lt;/p&gt;",
        }
        for number, title in enumerate(("Engineer", "Cook"), 1)
    ]
}


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """The network holds two answers: a board, and one that has changed its shape."""
    folder = tmp_path / "answers"
    folder.mkdir()
    (folder / "acme.json").write_text(json.dumps(JOBS))
    (folder / "odd.json").write_text('{"positions": []}')
    source = registry.source("greenhouse")
    lines = [f"{token}.json\tGET {source.first_request(token).url}" for token in ("acme", "odd")]
    (folder / "INDEX.tsv").write_text("file\trequest\n" + "\n".join(lines) + "\n")
    return settings.model_copy(update={"http_replay": str(folder)})


@pytest.fixture
def admin(world: World) -> Caller:
    return world.caller("admin@example.org", admin=True)


def test_a_pasted_url_is_recognised_with_a_sample_and_nothing_is_stored(world: World, admin: Caller) -> None:
    found = admin.post("/api/admin/boards/recognise", {"url": URL}).json
    assert (found["source"], found["token"], found["known_board_id"]) == ("greenhouse", "acme", None)
    assert [posting["title"] for posting in found["sample"]] == ["Engineer", "Cook"]
    assert found["sample"][0]["locations"][0]["text"] == "Berlin"
    assert world.session.query(Board).count() == 0


def test_a_url_that_no_source_knows_names_those_there_are(admin: Caller) -> None:
    for path in ("/api/admin/boards/recognise", "/api/admin/boards"):
        answer = admin.post(path, {"url": "https://example.org/careers"})
        assert answer.status_code == 422
        assert "Greenhouse" in answer.json["error"]["fields"]["url"][0]


@pytest.mark.parametrize("token", ["odd", "unrecorded"])
def test_a_board_that_cannot_be_read_says_why(admin: Caller, token: str) -> None:
    answer = admin.post("/api/admin/boards/recognise", {"url": f"https://boards.greenhouse.io/{token}"})
    assert answer.status_code == 422
    assert answer.json["error"]["fields"]["url"]


def test_a_board_is_added_once_and_known_from_then_on(admin: Caller) -> None:
    added = admin.post("/api/admin/boards", {"url": URL, "company": "Acme Corp"})
    assert added.status_code == 201
    assert added.json["company"] == {"slug": "acme-corp", "name": "Acme Corp"}
    assert (added.json["health"], added.json["status"], added.json["held"]) == ("idle", "active", False)
    again = admin.post("/api/admin/boards", {"url": URL})
    assert (again.status_code, again.json["error"]["code"]) == (409, "conflict")
    known = admin.post("/api/admin/boards/recognise", {"url": URL}).json["known_board_id"]
    assert admin.get(f"/api/admin/boards/{known}").json["token"] == "acme"


def test_a_board_is_paused_named_and_crawled(world: World, admin: Caller) -> None:
    board = world.board(world.company("Acme"))
    path = f"/api/admin/boards/{board.id}"
    changed = admin.patch(path, {"status": "paused", "company": "Acme Ltd"}).json
    assert (changed["status"], changed["health"], changed["company"]["name"]) == (
        "paused",
        "paused",
        "Acme Ltd",
    )
    assert admin.patch(path, {"status": "gone"}).status_code == 422
    asked = admin.post(f"{path}/crawl")
    assert asked.status_code == 202
    assert asked.json == {"board_id": board.id, "status_url": f"/api/admin/crawls?board_id={board.id}"}
    assert admin.get(path).json["status"] == "active"
    assert admin.get(asked.json["status_url"]).json["items"] == []


def test_a_board_is_forgotten_with_its_listings(world: World, admin: Caller) -> None:
    board = world.board(world.company("Acme"))
    world.listing(board, "Engineer")
    assert admin.delete(f"/api/admin/boards/{board.id}").status_code == 204
    assert admin.get(f"/api/admin/boards/{board.id}").status_code == 404
    assert world.session.query(Listing).count() == 0


def test_boards_are_listed_narrowed_and_paged(world: World, admin: Caller) -> None:
    acme, globex = world.company("Acme"), world.company("Globex")
    first = world.board(acme)
    world.board(acme, "lever", status="paused")
    world.board(globex, failures=4, last_crawl_at=THEN, last_error="gone fishing")
    page = admin.get("/api/admin/boards?limit=2").json
    assert (len(page["items"]), page["total"], page["items"][0]["id"]) == (2, 3, first.id)
    rest = admin.get(f"/api/admin/boards?limit=2&cursor={page['next_cursor']}").json
    assert [item["health"] for item in rest["items"]] == ["failing"]
    assert admin.get("/api/admin/boards?q=glob").json["total"] == 1
    assert admin.get("/api/admin/boards?status=paused&source=lever").json["total"] == 1
    assert admin.get("/api/admin/boards?status=paused&source=greenhouse").json["items"] == []


def test_crawls_are_listed_the_newest_first(world: World, admin: Caller) -> None:
    board = world.board(world.company("Acme"))
    for number, status in enumerate(("complete", "unavailable", "unchanged")):
        moments = {"started_at": THEN, "finished_at": THEN}
        done = status != "unavailable"
        world.save(
            Crawl(board_id=board.id, status=status, complete=done, seen=number, seconds=0.5, **moments)
        )
    page = admin.get("/api/admin/crawls?limit=2").json
    assert [item["status"] for item in page["items"]] == ["unchanged", "unavailable"]
    assert page["items"][0]["board"] == {"id": board.id, "source": "greenhouse", "token": board.token}
    rest = admin.get(f"/api/admin/crawls?limit=2&cursor={page['next_cursor']}").json
    assert [item["seen"] for item in rest["items"]] == [0]
    assert admin.get("/api/admin/crawls?status=unavailable").json["items"][0]["complete"] is False
    assert admin.get(f"/api/admin/crawls?board_id={board.id + 1}").json["items"] == []
    assert admin.get("/api/admin/crawls?status=odd").status_code == 422
