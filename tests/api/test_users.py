"""Registering, confirming and resetting, with the links as the mails hold them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.models import AccountMail, User
from backend.services import tokens
from tests.api.conftest import PASSWORD, Caller, World

NEW = {"email": "ada@example.org", "password": PASSWORD, "time_zone": "Europe/Berlin"}


def link_token(world: World, purpose: tokens.Purpose, email: str = "ada@example.org") -> str:
    world.session.rollback()
    user = world.session.scalars(select(User).where(User.email == email)).one()
    return tokens.make(world.app.config["SETTINGS"], purpose, user.id, user.session_salt)


def mails(world: World) -> list[str]:
    world.session.rollback()
    return list(world.session.scalars(select(AccountMail.kind).order_by(AccountMail.id)))


def test_a_person_registers_confirms_and_is_logged_in(world: World, visitor: Caller) -> None:
    assert visitor.post("/api/users", NEW).status_code == 202
    assert mails(world) == ["confirm"]
    token = link_token(world, tokens.Purpose.CONFIRM)
    answer = visitor.post("/api/users/confirm", {"token": token})
    assert answer.json["user"]["email"] == "ada@example.org"
    assert answer.json["user"]["time_zone"] == "Europe/Berlin"
    assert visitor.get("/api/account").status_code == 200


def test_registering_does_not_tell_who_is_registered(world: World, visitor: Caller) -> None:
    world.user("ada@example.org")
    known = visitor.post("/api/users", NEW)
    unknown = visitor.post("/api/users", NEW | {"email": "eve@example.org"})
    assert (known.status_code, known.json) == (unknown.status_code, unknown.json)
    assert mails(world) == ["known", "confirm"]


def test_registering_again_leaves_a_confirmed_account_as_it_is(world: World, visitor: Caller) -> None:
    world.user("ada@example.org")
    visitor.post("/api/users", NEW | {"password": "another long password"})
    assert visitor.log_in("ada@example.org", PASSWORD).status_code == 200


def test_registering_again_before_confirming_ends_the_earlier_link(world: World, visitor: Caller) -> None:
    visitor.post("/api/users", NEW | {"password": "of somebody else, earlier"})
    earlier = link_token(world, tokens.Purpose.CONFIRM)
    visitor.post("/api/users", NEW)
    assert visitor.post("/api/users/confirm", {"token": earlier}).status_code == 404
    token = link_token(world, tokens.Purpose.CONFIRM)
    assert visitor.post("/api/users/confirm", {"token": token}).status_code == 200
    assert visitor.log_in("ada@example.org", "of somebody else, earlier").status_code == 401


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a b@example.org"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "aaaaaaaaaaaa"}, "password"),
        ({"password": "ada@example.org"}, "password"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"is_admin": True}, "is_admin"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(
    visitor: Caller, change: dict[str, object], field: str
) -> None:
    answer = visitor.post("/api/users", NEW | change)
    assert answer.status_code == 422
    assert list(answer.json["error"]["fields"]) == [field]


def test_a_link_for_one_thing_does_nothing_else(world: World, visitor: Caller) -> None:
    world.user("ada@example.org")
    confirm = link_token(world, tokens.Purpose.CONFIRM)
    answer = visitor.post("/api/users/reset/confirm", {"token": confirm, "password": "a new long password"})
    assert (answer.status_code, list(answer.json["error"]["fields"])) == (404, ["token"])


def test_a_reset_sets_the_password_once_and_ends_all_sessions(world: World, visitor: Caller) -> None:
    ada = world.caller("ada@example.org")
    assert visitor.post("/api/users/reset", {"email": "ada@example.org"}).status_code == 202
    body = {"token": link_token(world, tokens.Purpose.RESET), "password": "a new long password"}
    assert visitor.post("/api/users/reset/confirm", body).status_code == 200
    assert ada.get("/api/account").status_code == 401
    assert visitor.log_in("ada@example.org", PASSWORD).status_code == 401
    assert visitor.log_in("ada@example.org", "a new long password").status_code == 200
    assert visitor.post("/api/users/reset/confirm", body).status_code == 404


def test_a_reset_confirms_the_address(world: World, visitor: Caller) -> None:
    world.user("ada@example.org", confirmed=False)
    body = {"token": link_token(world, tokens.Purpose.RESET), "password": "a new long password"}
    visitor.post("/api/users/reset/confirm", body)
    assert visitor.log_in("ada@example.org", "a new long password").status_code == 200


def test_asking_for_a_reset_does_not_tell_who_is_registered(world: World, visitor: Caller) -> None:
    world.user("ada@example.org")
    known = visitor.post("/api/users/reset", {"email": "ada@example.org"})
    unknown = visitor.post("/api/users/reset", {"email": "eve@example.org"})
    assert (known.status_code, known.json) == (unknown.status_code, unknown.json)
    assert mails(world) == ["reset"]


def test_a_disabled_user_is_let_in_by_no_link(world: World, visitor: Caller) -> None:
    world.user("ada@example.org", disabled=True)
    confirm = link_token(world, tokens.Purpose.CONFIRM)
    assert visitor.post("/api/users/confirm", {"token": confirm}).status_code == 404
