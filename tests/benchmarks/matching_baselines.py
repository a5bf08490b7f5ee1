"""Three other ways to find which of many saved queries a listing meets. All answer (query id, listing id)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import pg8000.dbapi
import tantivy

from backend.domain import keys, matching
from backend.domain.matching import Document
from backend.domain.query import Query
from backend.domain.query_nodes import And, Node, Not, Or, Value, Words
from backend.search.compile import compile_node
from backend.search.schema import Entry, as_stored, fields_of, prepare, schema
from tests.benchmarks.listings_stored import batches

CHUNK = 20_000
Pairs = set[tuple[int, int]]
Listings = Sequence[tuple[int, Document]]


class Scan:
    """Each query is asked of each listing; the queries are made ready when first asked."""

    def __init__(self, queries: Mapping[int, Query], listings: Listings, now: datetime) -> None:
        self.tests = [(query_id, matching.test_of(query)) for query_id, query in queries.items()]
        self.listings, self.now = listings, now

    def found(self) -> Pairs:
        return {
            (query_id, listing_id)
            for listing_id, document in self.listings
            for query_id, test in self.tests
            if test(document, self.now)
        }


class SmallIndex:
    """Each query is run on a tantivy index of the crawl, in memory."""

    def __init__(self, queries: Mapping[int, Query], listings: Listings, now: datetime) -> None:
        index = prepare(tantivy.Index(schema()))
        writer = index.writer(heap_size=50_000_000, num_threads=1)
        for listing_id, document in listings:
            writer.add_document(as_stored(fields_of(Entry(listing_id, True, document))))
        writer.commit()
        writer.wait_merging_threads()
        index.reload()
        self.searcher, self.queries, self.count, self.now = index.searcher(), queries, len(listings), now

    def found(self) -> Pairs:
        find, limit = self.searcher.search, self.count
        compiled = (
            (query_id, compile_node(query.node, self.now, self.searcher))
            for query_id, query in self.queries.items()
        )
        return {
            (query_id, listing_id)
            for query_id, query in compiled
            for listing_id, _ in find(query, limit, count=False, order_by_field="id").hits
        }


class StoredQueries:
    """PostgreSQL keeps each query as a tsquery over the keys that listings emit, and tests them all."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        socket = parse_qs(parts.query)["unix_sock"][0]
        self.connection = pg8000.dbapi.connect("postgres", database=parts.path[1:], unix_sock=socket)
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.cursor.execute("SET max_parallel_workers_per_gather = 0")  # one core, as the others
        self.cursor.execute("CREATE UNLOGGED TABLE stored (id bigint, words tsquery)")

    def keep(self, queries: Iterable[tuple[int, Query]]) -> None:
        """These, and no others."""
        self.cursor.execute("TRUNCATE stored")
        for some in batches(queries, CHUNK):
            text = io.StringIO()
            csv.writer(text).writerows([query_id, tsquery(query.node)] for query_id, query in some)
            stream = io.BytesIO(text.getvalue().encode())
            self.cursor.execute("COPY stored FROM STDIN WITH (FORMAT csv)", stream=stream)
        self.cursor.execute("VACUUM ANALYZE stored")

    def found(self, listings: Listings) -> Pairs:
        found: Pairs = set()
        for listing_id, document in listings:
            self.cursor.execute(
                "SELECT id FROM stored WHERE array_to_tsvector(cast(%s as text[])) @@ words",
                (sorted(document.keys),),
            )
            found.update((query_id, listing_id) for (query_id,) in self.cursor.fetchall())
        return found

    def close(self) -> None:
        self.connection.close()


def tsquery(node: Node) -> str:
    """Of words and values alone, as the benchmark's queries are."""
    match node:
        case And(children):
            return "(" + " & ".join(map(tsquery, children)) + ")"
        case Or(children):
            return "(" + " | ".join(map(tsquery, children)) + ")"
        case Not(child):
            return f"!{tsquery(child)}"
        case Words() if keys.decide(node) and node.field is None:
            return "(" + " | ".join(f"'{key}'" for key in keys.of_words(node)[0]) + ")"
        case Value(field, value):
            return f"'{keys.of_value(field, value)}'"
    raise ValueError(f"no tsquery for {node}")
