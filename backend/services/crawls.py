"""Storing what visits brought: listings, their history, the report, and when the board is next due."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from rq.timeouts import JobTimeoutException
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from backend.domain.diff import Changes, CompleteCrawl, Memory, PartialCrawl, UnchangedCrawl, diff
from backend.models import Board, Crawl, CrawlStatus, begin_write
from backend.queueing import JobName, enqueue_after_commit
from backend.services import held_boards, known_listings, listing_rows, reports, unchanged
from backend.services.assignments import Visit
from backend.services.held_boards import HeldBoard
from backend.services.known_listings import Row
from backend.services.listing_rows import Brought
from backend.services.long_lists import LongList
from backend.services.reports import NewReport, Report
from backend.services.rescheduling import reschedule
from backend.services.unchanged import Cadence, Jitter

log = logging.getLogger(__name__)

NOT_STORED = "what the board answered could not be stored; the log says why"


def store(session: Session, visits: Sequence[Visit], cadence: Cadence, now: datetime, jitter: Jitter) -> None:
    """Store visits, in two transactions: those that changed nothing, and the others.

    A visit whose lease was lost is dropped: the board was claimed anew, and is visited by another.
    """
    same = [visit for visit in visits if unchanged.is_all(visit)]
    others = [visit for visit in visits if not unchanged.is_all(visit)]
    if others:
        _store_or_report(session, others, cadence, now, jitter)
    if same:
        unchanged.store(session, same, cadence, now, jitter)


def _store_or_report(
    session: Session, visits: Sequence[Visit], cadence: Cadence, now: datetime, jitter: Jitter
) -> None:
    """Store visits; where that fails, each by itself, and of the one to blame that it could not be."""
    try:
        _store_together(session, visits, cadence, now, jitter)
    except JobTimeoutException:
        raise
    except Exception:
        session.rollback()
        if len(visits) > 1:
            for visit in visits:
                _store_or_report(session, [visit], cadence, now, jitter)
            return
        failed = visits[0]
        if failed.items is None and failed.long_list is None:
            raise
        log.exception("%s:%s could not be stored", failed.assignment.source.name, failed.assignment.token)
        failed.fail(CrawlStatus.FAILED, NOT_STORED)
        _store_together(session, visits, cadence, now, jitter)


def _store_together(
    session: Session, visits: Sequence[Visit], cadence: Cadence, now: datetime, jitter: Jitter
) -> None:
    begin_write(session, repeatable=True)
    with session.no_autoflush:
        boards = held_boards.held(session, visits)
        mine = [visit for visit in visits if visit.assignment.board_id in boards]
        unknown = [visit for visit in mine if visit.read and visit.known is None and visit.long_list is None]
        known = known_listings.load_many(session, [visit.assignment.board_id for visit in unknown])
        brought, told = [], []
        for visit in mine:
            board = boards[visit.assignment.board_id]
            crawl = _report(session, board, visit, now)
            if visit.long_list is not None:
                brought.append(_end_of_list(session, board, crawl, visit.long_list, cadence, now))
            elif visit.read:
                stored = known.get(board.id, {}) if visit.known is None else visit.known
                brought.append(_compare(board, crawl, visit, stored, cadence, now))
            else:
                crawl.matched_at = None if visit.crawl_id is not None else now
            _keep_validators(board, visit)
            reschedule(board, crawl, visit, cadence, now, jitter)
            told.append(crawl)
        reports.write(session, told)
        listing_rows.write(session, brought, now)
        held_boards.remember(session, list(boards.values()))
        if any(one.crawl.matched_at is None for one in brought):
            enqueue_after_commit(session, JobName.MATCH_CRAWLS)
    session.commit()


def _report(session: Session, board: HeldBoard, visit: Visit, now: datetime) -> Report:
    """A new report; or that of a long list, begun with its first part; or that of the hold that goes on."""
    if visit.status == CrawlStatus.POSTPONED:
        begun = _postponed_last(session, board.id)
    else:
        begun = session.get_one(Crawl, visit.crawl_id) if visit.crawl_id is not None else None
    crawl = begun or NewReport(board.id, visit.started_at, now, visit.status)
    crawl.finished_at, crawl.status, crawl.error = now, visit.status, visit.error
    crawl.complete = visit.status in (CrawlStatus.COMPLETE, CrawlStatus.UNCHANGED)
    crawl.baseline = False
    crawl.bytes, crawl.requests, crawl.seconds = visit.bytes, visit.requests, visit.seconds
    return crawl


def _postponed_last(session: Session, board_id: int) -> Crawl | None:
    """The board's last report, if nobody was asked then either: a long hold is one report, not hundreds."""
    last = session.scalar(select(Crawl).where(Crawl.board_id == board_id).order_by(Crawl.id.desc()).limit(1))
    return last if last is not None and last.status == CrawlStatus.POSTPONED else None


