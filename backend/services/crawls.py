"""Storing what visits brought: listings, their history, the report, and when the board is next due."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from backend.domain.cadence import after_host, first_return, next_visit
from backend.domain.diff import Changes, CompleteCrawl, Known, Memory, PartialCrawl, UnchangedCrawl, diff
from backend.models import Board, BoardStatus, Crawl, CrawlStatus, Listing, begin_write
from backend.queueing import JobName, enqueue_after_commit
from backend.services import listing_rows, unchanged
from backend.services.board_health import FAILING_AFTER
from backend.services.long_lists import LongList
from backend.services.unchanged import Cadence, Jitter, mean_seconds
from backend.services.visits import Stored, Visit

log = logging.getLogger(__name__)

DETAILS_PAUSE = timedelta(seconds=60)  # a board with details left to ask is visited again after this
GONE_PAUSE = timedelta(days=1)


def load_stored(session: Session, board_id: int) -> dict[str, Stored]:
    """External id -> the hashes kept, for a visit."""
    rows = session.execute(
        select(Listing.external_id, Listing.list_hash, Listing.content_hash).where(
            Listing.board_id == board_id
        )
    )
    return {external_id: Stored(list_hash, content_hash) for external_id, list_hash, content_hash in rows}


def store(session: Session, visits: Sequence[Visit], cadence: Cadence, now: datetime, jitter: Jitter) -> None:
    """Store visits: those that may change listings in a transaction each, the others together.

    A visit whose lease was lost is dropped: the board was claimed anew, and is visited by another.
    """
    for visit in visits:
        if visit.items is not None:
            try:
                _store_together(session, [visit], cadence, now, jitter)
            except Exception:
                session.rollback()
                board = visit.assignment
                log.exception("%s:%s could not be stored", board.source.name, board.token)
                visit.fail(
                    CrawlStatus.FAILED, "what the board answered could not be stored; the log says why"
                )
    same = [visit for visit in visits if unchanged.is_all(visit)]
    others = [visit for visit in visits if visit.items is None and not unchanged.is_all(visit)]
    if others:
        _store_together(session, others, cadence, now, jitter)
    if same:
        unchanged.store(session, same, cadence, now, jitter)


def _store_together(
    session: Session, visits: Sequence[Visit], cadence: Cadence, now: datetime, jitter: Jitter
) -> None:
    begin_write(session)
    with session.no_autoflush:
        for visit in visits:
            _store_one(session, visit, cadence, now, jitter)
    session.commit()


def _store_one(session: Session, visit: Visit, cadence: Cadence, now: datetime, jitter: Jitter) -> None:
    board = session.scalar(
        select(Board).where(Board.id == visit.assignment.board_id, Board.lease == visit.assignment.lease)
    )
    if board is None:
        return
    crawl = _report(session, board, visit, now)
    if visit.long_list is not None:
        _end_long_list(session, board, crawl, visit, visit.long_list, cadence, now)
    elif visit.read:
        _store_listings(session, board, crawl, visit, cadence, now)
    else:
        crawl.matched_at = now
        session.add(crawl)
    _reschedule(board, crawl, visit, cadence, now, jitter)


def _report(session: Session, board: Board, visit: Visit, now: datetime) -> Crawl:
    """A new report; or that of a long list, begun with its first part; or that of the hold that goes on."""
    if visit.status == CrawlStatus.POSTPONED:
        begun = _postponed_last(session, board.id)
    else:
        begun = session.get_one(Crawl, visit.crawl_id) if visit.crawl_id is not None else None
    crawl = begun or Crawl(
        board_id=board.id, started_at=visit.started_at, seen=0, new=0, changed=0, reopened=0
    )
    crawl.finished_at, crawl.status, crawl.error = now, visit.status, visit.error
    crawl.complete = visit.status in (CrawlStatus.COMPLETE, CrawlStatus.UNCHANGED)
    crawl.baseline = False
    crawl.bytes, crawl.requests, crawl.seconds = visit.bytes, visit.requests, visit.seconds
    return crawl


def _postponed_last(session: Session, board_id: int) -> Crawl | None:
    """The board's last report, if nobody was asked then either: a long hold is one report, not hundreds."""
    last = session.scalar(select(Crawl).where(Crawl.board_id == board_id).order_by(Crawl.id.desc()).limit(1))
    return last if last is not None and last.status == CrawlStatus.POSTPONED else None


