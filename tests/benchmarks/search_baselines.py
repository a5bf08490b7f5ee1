"""What others search with, over the same listings: SQLite FTS5, and TF-IDF with cosine.

Each gets the query as its own users would write it: words, phrases, alternatives and exclusions in its own
syntax, split into words in its own way. Filters are exact conditions for each.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import numpy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from backend.domain.analyse import spelling
from backend.domain.matching import Document, matches
from backend.domain.query import Query, parse
from backend.domain.query_nodes import (
    And,
    Comparison,
    Everything,
    Node,
    Not,
    Or,
    Range,
    RangeField,
    TextField,
    Value,
    ValueField,
    Words,
    all_of,
    sought_terms,
    text_of,
)


class NotRanked(Exception):
    """This engine has nothing to rank by in this query."""


class Engine(Protocol):
    """One to compare with: it is given all listings, then asked."""

    name: str

    def add(self, number: int, document: Document, is_open: bool = True) -> None: ...

    def finish(self) -> None: ...

    def ranked(self, query: Query, limit: int, now: datetime) -> list[int]:
        """The ids of the best. Raises NotRanked."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A query's conditions, apart: what words must be there, what must not, and the comparisons."""

    sought: list[Node]
    excluded: list[Node]
    ranges: list[Range]

    @classmethod
    def of(cls, node: Node) -> Parts:
        parts = cls([], [], [])
        for child in node.children if isinstance(node, And) else (node,):
            match child:
                case Everything():
                    pass
                case Not(inner):
                    parts.excluded.append(inner)
                case Range():
                    parts.ranges.append(child)
                case _:
                    parts.sought.append(child)
        return parts


FTS5_COLUMNS = {TextField.TITLE: "title", TextField.COMPANY: "company", TextField.LOCATION: "place"}


class Fts5:
    """SQLite's full-text search with bm25(). Values are tokens of a column that does not count."""

    def __init__(self, path: Path, stemmed: bool = False) -> None:
        self.name = "SQLite FTS5 bm25" + (" (stemmed)" if stemmed else "")
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        tokenizer = ("porter " if stemmed else "") + "unicode61 remove_diacritics 2"
        self.connection.execute(
            "CREATE VIRTUAL TABLE texts USING fts5(title, company, place, text, facts, content='',"
            f" tokenize='{tokenizer}')"
        )
        self.connection.execute("INSERT INTO texts(texts, rank) VALUES ('rank', 'bm25(1, 1, 1, 1, 0)')")
        self.connection.execute(
            "CREATE TABLE numbers(id INTEGER PRIMARY KEY, salary REAL, posted REAL, seen REAL)"
        )

        self.connection.execute("BEGIN")

    def add(self, number: int, document: Document, is_open: bool = True) -> None:
        facts = " ".join(
            _token(field, value) for field, values in document.values.items() for value in values
        )
        texts = (document.title, document.company, "; ".join(document.locations))
        self.connection.execute(
            "INSERT INTO texts(rowid, title, company, place, text, facts) VALUES (?, ?, ?, ?, ?, ?)",
            (number, *texts, document.description_text, facts),
        )
        posted = document.posted_at.timestamp() if document.posted_at else None
        seen = document.first_seen_at.timestamp()
        self.connection.execute(
            "INSERT INTO numbers VALUES (?, ?, ?, ?)", (number, document.salary, posted, seen)
        )

    def finish(self) -> None:
        self.connection.execute("COMMIT")

    def ranked(self, query: Query, limit: int, now: datetime) -> list[int]:
        parts = Parts.of(query.node)
        if not parts.sought:
            raise NotRanked
        match = " AND ".join(map(self._expression, parts.sought))
        for node in parts.excluded:
            match = f"({match}) NOT {self._expression(node)}"
        conditions = "".join(f" AND {condition_of(one, now)}" for one in parts.ranges)
        joined = " JOIN numbers ON numbers.id = texts.rowid" if conditions else ""
        found = self.connection.execute(
            f"SELECT texts.rowid FROM texts{joined} WHERE texts MATCH ?{conditions}"
            f" ORDER BY rank LIMIT {limit}",
            (match,),
        )
        return [number for (number,) in found]

    def _expression(self, node: Node) -> str:
        match node:
            case Words(terms, field, prefix):
                quoted = '"' + spelling(terms).replace('"', "") + '"' + (" *" if prefix else "")
                return f"{FTS5_COLUMNS[field]} : {quoted}" if field else quoted
            case Value(field, value):
                return f'facts : "{_token(field, value)}"'
            case And(children):
                return "(" + " AND ".join(map(self._expression, children)) + ")"
            case Or(children):
                return "(" + " OR ".join(map(self._expression, children)) + ")"
        raise NotRanked


class TfIdf:
    """scikit-learn's TF-IDF and the cosine with every row, as job recommenders usually have it.

    It knows words only: of a phrase its words, of alternatives all; the rest is a condition on the rows.
    """

    name = "TF-IDF cosine"

    def __init__(self, conditions: bool = True, bits: int = 64) -> None:
        """`conditions`: rows that do not meet them are left out; without, they are passed over.

        `bits` of each number: 64 is the library's own choice, 32 is quicker.
        """
        if bits != 64:
            self.name = f"{TfIdf.name}, {bits} bits"
        kind = numpy.dtype(f"float{bits}").type
        self.vectorizer = TfidfVectorizer(stop_words="english", strip_accents="unicode", dtype=kind)
        self.conditions = conditions
        self.documents: list[Document] = []
        self._ids: list[int] = []
        self._texts: list[str] = []

    def add(self, number: int, document: Document, is_open: bool = True) -> None:
        self._ids.append(number)
        self._texts.append(whole(document))
        if self.conditions:
            self.documents.append(document)

    def finish(self) -> None:
        self.matrix = self.vectorizer.fit_transform(self._texts)
        self.ids = numpy.array(self._ids)
        self._texts.clear()

    def ranked(self, query: Query, limit: int, now: datetime) -> list[int]:
        words = " ".join(spelling(sought.terms) for sought in sought_terms(query.node))
        vector = self.vectorizer.transform([words])
        if not vector.nnz:
            raise NotRanked
        scores = cosine_similarity(vector, self.matrix).ravel()
        if self.conditions:
            scores[~self._allowed(query, now)] = 0
        best = numpy.argpartition(-scores, min(limit, len(scores) - 1))[:limit]
        best = best[numpy.lexsort((self.ids[best], -scores[best]))]
        return [int(self.ids[row]) for row in best if scores[row] > 0]

    def _allowed(self, query: Query, now: datetime) -> numpy.ndarray:
        children = query.node.children if isinstance(query.node, And) else (query.node,)
        conditions = parse(text_of(all_of([one for one in children if isinstance(one, Value | Range | Not)])))
        return numpy.array([matches(conditions, document, now) for document in self.documents])


def condition_of(node: Range, now: datetime) -> str:
    """A comparison in SQL."""
    at_least, bound = limit_of(node, now)
    return f"numbers.{node.field} {'>=' if at_least else '<='} {bound}"


def limit_of(node: Range, now: datetime) -> tuple[bool, float]:
    """Whether the value is at least, or at most, this. Ages become moments in seconds."""
    more = node.comparison in (Comparison.MORE, Comparison.AT_LEAST)
    if node.field is RangeField.SALARY:
        return more, node.amount
    return not more, now.timestamp() - node.amount


def whole(document: Document) -> str:
    return "\n".join(
        (document.title, document.company, "; ".join(document.locations), document.description_text)
    )


def _token(field: ValueField, value: str) -> str:
    return f"{field}x{re.sub('[^a-z0-9]', '', value.lower())}"
