"""How often one may ask, counted in a real Redis."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis import Redis

from backend.settings import Settings
from backend.web import create_web_app
from tests.api.conftest import Caller, World


def refused_after(caller: Caller, method: str, path: str, body: object, most: int) -> int:
    """How many requests pass before one is refused."""
    token = {"X-CSRFToken": caller.token()}
    for number in range(most):
        answer = caller.client.open(
            path, method=method, json=body, headers=token, environ_base=caller.address
        )
        if answer.status_code == 429:
            assert answer.json["error"]["code"] == "rate_limited"
            assert 0 < int(answer.headers["Retry-After"]) <= 3600
            return number
    return most


@pytest.mark.parametrize(
    ("method", "path", "body", "allowed"),
    [
        ("POST", "/api/session", {"email": "ada@example.org", "password": "a wrong password"}, 10),
        ("POST", "/api/users", {"email": "ada@example.org", "password": "short"}, 3),
        ("POST", "/api/users/reset", {"email": "ada@example.org"}, 3),
        ("POST", "/api/users/confirm", {"token": "made up"}, 30),
        ("GET", "/api/listings", None, 120),
    ],
    ids=["login", "registration", "reset", "mailed links", "search"],
)
def test_one_who_asks_too_often_is_told_to_wait(
    visitor: Caller, method: str, path: str, body: object, allowed: int
) -> None:
    assert refused_after(visitor, method, path, body, allowed + 5) == allowed


def test_previews_are_counted_by_user(world: World) -> None:
    ada, bob = world.caller("ada@example.org"), world.caller("bob@example.org")
    assert refused_after(ada, "POST", "/api/trackers/preview", {"query": "python"}, 65) == 60
    assert bob.post("/api/trackers/preview", {"query": "python"}).status_code == 200


def test_one_client_does_not_use_up_what_another_has(world: World) -> None:
    body = {"email": "ada@example.org", "password": "a wrong password"}
    assert refused_after(Caller(world.app, "192.0.2.1"), "POST", "/api/session", body, 12) == 10
    world.user("ada@example.org")
    assert Caller(world.app, "192.0.2.2").log_in("ada@example.org").status_code == 200


def test_a_client_cannot_hide_behind_a_made_up_proxy(visitor: Caller) -> None:
    body = {"email": "ada@example.org", "password": "a wrong password"}
    refused_after(visitor, "POST", "/api/session", body, 12)
    headers = {"X-CSRFToken": visitor.token(), "X-Forwarded-For": "203.0.113.9"}
    answer = visitor.client.post("/api/session", json=body, headers=headers, environ_base=visitor.address)
    assert answer.status_code == 429


def test_the_count_is_kept_in_redis_and_ends_with_it(visitor: Caller, redis_server: Redis) -> None:
    body = {"email": "ada@example.org"}
    assert refused_after(visitor, "POST", "/api/users/reset", body, 5) == 3
    redis_server.flushall()
    assert refused_after(visitor, "POST", "/api/users/reset", body, 5) == 3


def test_without_redis_the_page_works_and_limits_count_in_memory(
    settings: Settings, page: Path, tmp_path: Path
) -> None:
    away = settings.model_copy(update={"redis_url": f"unix://{tmp_path / 'nobody.sock'}"})
    visitor = Caller(create_web_app(away, page))
    assert visitor.get("/api/companies").status_code == 200
    assert refused_after(visitor, "POST", "/api/users/reset", {"email": "ada@example.org"}, 5) == 3
