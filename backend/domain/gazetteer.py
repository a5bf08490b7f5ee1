"""Names of countries, regions and cities -> what they can mean. Country names are Babel's (CLDR). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global

from backend.domain import cities as data

_LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "sv", "ru")
_NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "XK", "ZZ"}
# Translations that are places elsewhere: Granada in Spain, Salvador in Brazil, Islandia in New York.
_ELSEWHERE = {"granada", "salvador", "islandia"}
_ZONES = re.compile(r"(?:Africa|America|Asia|Australia|Europe)/[A-Za-z_-]+")


@dataclass(frozen=True, slots=True)
class Sense:
    """One reading of a piece of text: a country, a region of one, or a city of one."""

    kind: str
    country: str
    region: str | None = None
    city: str | None = None


@lru_cache(maxsize=10_000)
def country_code(text: str | None) -> str | None:
    """A country's name or code (two letters, three letters, several languages) -> ISO 3166-1 alpha-2."""
    if not text:
        return None
    key = fold(text)
    found = _countries().get(key)
    if found is None and len(key) == 2:
        found = _codes().get(key.upper())
    return found


def fold(text: str) -> str:
    """The spelling under which names are looked up."""
    plain = text.replace(".", "").replace(",", " ").replace(" & ", " and ")
    return " ".join(plain.casefold().split()).removeprefix("the ")


@cache
def _codes() -> dict[str, str]:
    english = (str(code) for code in Locale("en").territories)
    codes = {code: code for code in english if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRIES}
    return codes | {"UK": "GB", "EL": "GR"}


@cache
def _countries() -> dict[str, str]:
    """Names in several languages, English first, and the three-letter codes."""
    names: dict[str, str] = {}
    for code, aliases in data.COUNTRY_ALIASES.items():
        names.update((fold(alias), code) for alias, _ in _names(aliases))
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if code in _codes() and fold(name) not in _ELSEWHERE:
                names.setdefault(fold(name), str(code))
    for code, replacements in get_global("territory_aliases").items():
        if len(code) == 3 and code.isalpha() and replacements[0] in _codes():
            names.setdefault(code.casefold(), replacements[0])
    return names


@cache
def regions() -> dict[str, tuple[Sense, ...]]:
    found: dict[str, list[Sense]] = {}
    for country, table in (("US", data.US_STATES), ("CA", data.CA_PROVINCES)):
        for code, name in table.items():
            for spelling in (code, name):
                found.setdefault(fold(spelling), []).append(Sense("region", country, name))
    for country, names in data.REGIONS.items():
        for alias, name in _names(names):
            found.setdefault(fold(alias), []).append(Sense("region", country, name))
    for alias in ("Bay Area", "San Francisco Bay Area", "SF Bay Area"):
        found[fold(alias)] = [Sense("region", "US", "California")]
    return {key: tuple(senses) for key, senses in found.items()}


@cache
def cities() -> dict[str, tuple[Sense, ...]]:
    found: dict[str, list[Sense]] = {}

    def add(alias: str, sense: Sense) -> None:
        senses = found.setdefault(fold(alias), [])
        if all(known.country != sense.country for known in senses):
            senses.append(sense)

    for country, names in data.CITIES.items():
        for alias, name in _names(names):
            add(alias, Sense("city", country, None, name))
    for country, states, table in (
        ("US", data.US_STATES, data.US_CITIES),
        ("CA", data.CA_PROVINCES, data.CA_CITIES),
    ):
        for state, names in table.items():
            for alias, name in _names(names):
                add(alias, Sense("city", country, states[state], name))
    for zone, territory in get_global("zone_territories").items():
        city = zone.rpartition("/")[2].replace("_", " ")
        if _ZONES.fullmatch(zone) and territory in _codes() and not country_code(city):
            found.setdefault(fold(city), [Sense("city", territory, None, city)])
    return {key: tuple(senses) for key, senses in found.items()}


def _names(text: str) -> Iterator[tuple[str, str]]:
    """`A=B, C` -> (A, A), (B, A), (C, C)."""
    for entry in text.split(","):
        spellings = [spelling.strip() for spelling in entry.split("=")]
        yield from ((spelling, spellings[0]) for spelling in spellings)
