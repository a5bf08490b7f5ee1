"""`jobtracker boards`: add, import, list, crawl, recognise, parse."""

from __future__ import annotations

import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import IO

import click
from flask.cli import with_appcontext
from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from backend.app import current_redis, current_settings
from backend.cli.parse import parse
from backend.domain.exchange import SourceError
from backend.fetch import build_fetcher
from backend.models import Board, db
from backend.services import boards as services
from backend.services import catalogue, discovery

POLL_SECONDS = 0.5
LONGEST_LIST = 10_000


@click.group()
def boards() -> None:
    """The endpoints that are watched."""


boards.add_command(parse)


@boards.command()
@click.argument("url")
@click.option("--company", default="", help="The employer's name; else the board's token is shown.")
@with_appcontext
def add(url: str, company: str) -> None:
    """Watch the board behind a careers URL, or SOURCE:TOKEN."""
    settings = current_settings()
    try:
        source, token = discovery.locate(build_fetcher(settings, current_redis()), settings, url)
        board = services.watch(current_session(), source, token, company, now())
    except (discovery.NotRecognised, services.BoardExists, SourceError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"added {board.source}:{board.token} as {board.company.name}, due at once")


@boards.command("import")
@click.argument("file", type=click.File(encoding="utf-8"))
@with_appcontext
def import_file(file: IO[str]) -> None:
    """Add the boards of a TSV or CSV: columns url, or source and slug; company (or name), country, sector.

    A few hundred are due at once, the others come due over one crawl interval.
    """
    outcomes: Counter[tuple[str, str]] = Counter()
    spread = timedelta(seconds=current_settings().crawl_interval)
    try:
        for line in catalogue.import_rows(current_session(), catalogue.read_rows(file), now(), spread):
            outcomes[line.source, line.outcome] += 1
            click.echo(f"{line.number}\t{line.outcome}\t{line.text}")
    except catalogue.BadFile as error:
        raise click.ClickException(str(error)) from None
    for text in import_summary(outcomes):
        click.echo(text, err=True)


def import_summary(outcomes: Counter[tuple[str, str]]) -> list[str]:
    """How many lines of each source became what; the last line counts all of them."""
    names = ("added", "known", "not recognised")
    sources = sorted({source for source, _ in outcomes}, key=lambda one: (not one, one))
    lines = [f"{'source':<24}" + "".join(f"{name:>16}" for name in names)] if len(sources) > 1 else []
    for source in sources if lines else ():
        counts = "".join(f"{outcomes[source, name]:>16}" for name in names)
        lines.append(f"{source[:24] or '(none named)':<24}{counts}")
    totals = {name: sum(n for (_, outcome), n in outcomes.items() if outcome == name) for name in names}
    return [*lines, ", ".join(f"{totals[name]} {name}" for name in names)]


@boards.command()
@click.argument("url")
@with_appcontext
def recognise(url: str) -> None:
    """Say which board a URL is, and show its first postings. Nothing is stored."""
    settings = current_settings()
    try:
        found = discovery.recognise(build_fetcher(settings, current_redis()), settings, url)
    except (discovery.NotRecognised, SourceError) as error:
        raise click.ClickException(str(error)) from None
    if found.found_on:
        click.echo(f"found on {found.found_on}", err=True)
    more = "" if found.complete else " or more"
    click.echo(f"{found.source.name}:{found.token}\t{found.url}\t{found.count}{more} postings")
    for posting in found.sample:
        click.echo(f"  {posting.title}\t{posting.url}")
    for source, token in found.others:
        click.echo(f"also there: {source.name}:{token}", err=True)


@boards.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_appcontext
def list_boards(as_json: bool) -> None:
    """All boards: source, token, company, open listings, last status."""
    for board in services.page(current_session(), limit=1_000_000):
        row = {
            "id": board.id,
            "source": board.source,
            "token": board.token,
            "company": board.company.name,
            "url": board.url,
            "status": board.status,
            "open": board.open_count,
            "last_status": board.last_status,
            "last_error": board.last_error,
            "last_crawl_at": board.last_crawl_at.isoformat() if board.last_crawl_at else None,
        }
        if as_json:
            click.echo(json.dumps(row, ensure_ascii=False))
        else:
            keys = ("id", "source", "token", "company", "open", "last_status")
            click.echo("\t".join(str(row[key]) for key in keys))


@boards.command()
@click.argument("ids", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True, help="Every board that is not paused.")
@click.option("--wait", is_flag=True, help="Return when the workers have crawled them.")
@click.option("--timeout", default=600, show_default=True, help="Seconds to wait at the most.")
@with_appcontext
def crawl(ids: tuple[int, ...], everything: bool, wait: bool, timeout: int) -> None:
    """Make boards due now and wake the workers."""
    if not ids and not everything:
        raise click.UsageError("name boards by id (jobtracker boards list), or give --all")
    session = current_session()
    try:
        current_redis().ping()
    except RedisError as error:
        raise click.ClickException(f"Redis does not answer; is Job Tracker running? ({error})") from None
    asked_at = now()
    chosen = services.crawl_all_now(session, asked_at, None if everything else ids)
    missing = set(ids) - set(chosen)
    if missing:
        raise click.ClickException(f"no board with id {', '.join(map(str, sorted(missing)))}")
    if wait:
        wait_for(session, chosen, asked_at, timeout)
        report(session, chosen)
    else:
        click.echo(f"{len(chosen)} boards are due now")


def wait_for(session: Session, ids: list[int], since: datetime, timeout: int) -> None:
    until = time.monotonic() + timeout
    waiting = len(ids)
    while time.monotonic() < until:
        done = session.scalar(select(func.count()).where(Board.last_crawl_at >= since, among(ids)))
        session.rollback()
        waiting = len(ids) - (done or 0)
        if not waiting:
            return
        time.sleep(POLL_SECONDS)
    raise click.ClickException(f"{waiting} of {len(ids)} boards were not crawled within {timeout} s")


def among(ids: list[int]) -> ColumnElement[bool]:
    """Boards by id; a long list is given as its bounds, since databases take only so many values."""
    if len(ids) > LONGEST_LIST:
        return Board.id.between(min(ids), max(ids))
    return Board.id.in_(ids)


def report(session: Session, ids: list[int]) -> None:
    by_status: Counter[str] = Counter()
    listings = 0
    for board in session.scalars(select(Board).where(among(ids))):
        by_status[board.last_status or "none"] += 1
        listings += board.open_count
        if board.last_error:
            click.echo(f"{board.source}:{board.token}: {board.last_status}: {board.last_error}", err=True)
    statuses = ", ".join(f"{count} {status}" for status, count in sorted(by_status.items()))
    click.echo(f"{len(ids)} boards crawled ({statuses}); {listings} open listings")


def current_session() -> Session:
    session: Session = db.session()
    return session


def now() -> datetime:
    return datetime.now(UTC)
