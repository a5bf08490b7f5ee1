"""Listings of one role: the same vacancy of one company in many places, or seen on two boards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from backend.domain.richtext import text_of
from backend.domain.same_role import alike, role_title, words_of
from backend.models import BY_HAND, Company, Listing, ListingRole, ListingText, Match, Role
from backend.services.upsert import insert_into

TOLD_AGAIN_AFTER = timedelta(days=30)
COMPARED = 20  # roles of the same company and title; the newest are the likely ones


def roles_of(session: Session, listing_ids: Collection[int]) -> dict[int, int]:
    """The role of each listing that has one, by listing id."""
    rows = session.scalars(select(ListingRole).where(ListingRole.listing_id.in_(listing_ids)))
    return {row.listing_id: row.role_id for row in rows}


def assign(session: Session, listing_ids: Collection[int], now: datetime) -> frozenset[int]:
    """Give each listing its role, in the caller's writing transaction; returns the roles.

    A role that a listing has, also by a quicker worker, is never taken away, also if its text changes.
    """
    take_turns(session, listing_ids)
    known = roles_of(session, listing_ids)
    if new := listings(session, [one for one in listing_ids if one not in known]):
        give_roles(session, new, now)
    return frozenset(roles_of(session, listing_ids).values())


def give_roles(session: Session, new: Sequence[Listing], now: datetime) -> None:
    """To each listing a role that is there, else one of its own; for all of them in a few statements."""
    named = {listing.id: (listing.company_id, title_of(listing)) for listing in new}
    likely, words = newest_roles(session, set(named.values())), Words(session)
    chosen: dict[int, Role] = {}
    for listing in new:
        company_id, title = named[listing.id]
        rivals = likely.setdefault((company_id, title), [])
        role = next((one for one in rivals if alike(words.of(one.listing_id), words.of(listing.id))), None)
        if role is None:
            role = Role(company_id=company_id, title=title, listing_id=listing.id, created_at=now)
            rivals.insert(0, role)
            session.add(role)
        chosen[listing.id] = role
    session.flush()
    rows = [{"listing_id": listing_id, "role_id": role.id} for listing_id, role in chosen.items()]
    insert = insert_into(session, ListingRole).on_conflict_do_nothing(index_elements=["listing_id"])
    session.execute(insert, rows)


def newest_roles(session: Session, names: Collection[tuple[int, str]]) -> dict[tuple[int, str], list[Role]]:
    """By company and title: some that there are, the newest first."""
    age = func.row_number().over(partition_by=(Role.company_id, Role.title), order_by=Role.id.desc())
    ranked = (
        select(Role.id, age.label("age")).where(tuple_(Role.company_id, Role.title).in_(names)).subquery()
    )
    rows = select(Role).join(ranked, ranked.c.id == Role.id).where(ranked.c.age <= COMPARED)
    found: dict[tuple[int, str], list[Role]] = {}
    for role in session.scalars(rows.order_by(Role.id.desc())):
        found.setdefault((role.company_id, role.title), []).append(role)
    return found


def take_turns(session: Session, listing_ids: Collection[int]) -> None:
    """Until the transaction ends no other worker looks for the roles of these companies.

    Else two that meet the same role at once would each make one, and each tell it on a card of its own.
    """
    theirs = select(Listing.company_id).where(Listing.id.in_(listing_ids))
    session.execute(
        select(Company.id)
        .where(Company.id.in_(theirs))
        .order_by(Company.id)
        .with_for_update(key_share=True)  # listings of them are written meanwhile
    )


def share_cards(session: Session, role_ids: Collection[int], after: int, now: datetime) -> None:
    """Let matches of one tracker and one role stand on one card, in the caller's writing transaction.

    Only new ones are looked at, whose ids come `after` this one. A match that waits joins the first of its
    role that waits too, or was told in the last 30 days: what comes later than that is told anew (truth 10).
    """
    first = aliased(Match)
    card = (
        select(func.min(first.id))
        .where(
            first.tracker_id == Match.tracker_id,
            first.role_id == Match.role_id,
            first.id < Match.id,
            first.told_with_id.is_(None),
            or_(first.told_at.is_(None), first.told_at > now - TOLD_AGAIN_AFTER),
        )
        .scalar_subquery()
    )
    session.execute(
        update(Match)
        .where(
            Match.id > after,
            Match.role_id.in_(in_several_places(session, role_ids)),
            Match.notification_id.is_(None),
            Match.told_with_id.is_(None),
        )
        .values(told_with_id=card),
        execution_options=BY_HAND,
    )


def in_several_places(session: Session, role_ids: Collection[int]) -> Sequence[int]:
    return session.scalars(
        select(ListingRole.role_id)
        .where(ListingRole.role_id.in_(role_ids))
        .group_by(ListingRole.role_id)
        .having(func.count() > 1)
    ).all()


def listings(session: Session, ids: Sequence[int]) -> Sequence[Listing]:
    return session.scalars(select(Listing).where(Listing.id.in_(ids)).order_by(Listing.id)).all()


def title_of(listing: Listing) -> str:
    return role_title(listing.title, places_of(listing))[:500]


def places_of(listing: Listing) -> list[str]:
    return [str(part) for place in listing.locations for part in place.values() if part]


class Words:
    """The words of listings' texts, each read and taken apart once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.known: dict[int, frozenset[str]] = {}

    def of(self, listing_id: int) -> frozenset[str]:
        if listing_id not in self.known:
            listing = self.session.get_one(Listing, listing_id)
            html = self.session.scalar(select(ListingText.html).where(ListingText.listing_id == listing_id))
            self.known[listing_id] = words_of(text_of(html or ""), places_of(listing))
        return self.known[listing_id]
