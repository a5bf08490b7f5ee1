"""From stored crawls to matches: which queries a listing meets, then which trackers follow those queries.

Each step finds its work by an empty column (`crawls.matched_at`, `findings.fanned_at`) and marks it in the
transaction that did it, so a crash loses nothing; `findings` and `matches` are unique, so a repetition
doubles nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice

from rq.timeouts import JobTimeoutException
from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from backend.domain.matching import Document
from backend.domain.query import Query, QueryError, parse
from backend.domain.sieve import Sieve, positions
from backend.models import Crawl, CrawlStatus, Finding, Listing, Tracker, begin_write, is_away
from backend.services import change_fan_out, documents, filing
from backend.services.fan_out import FRESH, anything_pending, fan_out_pass
from backend.services.filing import file_unfiled
from backend.services.tracker_life import collecting
from backend.services.upsert import insert_into
from backend.settings import Settings

log = logging.getLogger(__name__)

CRAWLS_AT_ONCE = 20
LISTINGS_AT_ONCE = 200
FINDINGS_AT_ONCE = 20_000  # a second of writing, some MB of memory
ROWS_AT_ONCE = 500
TURNS = 100  # of a second or few each


@dataclass(slots=True)
class Matched:
    """What one call did; not `all` if it ended for its length, and another should go on."""

    crawls: int = 0
    findings: int = 0
    matches: int = 0
    all: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """What some listings of a crawl meet: for each query, by id, a bit for each listing."""

    crawl_id: int
    listing_ids: list[int]
    met: dict[int, int]

    def __len__(self) -> int:
        return sum(map(int.bit_count, self.met.values()))

    def rows(self) -> Iterator[dict[str, object]]:
        """A row for each query and each listing that it meets."""
        for query_id, mask in self.met.items():
            for position in positions(mask):
                listing_id = self.listing_ids[position]
                yield {"query_id": query_id, "listing_id": listing_id, "crawl_id": self.crawl_id}


@dataclass(slots=True)
class Batch:
    """Crawls that were matched, up to `last`, and what they found; `ahead` counts what is written of it."""

    last: int = 0
    ahead: int = 0
    found: list[Found] = field(default_factory=list)
    done: list[int] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        return sum(map(len, self.found))


def match_crawls(session: Session, settings: Settings, now: datetime) -> Matched:
    """Match the crawls that are not matched yet, and write the matches of their findings.

    A few crawls and a pass of matches take turns, so that neither keeps the other waiting.
    """
    file_unfiled(session, now)
    done = Matched()
    after = 0
    for _ in range(TURNS):
        if waiting := unmatched(session, after):
            batch = match_batch(session, waiting, now)
            after = batch.last
            store(session, batch, now, done)
        elif not anything_pending(session) and not change_fan_out.anything_pending(session):
            return done
        done.matches += fan_out_pass(session, settings, now)
        change_fan_out.fan_out_pass(session, settings, now)
    done.all = False
    return done


def unmatched(session: Session, after: int) -> list[tuple[int, datetime]]:
    """(crawl id, when it finished) of the next crawls."""
    rows = session.execute(
        select(Crawl.id, Crawl.finished_at)
        .where(Crawl.matched_at.is_(None), Crawl.status != CrawlStatus.READING, Crawl.id > after)
        .order_by(Crawl.id)
        .limit(CRAWLS_AT_ONCE)
    )
    return [(crawl_id, finished_at) for crawl_id, finished_at in rows]


def match_batch(session: Session, crawls: Sequence[tuple[int, datetime]], now: datetime) -> Batch:
    """What the crawls' listings meet, until it has been enough for one transaction.

    A listing that breaks the matcher holds back its own crawl only; the log says which. Of a crawl that finds
    very much the beginning is written ahead: if it then fails, that is found once more. No crawl is to blame
    for a database that has gone away: that error is raised.
    """
    batch = Batch()
    for crawl_id, crawled_at in crawls:
        batch.last = crawl_id
        try:
            for found in match_crawl(session, crawl_id, crawled_at, now):
                if batch.waiting > FINDINGS_AT_ONCE:
                    write_ahead(session, batch, now)
                batch.found.append(found)
        except JobTimeoutException:
            raise
        except Exception as error:
            if isinstance(error, DBAPIError) and is_away(error):
                raise
            log.exception("crawl %d could not be matched; it is tried again at the next look", crawl_id)
            session.rollback()
            continue
        batch.done.append(crawl_id)
        if batch.waiting > FINDINGS_AT_ONCE:
            break
    return batch


def match_crawl(session: Session, crawl_id: int, crawled_at: datetime, now: datetime) -> Iterator[Found]:
    """What the listings of a crawl meet, in pieces."""
    oldest = session.scalar(select(func.min(Tracker.created_at)))
    if oldest is None:
        return
    followed = and_(collecting(now), Tracker.active_since <= crawled_at, Tracker.expires_at > crawled_at)
    for listings in documents_of(session, crawl_id, oldest):
        met = meet(session, [document for _, document in listings], followed, now)
        yield Found(crawl_id, [listing_id for listing_id, _ in listings], met)


def documents_of(session: Session, crawl_id: int, oldest: datetime) -> Iterator[list[tuple[int, Document]]]:
    """The open listings that a crawl opened or changed, as the matcher reads them, in pieces.

    Only those that may be told at all (see `fan_out.may_be_told`) to trackers made at `oldest` or later: the
    stock of a new board is mostly none.
    """
    after = 0
    while True:
        found = session.execute(
            documents.rows()
            .where(
                Listing.crawl_id == crawl_id,
                Listing.id > after,
                Listing.closed_at.is_(None),
                Listing.first_seen_at >= oldest,
                or_(Listing.baseline.is_(False), Listing.posted_at > oldest),
            )
            .order_by(Listing.id)
            .limit(LISTINGS_AT_ONCE)
        ).all()
        if not found:
            return
        after = found[-1].id
        yield [(row.id, documents.document_in(row)) for row in found]


def meet(
    session: Session, documents: Sequence[Document], followed: ColumnElement[bool], now: datetime
) -> dict[int, int]:
    """The queries that match something, by id: a bit for each of the documents (see `Sieve`).

    Only those are looked at that are filed under a key of one of the documents; of these only those are told
    of which a tracker is `followed`.
    """
    others = filing.otherwise_filed(session, followed)  # before the look under keys: filed meanwhile is found
    sieve = Sieve(documents, now)
    met = sieve.met(filing.rules_under(session, sieve.keys))
    met.forget(filing.passed_over(session, sorted({*met.match, *met.may}), followed))
    texts = filing.texts_of(session, met.may) if met.may else {}
    for query_id, text in (texts | others).items():
        query = readable(text)
        mask = sieve.ask(query, met.may.get(query_id, sieve.everything)) if query else 0
        if mask:
            met.match[query_id] = met.match.get(query_id, 0) | mask
    return met.match


@lru_cache(maxsize=10_000)
def readable(canonical: str) -> Query | None:
    """A query is immutable and its canonical text says all of it: what is remembered is never stale.

    One that another version wrote and this one cannot read holds back nobody else.
    """
    try:
        return parse(canonical)
    except QueryError:
        log.exception("a saved query cannot be read and matches nothing: %r", canonical)
        return None


def store(session: Session, batch: Batch, now: datetime, done: Matched) -> None:
    """Write findings and mark their crawls, in one transaction; what another worker has marked is left."""
    begin_write(session)
    mine = set(
        session.scalars(
            select(Crawl.id)
            .where(Crawl.id.in_(batch.done), Crawl.matched_at.is_(None))
            .with_for_update(skip_locked=True)
        )
    )
    written = insert_findings(session, [found for found in batch.found if found.crawl_id in mine], now)
    session.execute(update(Crawl).where(Crawl.id.in_(mine)).values(matched_at=now))
    session.commit()
    done.crawls += len(mine)
    done.findings += batch.ahead + written


def write_ahead(session: Session, batch: Batch, now: datetime) -> None:
    begin_write(session)
    batch.ahead += insert_findings(session, batch.found, now)
    session.commit()
    batch.found.clear()


def insert_findings(session: Session, found: Sequence[Found], now: datetime) -> int:
    """Write them; returns how many.

    One known from an earlier crawl is fanned out again: a tracker may have been paused then.
    """
    insert = insert_into(session, Finding)
    insert = insert.on_conflict_do_update(
        index_elements=["query_id", "listing_id"],
        set_={
            "crawl_id": insert.excluded.crawl_id,
            "found_at": insert.excluded.found_at,
            "fanned_at": None,
            "stage": FRESH,
            "fanned_to": 0,
        },
        where=Finding.crawl_id.is_distinct_from(insert.excluded.crawl_id),
    )
    written = 0
    rows = ({**row, "found_at": now} for one in found for row in one.rows())
    while some := list(islice(rows, ROWS_AT_ONCE)):
        session.execute(insert, some)
        written += len(some)
    return written
