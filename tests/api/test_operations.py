from __future__ import annotations

from pathlib import Path

from flask_migrate import stamp
from pydantic import SecretStr
from redis import Redis

from backend.queueing import JobName, wake
from backend.settings import Settings
from backend.web import create_web_app
from tests.api.conftest import Caller, World


def test_a_process_that_answers_is_alive(visitor: Caller) -> None:
    assert visitor.get("/healthz").json == {"status": "ok"}


def test_a_migrated_installation_is_ready(world: World, visitor: Caller) -> None:
    with world.app.app_context():
        stamp()
    assert visitor.get("/readyz").json == {"status": "ready", "reasons": []}


def test_one_that_is_not_says_what_is_missing(world: World, settings: Settings, page: Path) -> None:
    with world.app.app_context():
        stamp(revision="base")
    lame = settings.model_copy(
        update={"redis_url": f"unix://{page / 'nobody.sock'}", "mail_server": ""},
    )
    answer = Caller(create_web_app(lame, page)).get("/readyz")
    assert answer.status_code == 503
    assert [reason.split()[0] for reason in answer.json["reasons"]] == ["the", "Redis", "MAIL_SERVER"]
    assert "db upgrade" in answer.json["reasons"][0]


def test_metrics_are_for_admins_and_for_who_has_the_token(
    world: World, visitor: Caller, settings: Settings, page: Path
) -> None:
    assert visitor.get("/metrics").status_code == 401
    assert visitor.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401
    assert world.caller("ada@example.org").get("/metrics").status_code == 403
    assert world.caller("admin@example.org", admin=True).get("/metrics").status_code == 200
    scraped = create_web_app(settings.model_copy(update={"metrics_token": SecretStr("a-token")}), page)
    assert Caller(scraped).get("/metrics", headers={"Authorization": "Bearer a-token"}).status_code == 200
    assert Caller(scraped).get("/metrics", headers={"Authorization": "Bearer other"}).status_code == 401


def test_metrics_tell_what_waits(world: World, redis_server: Redis) -> None:
    admin = world.caller("admin@example.org", admin=True)
    world.board(world.company("Acme"), open_count=7)
    wake(redis_server, JobName.HOUSEKEEPING)
    lines = admin.get("/metrics").text.splitlines()
    assert "jobtracker_boards_due 1.0" in lines
    assert "jobtracker_listings_open 7.0" in lines
    assert 'jobtracker_queue_length{queue="periodic"} 1.0' in lines
    assert "jobtracker_crawls_unmatched_age_seconds 0.0" in lines
    assert "jobtracker_redis_up 1.0" in lines
