"""Companies of which a user wants to be told nothing, for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.models import BY_HAND, BlockedCompany, Company, Listing, Match, begin_write
from backend.services import changes
from backend.services.upsert import insert_into

MOST = 1000


class NoSuchCompany(LookupError):
    """No company has this slug."""


class TooManyBlocked(ValueError):
    """A user has blocked as many companies as one account may."""


def blocked(session: Session, user_id: int) -> Sequence[Company]:
    """By name."""
    return session.scalars(
        select(Company)
        .join(BlockedCompany, BlockedCompany.company_id == Company.id)
        .where(BlockedCompany.user_id == user_id)
        .order_by(Company.name, Company.id)
    ).all()


def block(session: Session, user_id: int, slug: str, now: datetime) -> None:
    """Find nothing more of a company, and forget what of it was not told yet.

    Raises NoSuchCompany, TooManyBlocked.
    """
    begin_write(session)
    company_id = id_of(session, slug)
    if len(blocked(session, user_id)) >= MOST:
        session.rollback()
        raise TooManyBlocked(f"You have blocked {MOST} companies, which is as many as one account may.")
    values = {"user_id": user_id, "company_id": company_id, "created_at": now}
    session.execute(
        insert_into(session, BlockedCompany)
        .values(values)
        .on_conflict_do_nothing(index_elements=["user_id", "company_id"])
    )
    theirs = select(Listing.id).where(Listing.company_id == company_id)
    session.execute(
        delete(Match).where(
            Match.user_id == user_id, Match.notification_id.is_(None), Match.listing_id.in_(theirs)
        ),
        execution_options=BY_HAND,
    )
    changes.forget_waiting(session, Match.user_id == user_id, Match.listing_id.in_(theirs))
    session.commit()


def unblock(session: Session, user_id: int, slug: str) -> None:
    """What comes from now on is found again. Raises NoSuchCompany."""
    begin_write(session)
    company_id = id_of(session, slug)
    session.execute(
        delete(BlockedCompany).where(
            BlockedCompany.user_id == user_id, BlockedCompany.company_id == company_id
        )
    )
    session.commit()


def id_of(session: Session, slug: str) -> int:
    company_id = session.scalar(select(Company.id).where(Company.slug == slug))
    if company_id is None:
        session.rollback()
        raise NoSuchCompany(slug)
    return company_id
