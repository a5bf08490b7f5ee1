"""A careers endpoint and a mail server on loopback, and people with trackers between them."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from backend.fetch import build_fetcher
from backend.models import Board, begin_write, db
from backend.search.reader import SearchIndex
from backend.services import boards
from backend.services.sweeps import Sweeper
from backend.settings import Settings
from backend.sources import registry
from tests.mailbox import Mailbox, open_mailbox
from tests.services.stored import Shelf
from tests.services.tracking import World


class Endpoint:
    """Speaks Greenhouse's list format. `jobs` maps ids to titles; `status` and `body` misbehave."""

    def __init__(self) -> None:
        self.jobs: dict[int, str] = {}
        self.status = 200
        self.body: bytes | None = None
        self.etag = False
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        self.address = ""

    def answer(self) -> bytes:
        if self.body is not None:
            return self.body
        rows = [
            {
                "id": id,
                "title": title,
                "absolute_url": f"https://boards.greenhouse.io/acme/jobs/{id}",
                "location": {"name": "Berlin, Germany"},
                "content": "&lt;p&gt;We look for you.&lt;/p&gt;",
                "updated_at": "2026-05-01T10:00:00-04:00",
            }
            for id, title in self.jobs.items()
        ]
        return json.dumps({"jobs": rows, "meta": {"total": len(rows)}}).encode()


def serve(endpoint: Endpoint) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: two would wait 40 ms for each other

        def do_GET(self) -> None:
            endpoint.asked.append(self.path)
            body = endpoint.answer()
            tag = f'"{hash(body)}"'
            status = endpoint.status
            if endpoint.etag and self.headers.get("If-None-Match") == tag:
                status, body = 304, b""
            self.send_response(status)
            for name, value in endpoint.headers.items():
                self.send_header(name, value)
            if endpoint.etag:
                self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Clock:
    """A clock that the test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def shelf(session: Session, now: datetime) -> Shelf:
    """Listings, put there by hand."""
    return Shelf(session, now)


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    """Empty, as before the first rebuild."""
    return SearchIndex(tmp_path / "search")


@pytest.fixture
def world(session: Session, settings: Settings, now: datetime) -> World:
    """Whoever tells something in it needs the `mailbox` too."""
    return World(session, settings.model_copy(update={"public_url": "https://jobs.example.org"}), now)


@pytest.fixture
def ada(world: World) -> int:
    """A user, by her id."""
    return world.add_user(email="ada@example.org")


@pytest.fixture
def mailbox(app: Flask) -> Iterator[Mailbox]:
    """The mail server that the application sends to."""
    with open_mailbox() as mailbox:
        app.extensions["mail"].port = mailbox.port
        yield mailbox


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """The endpoint of the board `acme`, asked through `SIMULATOR_URL`."""
    endpoint = Endpoint()
    server = serve(endpoint)
    endpoint.address = f"http://127.0.0.1:{server.server_port}"
    yield endpoint
    server.shutdown()
    server.server_close()


@pytest.fixture
def board(session: Session, now: datetime) -> Board:
    begin_write(session)
    board = boards.add(session, registry.source("greenhouse"), "acme", "Acme", now)
    session.commit()
    return board


@pytest.fixture
def sweep(app, session, settings, endpoint, redis_server, clock) -> Callable[[], None]:
    """Make every board due and crawl once."""
    engine = db.engine
    chosen = settings.model_copy(update={"simulator_url": endpoint.address, "host_pace": 0.0})
    sweeper = Sweeper(
        fetcher=build_fetcher(chosen, redis_server),
        settings=chosen,
        engine=engine,
        clock=clock,
        random=random.Random(1),
        call_for_help=lambda: None,
    )

    def once() -> None:
        boards.crawl_all_now(session, clock())
        assert sweeper.sweep(session)
        session.expire_all()

    return once
