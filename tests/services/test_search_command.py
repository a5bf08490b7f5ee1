from __future__ import annotations

from datetime import datetime

from flask import Flask
from sqlalchemy.orm import Session

from backend.cli.search import search
from backend.search.generations import held
from backend.search.reader import SearchIndex
from backend.services.search import index_of, search_directory
from backend.settings import Settings
from tests.services.stored import Shelf


def test_rebuild_tells_how_many_listings_are_indexed(
    app: Flask, session: Session, settings: Settings, now: datetime
) -> None:
    Shelf(session, now).add(title="One")
    result = app.test_cli_runner().invoke(search, ["rebuild"])
    assert result.exit_code == 0
    assert result.output.startswith("1 listings indexed in")
    assert SearchIndex(search_directory(settings)).count() == 1
    assert index_of(settings) is index_of(settings)


def test_a_rebuild_beside_another_one_is_a_clear_error(app: Flask, settings: Settings) -> None:
    with held(search_directory(settings) / "rebuild.lock"):
        result = app.test_cli_runner().invoke(search, ["rebuild"])
    assert result.exit_code == 1
    assert "being rebuilt already" in result.output
