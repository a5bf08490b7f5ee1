"""All that is kept about one user, to hand to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from backend.models import Channel, Company, Listing, Match, Notification, Tracker, User
from backend.services.blocking import blocked
from backend.services.channels import list_for


def export(session: Session, user_id: int, now: datetime) -> dict[str, Any]:
    """Plain values by name: the user, the trackers with their matches, and the mails."""
    user = session.get_one(User, user_id)
    return {
        "exported_at": stamp(now),
        "user": {
            "email": user.email,
            "time_zone": user.time_zone,
            "quiet_hours": [user.quiet.start, user.quiet.end] if user.quiet else None,
            "is_admin": user.is_admin,
            "created_at": stamp(user.created_at),
            "confirmed_at": stamp(user.confirmed_at),
            "last_login_at": stamp(user.last_login_at),
            "mail_refused_at": stamp(user.mail_refused_at),
        },
        "trackers": [tracker_values(session, tracker) for tracker in trackers_of(session, user_id)],
        "channels": [channel_values(channel) for channel in list_for(session, user_id)],
        "blocked_companies": [company.name for company in blocked(session, user_id)],
        "mails": [
            {
                "created_at": stamp(mail.created_at),
                "sent_at": stamp(mail.sent_at),
                "failed_at": stamp(mail.failed_at),
                "message_id": mail.message_id,
            }
            for mail in session.scalars(
                select(Notification).where(Notification.user_id == user_id).order_by(Notification.id)
            )
        ],
    }


def channel_values(channel: Channel) -> dict[str, Any]:
    return {
        "kind": channel.kind,
        "name": channel.name,
        "address": channel.address,
        "created_at": stamp(channel.created_at),
        "verified_at": stamp(channel.verified_at),
        "refused_at": stamp(channel.refused_at),
    }


def trackers_of(session: Session, user_id: int) -> list[Tracker]:
    """Deleted ones too, as long as they are kept."""
    query = select(Tracker).where(Tracker.user_id == user_id).options(joinedload(Tracker.query))
    return list(session.scalars(query.order_by(Tracker.id)))


def tracker_values(session: Session, tracker: Tracker) -> dict[str, Any]:
    matches = session.execute(
        select(Match.found_at, Match.told_at, Listing.title, Listing.url, Company.name)
        .join(Listing, Match.listing_id == Listing.id)
        .join(Company, Listing.company_id == Company.id)
        .where(Match.tracker_id == tracker.id)
        .order_by(Match.id)
    )
    return {
        "name": tracker.name,
        "query": tracker.text,
        "canonical": tracker.query.canonical,
        "channel": tracker.channel.name if tracker.channel else None,
        "cadence": tracker.cadence,
        "hour": tracker.hour,
        "weekday": tracker.weekday,
        "tells_changes": tracker.tells_changes,
        "created_at": stamp(tracker.created_at),
        "expires_at": stamp(tracker.expires_at),
        "paused_at": stamp(tracker.paused_at),
        "deleted_at": stamp(tracker.deleted_at),
        "matches": [
            {
                "title": title,
                "url": url,
                "company": company,
                "found_at": stamp(found_at),
                "told_at": stamp(told_at),
            }
            for found_at, told_at, title, url, company in matches
        ],
    }


def stamp(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None
