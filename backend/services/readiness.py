"""Whether this installation can do its work: asked by whoever starts and watches the web process."""

from __future__ import annotations

from datetime import datetime

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend.models import Channel
from backend.services import pulse
from backend.settings import Settings


def what_is_missing(
    session: Session, redis: Redis, settings: Settings, migrations: str, now: datetime
) -> list[str]:
    """What stands in the way, in words for an operator; empty: ready."""
    missing = database_problems(session, migrations)
    if not missing:
        missing += [*pulse.late(session, settings, now), *silenced_channels(session, settings)]
    try:
        redis.ping()
    except (RedisError, OSError):
        missing.append("Redis does not answer: queues stand still and rate limits count in memory")
    if not settings.mail_server:
        missing.append("MAIL_SERVER is not set: no mail can be sent")
    return missing


def silenced_channels(session: Session, settings: Settings) -> list[str]:
    """Kinds of channels that people have and CHANNELS does not name."""
    rows = session.execute(
        select(Channel.kind, func.count())
        .where(
            Channel.deleted_at.is_(None),
            Channel.verified_at.is_not(None),
            Channel.kind.not_in(settings.channel_kinds),
        )
        .group_by(Channel.kind)
        .order_by(Channel.kind)
    )
    return [
        f"CHANNELS does not name {kind}: what is to be told by {count:,} such channels waits"
        for kind, count in rows
    ]


def database_problems(session: Session, migrations: str) -> list[str]:
    config = Config()
    config.set_main_option("script_location", migrations)
    heads = set(ScriptDirectory.from_config(config).get_heads())
    try:
        session.execute(text("SELECT 1"))
        current = set(MigrationContext.configure(session.connection()).get_current_heads())
    except SQLAlchemyError:
        session.rollback()
        return ["the database does not answer"]
    if current != heads:
        return ["the database is not migrated: run `jobtracker db upgrade`"]
    return []
