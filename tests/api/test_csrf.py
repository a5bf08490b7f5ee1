from __future__ import annotations

import pytest

from tests.api.conftest import Caller, World


@pytest.mark.parametrize("headers", [{}, {"X-CSRFToken": "made-up"}], ids=["no token", "a made-up token"])
def test_a_change_without_our_token_is_refused_in_the_one_shape(
    world: World, headers: dict[str, str]
) -> None:
    ada = world.caller("ada@example.org")
    answer = ada.client.patch("/api/account", json={"time_zone": "Europe/Berlin"}, headers=headers)
    assert answer.status_code == 403
    assert answer.json["error"]["code"] == "csrf"


def test_the_token_of_another_session_is_refused(world: World, visitor: Caller) -> None:
    ada = world.caller("ada@example.org")
    stolen = {"X-CSRFToken": visitor.token()}
    answer = ada.client.patch("/api/account", json={"time_zone": "Europe/Berlin"}, headers=stolen)
    assert answer.json["error"]["code"] == "csrf"


def test_logging_in_renews_the_token(world: World, visitor: Caller) -> None:
    world.user("ada@example.org")
    before = visitor.token()
    answer = visitor.log_in("ada@example.org")
    assert answer.json["csrf_token"] != before
    old = visitor.client.patch("/api/account", json={"time_zone": "UTC"}, headers={"X-CSRFToken": before})
    assert old.json["error"]["code"] == "csrf"


def test_the_session_cookie_is_kept_from_scripts_and_from_other_sites(world: World, visitor: Caller) -> None:
    world.user("ada@example.org")
    cookie = visitor.log_in("ada@example.org").headers["Set-Cookie"]
    assert cookie.startswith("jobtracker=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires=" in cookie
