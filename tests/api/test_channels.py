"""Channels over the API: a user's own, verified before a tracker may use one, their addresses never shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from backend.models import Channel
from tests.api.conftest import THEN, Caller, World

HOOK = {"address": "https://hooks.example.org/jobs?key=secret", "name": "Chat"}


@pytest.fixture
def ada(world: World) -> Caller:
    return world.caller("ada@example.org")


def code_of(world: World, channel_id: int) -> str:
    world.session.rollback()
    code = world.session.scalars(select(Channel.code).where(Channel.id == channel_id)).one()
    world.session.rollback()
    assert code is not None
    return code


def verified(world: World, caller: Caller) -> int:
    channel_id = caller.post("/api/account/channels", HOOK).json["id"]
    answer = caller.post(f"/api/account/channels/{channel_id}/verify", {"code": code_of(world, channel_id)})
    assert answer.json["state"] == "works"
    return channel_id


def test_a_channel_is_made_verified_and_used_by_a_tracker(world: World, ada: Caller) -> None:
    made = ada.post("/api/account/channels", HOOK)
    assert made.status_code == 201
    assert made.json["address"] == "https://hooks.example.org/…"
    assert (made.json["kind"], made.json["state"], made.json["signed"]) == ("webhook", "unverified", True)
    channel_id = made.json["id"]
    body = {"query": "python", "cadence": "instant", "channel_id": channel_id}
    assert ada.post("/api/trackers", body).status_code == 409
    code = code_of(world, channel_id)
    wrong = ada.post(f"/api/account/channels/{channel_id}/verify", {"code": f"{(int(code) + 1) % 10**6:06d}"})
    assert (wrong.status_code, "code" in wrong.json["error"]["fields"]) == (403, True)
    assert ada.post(f"/api/account/channels/{channel_id}/verify", {"code": code}).status_code == 200
    tracker = ada.post("/api/trackers", body)
    assert tracker.json["channel"] == {
        "id": channel_id,
        "name": "Chat",
        "kind": "webhook",
        "state": "works",
    }
    listed = ada.get("/api/account/channels")
    assert (listed.json["items"][0]["tracker_count"], listed.json["kinds"]) == (1, ["webhook", "apprise"])
    assert "secret" not in listed.text
    kept = ada.patch(f"/api/trackers/{tracker.json['id']}", {"name": "Snakes"})
    assert kept.json["channel"]["id"] == channel_id
    by_mail = ada.patch(f"/api/trackers/{tracker.json['id']}", {"channel_id": None})
    assert by_mail.json["channel"] is None


def test_the_secret_is_shown_and_replaced(world: World, ada: Caller) -> None:
    channel_id = verified(world, ada)
    first = ada.get(f"/api/account/channels/{channel_id}/secret")
    assert first.json["secret"].startswith("whsec_")
    assert first.headers["Cache-Control"] == "no-store"
    second = ada.post(f"/api/account/channels/{channel_id}/secret")
    assert second.json != first.json == {"secret": first.json["secret"]}
    apprise = ada.post("/api/account/channels", {"address": "ntfys://a-topic"}).json
    assert (apprise["kind"], apprise["address"], apprise["name"]) == ("apprise", "ntfys://…", "ntfys://…")
    assert ada.get(f"/api/account/channels/{apprise['id']}/secret").status_code == 404


def test_another_users_channel_is_not_there(world: World, ada: Caller) -> None:
    channel_id = verified(world, ada)
    bob = world.caller("bob@example.org")
    assert bob.get("/api/account/channels").json["items"] == []
    for path in ("", "/code", "/verify", "/secret"):
        method = "POST" if path else "DELETE"
        body = {"code": "123456"} if path == "/verify" else None
        assert bob.send(method, f"/api/account/channels/{channel_id}{path}", body).status_code == 404
    body = {"query": "python", "cadence": "instant", "channel_id": channel_id}
    assert bob.post("/api/trackers", body).status_code == 404


def test_a_deleted_channel_gives_its_trackers_back_to_mail(world: World, ada: Caller) -> None:
    channel_id = verified(world, ada)
    body = {"query": "python", "cadence": "instant", "channel_id": channel_id}
    tracker_id = ada.post("/api/trackers", body).json["id"]
    assert ada.delete(f"/api/account/channels/{channel_id}").status_code == 204
    assert ada.get(f"/api/trackers/{tracker_id}").json["channel"] is None
    assert ada.delete(f"/api/account/channels/{channel_id}").status_code == 404


@pytest.mark.parametrize("address", ["http://127.0.0.1/", "dbus://", "https://10.1.2.3/hook", "words"])
def test_an_address_that_is_never_asked_is_refused_with_the_reason(ada: Caller, address: str) -> None:
    answer = ada.post("/api/account/channels", {"address": address})
    assert answer.status_code == 422
    assert answer.json["error"]["fields"]["address"]


def test_a_code_is_sent_again_after_a_minute(world: World, ada: Caller) -> None:
    channel_id = ada.post("/api/account/channels", HOOK).json["id"]
    first = code_of(world, channel_id)
    assert ada.post(f"/api/account/channels/{channel_id}/code").status_code == 409
    world.session.execute(update(Channel).values(code_asked_at=THEN - timedelta(hours=2)))
    world.session.commit()
    late = ada.post(f"/api/account/channels/{channel_id}/verify", {"code": first})
    assert (late.status_code, late.json["error"]["code"]) == (409, "conflict")
    assert ada.post(f"/api/account/channels/{channel_id}/code").json["code_sent_at"] is None


def test_the_export_holds_the_channels_and_the_account_takes_them_along(world: World, ada: Caller) -> None:
    verified(world, ada)
    [exported] = ada.get("/api/account/export").json["channels"]
    assert (exported["name"], exported["address"]) == ("Chat", HOOK["address"])
    assert ada.delete("/api/account", {"password": "correct horse battery"}).status_code == 204
    world.session.rollback()
    assert world.session.scalars(select(Channel)).all() == []


def test_a_kind_that_is_switched_off_makes_readiness_red(world: World, ada: Caller) -> None:
    verified(world, ada)
    ready = ada.get("/readyz").json["reasons"]
    assert not [reason for reason in ready if "CHANNELS" in reason]
    settings = world.app.config["SETTINGS"]
    world.app.config["SETTINGS"] = settings.model_copy(update={"channels": "apprise"})
    [reason] = [reason for reason in ada.get("/readyz").json["reasons"] if "CHANNELS" in reason]
    assert reason == "CHANNELS does not name webhook: what is to be told by 1 such channels waits"
    assert ada.get("/api/account/channels").json["items"][0]["state"] == "off"
    assert ada.post("/api/account/channels", HOOK).status_code == 422
