"""What a listing emits for look-up: short texts, one for each way to ask for it.

"=berlin" a term, "en:engin" a stem in the language of the listing, "eng*" how a term begins,
"country=DE" a value, "has:salary" that it is stated. See `inflect` for the first two. "~berlin" is a term
that is inflected elsewhere, but not in the language of this listing.
"""

from __future__ import annotations

from functools import cache
from sys import intern

from backend.domain.inflect import alternatives, exact, inflects, keys_in
from backend.domain.language import Language
from backend.domain.query_nodes import RangeField, ValueField, Words

_PREFIX = 3  # letters
_REMEMBERED = 30_000  # terms a language, about 10 MB


def of_term(term: str, is_exact: bool) -> tuple[str, ...]:
    """The keys of which a listing with this word emits at least one; without the word, none of them."""
    return (exact(term),) if is_exact else (exact(term), *alternatives(term))


def of_words(words: Words) -> tuple[tuple[str, ...], ...]:
    """For each term the keys of which a listing that has the words emits at least one."""
    if words.prefix:
        return ((of_prefix(words.terms[0]),),)
    return tuple(of_term(term, words.exact) for term in words.terms)


def anchors_of_words(words: Words) -> tuple[tuple[str, ...], ...]:
    """The same with fewer keys for each listing: of a word's forms it emits one, the stem or "~"."""
    if words.prefix or words.exact or not all(map(inflects, words.terms)):
        return of_words(words)
    return tuple((uninflected(term), *alternatives(term)) for term in words.terms)


def decide(words: Words) -> bool:
    """Whether a listing that emits the keys has the words: not so of phrases and of long beginnings."""
    return len(words.terms) == 1 and (not words.prefix or len(words.terms[0]) <= _PREFIX)


def uninflected(term: str) -> str:
    return "~" + term


def of_prefix(prefix: str) -> str:
    """What every listing emits that has a word with this beginning."""
    return prefix[:_PREFIX] + "*"


def of_value(field: ValueField, value: str) -> str:
    return f"{field}={value}"


def of_range(field: RangeField) -> str:
    return f"has:{field}"


class _Emitted(dict[str, tuple[str, ...]]):
    """Term -> all that a listing of one language emits for it, worked out when first met."""

    def __init__(self, language: Language | None) -> None:
        super().__init__()
        self.stems = keys_in(language)

    def __missing__(self, term: str) -> tuple[str, ...]:
        if len(self) >= _REMEMBERED:
            self.clear()
        beginnings = {of_prefix(term), term[:2] + "*"}
        if not term.isascii():  # in scripts without spaces one character is a prefix
            beginnings.add(term[:1] + "*")
        emitted = {exact(term), self.stems[term], *map(intern, beginnings)}
        if self.stems[term] == exact(term) and inflects(term):
            emitted.add(uninflected(term))
        self[term] = tuple(emitted)
        return self[term]


@cache
def emitted_in(language: Language | None) -> dict[str, tuple[str, ...]]:
    """Term -> its keys in a listing of this language. Any term may be asked for."""
    return _Emitted(language)
