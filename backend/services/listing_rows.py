"""Writing the rows of a board's listings, their texts and their history, a few statements for many."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Insert, Table, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from backend.domain import pay
from backend.domain.diff import Changes
from backend.domain.normalise import Normalised
from backend.models import ListingEvent, ListingText, update_rows
from backend.services import watching
from backend.services.assignments import Item
from backend.services.held_boards import HeldBoard
from backend.services.known_listings import LISTINGS, Row, chunks
from backend.services.reports import Report

# Inserting into the tables themselves: through the mapped classes the same rows take three times as long.
TEXTS, EVENTS = cast(Table, ListingText.__table__), cast(Table, ListingEvent.__table__)
PAY = ("salary_min", "salary_max", "salary_currency", "salary_period")
CONTENT = (
    *("url", "title", "locations", "department", "employment_type", "work_mode", "level"),
    *(*PAY, "posted_at", "content_hash"),
)
_STORED = (
    select(LISTINGS.c.id, *(LISTINGS.c[name] for name in CONTENT), TEXTS.c.html)
    .join_from(LISTINGS, TEXTS, isouter=True)
    .where(LISTINGS.c.id.in_(bindparam("ids", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Brought:
    """What a crawl brought to the listings of its board: `known` by external id, and what becomes of them."""

    board: HeldBoard
    crawl: Report
    items: Mapping[str, Item]
    known: Mapping[str, Row]
    changes: Changes


def write(session: Session, brought: Sequence[Brought], now: datetime) -> None:
    """Write what crawls changed, and nothing else (DESIGN, truth 5): a few statements for all of them."""
    _open(session, brought, now)
    changes = _change(session, brought, now)
    closed = _ids(brought, lambda changes: changes.closed)
    reopened = _ids(brought, lambda changes: changes.reopened)
    for one in brought:
        back = [one.known[key].id for key in one.changes.reopened]
        _set(session, back, missed=0, closed_at=None, changed_at=now, crawl_id=one.crawl.id)
    _set(session, closed, closed_at=now, changed_at=now)
    _set(session, _ids(brought, lambda changes: changes.seen_again), missed=0)
    _set(session, _ids(brought, lambda changes: changes.missing), missed=LISTINGS.c.missed + 1)
    _keep_list_hashes(session, brought)
    ends = [_event(id, now, "reopened") for id in reopened] + [_event(id, now, "closed") for id in closed]
    if changes or ends:
        _run(session, insert(EVENTS), watching.noted(session, [*changes, *ends]))


def _ids(brought: Sequence[Brought], chosen: Callable[[Changes], Iterable[str]]) -> list[int]:
    return [one.known[key].id for one in brought for key in chosen(one.changes)]


def _open(session: Session, brought: Sequence[Brought], now: datetime) -> None:
    rows = [
        {
            "board_id": one.board.id,
            "company_id": one.board.company_id,
            "external_id": key,
            "list_hash": one.items[key].list_hash,
            "first_seen_at": now,
            "changed_at": now,
            "closed_at": None,
            "missed": 0,
            "baseline": one.crawl.baseline,
            "crawl_id": one.crawl.id,
            **columns(_content(one.items[key])),
        }
        for one in brought
        for key in one.changes.opened
    ]
    if not rows:
        return
    last = session.scalar(select(func.max(LISTINGS.c.id))) or 0
    session.execute(insert(LISTINGS), rows)
    by_crawl = {one.crawl.id: one for one in brought if one.changes.opened}
    written = session.execute(
        select(LISTINGS.c.id, LISTINGS.c.crawl_id, LISTINGS.c.external_id).where(
            LISTINGS.c.crawl_id.in_(by_crawl), LISTINGS.c.id > last
        )
    )
    texts = (
        {"listing_id": id, "html": _content(by_crawl[crawl_id].items[key]).description_html}
        for id, crawl_id, key in written
    )
    _run(session, insert(TEXTS), [text for text in texts if text["html"]])


def _change(session: Session, brought: Sequence[Brought], now: datetime) -> list[dict[str, Any]]:
    """Those whose content is another: the row, and its text if that is. Returns what a reader sees of it."""
    items = {
        one.known[key].id: (one.crawl.id, one.items[key]) for one in brought for key in one.changes.changed
    }
    events, texts = [], Texts()
    rows: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for chunk in chunks(list(items)):
        for before in session.execute(_STORED, {"ids": chunk}):
            crawl_id, item = items[before.id]
            content = _content(item)
            new = columns(content)
            events += [_event(before.id, now, *what) for what in _differences(before, new, content)]
            other = {name: value for name, value in new.items() if value != getattr(before, name)}
            row = {"id": before.id, "changed_at": now, "crawl_id": crawl_id, "list_hash": item.list_hash}
            rows.setdefault(tuple(other), []).append(row | other)
            texts.add(before.id, before.html, content.description_html)
    for alike in rows.values():
        update_rows(session, LISTINGS, alike)
    texts.write(session)
    return events


def columns(content: Normalised) -> dict[str, Any]:
    """Those columns of a listing that come from its content: CONTENT."""
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
    before: Any, new: Mapping[str, Any], content: Normalised
) -> Iterator[tuple[str, str | None, str | None]]:
    """What a reader would see changed: (what, before, after). Of a text only its hash is kept."""
    if before.title != new["title"]:
        yield "title", before.title, new["title"]
    if before.locations != new["locations"]:
        yield "locations", _places(before.locations), _places(new["locations"])
    old_pay, new_pay = [getattr(before, name) for name in PAY], [new[name] for name in PAY]
    if old_pay != new_pay:
        yield "salary", pay.line_of(old_pay), pay.line_of(new_pay)
    if (before.html or None) != (content.description_html or None):
        yield "text", _text_hash(before.html), _text_hash(content.description_html)


def _text_hash(html: str | None) -> str | None:
    return hashlib.sha256(html.encode()).hexdigest()[:16] if html else None


def _places(locations: Sequence[Mapping[str, Any]]) -> str | None:
    return "; ".join(place["text"] for place in locations) or None


def _content(item: Item) -> Normalised:
    if item.content is None:
        raise AssertionError("a new or changed item has content")
    return item.content


class Texts:
    """The texts of changed listings: written where they are others."""

    def __init__(self) -> None:
        self.new: list[dict[str, Any]] = []
        self.other: list[dict[str, Any]] = []
        self.gone: list[int] = []

    def add(self, id: int, before: str | None, after: str | None) -> None:
        if not after and before is not None:
            self.gone.append(id)
        elif after and before is None:
            self.new.append({"listing_id": id, "html": after})
        elif after and after != before:
            self.other.append({"listing_id": id, "html": after})

    def write(self, session: Session) -> None:
        for chunk in chunks(self.gone):
            session.execute(delete(TEXTS).where(TEXTS.c.listing_id.in_(chunk)))
        _run(session, insert(TEXTS), self.new)
        update_rows(session, TEXTS, self.other)


def _event(
    id: int, at: datetime, what: str, before: str | None = None, after: str | None = None
) -> dict[str, Any]:
    return {"listing_id": id, "at": at, "what": what, "before": before, "after": after}


def _run(session: Session, statement: Insert, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(statement, rows)


def _set(session: Session, ids: Sequence[int], **values: Any) -> None:
    for chunk in chunks(ids):
        session.execute(update(LISTINGS).where(LISTINGS.c.id.in_(chunk)).values(**values))


def _keep_list_hashes(session: Session, brought: Sequence[Brought]) -> None:
    """The list answer changed in a way that is not stored: note it, so that it is not read again."""
    rows = []
    for one in brought:
        changed = set(one.changes.changed)
        rows += [
            {"id": one.known[key].id, "list_hash": item.list_hash}
            for key, item in one.items.items()
            if key in one.known and key not in changed and one.known[key].list_hash != item.list_hash
        ]
    update_rows(session, LISTINGS, rows)
