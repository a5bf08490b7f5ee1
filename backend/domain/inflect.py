"""Inflected forms: words that share a Snowball stem in the language of a listing stand for each other.

The key of a term in a listing is "en:engin" for a term that is inflected and "=c++" (the term itself behind
a sign) for all else; where the language is not known every term is exact. Terms are folded before they are
stemmed, on both sides, so that accents need not be typed.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from Stemmer import Stemmer

from backend.domain.analyse import spelling
from backend.domain.language import LANGUAGES, Language

VERSION = 2  # an index made by another version is rebuilt

_ALGORITHMS: dict[Language, str] = {
    "en": "english",
    "fr": "french",
    "de": "german",
    "es": "spanish",
    "ru": "russian",
}
_SHORTEST = 3  # letters of a term and of its stem: `going` is not `go`
_LATIN, _CYRILLIC = re.compile(f"[a-z]{{{_SHORTEST},}}"), re.compile(f"[а-яё]{{{_SHORTEST},}}")
_NAMES = {  # their stems are those of everyday words
    "airflow", "aws", "excel", "express", "flask", "jenkins", "kubernetes", "pandas", "postgres", "rails",
    "react", "rust", "sas", "scala", "spark", "swift", "unity", "windows",
}  # fmt: skip
_KEPT_APART = {  # the English stemmer takes the manager for management, the officer for the office
    "accountant", "accounting", "adjuster", "administrator", "analytics", "animator", "assistant",
    "associate", "author", "consultant", "consumer", "controller", "coordinator", "customer", "developer",
    "dispatcher", "embedding", "engine", "executive", "experiment", "facilitator", "industrial", "instructor",
    "investigator", "manager", "marketer", "marketing", "mechanic", "mechanical", "merchandiser", "moderator",
    "negotiator", "officer", "operation", "operator", "physics", "producer", "production", "productivity",
    "programmer", "programming", "recruiter", "reporter", "representative", "researcher", "security",
    "staffing", "translator", "wellness",
}  # fmt: skip
_OWN_STEMS = {form: word for word in _KEPT_APART for form in (word, word + "s")}
_REMEMBERED = 60_000  # terms a language, about 10 MB; of a million listings' words 98 % are among them


class _Keys(dict[str, str]):
    """Term -> its key in a listing of one language, worked out when first met."""

    def __init__(self, language: Language | None) -> None:
        super().__init__()
        self.language = language

    def __missing__(self, term: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        stemmed = None if self.language is None else _stem(term, self.language)
        key = exact(term) if stemmed is None else f"{self.language}:{stemmed}"
        self[term] = key
        return key


def exact(term: str) -> str:
    """The key of a term that stands for itself."""
    return "=" + term


@cache
def keys_in(language: Language | None) -> dict[str, str]:
    """Term -> its key in a listing of this language. Any term may be asked for."""
    return _Keys(language)


@lru_cache(maxsize=5_000)
def alternatives(term: str) -> tuple[str, ...]:
    """The keys under which inflected forms of a term are found, a language each; none for a name."""
    stems = [(language, _stem(term, language)) for language in LANGUAGES]
    return tuple(f"{language}:{stem}" for language, stem in stems if stem is not None)


def inflects(term: str) -> bool:
    return bool(alternatives(term))


def _stem(term: str, language: Language) -> str | None:
    """None for what is not inflected: a name, a number, another script, a word of two letters."""
    script = _CYRILLIC if language == "ru" else _LATIN
    if script.fullmatch(term) is None or term in _NAMES or spelling((term,)) != term:
        return None
    if language == "en" and term in _OWN_STEMS:
        return _OWN_STEMS[term]
    stemmed: str = _stemmer(language).stemWord(term)
    return stemmed if len(stemmed) >= _SHORTEST else term


@cache
def _stemmer(language: Language) -> Stemmer:
    return Stemmer(_ALGORITHMS[language], 0)
