"""`jobtracker search`: the index of this host."""

from __future__ import annotations

import time

import click
from flask.cli import with_appcontext

from backend.app import current_settings
from backend.models import db
from backend.search.generations import AlreadyHeld
from backend.services import rebuilding
from backend.services.search import search_directory


@click.group()
def search() -> None:
    """The search index of this host."""


@search.command()
@with_appcontext
def rebuild() -> None:
    """Make the index anew from the database, beside the one in use, and put it in its place."""
    start = time.monotonic()
    try:
        count = rebuilding.rebuild(db.session(), search_directory(current_settings()))
    except AlreadyHeld:
        raise click.ClickException("the index is being rebuilt already; wait for that to end") from None
    click.echo(f"{count} listings indexed in {time.monotonic() - start:.1f} s")
