"""The list of matches as the page meets it: rows, places, and what was seen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.settings import Settings
from tests.api.conftest import Caller, World
from tests.api.tracking import find


@pytest.fixture
def ada(world: World) -> Caller:
    return world.caller("ada@example.org")


@pytest.fixture
def path(ada: Caller) -> str:
    made = ada.post("/api/trackers", {"query": "mechanic", "cadence": "instant"})
    return f"/api/trackers/{made.json['id']}"


def items(caller: Caller, path: str, query: str = "") -> list[dict[str, Any]]:
    answer = caller.get(f"{path}/matches{query}")
    assert answer.status_code == 200, answer.text
    return answer.json["items"]


def test_a_role_in_many_places_is_one_row_that_says_why_and_how_it_is_told(
    world: World, settings: Settings, ada: Caller, path: str
) -> None:
    find(world, settings, *["Mechanic <i>"] * 25)
    [row] = items(ada, path)
    assert row["marked_title"] == "<mark>Mechanic</mark> &lt;i&gt;"
    assert row["listing"]["title"] == "Mechanic <i>"
    assert (len(row["places"]), row["place_count"], row["seen"]) == (20, 25, False)
    assert row["places"][0]["locations"][0]["text"] == "Berlin 0"
    assert row["telling"]["state"] == "waiting"
    assert row["telling"]["until"] > row["found_at"]
    assert row["telling"]["delivery_id"] is None
    first = ada.get(f"{path}/matches/{row['id']}/places?limit=20").json
    rest = ada.get(f"{path}/matches/{row['id']}/places?limit=20&cursor={first['next_cursor']}").json
    names = [place["locations"][0]["text"] for place in first["items"] + rest["items"]]
    assert names == [f"Berlin {number}" for number in range(25)]
    assert rest["next_cursor"] is None
    figures = ada.get(path).json
    assert (figures["match_count"], figures["role_count"]) == (25, 1)
    assert (figures["unseen_count"], figures["untold_count"]) == (1, 1)


def test_matches_are_marked_as_seen_hidden_and_brought_back(
    world: World, settings: Settings, ada: Caller, path: str
) -> None:
    find(world, settings, "Mechanic one", "Mechanic two")
    two, one = items(ada, path)
    answer = ada.post(f"{path}/matches/seen", {"ids": [two["id"]]})
    assert (answer.status_code, answer.json["count"]) == (200, 1)
    assert [row["seen"] for row in items(ada, path)] == [True, False]
    assert [row["id"] for row in items(ada, path, "?unseen=true")] == [one["id"]]
    assert ada.get("/api/trackers").json["items"][0]["unseen_count"] == 1
    assert ada.post(f"{path}/matches/unseen", {"ids": [two["id"]]}).json == {"count": 1, "seen_at": None}
    assert len(items(ada, path, "?unseen=true")) == 2


def test_all_that_is_shown_is_marked_at_once_and_that_is_undone(
    world: World, settings: Settings, ada: Caller, path: str
) -> None:
    find(world, settings, "Mechanic one", "Mechanic two")
    until = items(ada, path)[0]["found_at"]
    marked = ada.post(f"{path}/seen", {"until": until}).json
    assert marked["count"] == 2
    assert items(ada, path, "?unseen=true") == []
    assert ada.get(path).json["unseen_count"] == 0
    assert ada.post(f"{path}/unseen", {"seen_at": marked["seen_at"]}).json["count"] == 2
    assert ada.get(path).json["unseen_count"] == 2


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "yesterday"])
def test_a_moment_that_was_never_answered_is_refused(ada: Caller, path: str, moment: str) -> None:
    for name, field in (("seen", "until"), ("unseen", "seen_at")):
        answer = ada.post(f"{path}/{name}", {field: moment})
        assert answer.status_code == 422
        assert list(answer.json["error"]["fields"]) == [field]


def test_a_moment_without_a_zone_is_refused(ada: Caller, path: str) -> None:
    assert ada.post(f"{path}/seen", {"until": "2026-03-01T08:00:00"}).status_code == 422


def test_only_matches_of_the_tracker_itself_are_marked(
    world: World, settings: Settings, ada: Caller, path: str
) -> None:
    other = f"/api/trackers/{ada.post('/api/trackers', {'query': 'cook', 'cadence': 'daily'}).json['id']}"
    find(world, settings, "Mechanic", "Cook")
    own, foreign = items(ada, path)[0]["id"], items(ada, other)[0]["id"]
    answer = ada.post(f"{path}/matches/seen", {"ids": [own, foreign]})
    assert answer.status_code == 404
    assert ada.get(path).json["unseen_count"] == 1
    assert ada.get(f"{path}/matches/{foreign}/places").status_code == 404
    assert ada.post(f"{path}/matches/seen", {"ids": []}).status_code == 422


def test_another_users_matches_are_not_there(
    world: World, settings: Settings, ada: Caller, path: str
) -> None:
    find(world, settings, "Mechanic")
    match_id, eve = items(ada, path)[0]["id"], world.caller("eve@example.org")
    until = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    answers = [
        eve.get(f"{path}/matches"),
        eve.get(f"{path}/matches/{match_id}/places"),
        eve.post(f"{path}/matches/seen", {"ids": [match_id]}),
        eve.post(f"{path}/matches/unseen", {"ids": [match_id]}),
        eve.post(f"{path}/seen", {"until": until}),
        eve.post(f"{path}/unseen", {"seen_at": until}),
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert ada.get(path).json["unseen_count"] == 1
