"""What a source says about one opening: frozen values, never stored as they are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class WorkMode(StrEnum):
    REMOTE = "remote"
    HYBRID = "hybrid"
    ONSITE = "onsite"


class EmploymentType(StrEnum):
    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    CONTRACT = "contract"
    TEMPORARY = "temporary"
    INTERNSHIP = "internship"
    APPRENTICESHIP = "apprenticeship"
    VOLUNTEER = "volunteer"


class Level(StrEnum):
    INTERN = "intern"
    ENTRY = "entry"
    MID = "mid"
    SENIOR = "senior"
    LEAD = "lead"
    MANAGER = "manager"
    DIRECTOR = "director"
    EXECUTIVE = "executive"


class SalaryPeriod(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Location:
    """A place. `text` is as the source gave it; the parts are filled where they are known.

    `country` is an ISO 3166-1 alpha-2 code in capitals.
    """

    text: str
    city: str | None = None
    region: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Salary:
    """Pay in its own currency (ISO 4217) and period. At least one of `minimum`, `maximum` is set."""

    minimum: float | None
    maximum: float | None
    currency: str | None
    period: SalaryPeriod | None


@dataclass(frozen=True, slots=True)
class Posting:
    """One opening as a source's answer holds it.

    `external_id` is unique within the board. `title` is trimmed and not empty. `employment_type`,
    `work_mode` and `level` may be the source's own words: `normalise` turns them into the enums above.
    `posted_at` is aware and in UTC. `posted_days_ago` holds a relative date ("Posted 3 Days Ago"), which
    stays outside every hash. `description_html` is not sanitised yet; None means the list answer has no
    text and a detail request may give it. `provisional`: only an address is known, which may not even be an
    opening's; without its detail there is nothing to show.
    """

    external_id: str
    title: str
    url: str
    company: str | None = None
    locations: tuple[Location, ...] = ()
    description_html: str | None = None
    department: str | None = None
    employment_type: str | None = None
    work_mode: str | None = None
    level: str | None = None
    salary: Salary | None = None
    posted_at: datetime | None = None
    posted_days_ago: int | None = field(default=None, compare=False)
    provisional: bool = field(default=False, compare=False)


def merge_duplicates(postings: list[Posting]) -> list[Posting]:
    """The same external id twice is one posting with both places; the first one's other fields win."""
    merged: dict[str, Posting] = {}
    for posting in postings:
        first = merged.get(posting.external_id)
        if first is None:
            merged[posting.external_id] = posting
        else:
            places = first.locations + tuple(p for p in posting.locations if p not in first.locations)
            merged[posting.external_id] = replace(first, locations=places)
    return list(merged.values())
