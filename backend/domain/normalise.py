"""Posting -> what is stored: clean text, our vocabulary, places, harmless HTML, and hashes of it.

Pure; called for every new or changed posting, so lookups of repeated texts are cached.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from backend.domain.exchange import SourceChanged
from backend.domain.places import complete
from backend.domain.posting import EmploymentType, Level, Location, Posting, Salary, WorkMode
from backend.domain.richtext import sanitise, text_of
from backend.domain.salary import salary_of
from backend.domain.vocabulary import employment_type_of, level_of, work_mode_of

__all__ = ["Normalised", "list_hash", "normalise", "text_of"]

MAX_ID, MAX_TITLE, MAX_URL, MAX_DEPARTMENT, MAX_COMPANY, MAX_PLACE, MAX_PLACES = (
    300,
    500,
    2000,
    300,
    200,
    300,
    60,
)
# Characters that show nothing, or turn the direction of what follows.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_EARLIEST_YEAR = 1995  # before: a placeholder, not a date


@dataclass(frozen=True, slots=True)
class Normalised:
    """A posting as it is stored. `content_hash` covers every field but `company` and a relative date."""

    external_id: str
    title: str
    url: str
    company: str | None
    locations: tuple[Location, ...]
    work_mode: WorkMode | None
    employment_type: EmploymentType | None
    level: Level | None
    salary: Salary | None
    department: str | None
    posted_at: datetime | None
    description_html: str | None
    content_hash: str = ""


def normalise(posting: Posting, now: datetime) -> Normalised:
    """Raises SourceChanged for a posting without a usable id, title or web address."""
    title = _line(posting.title, MAX_TITLE)
    if not title:
        raise SourceChanged(f"posting {posting.external_id[:60]!r}: its title is empty")
    if not posting.external_id or len(posting.external_id) > MAX_ID or _CONTROL.search(posting.external_id):
        raise SourceChanged(f"posting {title[:60]!r}: its id is empty, too long, or has control characters")
    locations = _locations(posting.locations)
    salary = posting.salary
    normalised = Normalised(
        external_id=posting.external_id,
        title=title,
        url=_web_address(posting),
        company=_line(posting.company, MAX_COMPANY),
        locations=locations,
        work_mode=work_mode_of(posting.work_mode, (place.text for place in locations), title),
        employment_type=employment_type_of(posting.employment_type, title),
        level=level_of(posting.level, title),
        salary=salary_of(salary.minimum, salary.maximum, salary.currency, salary.period) if salary else None,
        department=_line(posting.department, MAX_DEPARTMENT),
        posted_at=_posted_at(posting, now),
        description_html=(sanitise(posting.description_html) or None) if posting.description_html else None,
    )
    relative = posting.posted_at is None
    return replace(normalised, content_hash=_digest(_stored(normalised, relative)))


def list_hash(posting: Posting) -> str:
    """A hash of all that the list answer says of a posting, relative dates apart: 32 hexadecimal digits."""
    return _digest(
        (
            posting.external_id,
            posting.title,
            posting.url,
            posting.company,
            *_flat(posting.locations),
            posting.description_html,
            posting.department,
            posting.employment_type,
            posting.work_mode,
            posting.level,
            *_pay(posting.salary),
            posting.posted_at and posting.posted_at.isoformat(),
        )
    )


def _line(text: str | None, length: int) -> str | None:
    """One line without unseen characters, at most `length` long; None when nothing is left."""
    if text is None:
        return None
    if not text.isprintable():  # the quick way for nearly all
        text = _UNSEEN.sub("", _CONTROL.sub(" ", text))
    line = " ".join(text.split())
    return (line if len(line) <= length else line[: length - 1].rstrip() + "…") or None


def _web_address(posting: Posting) -> str:
    url = posting.url.strip()
    if not url.lower().startswith(("http://", "https://")) or len(url) > MAX_URL or _CONTROL.search(url):
        raise SourceChanged(
            f"posting {posting.external_id[:60]!r}: its web address is not a usable http(s) one"
        )
    return url


def _locations(places: Iterable[Location]) -> tuple[Location, ...]:
    found: dict[Location, None] = {}
    for place in places:
        text = _line(place.text, MAX_PLACE)
        if text is None:
            continue
        clean = Location(text, _line(place.city, 100), _line(place.region, 100), place.country)
        found.update(dict.fromkeys(complete(clean)))
    return tuple(found)[:MAX_PLACES]


def _posted_at(posting: Posting, now: datetime) -> datetime | None:
    """The posted date; a relative one as midnight (UTC) of that day."""
    if posting.posted_at is not None:
        return posting.posted_at if posting.posted_at.year >= _EARLIEST_YEAR else None
    if posting.posted_days_ago is None:
        return None
    day = now - timedelta(days=min(posting.posted_days_ago, 3650))
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


def _stored(content: Normalised, relative: bool) -> tuple[object, ...]:
    return (
        content.title,
        content.url,
        *_flat(content.locations),
        content.work_mode,
        content.employment_type,
        content.level,
        *_pay(content.salary),
        content.department,
        None if relative or content.posted_at is None else content.posted_at.isoformat(),
        content.description_html,
    )


def _flat(locations: tuple[Location, ...]) -> Iterator[object]:
    yield len(locations)
    for place in locations:
        yield from (place.text, place.city, place.region, place.country)


def _pay(salary: Salary | None) -> tuple[object, ...]:
    if salary is None:
        return (None,)
    return (salary.minimum, salary.maximum, salary.currency, salary.period)


def _digest(values: Iterable[object]) -> str:
    """A stable hash; nothing, "" and "None" differ."""
    text = "\x1f".join("\x00" if value is None else str(value) for value in values)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