def _end_long_list(
    session: Session,
    board: Board,
    crawl: Crawl,
    visit: Visit,
    parts: LongList,
    cadence: Cadence,
    now: datetime,
) -> None:
    """Its listings are stored by parts; what is left is what the whole of it means for the others."""
    crawl.baseline = board.baseline_at is None and crawl.complete
    found = CompleteCrawl(parts.ids) if crawl.complete else PartialCrawl(parts.ids)
    unseen, others = listing_rows.load_unseen(session, board.id, parts.ids)
    whole = diff(unseen, found, memory_of(board), now, cadence.empty_after, others)
    changes = Changes(missing=whole.missing, closed=whole.closed)
    if whole.held or whole.emptied:
        crawl.status = CrawlStatus.HELD if whole.held else CrawlStatus.EMPTY
    crawl.missing, crawl.closed = len(changes.missing), len(changes.closed)
    tells = bool(crawl.new or crawl.changed or crawl.reopened)
    crawl.matched_at = None if tells else now
    session.add(crawl)
    session.flush()
    rows = listing_rows.load(session, board.id, [*changes.missing, *changes.closed])
    listing_rows.write(session, board, crawl, {}, rows, changes, now)
    board.open_count, board.missing_count = _counts(session, board.id)
    _remember(board, whole.memory)
    _keep_validators(board, visit)
    if crawl.baseline:
        board.baseline_at = now
    if tells:
        enqueue_after_commit(session, JobName.MATCH_CRAWLS)


def _store_listings(
    session: Session, board: Board, crawl: Crawl, visit: Visit, cadence: Cadence, now: datetime
) -> None:
    memory = memory_of(board)
    known = listing_rows.load(session, board.id)
    changes = diff(
        {key: Known(row.content_hash, row.missed, row.closed) for key, row in known.items()},
        _as_crawl(visit),
        memory,
        now,
        cadence.empty_after,
    )
    crawl.baseline = board.baseline_at is None and crawl.complete
    if changes.held or changes.emptied:
        crawl.status = CrawlStatus.HELD if changes.held else CrawlStatus.EMPTY
    _count(crawl, changes, visit, as_before=board.open_count - board.missing_count)
    # A listing that closed before it was matched, and reopened, was never told: matches are unique.
    tells = bool(changes.opened or changes.changed or changes.reopened)
    crawl.matched_at = None if tells else now
    session.add(crawl)
    if changes.writes or visit.items is not None:
        session.flush()
        listing_rows.write(session, board, crawl, visit.items or {}, known, changes, now)
    if changes.writes:
        board.open_count, board.missing_count = _counts(session, board.id)
    _remember(board, changes.memory)
    _keep_validators(board, visit)
    if crawl.baseline:
        board.baseline_at = now
    if tells:
        enqueue_after_commit(session, JobName.MATCH_CRAWLS)


def _as_crawl(visit: Visit) -> CompleteCrawl | PartialCrawl | UnchangedCrawl:
    if visit.items is None:
        return UnchangedCrawl()
    hashes = {key: item.content_hash for key, item in visit.items.items()}
    return CompleteCrawl(hashes) if visit.status == CrawlStatus.COMPLETE else PartialCrawl(hashes)


def _count(crawl: Crawl, changes: Changes, visit: Visit, as_before: int) -> None:
    crawl.seen = len(visit.items) if visit.items is not None else as_before
    crawl.new = len(changes.opened)
    crawl.changed = len(changes.changed)
    crawl.missing = len(changes.missing)
    crawl.closed = len(changes.closed)
    crawl.reopened = len(changes.reopened)


def _counts(session: Session, board_id: int) -> tuple[int, int]:
    """Open listings of a board, and how many of them the last complete crawl missed."""
    session.flush()
    row = session.execute(
        select(func.count(), func.count().filter(Listing.missed > 0)).where(
            Listing.board_id == board_id, Listing.closed_at.is_(None)
        )
    ).one()
    return row[0], row[1]


