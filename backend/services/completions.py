"""What the search field offers while one types: titles, companies and places, with how many are open.

They are counted anew by the one process of a host that writes its index, a little at a time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any, Literal, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.analyse import asked_terms, plain, spelling
from backend.domain.query_fields import city_value, country_name
from backend.models import Company, Listing
from backend.search import typeahead
from backend.search.typeahead import Completions, Offer

Kind = Literal["title", "company", "place"]
KINDS: tuple[Kind, ...] = get_args(Kind)

MOST = 20_000  # offers of a kind
BATCH = 1_000  # listings a step
STEP = 0.1  # seconds
PAUSE, REST = 20.0, 30.0  # between two counts: so many seconds, and so many times what the last one took
_WORDS = 6  # a longer title is a sentence
_CHUNK = 500  # parameters of one IN list
_END_OF_NAME = re.compile(r"\s+[-–—|/:@•~]+\s+|\s*[(\[,;|•]|\s{2,}|:\s|\s[-–—]|[-–—]\s")


@dataclass(frozen=True, slots=True)
class Completion:
    """`query` finds what `text` names: `count` open listings when they were last counted."""

    kind: Kind
    text: str
    query: str
    count: int


@lru_cache(maxsize=8)
def _completions_at(directory: Path) -> Completions:
    return Completions(directory)


def complete(directory: Path, typed: str, limit: int) -> list[Completion]:
    """What begins with, or has a word that begins with, what is typed; the kind with the most first."""
    completions = _completions_at(directory)
    found = {kind: completions.best(kind, typed, limit) for kind in KINDS}
    shares = {"title": limit - 2 * (limit // 4), "company": limit // 4, "place": limit // 4}
    spare = limit - sum(min(len(found[kind]), shares[kind]) for kind in KINDS)
    chosen: list[Completion] = []
    for kind in KINDS:
        share = min(len(found[kind]), shares[kind] + spare)
        spare -= max(share - shares[kind], 0)
        chosen += [Completion(kind, offer.text, offer.query, offer.count) for offer in found[kind][:share]]
    first = {kind: found[kind][0].count for kind in KINDS if found[kind]}
    return sorted(chosen, key=lambda one: -first[one.kind])


class Renewal:
    """Keeps the offers of a directory fresh, a step at a time, so that whoever calls it never waits long."""

    def __init__(self, session: Session, directory: Path) -> None:
        self.session, self.directory = session, directory
        self._steps: Iterator[None] | None = None
        self._due = self._spent = 0.0

    def advance(self, seconds: float = STEP) -> None:
        """Go on for about so many seconds, if it is time. Ends the session's transaction."""
        start = monotonic()
        if self._steps is None:
            if start < self._due:
                return
            self._steps, self._spent = renew(self.session, self.directory), 0.0
        steps, self._steps = self._steps, None  # a step that fails is the last
        for _ in steps:
            if monotonic() - start > seconds:
                self._steps = steps
                break
        self._spent += monotonic() - start
        if self._steps is None:
            self._due = monotonic() + max(PAUSE, REST * self._spent)


def build(session: Session, directory: Path) -> None:
    """All of it at once."""
    for _ in renew(session, directory):
        pass


def renew(session: Session, directory: Path) -> Iterator[None]:
    """Count the open listings and replace the offers; pauses after each short step."""
    titles, cities = _Names(_terms_of), _Names(city_value)
    companies, countries = Counter[int](), Counter[str]()
    for rows in _open_listings(session, Listing.title, Listing.company_id, Listing.locations):
        for title, company_id, locations in rows:
            titles.add({_name_in(title)})
            companies[company_id] += 1
            cities.add({place["city"] for place in locations if place.get("city")})
            countries.update({place["country"] for place in locations if place.get("country")})
        yield
    called = titles.commonest()
    counts = Counter[str]()
    for rows in _open_listings(session, Listing.title):
        for (title,) in rows:
            counts.update(called.keys() & _phrases(title))
        yield
    named = [
        Offer(name, _quoted("title", spelling(tuple(key.split()))), counts[key])
        for key, name in called.items()
    ]
    places = [
        Offer(name, _quoted("city", key), cities.counts[key]) for key, name in cities.commonest().items()
    ]
    places += [Offer(country_name(code), f"country:{code}", count) for code, count in countries.items()]
    sections = {}
    for kind, offers in (("title", named), ("company", _named(session, companies)), ("place", places)):
        sections[kind] = typeahead.section(offers)
        yield
    typeahead.write(directory, sections)


def _open_listings(session: Session, *columns: Any) -> Iterator[Sequence[Any]]:
    """These columns of all open listings, so many rows at a time, each time in a transaction of its own."""
    after = 0
    while True:
        rows = select(Listing.id, *columns).where(Listing.id > after, Listing.closed_at.is_(None))
        batch = session.execute(rows.order_by(Listing.id).limit(BATCH)).all()
        session.rollback()
        if not batch:
            return
        after = batch[-1][0]
        yield [row[1:] for row in batch]


def _named(session: Session, companies: Counter[int]) -> list[Offer]:
    offers: list[Offer] = []
    ids = [company_id for company_id, _ in companies.most_common(MOST)]
    for start in range(0, len(ids), _CHUNK):
        chosen = Company.id.in_(ids[start : start + _CHUNK])
        for company_id, slug, name in session.execute(
            select(Company.id, Company.slug, Company.name).where(chosen)
        ):
            offers.append(Offer(" ".join(name.split()), f"employer:{slug}", companies[company_id]))
    session.rollback()
    return offers


class _Names:
    """How often something is named, however it is written, and a way to write it."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        self.fold = lru_cache(maxsize=20_000)(fold)
        self.counts, self.writings = Counter[str](), dict[str, str]()

    def add(self, names: Iterable[str]) -> None:
        for name in names:
            key = self.fold(name)
            if key:
                self.counts[key] += 1
                self.writings.setdefault(key, " ".join(name.split()))
        if len(self.counts) > 4 * MOST:  # forget the rarest, whatever they may have become
            self.counts = Counter(dict(self.counts.most_common(2 * MOST)))
            self.writings = {key: self.writings[key] for key in self.counts}

    def commonest(self) -> dict[str, str]:
        """Folded -> written."""
        return {key: self.writings[key] for key, _ in self.counts.most_common(MOST)}


def _name_in(title: str) -> str:
    """What a title calls the role: "Data engineer" of "Data engineer (m/f/d) - Berlin"; empty if long."""
    name = _END_OF_NAME.split(title.strip(), maxsplit=1)[0]
    return name if len(name.split()) <= _WORDS else ""


def _terms_of(name: str) -> str:
    return " ".join(asked_terms(name))


def _phrases(title: str) -> set[str]:
    """Every run of words in it, as `_terms_of` writes them."""
    words = plain(title).split()
    return {
        " ".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(start + _WORDS, len(words)) + 1)
    }


def _quoted(field: str, text: str) -> str:
    return f'{field}:"{text}"'
