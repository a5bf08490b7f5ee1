"""Storing a long list part by part, as it is read: memory holds one part, and no transaction is long.

The crawl's report says `reading` until `crawls.store` ends it: only then it is known what is missing, and
only then trackers meet what the crawl brought.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from backend.domain import normalise
from backend.domain.diff import Memory, PartialCrawl, diff
from backend.domain.exchange import SourceError
from backend.domain.posting import Posting
from backend.models import BY_HAND, Board, Crawl, CrawlStatus, begin_write
from backend.queueing import JobName, enqueue_after_commit
from backend.services import held_boards, known_listings, listing_rows
from backend.services.assignments import Item, Visit
from backend.services.fingerprints import list_hash_of
from backend.services.held_boards import HeldBoard
from backend.services.known_listings import Row
from backend.services.listing_rows import Brought
from backend.services.long_lists import LongList
from backend.sources.base import Source

log = logging.getLogger(__name__)


def store(
    session: Session, visit: Visit, parts: LongList, clock: Callable[[], datetime], seconds: float
) -> None:
    """Store the postings of a visit's long list. What goes wrong is told in the visit.

    What was stored until then stays, and closes nothing. So does what was stored within `seconds` of the
    visit's beginning: the rest is left to the next visit.
    """
    begun = time.monotonic()
    until = begun - visit.seconds + seconds
    try:
        for part in parts.parts():
            if not _store_part(session, visit, part, clock):
                break  # the lease was lost: so `crawls.store` drops the visit
            if time.monotonic() > until:
                visit.leave_rest()
                break
    except SourceError as error:
        visit.fail(CrawlStatus.CHANGED_SHAPE, str(error))
    except Exception:
        log.exception("%s:%s could not be stored", visit.assignment.source.name, visit.assignment.token)
        visit.fail(CrawlStatus.FAILED, "what the board answered could not be stored; the log says why")
    session.rollback()
    visit.seconds += time.monotonic() - begun


def _store_part(
    session: Session, visit: Visit, postings: Sequence[Posting], clock: Callable[[], datetime]
) -> bool:
    """One transaction. Only who has a board's lease writes its listings, so what was read before it holds."""
    assignment, now = visit.assignment, clock()
    keys = [posting.external_id for posting in postings]
    known = known_listings.load(session, assignment.board_id, keys)
    items = _items(postings, known, assignment.source, now)
    begin_write(session)
    board = held_boards.held(session, [visit]).get(assignment.board_id)
    if board is None:
        return False
    with session.no_autoflush:
        crawl = _report(session, visit, board, now)
        changes = diff(
            known,
            PartialCrawl({key: item.content_hash for key, item in items.items()}),
            Memory(),
            now,
            timedelta(0),
        )
        listing_rows.write(session, [Brought(board, crawl, items, known, changes)], now)
        crawl.finished_at = now
        crawl.seen += len(items)
        crawl.new += len(changes.opened)
        crawl.changed += len(changes.changed)
        crawl.reopened += len(changes.reopened)
    session.commit()
    return True


def _items(
    postings: Sequence[Posting], known: Mapping[str, Row], source: Source, now: datetime
) -> dict[str, Item]:
    items = {}
    for posting in postings:
        list_hash, row = list_hash_of(posting, source), known.get(posting.external_id)
        if row is not None and row.list_hash == list_hash:
            items[posting.external_id] = Item(list_hash, row.content_hash, None)
            continue
        content = normalise.normalise(posting, now)
        items[posting.external_id] = Item(list_hash, content.content_hash, content)
    return items


def _report(session: Session, visit: Visit, board: HeldBoard, now: datetime) -> Crawl:
    """The crawl's row: written with the first part, so that listings can name it."""
    if visit.crawl_id is not None:
        return session.get_one(Crawl, visit.crawl_id)
    crawl = Crawl(
        board_id=board.id,
        started_at=visit.started_at,
        finished_at=now,
        status=CrawlStatus.READING,
        complete=False,
        baseline=board.baseline_at is None,
        seen=0,
        new=0,
        changed=0,
        reopened=0,
        bytes=visit.bytes,
        requests=visit.requests,
    )
    session.add(crawl)
    session.flush()
    visit.crawl_id = crawl.id
    return crawl


def end_abandoned(session: Session, now: datetime) -> int:
    """End the reports of crawls whose worker died while it read, so that trackers meet what is stored.

    Returns how many. The board itself is due again by then.
    """
    abandoned = (
        select(Crawl.id)
        .join(Crawl.board)
        .where(
            Crawl.matched_at.is_(None),
            Crawl.status == CrawlStatus.READING,
            or_(Board.leased_until.is_(None), Board.leased_until < now),
        )
    )
    ids = list(session.scalars(abandoned))
    if ids:
        begin_write(session)
        ids = list(session.scalars(abandoned))
        session.execute(
            update(Crawl)
            .where(Crawl.id.in_(ids))
            .values(status=CrawlStatus.FAILED, baseline=False, error="the visit broke off: its worker ended"),
            execution_options=BY_HAND,
        )
        enqueue_after_commit(session, JobName.MATCH_CRAWLS)
        session.commit()
    return len(ids)
