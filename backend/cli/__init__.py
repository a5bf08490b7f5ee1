"""The `jobtracker` command: one module a noun."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask import Flask
from flask.cli import FlaskGroup
from flask_migrate.cli import db as db_commands
from pydantic import ValidationError

from backend.app import create_app
from backend.cli.boards import boards
from backend.cli.openapi import openapi
from backend.cli.search import search
from backend.cli.up import up
from backend.cli.users import users
from backend.logs import configure_logging
from backend.settings import load_settings


def create_cli_app() -> Flask:
    settings = load_settings()
    configure_logging(settings)
    return create_app(settings)


class JobTracker(FlaskGroup):
    """Flask's group with our commands alone, without those that other packages offer."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            create_app=create_cli_app,
            add_default_commands=False,
            add_version_option=False,
            load_dotenv=False,
            **options,
        )
        self._loaded_plugin_commands = True


cli = JobTracker(name="jobtracker", help="Job Tracker: watch careers endpoints, search, tell people.")
cli.add_command(boards)
cli.add_command(users)
cli.add_command(up)
cli.add_command(openapi)
cli.add_command(search)
cli.add_command(db_commands, "db")


def main() -> None:
    """Run the command. A setting that is wrong is one clear line, not a traceback."""
    try:
        cli()
    except ValidationError as error:
        for problem in error.errors():
            name = ".".join(str(part) for part in problem["loc"]).upper()
            click.echo(f"jobtracker: {name + ': ' if name else ''}{problem['msg']}", err=True)
        sys.exit(2)
