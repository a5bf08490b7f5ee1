"""Employers: found or made as boards are added."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.models import Company

SLUG_LENGTH = 100


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