def memory_of(board: Board) -> Memory:
    held = frozenset(board.held["seen"]) if board.held else None
    if not board.empties:
        return Memory(held=held)
    return Memory(held, board.empties["count"], datetime.fromisoformat(board.empties["since"]))


def _remember(board: Board, memory: Memory) -> None:
    board.held = None if memory.held is None else {"seen": sorted(memory.held)}
    since = memory.empty_since
    board.empties = {"count": memory.empties, "since": since.isoformat()} if since is not None else None


def _keep_validators(board: Board, visit: Visit) -> None:
    """Only a stored complete crawl may be answered with "unchanged" later (DESIGN, truth 5)."""
    if visit.items is None and visit.long_list is None:
        return
    board.barren = visit.barren or None
    board.validators = dict(visit.validators) if visit.fingerprint else None
    board.fingerprint = visit.fingerprint
    board.parser_version = visit.assignment.source.parser_version if visit.fingerprint else None


def _reschedule(
    board: Board, crawl: Crawl, visit: Visit, cadence: Cadence, now: datetime, jitter: Jitter
) -> None:
    rhythm = cadence.rhythm.at_least(visit.assignment.source.calm)
    interval = rhythm.interval(board.interval_seconds)
    board.leased_until = board.lease = None
    if visit.status == CrawlStatus.POSTPONED:
        _postpone(board, visit, now, jitter())
        return
    board.last_crawl_at, board.last_status, board.last_error = now, crawl.status, crawl.error
    if visit.status == CrawlStatus.SKIPPED:
        board.next_crawl_at = next_visit(now, interval, 0, None, jitter())
        return
    board.failures = 0 if visit.read else board.failures + 1
    board.failing_since = None if visit.read else (board.failing_since or now)
    if crawl.complete:
        board.last_complete_at = now
    if visit.read and not crawl.baseline:
        interval = rhythm.after(board.interval_seconds, changed=_found_change(crawl))
    board.interval_seconds = round(interval.total_seconds())
    board.mean_seconds = mean_seconds(board.mean_seconds, visit.seconds)
    board.next_crawl_at = next_visit(
        now, interval, board.failures, visit.retry_after, jitter(), rhythm.longest
    )
    if crawl.baseline:
        board.next_crawl_at = first_return(now, interval, jitter())
    if visit.more_details:
        board.next_crawl_at = min(board.next_crawl_at, now + DETAILS_PAUSE)
    if visit.status == CrawlStatus.GONE:
        board.status, board.next_crawl_at = BoardStatus.GONE, now + GONE_PAUSE
    elif visit.read and board.status == BoardStatus.GONE:
        board.status = BoardStatus.ACTIVE


def _postpone(board: Board, visit: Visit, now: datetime, jitter: float) -> None:
    """Not asked. Where that is because its host fails, the board fails too, without further proof."""
    if not visit.host_fails:
        board.next_crawl_at = next_visit(now, timedelta(0), 0, visit.retry_after, jitter)
        return
    board.failures = max(board.failures, FAILING_AFTER)
    board.failing_since = board.failing_since or now
    board.last_error = board.last_error or visit.error
    board.next_crawl_at = after_host(now, visit.retry_after or 0, jitter)


def _found_change(crawl: Crawl) -> bool:
    """Whether the board moved since the last visit: what was new, another, gone or back."""
    return bool(crawl.new or crawl.changed or crawl.missing or crawl.closed or crawl.reopened)


def page(
    session: Session,
    *,
    board_id: int | None = None,
    status: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Crawl]:
    """Crawl reports, the newest first."""
    query = select(Crawl).options(joinedload(Crawl.board).joinedload(Board.company)).order_by(Crawl.id.desc())
    if board_id is not None:
        query = query.where(Crawl.board_id == board_id)
    if status:
        query = query.where(Crawl.status == status)
    if before is not None:
        query = query.where(Crawl.id < before)
    return list(session.scalars(query.limit(limit)))
