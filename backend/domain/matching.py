"""Does a query match a listing? The same answer as the search index gives, for one listing at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from backend.domain.analyse import plain, plain_parts
from backend.domain.posting import SalaryPeriod
from backend.domain.query import Query
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
)
from backend.domain.richtext import text_of

_IN_A_YEAR = {
    SalaryPeriod.HOUR: 2080,
    SalaryPeriod.DAY: 260,
    SalaryPeriod.WEEK: 52,
    SalaryPeriod.MONTH: 12,
    SalaryPeriod.YEAR: 1,
}


@dataclass(frozen=True)
class Document:
    """A listing as queries see it. Its texts are analysed when first looked at.

    `salary` is pay in a year, in the listing's own currency; see `yearly_pay`.
    """

    title: str
    company: str
    locations: tuple[str, ...]
    description: str
    is_html: bool
    values: dict[ValueField, frozenset[str]]
    salary: float | None
    posted_at: datetime | None
    first_seen_at: datetime

    @cached_property
    def description_text(self) -> str:
        return text_of(self.description) if self.is_html else self.description

    @cached_property
    def fields(self) -> dict[TextField, str]:
        """The terms of each named text, with a space around each."""
        return {
            TextField.TITLE: f" {plain(self.title)} ",
            TextField.COMPANY: f" {plain(self.company)} ",
            TextField.LOCATION: f" {plain_parts(self.locations)} ",
        }

    @cached_property
    def body(self) -> str:
        """The terms of the description, with a space around each."""
        return f" {plain(self.description_text)} "


def document(
    *,
    title: str,
    first_seen_at: datetime,
    company: str = "",
    locations: Sequence[str] = (),
    description_text: str = "",
    description_html: str | None = None,
    countries: Collection[str] = (),
    mode: str | None = None,
    type: str | None = None,
    level: str | None = None,
    source: str | None = None,
    salary_min: float | None = None,
    salary_max: float | None = None,
    salary_period: str | None = None,
    posted_at: datetime | None = None,
) -> Document:
    """A listing's fields as they are stored -> what queries look at. Of HTML the text counts."""
    single = {
        ValueField.MODE: mode,
        ValueField.TYPE: type,
        ValueField.LEVEL: level,
        ValueField.SOURCE: source,
    }
    values = {field: frozenset([str(value)]) if value else frozenset() for field, value in single.items()}
    values[ValueField.COUNTRY] = frozenset(code.upper() for code in countries)
    return Document(
        title=title,
        company=company,
        locations=tuple(locations),
        description=description_text if description_html is None else description_html,
        is_html=description_html is not None,
        values=values,
        salary=yearly_pay(salary_min, salary_max, salary_period),
        posted_at=posted_at,
        first_seen_at=first_seen_at,
    )


def yearly_pay(minimum: float | None, maximum: float | None, period: str | None) -> float | None:
    """The upper end of what is paid (the lower, where it is all that is said), for a year of full-time work.

    A year has 2,080 hours, 260 days, 52 weeks or 12 months of it; without a period it is taken as yearly.
    """
    stated = maximum if maximum is not None else minimum
    if stated is None:
        return None
    return float(stated) * (_IN_A_YEAR[SalaryPeriod(period)] if period else 1)


def matches(query: Query, document: Document, now: datetime) -> bool:
    return _meets(query.node, document, now)


def _meets(node: Node, document: Document, now: datetime) -> bool:
    match node:
        case Words():
            return _has_words(node, document)
        case And(children):
            return all(_meets(child, document, now) for child in children)
        case Or(children):
            return any(_meets(child, document, now) for child in children)
        case Not(child):
            return not _meets(child, document, now)
        case Value(field, value):
            return value in document.values[field]
        case Range():
            return _in_range(node, document, now)
        case Everything():
            return True


def _has_words(words: Words, document: Document) -> bool:
    sought = " " + " ".join(words.terms) + ("" if words.prefix else " ")
    if words.field is not None:
        return sought in document.fields[words.field]
    return any(sought in text for text in document.fields.values()) or sought in document.body


def _in_range(node: Range, document: Document, now: datetime) -> bool:
    if node.field is RangeField.SALARY:
        return document.salary is not None and _compare(document.salary, node.comparison, node.amount)
    at = document.posted_at if node.field is RangeField.POSTED else document.first_seen_at
    return at is not None and _compare((now - at).total_seconds(), node.comparison, node.amount)


def _compare(value: float, comparison: Comparison, amount: float) -> bool:
    match comparison:
        case Comparison.LESS:
            return value < amount
        case Comparison.AT_MOST:
            return value <= amount
        case Comparison.MORE:
            return value > amount
        case Comparison.AT_LEAST:
            return value >= amount
