"""The query language: text -> Query -> canonical text. Its users' page is docs/search.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from backend.domain.analyse import asked_terms, is_lone
from backend.domain.query_fields import read_value
from backend.domain.query_nodes import (
    Comparison,
    Node,
    Range,
    RangeField,
    TextField,
    ValueField,
    all_of,
    any_of,
    asks_for_something,
    text_of,
    words,
)
from backend.domain.query_parser import MAX_LENGTH, MAX_TERMS, QueryError, read

__all__ = ["MAX_LENGTH", "MAX_TERMS", "Filters", "Query", "QueryError", "Sort", "Status", "parse"]

Status = Literal["open", "closed", "all"]
Sort = Literal["newest", "relevance", "salary"]
Choice = str | Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood. Equal queries have equal texts; parse(query.canonical) == query."""

    node: Node
    canonical: str = field(compare=False)

    @property
    def is_empty(self) -> bool:
        return not self.canonical

    @property
    def only_excludes(self) -> bool:
        """Nothing is asked for: nearly every listing matches."""
        return not asks_for_something(self.node)


@lru_cache(maxsize=2_000)
def parse(text: str) -> Query:
    """Raises QueryError(message, column)."""
    return _query(read(text))


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search asks for: the query and what was picked beside it. Several values of one field are ORed.

    `company` is words of a name, `employer` the slug of one company, `city` a whole name. `salary_min` is pay
    in a year, in the listing's own currency.
    """

    q: str = ""
    company: Choice = None
    country: Choice = None
    location: Choice = None
    mode: Choice = None
    type: Choice = None
    level: Choice = None
    source: Choice = None
    employer: Choice = None
    city: Choice = None
    posted_within_days: int | None = None
    salary_min: float | None = None
    status: Status = "open"
    sort: Sort = "newest"

    def to_query(self) -> Query:
        """One query that says all of it but status and sort: "track this search" saves its canonical text.

        Raises QueryError; for a filter's own value its message names the filter.
        """
        nodes = [parse(self.q).node]
        nodes += _picked(self.company, lambda text: _words(TextField.COMPANY, text))
        nodes += _picked(self.location, lambda text: _words(TextField.LOCATION, text))
        for name, choice in (
            (ValueField.COUNTRY, self.country),
            (ValueField.MODE, self.mode),
            (ValueField.TYPE, self.type),
            (ValueField.LEVEL, self.level),
            (ValueField.SOURCE, self.source),
            (ValueField.EMPLOYER, self.employer),
            (ValueField.CITY, self.city),
        ):
            nodes += _picked(choice, lambda text, name=name: _value(name, text))  # type: ignore[misc]
        if self.posted_within_days is not None:
            seconds = float(self.posted_within_days * 86_400)
            nodes.append(Range(RangeField.POSTED, Comparison.LESS, seconds))
        if self.salary_min is not None:
            nodes.append(Range(RangeField.SALARY, Comparison.AT_LEAST, float(self.salary_min)))
        return _query(all_of(nodes))


def _query(node: Node) -> Query:
    canonical = text_of(node)
    if len(canonical) > MAX_LENGTH:
        raise QueryError(f"written out, a query has at most {MAX_LENGTH} characters; cut it", 1)
    return Query(node, canonical)


def _picked(choice: Choice, read_one: Callable[[str], Node]) -> list[Node]:
    texts = [choice] if isinstance(choice, str) else list(choice or ())
    nodes = [read_one(text) for text in texts if text.strip()]
    return [any_of(nodes)] if nodes else []


def _words(name: TextField, text: str) -> Node:
    found = asked_terms(text)
    if not found:
        raise QueryError(f'no word to look for in {name}: "{text}"', 1)
    return words(found, name, prefix=len(found) == 1 and is_lone(found[0]))


def _value(name: ValueField, text: str) -> Node:
    try:
        return read_value(name, text)
    except ValueError as error:
        raise QueryError(str(error), 1) from None
