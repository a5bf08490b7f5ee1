"""Keeps this host's search index like the database: `python -m workers.indexer`, one process a host.

It builds the index where there is none that can be used, then looks for changes twice a second. A second
process waits until the first one ends. Searches go on meanwhile, from the database if need be.
"""

from __future__ import annotations

import logging
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from backend.app import create_app
from backend.logs import configure_logging
from backend.models import db
from backend.search import generations
from backend.search.generations import AlreadyHeld
from backend.search.schema import IndexUnusable
from backend.search.writer import IndexWriter
from backend.services import rebuilding
from backend.services.completions import Renewal
from backend.services.indexing import Tail
from backend.services.search import search_directory
from backend.settings import load_settings

log = logging.getLogger("workers.indexer")

LOOK_SECONDS = 0.5
THOROUGH_SECONDS = 10.0
REPAIR_SECONDS = 300.0
TROUBLE_SECONDS = 2.0


def main() -> None:
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    settings = load_settings()
    configure_logging(settings)
    app: Flask = create_app(settings)
    directory = search_directory(settings)
    with app.app_context():
        wait_and_index(directory, Session(db.engine))


def wait_and_index(directory: Path, session: Session) -> None:
    """Index for ever, once no other process on this host does."""
    told = False
    while True:
        try:
            with generations.held(directory / "indexer.lock"):
                log.info("indexing into %s", directory)
                index_for_ever(directory, session)
        except AlreadyHeld:
            if not told:
                log.info("another process indexes into %s; waiting for it to end", directory)
            told = True
            time.sleep(TROUBLE_SECONDS)


def index_for_ever(directory: Path, session: Session) -> None:
    unbuilt = False
    while True:
        try:
            if unbuilt:
                build(directory, session)
                unbuilt = False
            with IndexWriter(directory) as index:
                follow(index, session)
        except IndexUnusable as error:
            log.warning("%s; building one", error)
            if unbuilt:
                time.sleep(TROUBLE_SECONDS)
            unbuilt = True
        except SQLAlchemyError as error:
            log.warning("the database cannot be read, trying again: %s", str(error).partition("\n")[0])
            session.rollback()
            time.sleep(TROUBLE_SECONDS)
        except OSError as error:
            log.error("the search index cannot be written, trying again: %s", error)
            time.sleep(TROUBLE_SECONDS)


def build(directory: Path, session: Session) -> None:
    start = time.monotonic()
    try:
        count = rebuilding.rebuild(session, directory)
        log.info("indexed %d listings in %.1f s", count, time.monotonic() - start)
    except AlreadyHeld:  # `jobtracker search rebuild` is at it
        time.sleep(TROUBLE_SECONDS)


def follow(index: IndexWriter, session: Session) -> None:
    """Index what changes, until a rebuild has put another index in this one's place."""
    tail = Tail.of(index)
    completions = Renewal(session, index.directory)
    thorough_at = repair_at = 0.0
    while index.is_current():
        now = time.monotonic()
        count = tail.follow(session, thorough=now >= thorough_at)
        if now >= thorough_at:
            thorough_at = now + THOROUGH_SECONDS
        if now >= repair_at:
            count += tail.repair(session)
            repair_at = now + REPAIR_SECONDS
        if count:
            log.info("indexed %d changed listings", count)
        completions.advance()
        time.sleep(LOOK_SECONDS)


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
