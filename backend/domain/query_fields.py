"""The fields of a query: their names, and how their values are read. Messages here lack the column."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from functools import cache, lru_cache

from babel import Locale

from backend.domain.analyse import asked_terms, spelling
from backend.domain.gazetteer import country_code
from backend.domain.posting import EmploymentType, Level, WorkMode
from backend.domain.query_nodes import Comparison, Range, RangeField, TextField, Value, ValueField

KNOWN = (*TextField, *ValueField, *RangeField)
_CHOICES: dict[ValueField, type[StrEnum]] = {
    ValueField.MODE: WorkMode,
    ValueField.TYPE: EmploymentType,
    ValueField.LEVEL: Level,
}
_ALIASES: dict[tuple[ValueField, str], str] = {
    (ValueField.MODE, "office"): WorkMode.ONSITE,
    (ValueField.MODE, "on_site"): WorkMode.ONSITE,
    (ValueField.MODE, "in_office"): WorkMode.ONSITE,
    (ValueField.TYPE, "fulltime"): EmploymentType.FULL_TIME,
    (ValueField.TYPE, "parttime"): EmploymentType.PART_TIME,
    (ValueField.TYPE, "permanent"): EmploymentType.FULL_TIME,
    (ValueField.TYPE, "freelance"): EmploymentType.CONTRACT,
    (ValueField.TYPE, "contractor"): EmploymentType.CONTRACT,
    (ValueField.TYPE, "intern"): EmploymentType.INTERNSHIP,
    (ValueField.LEVEL, "junior"): Level.ENTRY,
    (ValueField.LEVEL, "internship"): Level.INTERN,
}
_PAY = re.compile(r"(\d{1,3}(?:[,_']\d{3})+|\d+)(\.\d{1,6})?(k?)", re.IGNORECASE)
_AGE = re.compile(r"(\d{1,5})([mhdw])", re.IGNORECASE)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def read_value(field: ValueField, text: str) -> Value:
    """Raises ValueError that says what was expected."""
    if field is ValueField.COUNTRY:
        code = country_code(text.strip())
        if code is None:
            raise ValueError(f'no country is called "{text}": write its English name or two-letter code')
        return Value(field, code)
    if field is ValueField.CITY:
        city = city_value(text)
        if not city:
            raise ValueError(f'no word to look for in city: "{text}"')
        return Value(field, city)
    if field is ValueField.EMPLOYER:
        return Value(field, _slug(text))
    key = re.sub(r"[\s-]+", "_", text.strip().lower())
    if field is ValueField.SOURCE:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key):
            raise ValueError(f'"{text}" is not the name of a source, such as greenhouse')
        return Value(field, key)
    key = _ALIASES.get((field, key), key)
    choices = [str(choice) for choice in _CHOICES[field]]
    if key not in choices:
        raise ValueError(f'{field} is one of {", ".join(choices)}, not "{text}"')
    return Value(field, key)


@lru_cache(maxsize=5_000)
def city_value(name: str) -> str:
    """A city's name as it is compared: folded, "Köln " is "koln". Empty if there is no word in it."""
    return spelling(asked_terms(name))


def _slug(text: str) -> str:
    slug = text.strip().casefold()
    if not re.fullmatch(r"[^\W_][\w-]{0,139}", slug):
        raise ValueError(f'"{text}" is not the short name of a company, such as acme-labs')
    return slug


def read_range(field: RangeField, comparison: str, text: str) -> Range:
    """Raises ValueError that says what was expected."""
    if field is RangeField.SALARY:
        pay = _PAY.fullmatch(text)
        if pay is None or len(pay[1]) > 12:
            raise ValueError(f'salary is compared with an amount for a year, like 90000 or 90k, not "{text}"')
        amount = float(re.sub(r"[,_']", "", pay[1]) + (pay[2] or "")) * (1000 if pay[3] else 1)
        return Range(field, Comparison(comparison), amount)
    age = _AGE.fullmatch(text)
    if age is None:
        raise ValueError(f'{field} is compared with an age, like 24h, 7d or 2w, not "{text}"')
    seconds = int(age[1]) * _UNITS[age[2].lower()].total_seconds()
    return Range(field, Comparison(comparison), seconds)


@cache
def country_name(code: str) -> str:
    """The English name of an ISO 3166-1 alpha-2 code; the code itself if it has none."""
    return str(_territories().get(code.upper(), code))


@cache
def _territories() -> dict[str, str]:
    return dict(Locale("en").territories)
