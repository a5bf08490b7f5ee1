"""A query of our language -> a query of the index. Both match the same listings as `domain/matching`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tantivy import FieldType, Occur, Query, Searcher

from backend.domain import keys
from backend.domain.inflect import keys_in
from backend.domain.language import LANGUAGES
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


def compile_node(node: Node, now: datetime, searcher: Searcher) -> Query:
    """Scores by the words alone, wherever they stand; `ranking` adds what else counts."""
    return _Compiler(now, searcher).compiled(node)


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

    def compiled(self, node: Node) -> Query:
        match node:
            case Words():
                return self.words(node)
            case And(children):
                return self.all_of(children)
            case Or(children):
                return _any_of([self.compiled(child) for child in children])
            case Not():
                return self.all_of((node,))
            case Value(field, value):
                return _unscored(Query.term_query(schema(), field, value))
            case Range():
                return _unscored(_range(node, self.now))
            case Everything():
                return Query.all_query()

    def all_of(self, children: tuple[Node, ...]) -> Query:
        inflected = [child for child in children if isinstance(child, Words) and not child.exact]
        clauses = [(Occur.Must, self.inflected(inflected))] if inflected else []
        for child in children:
            if isinstance(child, Not):
                clauses.append((Occur.MustNot, self.compiled(child.child)))
            elif child not in inflected:
                clauses.append((Occur.Must, self.compiled(child)))
        if all(isinstance(child, Not) for child in children):  # exclusions alone find nothing
            clauses.append((Occur.Must, Query.all_query()))
        return Query.boolean_query(clauses)

    def words(self, words: Words) -> Query:
        if not words.exact:
            return self.inflected([words])
        field = words.field or TEXT
        if words.prefix:  # a term holds letters and digits only: nothing to escape
            return Query.regex_query(schema(), field, words.terms[0] + ".*")
        if len(words.terms) == 1:
            return Query.term_query(schema(), field, words.terms[0])
        return Query.phrase_query(schema(), field, list(words.terms))

    def inflected(self, sought: Sequence[Words]) -> Query:
        """All of these words. A listing is of one language: so those of each, and not any form of the first
        with any of the second, which would read the longest lists together with the shortest."""
        ways = dict.fromkeys(
            tuple(keys_in(language)[words.terms[0]] for words in sought) for language in (*LANGUAGES, None)
        )
        weighed = [self.weighed(words) for words in sought]
        found = [
            _all_of([terms[key] for terms, key in zip(weighed, way, strict=True)])
            for way in ways
            if all(key in terms for terms, key in zip(weighed, way, strict=True))
        ]
        return _any_of(found) if found else Query.empty_query()

    def weighed(self, words: Words) -> dict[str, Query]:
        """Each key that finds listings. They are weighed as one word is: else a word of a rare language would
        count for more than the same word of a common one."""
        field = TITLE_STEMS if words.field is TextField.TITLE else STEMS
        sought = keys.of_term(words.terms[0], is_exact=False)
        counts = {key: count for key in sought if (count := self.searcher.doc_freq(field, key))}
        together = self.rarity(sum(counts.values()))
        return {
            key: Query.boost_query(Query.term_query(schema(), field, key), together / self.rarity(count))
            for key, count in counts.items()
        }

    def rarity(self, count: int) -> float:
        """As BM25 weighs a word that stands in so many listings."""
        return math.log1p((max(self.searcher.num_docs - count, 0) + 0.5) / (count + 0.5))


def _all_of(queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Must, one) for one in queries])


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
