"""Dates as feeds and pages write them: ISO 8601, RFC 822, a few plain forms, and relative ones. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST = 60
_SLOPPY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")  # +0300, which Python 3.10's rules and some others refuse

# The forms that services use, by language; the number stands first or last ("il y a 6 jours").
_UNITS = {
    0: r"just now|today|hours?|hrs?|minutes?|mins?|seconds?|heures?|aujourd|instant|secondes?|stunden?"
    r"|minuten?|heute|gerade|sekunden?|horas?|minutos?|hoy|segundos?|hoje|ore|ora|minuti|oggi|uur|uren|vandaag"
    r"|godzin\w*|dziś|dzisiaj|час\w*|минут\w*|сегодня|только что",
    1: r"days?|jours?|tage?n?|d[ií]as?|giorn[oi]|dage?n?|dag|dni|dzień|дн\w*|день|yesterday|hier|gestern|ayer"
    r"|ontem|ieri|gisteren|wczoraj|вчера",
    7: r"weeks?|semaines?|wochen?|semanas?|settiman[ae]|we(?:ek|ken)|tydzień|tygodni\w*|недел\w*",
    30: r"months?|mois|monate?n?|mes(?:es)?|m[eê]s|mes[ei]|maand(?:en)?|miesi\w*|месяц\w*",
    365: r"years?|ans?|année\w*|jahre?n?|años?|anos?|ann[oi]|jaar|rok\w*|lata|лет|год\w*",
}
_UNIT = [(days, re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)) for days, words in _UNITS.items()]
_NUMBER = re.compile(r"\d{1,4}")


def loose_moment(text: str | None) -> datetime | None:
    """An aware UTC time from ISO 8601, RFC 822 or `2026/8/5`, else None. Without a zone it is UTC."""
    if text is None or len(text) > _LONGEST:
        return None
    value = text.strip()
    found = _iso(value) or _rfc822(value)
    if found is None and (date := _SLOPPY.match(value)):
        year, month, day = (int(part) for part in date.groups())
        found = _iso(f"{year:04}-{month:02}-{day:02}")
    return found


def _iso(value: str) -> datetime | None:
    try:
        return _utc(datetime.fromisoformat(_OFFSET.sub(r"\1:\2", value.removesuffix(" UTC"))))
    except (ValueError, OverflowError):
        return None


def _rfc822(value: str) -> datetime | None:
    if "," not in value and not re.match(r"\d{1,2}\s+[A-Za-z]{3}\s", value):
        return None  # parsedate_to_datetime sees dates in nearly anything
    try:
        return _utc(parsedate_to_datetime(value))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _utc(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def days_ago(text: str | None) -> int | None:
    """`3 days ago`, `il y a 6 jours`, `vor 2 Wochen`, `yesterday`, `30+ days ago` -> days, or None."""
    if text is None or len(text) > _LONGEST:
        return None
    for days, unit in _UNIT:
        if unit.search(text):
            number = _NUMBER.search(text)
            return days * int(number.group()) if number else days
    return None
