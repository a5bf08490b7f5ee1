"""One slow board among many, in real time against the simulator."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime

import pytest
import requests
from sqlalchemy import func, select

from backend.fetch import build_fetcher
from backend.models import Board, Crawl, Listing, begin_write, db
from backend.services import boards
from backend.services.sweeps import Sweeper
from backend.sources import registry
from tests.career_sites.simulator import Plan, running

DEADLINE = 4


@pytest.fixture
def simulator():
    plan = Plan(companies=21, listings=10, spread=0, events_per_minute=0, sources=("greenhouse",))
    with running(plan) as simulator:
        yield simulator


@pytest.fixture
def sweeper(session, app, simulator, settings, redis_server):
    rows = requests.get(f"{simulator.url}/_control/boards", timeout=5).json()
    begin_write(session)
    for row in rows:
        boards.add(session, registry.source(row["source"]), row["token"], row["company"], datetime.now(UTC))
    session.commit()
    chosen = settings.model_copy(
        update={
            "simulator_url": simulator.url,
            "host_pace": 0.0,
            "board_deadline": DEADLINE,
            "crawl_threads": 4,
            "max_body_mb": 1,
        }
    )
    engine = db.engine
    return Sweeper(
        fetcher=build_fetcher(chosen, redis_server),
        settings=chosen,
        engine=engine,
        clock=lambda: datetime.now(UTC),
        random=random.Random(1),
        call_for_help=lambda: None,
    )


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"kind": "slow", "pause": 0.02}, "no whole answer in time: given up after"),
        ({"kind": "timeout"}, "no whole answer in time: given up after"),
        ({"kind": "endless"}, "larger than 1 MB"),
    ],
    ids=["it drips", "it is silent", "it never ends"],
)
def test_one_bad_board_holds_none_of_the_others(session, sweeper, simulator, fault, words):
    bad = session.scalars(select(Board).order_by(Board.id)).first()
    slug = bad.token
    url = f"{simulator.url}/_control/boards/{slug}/misbehave"
    requests.post(url, json=fault, timeout=5).raise_for_status()
    begun = datetime.now(UTC)
    assert sweeper.sweep(session)
    session.expire_all()
    assert bad.last_status == "unavailable"
    assert words in bad.last_error
    assert (bad.last_crawl_at - begun).total_seconds() < DEADLINE + 2
    others = session.scalars(select(Crawl).where(Crawl.board_id != bad.id)).all()
    assert [crawl.status for crawl in others] == ["complete"] * 20
    assert session.scalar(select(func.count()).select_from(Listing)) == 200
    if "in time" in words:
        assert max(crawl.finished_at for crawl in others) < bad.last_crawl_at
        assert (bad.last_crawl_at - begun).total_seconds() >= DEADLINE - 0.1
    assert bad.next_crawl_at > max(crawl.finished_at for crawl in others)


@pytest.mark.parametrize(
    ("job_age", "visit_age", "goes_on"),
    [(10, 0, True), (50, 0, False), (50, DEADLINE + 1, True), (300, DEADLINE + 1, False)],
    ids=["it is young", "its time is up", "it waits for a feed anyway", "it waited long enough"],
)
def test_a_job_takes_more_boards_while_it_has_time(sweeper, mocker, job_age, visit_age, goes_on):
    under_way = mocker.Mock(age=visit_age)
    assert sweeper.has_time(time.monotonic() - job_age, under_way) is goes_on
