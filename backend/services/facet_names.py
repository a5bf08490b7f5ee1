"""What people call the values of a facet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.query import Query
from backend.domain.query_fields import city_value, country_name
from backend.domain.query_nodes import Value, ValueField, text_of
from backend.models import Company, Listing
from backend.search import facets
from backend.search.facets import Count
from backend.search.reader import SearchIndex
from backend.search.remembered import Remembered
from backend.sources import registry

_CITIES = Remembered(5_000)
_WORDS = {"onsite": "On site"}


@dataclass(frozen=True, slots=True)
class FacetCount:
    """`value` as the filter of the same name takes it, and how many listings have it."""

    value: str
    label: str
    count: int


def named(
    session: Session, index: SearchIndex, counted: Mapping[str, Sequence[Count]], now: datetime
) -> dict[str, list[FacetCount]]:
    """Raises IndexUnusable."""
    found: dict[str, list[FacetCount]] = {}
    for name, counts in counted.items():
        labels = _labels(session, index, name, [one.value for one in counts], now)
        unit = "d" if name == facets.POSTED else ""
        found[name] = [FacetCount(one.value + unit, labels[one.value], one.count) for one in counts]
    return found


def _labels(
    session: Session, index: SearchIndex, name: str, values: Sequence[str], now: datetime
) -> dict[str, str]:
    match name:
        case facets.POSTED:
            return {days: "24 hours" if days == "1" else f"{days} days" for days in values}
        case ValueField.COUNTRY:
            return {code: country_name(code) for code in values}
        case ValueField.SOURCE:
            labels = {source.name: source.label for source in registry.SOURCES}
            return {value: labels.get(value, value) for value in values}
        case ValueField.EMPLOYER:
            rows = select(Company.slug, Company.name).where(Company.slug.in_(values))
            names = {row.slug: row.name for row in session.execute(rows)}
            return {value: names.get(value, value) for value in values}
        case ValueField.CITY:
            return {
                value: _CITIES.get((index.directory, value), partial(_city_name, session, index, value, now))
                for value in values
            }
    return {value: _WORDS.get(value, value.replace("_", " ").capitalize()) for value in values}


def _city_name(session: Session, index: SearchIndex, value: str, now: datetime) -> str:
    """As the newest listing in that city writes it."""
    node = Value(ValueField.CITY, value)
    asked = Query(node, text_of(node))
    newest = index.search(asked, status="all", sort="newest", cursor=None, limit=1, now=now, counted=False)
    for locations in session.scalars(select(Listing.locations).where(Listing.id.in_(newest.ids))):
        for place in locations:
            if place.get("city") and city_value(place["city"]) == value:
                return str(place["city"])
    return value.title()
