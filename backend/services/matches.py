"""From stored crawls to matches: which queries a listing meets, then which trackers follow those queries.

Each step finds its work by an empty column (`crawls.matched_at`, `findings.fanned_at`) and marks it in the
transaction that did it, so a crash loses nothing; `findings` and `matches` are unique, so a repetition
doubles nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from backend.domain import matching
from backend.domain.matching import Document
from backend.domain.query import Query, parse
from backend.models import Crawl, Finding, Listing, ListingText, SavedQuery, Tracker, begin_write
from backend.services.documents import document_of
from backend.services.fan_out import fan_out
from backend.services.trackers import collecting
from backend.services.upsert import insert_into
from backend.settings import Settings

log = logging.getLogger(__name__)

CRAWLS_AT_ONCE = 20
LISTINGS_AT_ONCE = 200
ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Matched:
    """What one call did."""

    crawls: int
    findings: int
    matches: int


@dataclass(frozen=True, slots=True)
class Found:
    """A query meets a listing that a crawl brought."""

    query_id: int
    listing_id: int
    crawl_id: int


def match_crawls(session: Session, settings: Settings, now: datetime) -> Matched:
    """Match all crawls that are not matched yet, and write the matches of their findings."""
    matches = fan_out(session, settings, now)  # what a crash may have left
    crawls = findings = after = 0
    while batch := unmatched(session, after):
        after = max(batch)
        found, failed = match_batch(session, batch, now)
        done = [crawl_id for crawl_id in batch if crawl_id not in failed]
        written = store(session, done, found, now)
        crawls, findings = crawls + written.crawls, findings + written.findings
        matches += fan_out(session, settings, now)
    return Matched(crawls, findings, matches)


def unmatched(session: Session, after: int) -> dict[int, datetime]:
    """Crawl id -> when it finished, of the next ones."""
    rows = session.execute(
        select(Crawl.id, Crawl.finished_at)
        .where(Crawl.matched_at.is_(None), Crawl.id > after)
        .order_by(Crawl.id)
        .limit(CRAWLS_AT_ONCE)
    )
    return {crawl_id: finished_at for crawl_id, finished_at in rows}  # noqa: C416  (rows are no pairs to mypy)


def match_batch(
    session: Session, crawls: Mapping[int, datetime], now: datetime
) -> tuple[list[Found], set[int]]:
    """What the crawls' listings meet, and the crawls that could not be matched. Writes nothing.

    A listing that breaks the matcher holds back its own crawl only; the log says which.
    """
    found: list[Found] = []
    failed: set[int] = set()
    for crawl_id, crawled_at in crawls.items():
        try:
            for documents in documents_of(session, crawl_id):
                found += [
                    Found(query_id, listing_id, crawl_id)
                    for query_id, listing_id in decide(session, documents, crawled_at, now)
                ]
        except Exception:
            log.exception("crawl %d could not be matched; it is tried again at the next look", crawl_id)
            session.rollback()
            failed.add(crawl_id)
    return [one for one in found if one.crawl_id not in failed], failed


def documents_of(session: Session, crawl_id: int) -> Iterator[list[tuple[int, Document]]]:
    """The open listings that a crawl opened or changed, as the matcher reads them, in pieces."""
    after = 0
    while True:
        rows = session.execute(
            select(Listing, ListingText.html)
            .outerjoin(ListingText, ListingText.listing_id == Listing.id)
            .where(Listing.crawl_id == crawl_id, Listing.id > after, Listing.closed_at.is_(None))
            .options(joinedload(Listing.company), joinedload(Listing.board))
            .order_by(Listing.id)
            .limit(LISTINGS_AT_ONCE)
        ).all()
        if not rows:
            return
        after = rows[-1][0].id
        yield [(listing.id, document_of(listing, html or "", listing.company.name)) for listing, html in rows]


def decide(
    session: Session, documents: Sequence[tuple[int, Document]], crawled_at: datetime, now: datetime
) -> list[tuple[int, int]]:
    """(query id, listing id) of all that meet."""
    queries = candidates(session, [document for _, document in documents], crawled_at, now)
    return [
        (query_id, listing_id)
        for listing_id, document in documents
        for query_id, canonical in queries
        if matching.matches(parsed(canonical), document, now)
    ]


def candidates(
    session: Session,
    documents: Sequence[Document],  # noqa: ARG001  (anchors will choose by what occurs in them)
    crawled_at: datetime,
    now: datetime,
) -> list[tuple[int, str]]:
    """(id, canonical text) of the queries that may match: those of trackers that collected at the crawl."""
    followed = select(Tracker.id).where(
        Tracker.query_id == SavedQuery.id,
        collecting(now),
        Tracker.active_since <= crawled_at,
        Tracker.expires_at > crawled_at,
    )
    rows = session.execute(select(SavedQuery.id, SavedQuery.canonical).where(followed.exists()))
    return [(query_id, canonical) for query_id, canonical in rows]


@lru_cache(maxsize=50_000)
def parsed(canonical: str) -> Query:
    """A query is immutable and its canonical text says all of it: what is cached is never stale."""
    return parse(canonical)


def store(session: Session, crawl_ids: Sequence[int], found: Sequence[Found], now: datetime) -> Matched:
    """Write findings and mark their crawls, in one transaction; what another worker has marked is left."""
    begin_write(session)
    mine = set(
        session.scalars(
            select(Crawl.id)
            .where(Crawl.id.in_(crawl_ids), Crawl.matched_at.is_(None))
            .with_for_update(skip_locked=True)
        )
    )
    rows = [
        {
            "query_id": one.query_id,
            "listing_id": one.listing_id,
            "crawl_id": one.crawl_id,
            "found_at": now,
        }
        for one in found
        if one.crawl_id in mine
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        insert_findings(session, rows[start : start + ROWS_AT_ONCE])
    session.execute(update(Crawl).where(Crawl.id.in_(mine)).values(matched_at=now))
    session.commit()
    return Matched(len(mine), len(rows), 0)


def insert_findings(session: Session, rows: list[dict[str, object]]) -> None:
    """A finding known from an earlier crawl is fanned out again: a tracker may have been paused then."""
    insert = insert_into(session, Finding)
    insert = insert.on_conflict_do_update(
        index_elements=["query_id", "listing_id"],
        set_={
            "crawl_id": insert.excluded.crawl_id,
            "found_at": insert.excluded.found_at,
            "fanned_at": None,
        },
        where=Finding.crawl_id.is_distinct_from(insert.excluded.crawl_id),
    )
    session.execute(insert, rows)
