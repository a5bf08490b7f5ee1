"""Employers: made as boards are added, listed and found by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar, cast

from sqlalchemy import ColumnElement, Table, and_, func, insert, or_, select
from sqlalchemy.orm import Session, selectinload

from backend.models import Company, Listing
from backend.services.company_counts import WEEK

SLUG_LENGTH = 100
CHUNK = 500  # parameters of one IN list, rows of one insert
COMPANIES = cast(Table, Company.__table__)
Item = TypeVar("Item")
Order = Literal["name", "open", "new"]


def slugify(name: str) -> str:
    """A name as it may stand in an address: lower case letters of any script, digits and dashes."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "-", folded).strip("-")[:SLUG_LENGTH] or "company"


def make(
    session: Session, name: str, now: datetime, country: str | None = None, sector: str | None = None
) -> Company:
    """A new company with a slug of its own: two employers of one name stay apart."""
    slug = free_slugs(session, [slugify(name)])[0]
    company = Company(slug=slug, name=name.strip()[:200], country=country, sector=sector, created_at=now)
    session.add(company)
    session.flush()
    return company


@dataclass(frozen=True, slots=True)
class NewCompany:
    """What is known of an employer before it has a row."""

    name: str
    country: str | None = None
    sector: str | None = None


def make_many(session: Session, wanted: Sequence[NewCompany], now: datetime) -> list[int]:
    """New companies, each with a slug of its own, in a few statements. Returns their ids in order."""
    slugs = free_slugs(session, [slugify(company.name) for company in wanted])
    rows = [
        {
            "slug": slug,
            "name": company.name.strip()[:200],
            "country": company.country,
            "sector": company.sector[:80] if company.sector else None,
            "created_at": now,
        }
        for slug, company in zip(slugs, wanted, strict=True)
    ]
    ids: dict[str, int] = {}
    for chunk in in_chunks(rows):
        session.execute(insert(COMPANIES), chunk)
        made = select(Company.slug, Company.id).where(Company.slug.in_([row["slug"] for row in chunk]))
        ids.update((row.slug, row.id) for row in session.execute(made))
    return [ids[slug] for slug in slugs]


def free_slugs(session: Session, bases: Sequence[str]) -> list[str]:
    """A slug that nobody has for each base: itself, or the base with the first free number behind it."""
    chosen: list[str | None] = [None] * len(bases)
    used: set[str] = set()
    first, last = 1, 1
    while waiting := [place for place, slug in enumerate(chosen) if slug is None]:
        used |= taken(session, {numbered(bases[at], n) for at in waiting for n in range(first, last + 1)})
        for place in waiting:
            candidates = (numbered(bases[place], number) for number in range(first, last + 1))
            chosen[place] = slug = next((one for one in candidates if one not in used), None)
            if slug is not None:
                used.add(slug)
        first, last = last + 1, last * 8 + 1
    return [slug for slug in chosen if slug is not None]


def numbered(base: str, number: int) -> str:
    return base if number == 1 else f"{base}-{number}"


def taken(session: Session, slugs: Collection[str]) -> set[str]:
    """Those of the slugs that companies have."""
    found: set[str] = set()
    for chunk in in_chunks(sorted(slugs)):
        found.update(session.scalars(select(Company.slug).where(Company.slug.in_(chunk))))
    return found


def in_chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


@dataclass(frozen=True, slots=True)
class Tally:
    """How many listings of a company are open, were newly seen in the last seven days, and are closed."""

    open: int = 0
    new_this_week: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """Which companies: a part of the name, and a sector by its whole name; empty: all."""

    text: str = ""
    sector: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        found = [Company.name.icontains(self.text, autoescape=True)] if self.text else []
        return found + ([Company.sector == self.sector] if self.sector else [])


def page(
    session: Session,
    choice: Choice,
    *,
    order: Order = "name",
    after: tuple[Any, int] | None = None,
    limit: int = 50,
) -> list[Company]:
    """By name, or with the most open or new ones first, then by id; `after` is the `place` of the last."""
    key = {"name": Company.name, "open": Company.open_count, "new": Company.new_count}[order]
    falls = order != "name"
    query = select(Company).where(*choice.conditions())
    if after is not None:
        value, id = after
        beyond = key < value if falls else key > value
        query = query.where(or_(beyond, and_(key == value, Company.id > id)))
    query = query.order_by(key.desc() if falls else key, Company.id)
    return list(session.scalars(query.limit(limit)))


def place(company: Company, order: Order) -> tuple[Any, int]:
    key = {"name": company.name, "open": company.open_count, "new": company.new_count}[order]
    return key, company.id


def count(session: Session, choice: Choice) -> int:
    return session.scalar(select(func.count()).select_from(Company).where(*choice.conditions())) or 0


def sectors(session: Session, choice: Choice) -> list[tuple[str, int]]:
    """Every sector and how many of the companies are in it, whichever sector is chosen; the largest first."""
    query = select(Company.sector, func.count()).where(
        Company.sector.is_not(None), *Choice(choice.text).conditions()
    )
    rows = session.execute(query.group_by(Company.sector).order_by(func.count().desc(), Company.sector))
    return [(str(name), number) for name, number in rows]


def by_slug(session: Session, slug: str) -> Company | None:
    """A company with its boards."""
    return session.scalar(select(Company).where(Company.slug == slug).options(selectinload(Company.boards)))


def tallies(session: Session, company_ids: Sequence[int], now: datetime) -> dict[int, Tally]:
    """Company id -> Tally. A board's first crawl brings what was there before: that is not new."""
    fresh = and_(Listing.first_seen_at >= now - WEEK, Listing.baseline.is_(False))
    rows = session.execute(
        select(
            Listing.company_id,
            func.count().filter(Listing.closed_at.is_(None)),
            func.count().filter(fresh),
            func.count().filter(Listing.closed_at.is_not(None)),
        )
        .where(Listing.company_id.in_(company_ids))
        .group_by(Listing.company_id)
    )
    return {company_id: Tally(*numbers) for company_id, *numbers in rows}