def _compare(
    board: HeldBoard, crawl: Report, visit: Visit, known: Mapping[str, Row], cadence: Cadence, now: datetime
) -> Brought:
    """What a visit means for the listings of its board, and its report and the board's memory of it."""
    changes = diff(
        known,
        _as_crawl(visit),
        memory_of(board),
        now,
        cadence.empty_after,
    )
    as_before = board.open_count - board.missing_count
    crawl.seen = len(visit.items) if visit.items is not None else as_before
    crawl.new, crawl.changed, crawl.reopened = (
        len(keys) for keys in (changes.opened, changes.changed, changes.reopened)
    )
    board.open_count, board.missing_count = _counts(known, changes)
    _conclude(board, crawl, changes, now)
    return Brought(board, crawl, visit.items or {}, known, changes)


def _end_of_list(
    session: Session, board: HeldBoard, crawl: Report, parts: LongList, cadence: Cadence, now: datetime
) -> Brought:
    """Its listings are stored by parts; what is left is what the whole of it means for the others."""
    found = CompleteCrawl(parts.ids) if crawl.complete else PartialCrawl(parts.ids)
    unseen, others = known_listings.load_unseen(session, board.id, parts.ids)
    whole = diff(unseen, found, memory_of(board), now, cadence.empty_after, others)
    rows = known_listings.load(session, board.id, [*whole.missing, *whole.closed])
    board.open_count = others + len(unseen) - len(whole.closed)
    missed = set(whole.missing)
    board.missing_count = sum(known.missed > 0 or key in missed for key, known in unseen.items())
    _conclude(board, crawl, whole, now)
    return Brought(board, crawl, {}, rows, Changes(missing=whole.missing, closed=whole.closed))


def _conclude(board: HeldBoard, crawl: Report, changes: Changes, now: datetime) -> None:
    crawl.baseline = board.baseline_at is None and crawl.complete
    if crawl.baseline:
        board.baseline_at = now
    if changes.held or changes.emptied:
        crawl.status = CrawlStatus.HELD if changes.held else CrawlStatus.EMPTY
    crawl.missing, crawl.closed = len(changes.missing), len(changes.closed)
    # A listing that closed before it was matched, and reopened, was never told: matches are unique.
    crawl.matched_at = None if crawl.new or crawl.changed or crawl.reopened else now
    _remember(board, changes.memory)


def _as_crawl(visit: Visit) -> CompleteCrawl | PartialCrawl | UnchangedCrawl:
    if visit.items is None:
        return UnchangedCrawl()
    hashes = {key: item.content_hash for key, item in visit.items.items()}
    return CompleteCrawl(hashes) if visit.status == CrawlStatus.COMPLETE else PartialCrawl(hashes)


def _counts(known: Mapping[str, Row], changes: Changes) -> tuple[int, int]:
    """Open listings of a board after a crawl, and how many of them the last complete crawls missed."""
    missed = {key for key, row in known.items() if row.missed and not row.closed}
    missed = (missed | set(changes.missing)) - set(changes.closed) - set(changes.seen_again)
    was_open = sum(not row.closed for row in known.values())
    return was_open + len(changes.opened) + len(changes.reopened) - len(changes.closed), len(missed)


def memory_of(board: HeldBoard) -> Memory:
    held = frozenset(board.held["seen"]) if board.held else None
    if not board.empties:
        return Memory(held=held)
    return Memory(held, board.empties["count"], datetime.fromisoformat(board.empties["since"]))


def _remember(board: HeldBoard, memory: Memory) -> None:
    board.held = None if memory.held is None else {"seen": sorted(memory.held)}
    since = memory.empty_since
    board.empties = {"count": memory.empties, "since": since.isoformat()} if since is not None else None


def _keep_validators(board: HeldBoard, visit: Visit) -> None:
    """Only a stored complete crawl may be answered with "unchanged" later (DESIGN, truth 5)."""
    if visit.items is None and visit.long_list is None and visit.crawl_id is None:
        return
    board.barren = visit.barren or None
    board.validators = dict(visit.validators) if visit.fingerprint else None
    board.fingerprint = visit.fingerprint
    board.parser_version = visit.assignment.source.parser_version if visit.fingerprint else None


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
