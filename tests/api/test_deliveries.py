"""The delivery log as the page meets it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from backend.mail.outgoing import Postbox
from backend.models import Match
from backend.services import notifications
from backend.settings import Settings
from tests.api.conftest import Caller, World
from tests.api.tracking import find
from tests.mailbox import Mailbox, open_mailbox


@pytest.fixture
def ada(world: World) -> Caller:
    return world.caller("ada@example.org")


@pytest.fixture
def path(ada: Caller) -> str:
    made = ada.post("/api/trackers", {"query": "mechanic", "cadence": "instant"})
    return f"/api/trackers/{made.json['id']}"


@pytest.fixture
def mailbox(world: World):
    with open_mailbox() as mailbox:
        world.app.extensions["mail"].port = mailbox.port
        yield mailbox


def tell(world: World, settings: Settings) -> None:
    """All that waits is due now, and told."""
    now = world.session.scalar(select(func.max(Match.due_at)))
    with world.app.app_context(), Postbox() as postbox:
        notifications.send_due(world.session, settings, postbox, now, lambda: 0.0)


def test_the_log_tells_when_and_by_which_message_each_match_was_told(
    world: World, settings: Settings, ada: Caller, path: str, mailbox: Mailbox
) -> None:
    find(world, settings, "Mechanic", "Mechanic")
    tell(world, settings)
    [row] = ada.get(f"{path}/matches").json["items"]
    log = ada.get("/api/account/deliveries").json
    [delivery] = log["items"]
    assert (delivery["kind"], delivery["state"], delivery["tries"]) == ("digest", "sent", 1)
    assert (delivery["channel"], delivery["error"]) == ({"kind": "mail", "name": None}, None)
    assert (delivery["listing_count"], delivery["change_count"]) == (1, 0)
    assert delivery["message_id"] == mailbox.ids[0]
    tracker = {"id": int(path.rsplit("/", 1)[1]), "name": "mechanic", "deleted": False}
    assert delivery["trackers"] == [tracker]
    assert ada.get(f"/api/account/deliveries/{delivery['id']}").json == delivery
    for place in row["places"]:
        telling = place["telling"]
        assert (telling["state"], telling["at"]) == ("told", delivery["sent_at"])
        assert (telling["delivery_id"], telling["message_id"]) == (delivery["id"], mailbox.ids[0])
    [delivered] = ada.get(f"/api/account/deliveries/{delivery['id']}/matches").json["items"]
    assert delivered == row | {"tracker": tracker}
    assert ada.get(f"/api/account/deliveries/{delivery['id']}/changes").json["items"] == []


def test_the_log_of_one_tracker_is_asked_for_by_its_id(
    world: World, settings: Settings, ada: Caller, path: str, mailbox: Mailbox
) -> None:
    other = ada.post("/api/trackers", {"query": "cook", "cadence": "instant"}).json["id"]
    for title in ("Mechanic", "Cook", "Mechanic too"):
        find(world, settings, title)
        tell(world, settings)
    log = "/api/account/deliveries"
    assert len(ada.get(log).json["items"]) == 3
    assert len(ada.get(f"{log}?tracker_id={other}").json["items"]) == 1
    assert ada.get(f"{log}?tracker_id=999").status_code == 404
    first = ada.get(f"{log}?limit=2").json
    second = ada.get(f"{log}?limit=2&cursor={first['next_cursor']}").json
    assert [len(first["items"]), len(second["items"]), second["next_cursor"]] == [2, 1, None]


def test_another_users_messages_are_not_there(
    world: World, settings: Settings, ada: Caller, path: str, mailbox: Mailbox
) -> None:
    find(world, settings, "Mechanic")
    tell(world, settings)
    [delivery] = ada.get("/api/account/deliveries").json["items"]
    eve = world.caller("eve@example.org")
    assert eve.get("/api/account/deliveries").json["items"] == []
    for address in (f"/api/account/deliveries/{delivery['id']}", f"{path}/matches"):
        assert eve.get(address).status_code == 404
    for of_it in ("matches", "changes"):
        assert eve.get(f"/api/account/deliveries/{delivery['id']}/{of_it}").status_code == 404
