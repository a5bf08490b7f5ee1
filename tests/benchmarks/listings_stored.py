"""Listings put into a database in bulk, as a crawl would have stored them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count, islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, insert

from backend.domain.normalise import Normalised
from backend.models import Board, Company
from backend.services.listing_rows import LISTINGS, TEXTS, columns

CHUNK = 2000
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a posting says, and what a crawl knows beside it."""

    company: str
    source: str
    content: Normalised
    first_seen_at: datetime
    closed_at: datetime | None = None


class Shelves:
    """Companies and their boards, made when first met, and listings, whose ids count up from 1."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._companies: dict[str, int] = {}
        self._boards: dict[tuple[int, str], int] = {}
        self._ids = count(1)

    def store(self, listings: Iterable[Incoming]) -> None:
        for chunk in batches(listings, CHUNK):
            with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
                self._store(connection, chunk)

    def _store(self, connection: Connection, chunk: list[Incoming]) -> None:
        rows: list[dict[str, Any]] = []
        texts: list[dict[str, Any]] = []
        for incoming in chunk:
            listing_id = next(self._ids)
            rows.append(columns(incoming.content) | self._crawled(connection, listing_id, incoming))
            if incoming.content.description_html:
                texts.append({"listing_id": listing_id, "html": incoming.content.description_html})
        connection.execute(insert(LISTINGS), rows)
        if texts:
            connection.execute(insert(TEXTS), texts)

    def _crawled(self, connection: Connection, listing_id: int, incoming: Incoming) -> dict[str, Any]:
        company_id = self._company(connection, incoming)
        return {
            "id": listing_id,
            "external_id": str(listing_id),
            "board_id": self._board(connection, company_id, incoming),
            "company_id": company_id,
            "first_seen_at": incoming.first_seen_at,
            "changed_at": incoming.closed_at or incoming.first_seen_at,
            "closed_at": incoming.closed_at,
            "missed": 0,
            "baseline": False,
            "crawl_id": None,
            "list_hash": None,
        }

    def _company(self, connection: Connection, incoming: Incoming) -> int:
        name = incoming.company
        if name not in self._companies:
            number = len(self._companies) + 1
            slug = f"{re.sub('[^a-z0-9]+', '-', name.lower()).strip('-')[:100]}-{number}"
            row = {"id": number, "slug": slug, "name": name[:200], "created_at": incoming.first_seen_at}
            connection.execute(insert(Company), [row])
            self._companies[name] = number
        return self._companies[name]

    def _board(self, connection: Connection, company_id: int, incoming: Incoming) -> int:
        key = (company_id, incoming.source)
        if key not in self._boards:
            number = len(self._boards) + 1
            row = {
                "id": number,
                "company_id": company_id,
                "source": incoming.source,
                "token": f"board-{number}",
                "url": f"https://example.org/board-{number}",
                "created_at": incoming.first_seen_at,
                "next_crawl_at": incoming.first_seen_at,
            }
            connection.execute(insert(Board), [row])
            self._boards[key] = number
        return self._boards[key]


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
