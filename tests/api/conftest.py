"""The web application on a fresh database, and people who call it as a browser does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from redis import Redis
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from backend.models import Board, Company, Listing, ListingText, User, db
from backend.services import passwords
from backend.settings import Settings
from backend.web import create_web_app

PASSWORD = "correct horse battery"
PASSWORD_HASH = passwords.hash_of(PASSWORD)
THEN = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


class Caller:
    """A browser: keeps cookies, and sends the CSRF token of its session with every change."""

    def __init__(self, app: APIFlask, address: str = "127.0.0.1") -> None:
        self.client = app.test_client()
        self.address = {"REMOTE_ADDR": address}

    def token(self) -> str:
        return self.get("/api/session").json["csrf_token"]

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, environ_base=self.address, buffered=True, **options)

    def send(self, method: str, path: str, json: Any = None) -> TestResponse:
        body = {} if json is None else {"json": json}
        headers = {"X-CSRFToken": self.token()}
        return self.client.open(path, method=method, headers=headers, environ_base=self.address, **body)

    def post(self, path: str, json: Any = None) -> TestResponse:
        return self.send("POST", path, json)

    def patch(self, path: str, json: Any) -> TestResponse:
        return self.send("PATCH", path, json)

    def delete(self, path: str, json: Any = None) -> TestResponse:
        return self.send("DELETE", path, json)

    def log_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/api/session", {"email": email, "password": password})


class World:
    """Rows for a test, by what matters of them."""

    def __init__(self, app: APIFlask, session: Session) -> None:
        self.app, self.session, self.numbers = app, session, count(1)

    def save(self, row: Any) -> Any:
        self.session.add(row)
        self.session.commit()
        return row

    def user(
        self, email: str, *, admin: bool = False, confirmed: bool = True, disabled: bool = False
    ) -> User:
        return self.save(
            User(
                email=email,
                password_hash=PASSWORD_HASH,
                session_salt=f"{next(self.numbers):032x}",
                is_admin=admin,
                confirmed_at=THEN if confirmed else None,
                disabled_at=THEN if disabled else None,
                created_at=THEN,
            )
        )

    def caller(self, email: str, **options: Any) -> Caller:
        """A new user, logged in."""
        self.user(email, **options)
        caller = Caller(self.app)
        assert caller.log_in(email).status_code == 200
        return caller

    def company(self, name: str) -> Company:
        return self.save(
            Company(slug=name.lower().replace(" ", "-"), name=name, country="DE", created_at=THEN)
        )

    def board(self, company: Company, source: str = "greenhouse", **values: Any) -> Board:
        token = f"{company.slug}-{next(self.numbers)}"
        known = {
            "status": "active",
            "created_at": THEN,
            "next_crawl_at": THEN,
            "url": f"https://x.test/{token}",
        }
        return self.save(Board(company_id=company.id, source=source, token=token, **known | values))

    def listing(self, board: Board, title: str, html: str = "<p>We build.</p>", **values: Any) -> Listing:
        number = next(self.numbers)
        known: dict[str, Any] = {
            "external_id": str(number),
            "url": f"https://x.test/jobs/{number}",
            "locations": [{"text": "Berlin", "city": "Berlin", "region": None, "country": "DE"}],
            "first_seen_at": THEN,
            "changed_at": THEN,
            "content_hash": f"{number:032x}",
        }
        ids = {"board_id": board.id, "company_id": board.company_id}
        listing = self.save(Listing(title=title, **ids, **known | values))
        self.save(ListingText(listing_id=listing.id, html=html))
        return listing


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A built page, small."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Job Tracker</title>")
    (folder / "assets" / "index-1a2b3c4d.js").write_text("console.log(1)")
    (folder / "assets" / "index-1a2b3c4d.js.gz").write_bytes(b"\x1f\x8b packed")
    (folder / "favicon.svg").write_text("<svg/>")
    return folder


@pytest.fixture
def web(settings: Settings, redis_server: Redis, page: Path) -> Iterator[APIFlask]:
    app = create_web_app(settings, page)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(web: APIFlask) -> Iterator[World]:
    with web.app_context():
        engine = db.engine
    with Session(engine, expire_on_commit=False) as session:  # no context: requests would share its `g`
        yield World(web, session)


@pytest.fixture
def visitor(web: APIFlask) -> Caller:
    """Nobody in particular."""
    return Caller(web)
