"""`jobtracker users`: the first administrator is made here; all else is done in the page."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from backend.models import db
from backend.services import users as services


@click.group()
def users() -> None:
    """The people who log in."""


@users.command("create-admin")
@click.argument("email")
@click.password_option(help="At least ten characters; asked for when not given.")
@with_appcontext
def create_admin(email: str, password: str) -> None:
    """Make an administrator, or make a known user one and set the password."""
    try:
        user = services.create_admin(db.session(), email, password, datetime.now(UTC))
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{user.email} is an administrator")
