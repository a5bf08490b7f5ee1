"""Pay as sources write it -> Salary. Pure."""

from __future__ import annotations

import re

from babel.core import get_global

from backend.domain.posting import Salary, SalaryPeriod

CURRENCIES = frozenset(get_global("all_currencies"))
# Only signs that name one currency; a bare $ is the US dollar, as job boards use it.
_SIGNS = {
    "US$": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "$": "USD", "€": "EUR", "£": "GBP", "₹": "INR",
    "zł": "PLN", "₽": "RUB", "₩": "KRW", "₪": "ILS", "R$": "BRL", "S$": "SGD",
}  # fmt: skip
_PERIODS = (
    (SalaryPeriod.HOUR, r"\bhour|hourly|\bhr\b|\bph\b|per_hour|stunde|/h\b"),
    (SalaryPeriod.DAY, r"\bday\b|daily|per_day|\btag\b"),
    (SalaryPeriod.WEEK, r"\bweek|wöchentlich|per_week"),
    (SalaryPeriod.MONTH, r"\bmonth|\bmonat|per_month|\bpm\b|/mo\b"),
    (SalaryPeriod.YEAR, r"\byear|annual|annum|\bpa\b|jahr|per_year|/yr\b"),
)
_PERIOD = [(period, re.compile(pattern, re.IGNORECASE)) for period, pattern in _PERIODS]
_NUMBER = re.compile(r"(\d{1,3}(?:[ ,.'\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?)\s*([kKmM]\b)?")
_SIGN = re.compile("|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True)))
_CODE = re.compile(r"\b[A-Z]{3}\b")
_LARGEST = 1e12


def salary_period(text: str | None) -> SalaryPeriod | None:
    """`per-year-salary`, `1 YEAR`, `hourly`, `PA` … -> a period."""
    if not text:
        return None
    return next((period for period, pattern in _PERIOD if pattern.search(text)), None)


def salary_of(
    minimum: float | None, maximum: float | None, currency: str | None, period: SalaryPeriod | None
) -> Salary | None:
    """A sane Salary or None: 0 is unknown, ends the wrong way round are turned, odd currencies dropped."""
    low = minimum if minimum and 0 < minimum < _LARGEST else None
    high = maximum if maximum and 0 < maximum < _LARGEST else None
    if low is None and high is None:
        return None
    if low is not None and high is not None and low > high:
        low, high = high, low
    code = (currency or "").strip().upper()
    return Salary(low, high, code if code in CURRENCIES else None, period)


def parse_salary(text: str | None) -> Salary | None:
    """A short pay text ("$120K – $150K a year", "60.000 - 75.000 EUR") -> Salary; None without figures.

    Not for whole descriptions: any two numbers would do.
    """
    if not text or len(text) > 300:
        return None
    currency = _currency(text)
    numbers = [_amount(match) for match in _NUMBER.finditer(text)][:2]
    if currency is None or not numbers:
        return None
    low, high = (numbers[0], numbers[1]) if len(numbers) == 2 else (numbers[0], None)
    if (
        high is not None
        and low < 1000 <= high
        and re.search(r"\d\s*[-–—]\s*[^\d]{0,3}\d+(?:[.,]\d+)?\s*[kK]\b", text)
    ):
        low *= 1000  # "$120-150K": the K stands for both
    return salary_of(low, high, currency, salary_period(text))


def _currency(text: str) -> str | None:
    code: str | None = next((code for code in _CODE.findall(text) if code in CURRENCIES), None)
    if code:
        return code
    sign = _SIGN.search(text)
    return _SIGNS[sign.group()] if sign else None


def _amount(match: re.Match[str]) -> float:
    digits, factor = match.groups()
    digits = re.sub(r"[ '\u00a0\u202f]", "", digits)
    digits = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", digits).replace(",", ".")
    if digits.count(".") > 1:
        digits = digits.replace(".", "")
    return float(digits) * {"k": 1000, "m": 1_000_000}.get((factor or "").lower(), 1)
