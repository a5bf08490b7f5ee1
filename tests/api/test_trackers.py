"""Trackers as the page meets them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from backend.models import Match, Notification, Tracker
from tests.api.conftest import Caller, World
from tests.api.tracking import find

WISH = {"query": "Python berlin", "cadence": "instant"}


@pytest.fixture
def ada(world: World) -> Caller:
    return world.caller("ada@example.org")


@pytest.fixture
def made(ada: Caller) -> dict:
    response = ada.post("/api/trackers", WISH)
    assert response.status_code == 201, response.json
    return response.json


def test_a_tracker_is_made_and_listed(ada: Caller, made: dict) -> None:
    assert made["name"] == made["canonical"] == "berlin python"
    assert (made["query"], made["status"], made["match_count"]) == ("Python berlin", "active", 0)
    ends = datetime.fromisoformat(made["expires_at"])
    assert timedelta(29) < ends - datetime.now(UTC) <= timedelta(30)
    assert len(made["daily"]) == 14
    listed = ada.get("/api/trackers").json
    assert listed == {"items": [made], "total": 1, "next_cursor": None, "limit": 50}
    assert ada.get(f"/api/trackers/{made['id']}").json == made


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"query": 'a "b', "cadence": "instant"}, "query"),
        ({"query": "", "cadence": "instant"}, "query"),
        ({"query": "-intern", "cadence": "instant"}, "query"),
        ({"query": "a" * 501, "cadence": "instant"}, "query"),
        ({"query": "python", "cadence": "monthly"}, "cadence"),
            ({"query": "python", "cadence": "weekly", "weekday": 7}, "weekday"),
            ({"query": "python", "cadence": "daily", "hour": 24}, "hour"),
        ({"query": "python", "cadence": "daily", "duration_days": 8}, "duration_days"),
        ({"query": "python", "cadence": "daily", "expires_at": "2020-01-01"}, "expires_at"),
        ({"query": "python", "cadence": "daily", "expires_at": "2999-01-01"}, "expires_at"),
        ({"query": "python", "cadence": "daily", "expires_at": "soon"}, "expires_at"),
        ({"query": "c", "cadence": "daily", "duration_days": 7, "expires_at": "2030-01-01"}, "duration_days"),
        ({"query": "python", "cadence": "daily", "user_id": 1}, "user_id"),
    ],
)  # fmt: skip
def test_a_wish_that_cannot_be_met_names_its_field(ada: Caller, wish: dict, field: str) -> None:
    response = ada.post("/api/trackers", wish)
    assert response.status_code == 422
    assert list(response.json["error"]["fields"]) == [field]
    assert ada.get("/api/trackers").json["items"] == []


def test_a_broken_query_says_where_it_breaks(ada: Caller) -> None:
    error = ada.post("/api/trackers", {"query": 'senior "machine', "cadence": "daily"}).json["error"]
    assert (error["code"], error["column"]) == ("invalid", 8)


def test_a_tracker_is_changed(ada: Caller, made: dict) -> None:
    last_day = (datetime.now(UTC) + timedelta(60)).date().isoformat()
    change = {"name": "Snakes", "query": "rust", "cadence": "daily", "expires_at": last_day}
    changed = ada.patch(f"/api/trackers/{made['id']}", change).json
    assert (changed["name"], changed["canonical"], changed["cadence"]) == ("Snakes", "rust", "daily")
    assert changed["expires_at"] == f"{last_day}T23:59:59Z"


def test_pause_resume_renew_delete_and_undo(ada: Caller, made: dict) -> None:
    path = f"/api/trackers/{made['id']}"
    assert ada.post(f"{path}/pause").json["status"] == "paused"
    assert ada.post(f"{path}/resume").json["status"] == "active"
    assert ada.post(f"{path}/renew", {"duration_days": 90}).json["expires_at"] > made["expires_at"]
    assert ada.delete(path).status_code == 204
    assert ada.get(path).status_code == 404
    assert ada.post(f"{path}/restore").json["id"] == made["id"]
    assert ada.post(f"{path}/restore").status_code == 404


def test_another_users_tracker_is_not_there(world: World, made: dict) -> None:
    eve, path = world.caller("eve@example.org"), f"/api/trackers/{made['id']}"
    answers = [
        eve.get(path),
        eve.get(f"{path}/matches"),
        eve.patch(path, {"name": "mine"}),
        eve.delete(path),
        eve.post(f"{path}/pause"),
        eve.post(f"{path}/resume"),
        eve.post(f"{path}/restore"),
        eve.post(f"{path}/renew", {"duration_days": 7}),
    ]
    assert {response.status_code for response in answers} == {404}
    assert eve.get("/api/trackers").json["items"] == []


def test_matches_are_paged_the_newest_first(world: World, settings, ada: Caller, made: dict) -> None:
    find(world, settings, "Python one", "Python two", "Python three", "Gardener")
    path = f"/api/trackers/{made['id']}/matches?limit=2"
    first = ada.get(path).json
    second = ada.get(f"{path}&cursor={first['next_cursor']}").json
    titles = [item["listing"]["title"] for item in first["items"] + second["items"]]
    assert titles == ["Python three", "Python two", "Python one"]
    assert second["next_cursor"] is None
    assert first["items"][0]["told_at"] is None
    figures = ada.get(f"/api/trackers/{made['id']}").json
    assert (figures["match_count"], figures["untold_count"], figures["daily"][-1]["count"]) == (3, 3, 3)
    assert ada.get(f"{path}&cursor=nonsense").status_code == 422


def test_a_preview_counts_the_last_two_weeks_without_the_stock_of_new_boards(
    world: World, ada: Caller
) -> None:
    now, board = datetime.now(UTC), world.board(world.company("Acme"))
    world.listing(board, "Python new", first_seen_at=now - timedelta(days=3))
    world.listing(board, "Python closed", first_seen_at=now - timedelta(days=5), closed_at=now)
    world.listing(board, "Python long ago", first_seen_at=now - timedelta(days=20))
    world.listing(board, "Python old stock", first_seen_at=now, baseline=True)
    world.listing(
        board, "Python fresh stock", first_seen_at=now, baseline=True, posted_at=now - timedelta(days=1)
    )
    seen = ada.post("/api/trackers/preview", {"query": "PYTHON"}).json
    assert (seen["canonical"], seen["total"], seen["per_day"]) == ("python", 3, 0.2)
    titles = {item["title"] for item in seen["items"]}
    assert titles == {"Python new", "Python closed", "Python fresh stock"}
    assert ada.post("/api/trackers/preview", {"query": "-intern"}).status_code == 422


def told(world: World, settings, tracker_id: int) -> str:
    """A mail has told of a tracker's matches; the token in it."""
    find(world, settings, "Python developer")
    tracker, now = world.session.get_one(Tracker, tracker_id), datetime.now(UTC)
    mail = world.save(
        Notification(
            user_id=tracker.user_id, message_id="<1@x>", token="t" * 43, created_at=now, next_try_at=now
        )
    )
    for match in world.session.scalars(select(Match)):
        match.notification_id, match.told_at = mail.id, now
    world.session.commit()
    return mail.token


def test_one_click_stops_without_cookie_and_token_and_a_look_does_not(
    world: World, settings, ada: Caller, made: dict, visitor: Caller
) -> None:
    path = f"/api/unsubscribe/{told(world, settings, made['id'])}"
    for _ in range(2):
        assert visitor.get(path).json == {"tracker_names": ["berlin python"], "stopped": False}
    assert ada.get(f"/api/trackers/{made['id']}").json["status"] == "active"
    response = visitor.client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert "Stopped: berlin python" in response.json["message"]
    assert "Set-Cookie" not in response.headers
    assert ada.get(f"/api/trackers/{made['id']}").json["status"] == "paused"
    assert visitor.client.post(path).status_code == 200
    assert visitor.get(path).json["stopped"] is True


def test_a_guessed_link_is_not_found(visitor: Caller) -> None:
    assert visitor.get("/api/unsubscribe/guess").status_code == 404
    assert visitor.client.post("/api/unsubscribe/guess").status_code == 404
