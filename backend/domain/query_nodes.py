"""What a query is made of, and its canonical text: equal queries have equal texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from backend.domain.analyse import spelling
from backend.domain.inflect import inflects


class TextField(StrEnum):
    """Texts that may be named in a query. Words without a field look over these and the description."""

    TITLE = "title"
    COMPANY = "company"
    LOCATION = "location"


class ValueField(StrEnum):
    """Fields that hold one of a list of values; a listing may have several countries and cities."""

    COUNTRY = "country"
    MODE = "mode"
    TYPE = "type"
    LEVEL = "level"
    SOURCE = "source"
    EMPLOYER = "employer"
    CITY = "city"


class RangeField(StrEnum):
    """Fields that are compared: pay in a year in its own currency, and ages."""

    SALARY = "salary"
    POSTED = "posted"
    SEEN = "seen"


class Comparison(StrEnum):
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Everything:
    """Matches all listings: what an empty query means."""


@dataclass(frozen=True, slots=True)
class Words:
    """A word (one term) or a phrase (several, next to each other).

    `prefix`: the one term may go on. `exact`: it stands only for itself; else its inflected forms match too.
    Made by `words`, which knows what is inflected at all.
    """

    terms: tuple[str, ...]
    field: TextField | None = None
    prefix: bool = False
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Value:
    """A field holds this value.

    Countries are ISO 3166-1 alpha-2 codes in capitals, employers slugs, cities as `query_fields.city_value`
    writes them.
    """

    field: ValueField
    value: str


@dataclass(frozen=True, slots=True)
class Range:
    """`amount` is pay in a year, or an age in seconds."""

    field: RangeField
    comparison: Comparison
    amount: float


@dataclass(frozen=True, slots=True)
class Not:
    child: Node


@dataclass(frozen=True, slots=True)
class And:
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    children: tuple[Node, ...]


Leaf = Words | Value | Range
Node = Everything | Leaf | Not | And | Or

_AGES = (("d", timedelta(days=1)), ("h", timedelta(hours=1)))


def words(
    terms: tuple[str, ...], field: TextField | None = None, prefix: bool = False, quoted: bool = False
) -> Words:
    """A word stands for its inflected forms unless it is quoted. A phrase, a prefix or a name never does."""
    return Words(terms, field, prefix, quoted or prefix or not _inflected(terms, field))


def _inflected(terms: tuple[str, ...], field: TextField | None) -> bool:
    """Companies and places are names: in their own fields nothing is inflected."""
    return len(terms) == 1 and field in (None, TextField.TITLE) and inflects(terms[0])


def all_of(children: list[Node]) -> Node:
    """The conjunction in its one form: flat, sorted, without repetition."""
    flat: list[Node] = []
    for child in children:
        if isinstance(child, And):
            flat += child.children
        elif not isinstance(child, Everything):
            flat.append(child)
    unique = _in_order(flat)
    if not unique:
        return Everything()
    return unique[0] if len(unique) == 1 else And(unique)


def any_of(children: list[Node]) -> Node:
    """The disjunction in its one form."""
    flat: list[Node] = []
    for child in children:
        flat += child.children if isinstance(child, Or) else [child]
    unique = _in_order(flat)
    return unique[0] if len(unique) == 1 else Or(unique)


def none_of(child: Node) -> Node:
    return child.child if isinstance(child, Not) else Not(child)


def leaves(node: Node) -> list[Leaf]:
    match node:
        case Everything():
            return []
        case And(children) | Or(children):
            return [leaf for child in children for leaf in leaves(child)]
        case Not(child):
            return leaves(child)
    return [node]


def asks_for_something(node: Node) -> bool:
    """False where only exclusions decide, so that nearly every listing matches."""
    match node:
        case Everything() | Not():
            return False
        case And(children):
            return any(map(asks_for_something, children))
        case Or(children):
            return all(map(asks_for_something, children))
    return True


def sought_terms(node: Node) -> list[Words]:
    """The words that a matching listing may show, for marking them."""
    match node:
        case Words():
            return [node]
        case And(children) | Or(children):
            return [words for child in children for words in sought_terms(child)]
    return []


def sought_companies(node: Node) -> list[Words | Value]:
    """The companies that are named: by words of their names, or as one employer."""
    match node:
        case Words(field=TextField.COMPANY) | Value(field=ValueField.EMPLOYER):
            return [node]
        case And(children) | Or(children):
            return [named for child in children for named in sought_companies(child)]
    return []


def text_of(node: Node) -> str:
    """The canonical text. Alternatives and exclusions of several always stand in parentheses."""
    match node:
        case Everything():
            return ""
        case And(children):
            return " ".join(_grouped(child, Or) for child in children)
        case Or(children):
            return " OR ".join(_grouped(child, And) for child in children)
        case Not(child):
            return "-" + _grouped(child, And, Or)
        case Words():
            return (f"{node.field}:" if node.field else "") + _written(node)
        case Value(field, value):
            return f'{field}:"{value}"' if " " in value else f"{field}:{value}"
    return f"{node.field}{node.comparison}{_amount(node)}"


def _grouped(node: Node, *kinds: type[And] | type[Or]) -> str:
    return f"({text_of(node)})" if isinstance(node, kinds) else text_of(node)


def _written(words: Words) -> str:
    text = spelling(words.terms)
    if words.prefix:
        return f"{text}*"
    quoted = len(words.terms) > 1 or (words.exact and _inflected(words.terms, words.field))
    return f'"{text}"' if quoted else text


def _amount(node: Range) -> str:
    if node.field is RangeField.SALARY:
        return str(int(node.amount)) if node.amount.is_integer() else repr(node.amount)
    for letter, unit in _AGES:
        if node.amount % unit.total_seconds() == 0:
            return f"{int(node.amount // unit.total_seconds())}{letter}"
    return f"{int(node.amount // 60)}m"


def _in_order(nodes: list[Node]) -> tuple[Node, ...]:
    return tuple(sorted(dict.fromkeys(nodes), key=lambda node: (isinstance(node, Not), text_of(node))))
