"""Employers: made as boards are added, listed and found by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select, true, tuple_
from sqlalchemy.orm import Session, selectinload

from backend.models import Company, Listing

SLUG_LENGTH = 100
WEEK = timedelta(days=7)


def slugify(name: str) -> str:
    """A name as it may stand in an address: lower case letters of any script, digits and dashes."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "-", folded).strip("-")[:SLUG_LENGTH] or "company"


def make(
    session: Session, name: str, now: datetime, country: str | None = None, sector: str | None = None
) -> Company:
    """A new company with a slug of its own: two employers of one name stay apart."""
    base = slugify(name)
    taken = set(session.scalars(select(Company.slug).where(Company.slug.startswith(base, autoescape=True))))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    company = Company(slug=slug, name=name.strip()[:200], country=country, sector=sector, created_at=now)
    session.add(company)
    session.flush()
    return company


@dataclass(frozen=True, slots=True)
class Tally:
    """How many listings of a company are open, were newly seen in the last seven days, and are closed."""

    open: int = 0
    new_this_week: int = 0
    closed: int = 0


def named_like(text: str) -> ColumnElement[bool]:
    return Company.name.icontains(text, autoescape=True) if text else true()


def page(
    session: Session, *, text: str = "", after: tuple[str, int] | None = None, limit: int = 50
) -> list[Company]:
    """Companies by name, then id; `after` is both of the last one seen."""
    query = select(Company).where(named_like(text)).order_by(Company.name, Company.id).limit(limit)
    if after is not None:
        query = query.where(tuple_(Company.name, Company.id) > after)
    return list(session.scalars(query))


def count(session: Session, *, text: str = "") -> int:
    return session.scalar(select(func.count()).select_from(Company).where(named_like(text))) or 0


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
