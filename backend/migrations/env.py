"""How Alembic runs our migrations: on the application's own engine."""

from typing import Any, Literal

from alembic import context
from flask import current_app

from backend.models.base import UTCDateTime

engine = current_app.extensions["migrate"].db.engine
metadata = current_app.extensions["migrate"].db.metadata


def render_item(kind: str, value: Any, _autogen: Any) -> str | Literal[False]:
    """Migrations stand on their own: they name SQLAlchemy's type, not ours."""
    if kind == "type" and isinstance(value, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def drop_empty(_context: Any, _revision: Any, directives: Any) -> None:
    """`db migrate` without a change makes no file."""
    if getattr(context.config.cmd_opts, "autogenerate", False) and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def run() -> None:
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # Altering a table by copying it would, with foreign keys on, delete the rows that refer to it.
            # The switch works only outside a transaction, so on the driver's own connection.
            driver = connection.connection.driver_connection
            driver.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
            process_revision_directives=drop_empty,
        )
        with context.begin_transaction():
            context.run_migrations()
        if sqlite:
            driver.execute("PRAGMA foreign_keys=ON")


run()
