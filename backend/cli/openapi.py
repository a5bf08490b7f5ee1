"""`jobtracker openapi`: the document that the page's types are generated from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from backend.api import openapi as api
from backend.settings import load_settings
from backend.web import create_web_app


def as_text(document: dict[str, Any]) -> str:
    """Sorted and indented: two makings of one document are the same bytes."""
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


@click.command()
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it to a file.")
def openapi(output: Path | None) -> None:
    """Print the OpenAPI document of the API."""
    app = create_web_app(load_settings())
    with app.app_context():
        text = as_text(api.document(app))
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
