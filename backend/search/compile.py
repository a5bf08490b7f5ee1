"""A query of our language -> a query of the index. Both match the same listings as `domain/matching`."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from tantivy import FieldType, Occur, Query, Searcher

from backend.domain import keys
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
    Words,
)
from backend.search.schema import STEMS, TEXT, TITLE_STEMS, microseconds, schema

TITLE_WEIGHT, COMPANY_WEIGHT = 4.0, 2.0


def compile_node(node: Node, now: datetime, ranked: bool, searcher: Searcher) -> Query:
    """`ranked`: words in titles and companies count for more; without it, only which listings match."""
    return _Compiler(now, searcher).compiled(node, ranked)


def only_status(query: Query, status: str, searcher: Searcher) -> Query:
    """Of open and closed listings the fewer ones are looked at: to pass them over, or to find only them."""
    if status == "all":
        return query
    other = "closed" if status == "open" else "open"
    if searcher.doc_freq("status", status) < searcher.doc_freq("status", other):
        return _both(query, Query.term_query(schema(), "status", status))
    excluded = Query.term_query(schema(), "status", other)
    return Query.boolean_query([(Occur.Must, query), (Occur.MustNot, excluded)])


def only_below(query: Query, field: str, value: int) -> Query:
    below = Query.range_query(schema(), field, FieldType.Integer, upper_bound=value, include_upper=False)
    return _both(query, below)


def only_from(query: Query, field: str, value: int) -> Query:
    return _both(query, Query.range_query(schema(), field, FieldType.Integer, lower_bound=value))


@dataclass(frozen=True, slots=True)
class _Compiler:
    now: datetime
    searcher: Searcher

    def compiled(self, node: Node, ranked: bool) -> Query:
        match node:
            case Words():
                return self.words(node, ranked)
            case And(children):
                return self.all_of(children, ranked)
            case Or(children):
                return _any_of([self.compiled(child, ranked) for child in children])
            case Not():
                return self.all_of((node,), ranked)
            case Value(field, value):
                return _unscored(Query.term_query(schema(), field, value))
            case Range():
                return _unscored(_range(node, self.now))
            case Everything():
                return Query.all_query()

    def all_of(self, children: tuple[Node, ...], ranked: bool) -> Query:
        clauses: list[tuple[Occur, Query]] = []
        for child in children:
            if isinstance(child, Not):
                clauses.append((Occur.MustNot, self.compiled(child.child, False)))
            else:
                clauses.append((Occur.Must, self.compiled(child, ranked)))
        if all(isinstance(child, Not) for child in children):  # exclusions alone find nothing
            clauses.append((Occur.Must, Query.all_query()))
        return Query.boolean_query(clauses)

    def words(self, words: Words, ranked: bool) -> Query:
        if words.field is not None or not ranked:
            return self.in_field(words, words.field)
        weighted = [
            self.in_field(words, None),
            Query.boost_query(self.in_field(words, TextField.TITLE), TITLE_WEIGHT),
            Query.boost_query(_exactly(words, TextField.COMPANY), COMPANY_WEIGHT),
        ]
        return _any_of(weighted)

    def in_field(self, words: Words, field: TextField | None) -> Query:
        if words.exact:
            return _exactly(words, field or TEXT)
        stems = TITLE_STEMS if field is TextField.TITLE else STEMS
        return self.one_of(stems, keys.of_term(words.terms[0], is_exact=False))

    def one_of(self, field: str, sought: tuple[str, ...]) -> Query:
        """Any of these keys. Each listing has one of them at most, so they are weighed as one word is:
        else a word of a rare language would count for more than the same word of a common one."""
        counts = {key: count for key in sought if (count := self.searcher.doc_freq(field, key))}
        together = self.rarity(sum(counts.values()))
        terms = [
            Query.boost_query(Query.term_query(schema(), field, key), together / self.rarity(count))
            for key, count in counts.items()
        ]
        return _any_of(terms) if terms else Query.empty_query()

    def rarity(self, count: int) -> float:
        """As BM25 weighs a word that stands in so many listings."""
        return math.log1p((max(self.searcher.num_docs - count, 0) + 0.5) / (count + 0.5))


def _exactly(words: Words, field: str) -> Query:
    if words.prefix:  # a term holds letters and digits only: nothing to escape
        return Query.regex_query(schema(), field, words.terms[0] + ".*")
    if len(words.terms) == 1:
        return Query.term_query(schema(), field, words.terms[0])
    return Query.phrase_query(schema(), field, list(words.terms))


def _any_of(queries: list[Query]) -> Query:
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _both(query: Query, condition: Query) -> Query:
    return Query.boolean_query([(Occur.Must, query), (Occur.Must, _unscored(condition))])


def _range(node: Range, now: datetime) -> Query:
    comparison = node.comparison
    if node.field is RangeField.SALARY:
        field, kind, bound = "salary", FieldType.Float, node.amount
        above = comparison in (Comparison.MORE, Comparison.AT_LEAST)
    else:  # younger than an age is after a moment
        field, kind = str(node.field), FieldType.Integer
        bound = microseconds(now) - round(node.amount * 1_000_000)
        above = comparison in (Comparison.LESS, Comparison.AT_MOST)
    included = comparison in (Comparison.AT_MOST, Comparison.AT_LEAST)
    if above:
        return Query.range_query(schema(), field, kind, lower_bound=bound, include_lower=included)
    return Query.range_query(schema(), field, kind, upper_bound=bound, include_upper=included)


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)
