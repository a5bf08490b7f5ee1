"""Does a query match a listing? The same answer as the search index gives, for one listing at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from backend.domain import keys
from backend.domain.analyse import BREAK, plain, plain_parts, terms
from backend.domain.inflect import exact, keys_in
from backend.domain.language import Language, detect
from backend.domain.posting import SalaryPeriod
from backend.domain.query import Query
from backend.domain.query_fields import city_value
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
from backend.domain.richtext import rough_text_of

_TELLING = 1_000  # characters of a description that tell its language
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

    `keys` is all it emits for look-up (see `domain/keys`), `title_keys` the terms and stems of its title
    alone. `stems` and `title_stems` write a text as the keys of its terms in order.

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
    def fields(self) -> dict[TextField, str]:
        """The terms of each named text, with a space around each."""
        return {
            TextField.TITLE: f" {plain(self.title)} ",
            TextField.COMPANY: f" {_plain_parts((self.company,))} ",
            TextField.LOCATION: f" {_plain_parts(self.locations)} ",
        }

    @property
    def description_text(self) -> str:
        return rough_text_of(self.description) if self.is_html else self.description

    @cached_property
    def body(self) -> str:
        """The terms of the description, with a space around each."""
        return f" {' '.join(self._body_terms)} "

    @cached_property
    def language(self) -> Language | None:
        return detect(self.fields[TextField.TITLE] + self.body[:_TELLING])

    @cached_property
    def stems(self) -> str:
        return " ".join(map(keys_in(self.language).__getitem__, self._terms))

    @cached_property
    def title_stems(self) -> str:
        title = self.fields[TextField.TITLE].split()
        return " ".join(map(keys_in(self.language).__getitem__, title))

    @cached_property
    def keys(self) -> frozenset[str]:
        stated = {RangeField.SALARY: self.salary, RangeField.POSTED: self.posted_at}
        facts = [keys.of_range(field) for field, value in stated.items() if value is not None]
        facts += [keys.of_value(field, value) for field, values in self.values.items() for value in values]
        found = set(self._terms) - {BREAK}
        emitted = map(keys.emitted_in(self.language).__getitem__, found)
        return frozenset().union(facts, [keys.of_range(RangeField.SEEN)], *emitted)

    @cached_property
    def title_keys(self) -> frozenset[str]:
        title = self.fields[TextField.TITLE].split()
        return frozenset(self.title_stems.split()).union(map(exact, title))

    @cached_property
    def _body_terms(self) -> tuple[str, ...]:
        return terms(self.description_text)

    @property
    def _terms(self) -> tuple[str, ...]:
        return (*"".join(self.fields.values()).split(), *self._body_terms)


_plain_parts = lru_cache(maxsize=5_000)(plain_parts)  # companies and places come again


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
    employer: str | None = None,
    cities: Collection[str] = (),
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
        ValueField.EMPLOYER: employer,
    }
    values = {field: frozenset([str(value)]) if value else frozenset() for field, value in single.items()}
    values[ValueField.COUNTRY] = frozenset(code.upper() for code in countries)
    values[ValueField.CITY] = frozenset(filter(None, map(city_value, cities)))
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


Test = Callable[[Document, datetime], bool]
_TESTS: dict[str, Test] = {}  # by canonical text, so never stale
_KEPT = 10_000  # of about 3 kB each


def matches(query: Query, document: Document, now: datetime) -> bool:
    return test_of(query)(document, now)


def test_of(query: Query) -> Test:
    """The query made ready to be asked of many listings: (document, now) -> whether it matches."""
    test = _TESTS.get(query.canonical)
    if test is None:
        if len(_TESTS) >= _KEPT:
            _TESTS.clear()
        test = _TESTS[query.canonical] = _test(query.node)
    return test


def _test(node: Node) -> Test:
    match node:
        case Words():
            return _words_test(node)
        case And(children):
            return _all_of([_test(child) for child in sorted(children, key=_cost)])
        case Or(children):
            return _any_of([_test(child) for child in sorted(children, key=_cost)])
        case Not(child):
            refused = _test(child)
            return lambda document, now: not refused(document, now)
        case Value(field, value):
            return lambda document, _now: value in document.values[field]
        case Range():
            return lambda document, now: _in_range(node, document, now)
        case Everything():
            return lambda _document, _now: True


def _cost(node: Node) -> int:
    """What may have to be read: a value, a text of one line, the description, its letters."""
    match node:
        case Words(several, field, prefix):
            return 1 if field is not None else 3 if prefix or len(several) > 1 else 2
        case And(children) | Or(children):
            return max(map(_cost, children))
        case Not(child):
            return _cost(child)
    return 0


def _all_of(tests: list[Test]) -> Test:
    def test(document: Document, now: datetime) -> bool:
        for one in tests:  # noqa: SIM110 - three times as fast as `all` with a generator
            if not one(document, now):
                return False
        return True

    return test


def _any_of(tests: list[Test]) -> Test:
    def test(document: Document, now: datetime) -> bool:
        for one in tests:  # noqa: SIM110
            if one(document, now):
                return True
        return False

    return test


def _words_test(words: Words) -> Test:
    field = words.field
    sought = " " + " ".join(words.terms) + ("" if words.prefix else " ")
    if field is not None and words.exact:
        return lambda document, _now: sought in document.fields[field]
    needed = frozenset(keys.of_words(words)[0])
    if field is not None:
        return lambda document, _now: not needed.isdisjoint(document.title_keys)
    if not words.exact:
        return lambda document, _now: not needed.isdisjoint(document.keys)
    return _exact_test(words, sought)


def _exact_test(words: Words, sought: str) -> Test:
    """Words over all texts: their keys must be there; of a phrase or a long prefix the letters too."""
    needed = frozenset(one for (one,) in keys.of_words(words))
    decided = keys.decide(words)

    def test(document: Document, _now: datetime) -> bool:
        if not needed <= document.keys:
            return False
        return decided or any(sought in text for text in document.fields.values()) or sought in document.body

    return test


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
