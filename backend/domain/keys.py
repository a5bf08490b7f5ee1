"""What a listing emits for look-up: short texts, one for each way to ask for it.

"=berlin" a term, "en:engin" a stem in the language of the listing, "eng*" how a term begins,
"country=DE" a value, "has:salary" that it is stated. See `inflect` for the first two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from backend.domain.inflect import alternatives, exact
from backend.domain.query_nodes import RangeField, ValueField, Words

_PREFIX = 3  # letters


def of_term(term: str, is_exact: bool) -> tuple[str, ...]:
    """The keys of which a listing with this word emits at least one; without the word, none of them."""
    return (exact(term),) if is_exact else (exact(term), *alternatives(term))


def of_words(words: Words) -> tuple[tuple[str, ...], ...]:
    """For each term the keys of which a listing that has the words emits at least one."""
    if words.prefix:
        return ((of_prefix(words.terms[0]),),)
    return tuple(of_term(term, words.exact) for term in words.terms)


def decide(words: Words) -> bool:
    """Whether a listing that emits the keys has the words: not so of phrases and of long beginnings."""
    return len(words.terms) == 1 and (not words.prefix or len(words.terms[0]) <= _PREFIX)


def of_prefix(prefix: str) -> str:
    """What every listing emits that has a word with this beginning."""
    return prefix[:_PREFIX] + "*"


def of_value(field: ValueField, value: str) -> str:
    return f"{field}={value}"


def of_range(field: RangeField) -> str:
    return f"has:{field}"


def beginnings(terms: Iterable[str]) -> Iterator[str]:
    """All that `of_prefix` asks for: a prefix has two letters or more, one in scripts without spaces."""
    for term in terms:
        yield of_prefix(term)
        yield term[:2] + "*"
        if not term.isascii():
            yield term[:1] + "*"
