"""Mails a second from due matches to marked ones, beside a bare smtplib loop with the same bytes.

Ours claims, reads, writes, sends and marks; both speak over one connection to the same sink, which is another
process. `BENCH_MAILS=100` is a short form.
"""

from __future__ import annotations

import os
import smtplib
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.mail.outgoing import Postbox
from backend.models import Board, Company, Listing, Match, SavedQuery, Tracker, User, begin_write, db
from backend.services import notifications
from backend.settings import Settings
from tests.benchmarks import garbage
from tests.benchmarks.databases import postgres
from tests.benchmarks.sink import Accepted, accepted, smtp_sink
from tests.benchmarks.table import Table

MAILS = int(os.environ.get("BENCH_MAILS", "1000"))
ROUNDS = 3
CARDS = 5  # listings in a mail
COMPANIES, LISTINGS = 100, 2_000
LEAST = 0.7
MADE, NOW = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 4, 12, tzinfo=UTC)
TITLES = ("Senior backend engineer", "Produktmanagerin", "Nurse, night shift", "Développeur Python", "Cook")
PLACES = ("Berlin, Germany", "Lyon, France", "Remote - Europe", "Austin, TX")


def on_both(port: int) -> Iterator[Table]:
    yield on("SQLite", "", port)
    with postgres() as url:
        yield on("PostgreSQL", url, port)


def on(name: str, url: str, port: int) -> Table:
    table = Table(f"Mail from {name}: {MAILS:,} messages of {CARDS} listings, the best of {ROUNDS} times")
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "accepted"
        with world(Path(folder), url, port) as (session, settings), smtp_sink(port, kept):
            mine, theirs = [], []
            for number in range(ROUNDS):
                add_matches(session, NOW + timedelta(hours=number))
                before = len(accepted(kept)) if number else 0
                mine.append(tell_all(session, settings, NOW + timedelta(hours=number)))
                messages = accepted(kept, before)
                check_told(session, messages)
                theirs.append(send_bare(port, settings.mail_sender, messages))
    size = sum(len(one.content) for one in messages) / len(messages) / 1000
    table.row("ours: claim, read, write, send, mark", f"{MAILS / min(mine):,.0f} messages/s")
    table.row("bare smtplib loop", f"{MAILS / min(theirs):,.0f} messages/s", f"{size:.1f} kB each")
    table.check_at_least("ours / bare, messages a second", min(theirs) / min(mine), LEAST)
    return table


@contextmanager
def world(folder: Path, url: str, port: int) -> Iterator[tuple[Session, Settings]]:
    """Listings, and a tracker of each of MAILS users."""
    settings = Settings(
        _env_file=None, app_env="testing", var_dir=folder, database_url=url, mail_port=port, port=port
    )
    with create_app(settings).app_context():
        db.metadata.create_all(db.engine)
        session = db.session()
        begin_write(session)
        for model, rows in ((Company, companies()), (Board, boards()), (Listing, listings())):
            session.execute(insert(model), rows)
        session.execute(insert(SavedQuery), [{"id": 1, "canonical": "backend", "created_at": MADE}])
        session.execute(insert(User), users())
        session.execute(insert(Tracker), trackers())
        session.commit()
        yield session, settings
        db.session.remove()
        db.engine.dispose()


def companies() -> list[dict[str, Any]]:
    numbers = range(1, COMPANIES + 1)
    return [{"id": n, "slug": f"company-{n}", "name": f"Company {n}", "created_at": MADE} for n in numbers]


def boards() -> list[dict[str, Any]]:
    same = {"source": "greenhouse", "url": "https://example.org", "created_at": MADE, "next_crawl_at": MADE}
    return [
        same | {"id": number, "company_id": number, "token": f"company-{number}"}
        for number in range(1, COMPANIES + 1)
    ]


def listings() -> list[dict[str, Any]]:
    rows = []
    for number in range(1, LISTINGS + 1):
        home = 1 + number % COMPANIES
        rows.append(
            {
                "id": number,
                "board_id": home,
                "company_id": home,
                "external_id": str(number),
                "url": f"https://boards.greenhouse.io/company-{home}/jobs/{4_000_000 + number}",
                "title": f"{TITLES[number % len(TITLES)]} {number}",
                "locations": [{"text": PLACES[number % len(PLACES)]}],
                "work_mode": "hybrid" if number % 3 else None,
                "employment_type": "full_time",
                "salary_min": 60_000.0 + number,
                "salary_max": 90_000.0 + number,
                "salary_currency": "EUR",
                "salary_period": "year",
                "posted_at": MADE,
                "first_seen_at": NOW,
                "changed_at": NOW,
                "content_hash": "x",
            }
        )
    return rows


def users() -> list[dict[str, Any]]:
    same = {"password_hash": "x", "session_salt": "x", "time_zone": "Europe/Berlin", "is_admin": False}
    same |= {"created_at": MADE, "confirmed_at": MADE}
    return [same | {"id": number, "email": f"user{number}@example.org"} for number in range(1, MAILS + 1)]


def trackers() -> list[dict[str, Any]]:
    same = {"query_id": 1, "text": "backend", "cadence": "instant", "expires_at": NOW + timedelta(90)}
    same |= {"created_at": MADE, "active_since": MADE}
    return [
        same | {"id": number, "user_id": number, "name": f"Backend {number}", "token": f"token-{number}"}
        for number in range(1, MAILS + 1)
    ]


def add_matches(session: Session, due_at: datetime) -> None:
    """For each tracker CARDS listings that it has not found before."""
    found = (session.scalar(select(func.count()).select_from(Match)) or 0) // MAILS
    rows = [
        {"tracker_id": number, "user_id": number, "listing_id": 1 + (number * 7 + found + card) % LISTINGS}
        for number in range(1, MAILS + 1)
        for card in range(CARDS)
    ]
    begin_write(session)
    session.execute(insert(Match), [row | {"found_at": due_at, "due_at": due_at} for row in rows])
    session.commit()
    if session.get_bind().dialect.name == "postgresql":  # where autovacuum does it once so much has changed
        session.execute(text("ANALYZE"))
        session.commit()


def tell_all(session: Session, settings: Settings, now: datetime) -> float:
    """Seconds. As the worker's job does it."""
    garbage.only_new()
    begun = time.perf_counter()
    with Postbox() as postbox:
        while notifications.send_due(session, settings, postbox, now, lambda: 0.0).tried:
            pass
    return time.perf_counter() - begun


def check_told(session: Session, messages: Sequence[Accepted]) -> None:
    untold = session.scalar(select(func.count()).select_from(Match).where(Match.told_at.is_(None)))
    session.rollback()
    if untold or len(messages) != MAILS:
        raise AssertionError(f"{len(messages)} of {MAILS} mails arrived, {untold} matches are not told")


def send_bare(port: int, sender: str, messages: Sequence[Accepted]) -> float:
    garbage.only_new()
    begun = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as host:
        for message in messages:
            host.sendmail(sender, [message.recipient], message.content)
    return time.perf_counter() - begun
