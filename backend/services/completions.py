"""What the search field offers while one types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from backend.models import Company, Listing

Kind = Literal["title", "company", "place"]


@dataclass(frozen=True, slots=True)
class Completion:
    """`query` finds what `text` names: `count` open listings."""

    kind: Kind
    text: str
    query: str
    count: int


def complete(session: Session, typed: str, limit: int) -> list[Completion]:
    """Companies whose name begins with what is typed, those with the most open listings first."""
    if not typed:
        return []
    number = func.count(Listing.id)
    rows = (
        select(Company.slug, Company.name, number)
        .join(Listing, Listing.company_id == Company.id)
        .where(Listing.closed_at.is_(None), Company.name.istartswith(typed, autoescape=True))
        .group_by(Company.id)
        .order_by(number.desc(), Company.name)
        .limit(limit)
    )
    return [
        Completion("company", name, f"employer:{slug}", count) for slug, name, count in session.execute(rows)
    ]
