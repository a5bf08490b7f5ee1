"""The channel job as a worker runs it: several threads, a real webhook, and a slow one beside it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from backend.fetch import webhook
from backend.models import Channel, Match, begin_write
from backend.services import channels
from backend.services.couriers import Couriers
from tests.services.tracking import World
from tests.unit.fetch.servers import raw, serve, text
from workers.jobs.channels import notify_channels, worker_couriers


@pytest.fixture
def site():
    with serve() as site:
        site.answers["/hook"] = text("")
        yield site


@pytest.fixture
def world(app, session, settings, site, mocker):
    reachable = settings.model_copy(update={"channel_targets": f"127.0.0.1:{site.port}"})
    app.config["SETTINGS"] = reachable
    mocker.patch("workers.bootstrap.worker_app", return_value=app)
    mocker.patch("workers.jobs.channels.worker_couriers", return_value=Couriers(reachable))
    return World(session, reachable, datetime.now(UTC) - timedelta(hours=1))


def verified(world, user_id, address):
    made = channels.create(world.session, world.settings, user_id, address, "", world.now)
    channel_id = made.id
    begin_write(world.session)
    world.session.execute(update(Channel).where(Channel.id == channel_id).values(verified_at=world.now))
    world.session.commit()
    return channel_id


def find_for(world, user_ids, address):
    for user_id in user_ids:
        world.track(user_id, "python", channel_id=verified(world, user_id, address))
    world.forward(minutes=1)
    world.crawl(["Python developer"])
    world.match()
    begin_write(world.session)
    world.session.execute(update(Match).values(due_at=world.now))
    world.session.commit()


def test_codes_and_matches_go_out_and_the_job_may_run_again(world, site):
    find_for(world, [world.add_user() for _ in range(12)], f"{site.address}/hook")
    for _ in range(3):
        notify_channels()
    kinds = [json.loads(seen.body)["type"] for seen in site.seen]
    assert (kinds.count("channel.code"), kinds.count("tracker.matches")) == (12, 12)
    assert len({seen.headers["webhook-id"] for seen in site.seen}) == 24
    world.session.rollback()
    assert world.session.scalars(select(Match.id).where(Match.told_at.is_(None))).all() == []


def test_silent_webhooks_hold_up_the_others_for_no_longer_than_one_of_them_takes(world, site, mocker):
    mocker.patch.object(webhook, "SECONDS", 1.0)
    site.answers["/silent"] = raw(b"HTTP/1.1 ", b"", pause=5)
    find_for(world, [world.add_user() for _ in range(3)], f"{site.address}/silent")
    find_for(world, [world.add_user() for _ in range(3)], f"{site.address}/hook")
    begun = time.monotonic()
    notify_channels()
    assert time.monotonic() - begun < 20
    told = [json.loads(seen.body)["type"] for seen in site.seen if seen.target == "/hook"]
    assert told.count("tracker.matches") == 3


def test_a_process_speaks_to_channels_by_one_set_of_couriers(app, mocker):
    mocker.patch("workers.jobs.channels.worker_app", return_value=app)
    assert worker_couriers() is worker_couriers()
    worker_couriers.cache_clear()
