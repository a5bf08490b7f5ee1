"""tantivy without our layer: the floor under what we take."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import tantivy
from tantivy import Occur

from backend.domain.analyse import spelling
from backend.domain.matching import Document
from backend.domain.query import Query
from backend.domain.query_nodes import (
    And,
    Node,
    Not,
    Or,
    Range,
    RangeField,
    TextField,
    Value,
    ValueField,
    Words,
)
from tests.benchmarks.search_baselines import limit_of, whole


class BareTantivy:
    """tantivy as it comes: one text field with its own splitting, a fast field to sort by, raw values."""

    name = "bare tantivy"

    def __init__(self, path: Path, threads: int = 0) -> None:
        """`threads`: 0 is as many as it likes; with 1 the order of equals is the same in each run."""
        path.mkdir(parents=True)
        self.threads = threads
        self.path = path
        builder = tantivy.SchemaBuilder()
        for number in ("id", "order", "posted", "seen"):
            builder.add_integer_field(number, fast=True)
        builder.add_float_field("salary", fast=True)
        for value in ("status", *ValueField):
            builder.add_text_field(value, tokenizer_name="raw", index_option="basic", fast=True)
        for text in ("text", *TextField):
            builder.add_text_field(text, index_option="position")
        self.schema = builder.build()
        self.index = tantivy.Index(self.schema, str(path))

        self.writer: tantivy.IndexWriter | None = None

    def add(self, number: int, document: Document, is_open: bool = True) -> None:
        if self.writer is None:
            self.writer = self.index.writer(num_threads=self.threads)
        self.writer.add_document(self._stored(number, document, is_open))

    def finish(self) -> None:
        if self.writer is not None:
            self.writer.commit()
            self.writer.wait_merging_threads()
        self.index.reload()

    def _stored(self, number: int, document: Document, is_open: bool) -> tantivy.Document:
        stored = tantivy.Document(
            id=number,
            order=int(document.first_seen_at.timestamp()),
            seen=int(document.first_seen_at.timestamp()),
            title=document.title,
            company=document.company,
            location="; ".join(document.locations),
            text=whole(document),
            status="open" if is_open else "closed",
        )
        if document.salary is not None:
            stored.add_float("salary", document.salary)
        if document.posted_at is not None:
            stored.add_integer("posted", int(document.posted_at.timestamp()))
        for field, values in document.values.items():
            for value in values:
                stored.add_text(field, value)
        return stored

    def ranked(self, query: Query, limit: int, now: datetime) -> list[int]:
        return self._ids(self.index.searcher(), self.asked(query, now), limit, None)

    def newest(self, query: Query, limit: int, now: datetime) -> list[int]:
        return self._ids(self.index.searcher(), self.asked(query, now), limit, "order")

    def facets(self, query: Query, names: Sequence[str], now: datetime) -> dict[str, object]:
        wanted = {name: {"terms": {"field": name, "size": 20}} for name in names if name in list(ValueField)}
        return self.index.searcher().aggregate(self.asked(query, now), wanted)

    def asked(self, query: Query, now: datetime) -> tantivy.Query:
        """What is open."""
        is_open = _unscored(tantivy.Query.term_query(self.schema, "status", "open"))
        return tantivy.Query.boolean_query(
            [(Occur.Must, self.compiled(query.node, now)), (Occur.Must, is_open)]
        )

    def _ids(
        self, searcher: tantivy.Searcher, asked: tantivy.Query, limit: int, key: str | None
    ) -> list[int]:
        found = searcher.search(asked, limit, True, order_by_field=key)
        return [
            int(value) for value in searcher.fast_field_values("id", [address for _, address in found.hits])
        ]

    def compiled(self, node: Node, now: datetime) -> tantivy.Query:
        match node:
            case Words(terms, field, prefix):
                words = re.findall(r"\w+", spelling(terms))
                if prefix:
                    return tantivy.Query.regex_query(self.schema, field or "text", words[0] + ".*")
                if len(words) == 1:
                    return tantivy.Query.term_query(self.schema, field or "text", words[0])
                return tantivy.Query.phrase_query(self.schema, field or "text", list(words))
            case Value(field, value):
                return _unscored(tantivy.Query.term_query(self.schema, field, value))
            case Range():
                return _unscored(self._range(node, now))
            case Not(child):
                asked = [(Occur.MustNot, self.compiled(child, now)), (Occur.Must, tantivy.Query.all_query())]
                return tantivy.Query.boolean_query(asked)
            case Or(children):
                return tantivy.Query.boolean_query(
                    [(Occur.Should, self.compiled(one, now)) for one in children]
                )
            case And(children):
                return tantivy.Query.boolean_query([self._clause(one, now) for one in children])
        return tantivy.Query.all_query()

    def _clause(self, node: Node, now: datetime) -> tuple[Occur, tantivy.Query]:
        if isinstance(node, Not):
            return Occur.MustNot, self.compiled(node.child, now)
        return Occur.Must, self.compiled(node, now)

    def _range(self, node: Range, now: datetime) -> tantivy.Query:
        at_least, bound = limit_of(node, now)
        kind = tantivy.FieldType.Float if node.field is RangeField.SALARY else tantivy.FieldType.Integer
        bound = bound if node.field is RangeField.SALARY else int(bound)
        low, high = (bound, None) if at_least else (None, bound)
        return tantivy.Query.range_query(self.schema, node.field, kind, low, high)


def _unscored(query: tantivy.Query) -> tantivy.Query:
    return tantivy.Query.const_score_query(query, 0.0)
