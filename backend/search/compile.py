"""A query of our language -> a query of the index. Both match the same listings as `domain/matching`."""

from __future__ import annotations

from datetime import datetime

from tantivy import FieldType, Occur, Query

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
from backend.search.schema import TEXT, microseconds, schema

TITLE_WEIGHT, COMPANY_WEIGHT = 4.0, 2.0


def compile_node(node: Node, now: datetime, ranked: bool) -> Query:
    """`ranked`: words in titles and companies count for more; without it, only which listings match."""
    match node:
        case Words():
            return _words(node, ranked)
        case And(children):
            return _all_of(children, now, ranked)
        case Or(children):
            return Query.boolean_query(
                [(Occur.Should, compile_node(child, now, ranked)) for child in children]
            )
        case Not():
            return _all_of((node,), now, ranked)
        case Value(field, value):
            return _unscored(Query.term_query(schema(), field, value))
        case Range():
            return _unscored(_range(node, now))
        case Everything():
            return Query.all_query()


def only_status(query: Query, status: str) -> Query:
    return query if status == "all" else _both(query, Query.term_query(schema(), "status", status))


def only_below(query: Query, field: str, value: int) -> Query:
    below = Query.range_query(schema(), field, FieldType.Integer, upper_bound=value, include_upper=False)
    return _both(query, below)


def _both(query: Query, condition: Query) -> Query:
    return Query.boolean_query([(Occur.Must, query), (Occur.Must, _unscored(condition))])


def _all_of(children: tuple[Node, ...], now: datetime, ranked: bool) -> Query:
    clauses: list[tuple[Occur, Query]] = []
    for child in children:
        if isinstance(child, Not):
            clauses.append((Occur.MustNot, compile_node(child.child, now, False)))
        else:
            clauses.append((Occur.Must, compile_node(child, now, ranked)))
    if all(isinstance(child, Not) for child in children):  # exclusions alone find nothing
        clauses.append((Occur.Must, Query.all_query()))
    return Query.boolean_query(clauses)


def _words(words: Words, ranked: bool) -> Query:
    if words.field is not None or not ranked:
        return _in_field(words, words.field or TEXT)
    weighted = [
        (Occur.Should, _in_field(words, TEXT)),
        (Occur.Should, Query.boost_query(_in_field(words, TextField.TITLE), TITLE_WEIGHT)),
        (Occur.Should, Query.boost_query(_in_field(words, TextField.COMPANY), COMPANY_WEIGHT)),
    ]
    return Query.boolean_query(weighted)


def _in_field(words: Words, field: str) -> Query:
    if words.prefix:  # a term holds letters and digits only: nothing to escape
        return Query.regex_query(schema(), field, words.terms[0] + ".*")
    if len(words.terms) == 1:
        return Query.term_query(schema(), field, words.terms[0])
    return Query.phrase_query(schema(), field, list(words.terms))


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
