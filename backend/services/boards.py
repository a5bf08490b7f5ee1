"""Boards: adding, crawling at once, pausing, listing. Which are due, and who visits them: `leases`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, Table, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session, joinedload

from backend.models import Board, BoardStatus, Company, begin_write
from backend.queueing import JobName, enqueue_after_commit
from backend.services import companies
from backend.services.companies import NewCompany, in_chunks
from backend.sources.base import Source

BOARDS = cast(Table, Board.__table__)


class BoardExists(ValueError):
    """The board is watched already."""

    def __init__(self, board: Board) -> None:
        super().__init__(f"{board.source}:{board.token} is watched already, as {board.company.name}")
        self.board = board


def find(session: Session, source: str, token: str) -> Board | None:
    return session.scalar(
        select(Board).where(Board.source == source, Board.token == token).options(joinedload(Board.company))
    )


def add(
    session: Session,
    source: Source,
    token: str,
    company_name: str,
    now: datetime,
    *,
    country: str | None = None,
    sector: str | None = None,
) -> Board:
    """Add a board, due at once, inside the caller's writing transaction. Raises BoardExists."""
    known = find(session, source.name, token)
    if known is not None:
        raise BoardExists(known)
    company = companies.make(session, company_name or token, now, country, sector)
    board = Board(
        company=company,
        source=source.name,
        token=token,
        url=source.board_url(token),
        status=BoardStatus.ACTIVE,
        created_at=now,
        next_crawl_at=now,
    )
    session.add(board)
    session.flush()
    enqueue_after_commit(session, JobName.CRAWL_DUE)
    return board


@dataclass(frozen=True, slots=True)
class NewBoard:
    """A board that is to be watched, with its employer."""

    source: Source
    token: str
    company: NewCompany

    @property
    def key(self) -> tuple[str, str]:
        return self.source.name, self.token


def known(session: Session, keys: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the (source, token) that are watched already."""
    by_source: dict[str, list[str]] = {}
    for source, token in keys:
        by_source.setdefault(source, []).append(token)
    found: set[tuple[str, str]] = set()
    for source, tokens in by_source.items():
        for chunk in in_chunks(tokens):
            rows = session.scalars(select(Board.token).where(Board.source == source, Board.token.in_(chunk)))
            found.update((source, token) for token in rows)
    return found


def add_many(session: Session, new: Sequence[NewBoard], now: datetime, due_times: Iterator[datetime]) -> None:
    """Add boards that nobody watches yet, each with a company of its own, in the caller's transaction."""
    company_ids = companies.make_many(session, [board.company for board in new], now)
    rows = [
        {
            "company_id": company_id,
            "source": board.source.name,
            "token": board.token,
            "url": board.source.board_url(board.token),
            "status": BoardStatus.ACTIVE,
            "created_at": now,
            "next_crawl_at": due_at,
        }
        for board, company_id, due_at in zip(new, company_ids, due_times, strict=False)
    ]
    for chunk in in_chunks(rows):
        session.execute(insert(BOARDS), chunk)
    if any(row["next_crawl_at"] == now for row in rows):
        enqueue_after_commit(session, JobName.CRAWL_DUE)


def watch(session: Session, source: Source, token: str, company_name: str, now: datetime) -> Board:
    """Add a board in a transaction of its own. Raises BoardExists."""
    begin_write(session)
    try:
        board = add(session, source, token, company_name, now)
    except BoardExists:
        session.rollback()
        raise
    session.commit()
    return board


def crawl_now(session: Session, board_id: int, now: datetime) -> Board | None:
    """Make a board due at once, a paused or gone one too, and wake a worker. None: no such board."""
    begin_write(session)
    board = session.get(Board, board_id)
    if board is None:
        session.rollback()
        return None
    board.status = BoardStatus.ACTIVE
    board.next_crawl_at = now
    board.lease = board.leased_until = None  # a visit under way began before this was asked: another follows
    enqueue_after_commit(session, JobName.CRAWL_DUE)
    session.commit()
    return board


def crawl_all_now(session: Session, now: datetime, ids: Sequence[int] | None = None) -> list[int]:
    """Make all boards (or those named) due at once. Returns the ids of the boards that will be crawled."""
    begin_write(session)
    chosen = Board.status != BoardStatus.PAUSED if ids is None else Board.id.in_(ids)
    found = list(session.scalars(select(Board.id).where(chosen)))
    session.execute(
        update(Board)
        .where(chosen)
        .values(next_crawl_at=now, status=BoardStatus.ACTIVE, lease=None, leased_until=None)
    )
    enqueue_after_commit(session, JobName.CRAWL_DUE)
    session.commit()
    return found


def set_status(session: Session, board_id: int, status: BoardStatus, now: datetime) -> Board | None:
    """Pause a board, or watch it again (it is then due at once)."""
    begin_write(session)
    board = session.get(Board, board_id)
    if board is not None:
        if status == BoardStatus.ACTIVE and board.status != BoardStatus.ACTIVE:
            board.next_crawl_at = now
            enqueue_after_commit(session, JobName.CRAWL_DUE)
        board.status = status
    session.commit()
    return board


def rename_company(session: Session, board_id: int, name: str) -> Board | None:
    """Give the employer of a board another name; its address in the page stays."""
    begin_write(session)
    board = session.get(Board, board_id)
    if board is not None:
        board.company.name = name.strip()[:200]
    session.commit()
    return board


def remove(session: Session, board_id: int) -> bool:
    """Forget a board with its listings; its company goes too when nothing else belongs to it."""
    begin_write(session)
    board = session.get(Board, board_id)
    if board is None:
        session.rollback()
        return False
    company_id = board.company_id
    session.execute(delete(Board).where(Board.id == board_id))
    if session.scalar(select(Board.id).where(Board.company_id == company_id).limit(1)) is None:
        session.execute(delete(Company).where(Company.id == company_id))
    session.commit()
    return True


@dataclass(frozen=True, slots=True)
class Choice:
    """Which boards are listed; `text` is found in the company's name or the token."""

    text: str = ""
    status: str | None = None
    source: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """For a query that joins the companies."""
        wanted: list[ColumnElement[bool]] = []
        if self.text:
            named = Company.name.icontains(self.text, autoescape=True)
            wanted.append(or_(named, Board.token.icontains(self.text, autoescape=True)))
        if self.status:
            wanted.append(Board.status == self.status)
        if self.source:
            wanted.append(Board.source == self.source)
        return wanted


EVERY = Choice()


def page(
    session: Session, choice: Choice = EVERY, *, after: int | None = None, limit: int = 50
) -> list[Board]:
    """Boards by id, with their companies."""
    query = select(Board).join(Board.company).options(joinedload(Board.company)).order_by(Board.id)
    query = query.where(*choice.conditions())
    if after is not None:
        query = query.where(Board.id > after)
    return list(session.scalars(query.limit(limit)))


def count(session: Session, choice: Choice = EVERY) -> int:
    query = select(func.count(Board.id)).join(Board.company).where(*choice.conditions())
    return session.scalar(query) or 0
