from __future__ import annotations

from tests.api.conftest import Caller, World


def test_an_admin_lists_and_finds_users(world: World) -> None:
    admin = world.caller("admin@example.org", admin=True)
    world.user("ada@example.org", confirmed=False)
    world.user("bob@example.org", disabled=True)
    page = admin.get("/api/admin/users?limit=2").json
    assert ([item["email"] for item in page["items"]], page["total"]) == (
        ["admin@example.org", "ada@example.org"],
        3,
    )
    rest = admin.get(f"/api/admin/users?limit=2&cursor={page['next_cursor']}").json["items"]
    assert [(item["email"], item["disabled"], item["trackers"]) for item in rest] == [
        ("bob@example.org", True, 0)
    ]
    assert [item["confirmed"] for item in admin.get("/api/admin/users?q=ada").json["items"]] == [False]


def test_a_disabled_user_is_out_at_once_and_may_come_back(world: World) -> None:
    admin = world.caller("admin@example.org", admin=True)
    ada = world.caller("ada@example.org")
    path = f"/api/admin/users/{ada.get('/api/account').json['id']}"
    assert admin.patch(path, {"disabled": True}).json["disabled"] is True
    assert ada.get("/api/account").status_code == 401
    assert ada.log_in("ada@example.org").status_code == 403
    admin.patch(path, {"disabled": False})
    assert ada.log_in("ada@example.org").status_code == 200


def test_an_admin_is_made_and_unmade(world: World) -> None:
    admin = world.caller("admin@example.org", admin=True)
    ada = world.caller("ada@example.org")
    path = f"/api/admin/users/{ada.get('/api/account').json['id']}"
    assert admin.patch(path, {"is_admin": True}).json["is_admin"] is True
    assert ada.get("/api/admin/users").status_code == 200
    admin.patch(path, {"is_admin": False})
    assert ada.get("/api/admin/users").status_code == 403


def test_the_last_administrator_stays(world: World) -> None:
    admin = world.caller("admin@example.org", admin=True)
    world.user("gone@example.org", admin=True, disabled=True)
    world.user("unconfirmed@example.org", admin=True, confirmed=False)
    path = f"/api/admin/users/{admin.get('/api/account').json['id']}"
    for change in ({"disabled": True}, {"is_admin": False}):
        answer = admin.patch(path, change)
        assert (answer.status_code, answer.json["error"]["code"]) == (409, "conflict")
    assert admin.get("/api/admin/users").status_code == 200


def test_an_unknown_user_is_not_found(world: World) -> None:
    admin: Caller = world.caller("admin@example.org", admin=True)
    assert admin.patch("/api/admin/users/999", {"disabled": True}).status_code == 404
