"""Writing the rows of a board's listings, their texts and their history, a few statements a crawl."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from backend.domain.diff import Changes, Known
from backend.domain.normalise import Normalised
from backend.models import Board, Crawl, Listing, ListingEvent, ListingText
from backend.services.visits import Item

CHUNK = 500  # parameters of one IN list
PIECE = 5000  # rows of a long answer
# Inserting into the tables themselves: through the mapped classes the same rows take three times as long.
LISTINGS, TEXTS = cast(Table, Listing.__table__), cast(Table, ListingText.__table__)


@dataclass(frozen=True, slots=True)
class Row:
    """What the diff and the history need of a stored listing."""

    id: int
    content_hash: str
    list_hash: str | None
    missed: int
    closed: bool


def load(session: Session, board_id: int, keys: Sequence[str] | None = None) -> dict[str, Row]:
    """The listings of a board by external id; only those of `keys`, if given."""
    query = select(
        Listing.external_id,
        Listing.id,
        Listing.content_hash,
        Listing.list_hash,
        Listing.missed,
        Listing.closed_at,
    ).where(Listing.board_id == board_id)
    wanted = [query] if keys is None else [query.where(chosen) for chosen in _among(keys)]
    return {
        key: Row(id, content_hash, list_hash, missed, closed_at is not None)
        for one in wanted
        for key, id, content_hash, list_hash, missed, closed_at in session.execute(one)
    }


def load_unseen(session: Session, board_id: int, seen: Container[str]) -> tuple[dict[str, Known], int]:
    """The open listings of a board that are not among `seen`, as a diff of ids knows them; and how many are.

    There may be very many, so they are read in pieces.
    """
    piece = (
        select(Listing.external_id, Listing.missed)
        .where(Listing.board_id == board_id, Listing.closed_at.is_(None))
        .order_by(Listing.external_id)
        .limit(PIECE)
    )
    unseen: dict[str, Known] = {}
    others = 0
    rows = session.execute(piece).all()
    while rows:
        for key, missed in rows:
            if key in seen:
                others += 1
            else:
                unseen[key] = Known("", missed)
        rows = session.execute(piece.where(Listing.external_id > rows[-1].external_id)).all()
    return unseen, others


def _among(keys: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    for start in range(0, len(keys), CHUNK):
        yield Listing.external_id.in_(keys[start : start + CHUNK])


def write(
    session: Session,
    board: Board,
    crawl: Crawl,
    items: Mapping[str, Item],
    known: Mapping[str, Row],
    changes: Changes,
    now: datetime,
) -> None:
    """Write what a crawl changed, and nothing else (DESIGN, truth 5)."""
    _open(session, board, crawl, items, changes.opened, now)
    _change(session, crawl, items, known, changes.changed, now)
    history = [(known[key].id, "reopened") for key in changes.reopened]
    history += [(known[key].id, "closed") for key in changes.closed]
    _set(session, _ids(known, changes.reopened), missed=0, closed_at=None, changed_at=now, crawl_id=crawl.id)
    _set(session, _ids(known, changes.closed), closed_at=now, changed_at=now)
    _set(session, _ids(known, changes.seen_again), missed=0)
    _set(session, _ids(known, changes.missing), missed=Listing.missed + 1)
    _keep_list_hashes(session, items, known, set(changes.changed))
    if history:
        session.execute(
            insert(ListingEvent),
            [
                {"listing_id": id, "at": now, "what": what, "before": None, "after": None}
                for id, what in history
            ],
        )


def _open(
    session: Session,
    board: Board,
    crawl: Crawl,
    items: Mapping[str, Item],
    keys: Sequence[str],
    now: datetime,
) -> None:
    if not keys:
        return
    contents = {key: _content(items[key]) for key in keys}
    shared = {
        "board_id": board.id,
        "company_id": board.company_id,
        "first_seen_at": now,
        "changed_at": now,
        "closed_at": None,
        "missed": 0,
        "baseline": crawl.baseline,
        "crawl_id": crawl.id,
    }
    session.execute(
        insert(LISTINGS),
        [
            {"external_id": key, "list_hash": items[key].list_hash, **columns(content), **shared}
            for key, content in contents.items()
        ],
    )
    written = select(Listing.external_id, Listing.id).where(Listing.board_id == board.id)
    texts = [
        {"listing_id": id, "html": contents[key].description_html}
        for chosen in _among(keys)
        for key, id in session.execute(written.where(chosen))
        if contents[key].description_html
    ]
    if texts:
        session.execute(insert(TEXTS), texts)


def _change(
    session: Session,
    crawl: Crawl,
    items: Mapping[str, Item],
    known: Mapping[str, Row],
    keys: Sequence[str],
    now: datetime,
) -> None:
    ids = _ids(known, keys)
    before = {row.id: row for row in _chunked(session, Listing, Listing.id, ids)}
    texts = {row.listing_id: row.html for row in _chunked(session, ListingText, ListingText.listing_id, ids)}
    for key in keys:
        content = _content(items[key])
        listing = before[known[key].id]
        old_text = texts.get(listing.id)
        session.add_all(
            ListingEvent(listing_id=listing.id, at=now, what=what, before=old, after=new)
            for what, old, new in _differences(listing, old_text, content)
        )
        for name, value in columns(content).items():
            setattr(listing, name, value)
        listing.changed_at, listing.crawl_id = now, crawl.id
        listing.list_hash = items[key].list_hash
        if content.description_html != old_text:
            session.execute(delete(ListingText).where(ListingText.listing_id == listing.id))
            if content.description_html:
                session.execute(
                    insert(ListingText).values(listing_id=listing.id, html=content.description_html)
                )
    session.flush()


def columns(content: Normalised) -> dict[str, Any]:
    """The columns of a listing that come from its content."""
    salary = content.salary
    return {
        "url": content.url,
        "title": content.title,
        "locations": [
            {"text": place.text, "city": place.city, "region": place.region, "country": place.country}
            for place in content.locations
        ],
        "department": content.department,
        "employment_type": content.employment_type,
        "work_mode": content.work_mode,
        "level": content.level,
        "salary_min": salary.minimum if salary else None,
        "salary_max": salary.maximum if salary else None,
        "salary_currency": salary.currency if salary else None,
        "salary_period": salary.period if salary else None,
        "posted_at": content.posted_at,
        "content_hash": content.content_hash,
    }


def _differences(
    listing: Listing, old_text: str | None, content: Normalised
) -> Iterable[tuple[str, str | None, str | None]]:
    """What a reader would see changed: (what, before, after). The text itself is not repeated."""
    new = columns(content)
    if listing.title != new["title"]:
        yield "title", listing.title, new["title"]
    if listing.locations != new["locations"]:
        yield "locations", _places(listing.locations), _places(new["locations"])
    pay = ("salary_min", "salary_max", "salary_currency", "salary_period")
    if any(getattr(listing, name) != new[name] for name in pay):
        yield "salary", _pay([getattr(listing, name) for name in pay]), _pay([new[name] for name in pay])
    if (old_text or None) != (content.description_html or None):
        yield "text", None, None


def _places(locations: Sequence[Mapping[str, Any]]) -> str | None:
    return "; ".join(place["text"] for place in locations) or None


def _pay(parts: Sequence[Any]) -> str | None:
    """Minimum, maximum, currency and period in a line, a dash for what is not stated."""
    if all(part is None for part in parts):
        return None
    words = (f"{part:g}" if isinstance(part, float) else part for part in parts)
    return " ".join(str(word) if word is not None else "-" for word in words)


def _content(item: Item) -> Normalised:
    if item.content is None:
        raise AssertionError("a new or changed item has content")
    return item.content


def _ids(known: Mapping[str, Row], keys: Iterable[str]) -> list[int]:
    return [known[key].id for key in keys]


def _set(session: Session, ids: Sequence[int], **values: Any) -> None:
    for start in range(0, len(ids), CHUNK):
        session.execute(
            update(Listing).where(Listing.id.in_(ids[start : start + CHUNK])).values(**values),
            execution_options={"synchronize_session": False},
        )


def _chunked(session: Session, model: Any, column: Any, ids: Sequence[int]) -> Iterable[Any]:
    for start in range(0, len(ids), CHUNK):
        yield from session.scalars(select(model).where(column.in_(ids[start : start + CHUNK])))


def _keep_list_hashes(
    session: Session, items: Mapping[str, Item], known: Mapping[str, Row], changed: set[str]
) -> None:
    """The list answer changed in a way that is not stored: note it, so that it is not read again."""
    rows = [
        {"id": known[key].id, "list_hash": item.list_hash}
        for key, item in items.items()
        if key in known and key not in changed and known[key].list_hash != item.list_hash
    ]
    if rows:
        session.execute(update(Listing), rows)
