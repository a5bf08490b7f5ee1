from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from backend.models import User
from tests.api.conftest import PASSWORD, Caller, World


def test_nobody_is_logged_in_at_first(visitor: Caller) -> None:
    answer = visitor.get("/api/session")
    assert answer.json["user"] is None
    assert answer.json["csrf_token"]
    assert answer.json["channels"] == {"mail": True}


def test_a_user_logs_in_and_out(world: World, visitor: Caller) -> None:
    world.user("ada@example.org")
    answer = visitor.log_in(" ADA@Example.org ")
    assert answer.json["user"] == {
        "id": answer.json["user"]["id"],
        "email": "ada@example.org",
        "is_admin": False,
        "time_zone": "UTC",
        "confirmed": True,
    }
    assert visitor.get("/api/account").status_code == 200
    assert visitor.delete("/api/session").status_code == 204
    assert visitor.get("/api/account").status_code == 401


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(world: World, visitor: Caller) -> None:
    world.user("ada@example.org")
    wrong = visitor.log_in("ada@example.org", "not the password")
    unknown = visitor.log_in("eve@example.org", "not the password")
    impossible = visitor.log_in("no address at all", "not the password")
    assert (wrong.status_code, wrong.json) == (unknown.status_code, unknown.json)
    assert (wrong.status_code, wrong.json) == (impossible.status_code, impossible.json)
    assert wrong.status_code == 401


def test_an_unknown_address_takes_as_long_as_a_known_one(world: World, visitor: Caller) -> None:
    world.user("ada@example.org")

    def seconds(email: str) -> float:
        """Of computing: a busy machine does not stretch them."""
        begun = time.thread_time()
        visitor.log_in(email, "not the password")
        return time.thread_time() - begun

    rounds = [(seconds("ada@example.org"), seconds("eve@example.org")) for _ in range(8)]
    known, unknown = (min(times) for times in zip(*rounds, strict=True))  # the least disturbed
    assert 0.5 < unknown / known < 2


def test_an_unconfirmed_address_is_told_so_only_with_the_right_password(
    world: World, visitor: Caller
) -> None:
    world.user("new@example.org", confirmed=False)
    assert visitor.log_in("new@example.org", "not the password").status_code == 401
    answer = visitor.log_in("new@example.org", PASSWORD)
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "unconfirmed")
    assert visitor.get("/api/account").status_code == 401


def test_a_disabled_user_cannot_log_in(world: World, visitor: Caller) -> None:
    world.user("ada@example.org", disabled=True)
    assert visitor.log_in("ada@example.org", "not the password").status_code == 401
    assert visitor.log_in("ada@example.org").status_code == 403


def test_disabling_a_user_ends_the_session_at_once(world: World) -> None:
    ada = world.caller("ada@example.org")
    user = world.session.query(User).one()
    user.disabled_at = datetime.now(UTC)
    world.session.commit()
    assert ada.get("/api/account").status_code == 401
    assert ada.get("/api/session").json["user"] is None


@pytest.mark.parametrize("kept", ["", ".", "1", "1.x", "-1.x", "99999999999999999999.x", "²." + "0" * 32])
def test_a_cookie_that_names_no_user_is_nobody(world: World, visitor: Caller, kept: str) -> None:
    world.user("ada@example.org")
    with visitor.client.session_transaction() as cookie:
        cookie["_user_id"] = kept
    assert visitor.get("/api/session").json["user"] is None


def test_the_last_login_is_remembered(world: World) -> None:
    world.caller("ada@example.org")
    world.session.expire_all()
    assert world.session.query(User).one().last_login_at is not None
