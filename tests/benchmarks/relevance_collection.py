"""The real listings in every engine, and what each engine finds for a query."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from backend.domain.matching import Document
from backend.domain.normalise import Normalised, normalise
from backend.domain.query import Filters, Query, parse
from backend.models import Listing, ListingText, db
from backend.services import rebuilding
from backend.services.documents import document_of
from backend.services.search import find, search_directory
from tests.benchmarks import listings_real, servers
from tests.benchmarks.ingest import application
from tests.benchmarks.listings_real import READ_AT
from tests.benchmarks.listings_stored import Incoming, Shelves
from tests.benchmarks.search_baselines import Fts5, NotRanked, TfIdf
from tests.benchmarks.search_tantivy import BareTantivy

JUDGEMENTS = Path(__file__).with_name("judgements")
NOW = READ_AT + timedelta(days=1)
DEPTH = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A query as somebody types it, and what that person is looking for."""

    name: str
    text: str
    need: str

    @property
    def query(self) -> Query:
        return parse(self.text)


@dataclass(frozen=True)
class Collection:
    """`engines`: what each is called -> the ids it finds, best first. `keys`: id -> the listing's key."""

    documents: dict[int, Document]
    keys: dict[int, str]
    engines: dict[str, Callable[[Asked], list[int]]]

    def found(self, engine: str, asked: Asked) -> list[str]:
        try:
            return [self.keys[number] for number in self.engines[engine](asked)]
        except NotRanked:
            return []


def queries() -> list[Asked]:
    return [Asked(**row) for row in read("queries.tsv")]


def grades() -> dict[tuple[str, str], int]:
    """(query's name, listing's key) -> 0 to 3."""
    return {(row["name"], row["key"]): int(row["grade"]) for row in read("judgements.tsv")}


def read(name: str) -> Iterator[dict[str, str]]:
    with (JUDGEMENTS / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


@contextmanager
def collection(folder: Path) -> Iterator[Collection]:
    samples = listings_real.described()
    with servers.redis_server(folder) as redis_url, application(folder, redis_url) as (settings, session, _):
        Shelves(db.engine).store(_incoming(sample) for sample in samples)
        rebuilding.rebuild(session, search_directory(settings))
        documents = {
            listing.id: document_of(listing, html or "", listing.company.name)
            for listing, html in session.query(Listing, ListingText.html).outerjoin(
                ListingText, ListingText.listing_id == Listing.id
            )
        }

        def ours(asked: Asked) -> list[int]:
            filters = Filters(q=asked.text, sort="relevance", status="all")
            return [one.id for one in find(session, filters, None, DEPTH, NOW).listings]

        engines: dict[str, Callable[[Asked], list[int]]] = {"ours": ours}
        for other in (
            Fts5(folder / "fts5.db"),
            Fts5(folder / "stemmed.db", stemmed=True),
            TfIdf(),
            BareTantivy(folder / "bare", threads=1),
        ):
            for number, document in documents.items():
                other.add(number, document)
            other.finish()
            engines[other.name] = lambda asked, other=other: other.ranked(asked.query, DEPTH, NOW)
        keys = {number: sample.key for number, sample in enumerate(samples, 1)}
        yield Collection(documents, keys, engines)


def _incoming(sample: listings_real.Sample) -> Incoming:
    content: Normalised = normalise(sample.posting, READ_AT)
    return Incoming(sample.company, sample.source, content, content.posted_at or READ_AT)
