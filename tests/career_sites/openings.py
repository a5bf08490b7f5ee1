"""One opening of a made-up company, as it stands at one moment, and how it may change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import md5
from random import Random

from tests.career_sites.company import Company
from tests.career_sites.phrases import FIELDS, PLACE_WEIGHTS, PLACES, Place

LEVELS = ("intern", "entry", "mid", "senior", "lead", "manager", "director")
LEVEL_WEIGHTS = (4, 9, 38, 30, 10, 6, 3)
LEVEL_PAY = {
    "intern": 0.4,
    "entry": 0.7,
    "mid": 1.0,
    "senior": 1.25,
    "lead": 1.45,
    "manager": 1.4,
    "director": 1.7,
}
MODES = ("remote", "hybrid", "onsite")
MODE_WEIGHTS = (30, 40, 30)
PAID_SHARE = 0.4
COPY_SHARE = 0.07
"""So often is an opening the one before it, once more, in another city (real boards list a role per city)."""


@dataclass(frozen=True, slots=True)
class Pay:
    """Per `period` ("year", "month", "hour"), in `currency`."""

    minimum: int
    maximum: int
    currency: str
    period: str = "year"


@dataclass(frozen=True, slots=True)
class Opening:
    """`posted_at` and `updated_at` are seconds since the start of the world (negative: before it).

    `role` seeds the text: copies of one role share it. `edition` counts the edits of the text. `html` is
    set for openings that were published by hand, and then is the whole text.
    """

    number: int
    external_id: str
    title: str
    field: str
    level: str
    department: str
    team: str
    places: tuple[Place, ...]
    work_mode: str
    employment_type: str
    pay: Pay | None
    role: str
    posted_at: float
    updated_at: float
    edition: int = 0
    html: str | None = None


def external_id(seed: int, company: Company, number: int) -> str:
    if company.source == "greenhouse":
        return str(4_000_000_000 + company.index * 1_000_000 + number)
    if company.source == "personio":
        return str(100_000 + company.index * 1_000_000 + number)
    digest = md5(f"{seed}/{company.slug}/{number}".encode(), usedforsecurity=False).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-a{digest[17:20]}-{digest[20:]}"


def draw_opening(seed: int, company: Company, number: int, posted_at: float) -> Opening:
    rng = Random(f"{seed}/{company.slug}/{number}")
    if number and rng.random() < COPY_SHARE:
        original = draw_opening(seed, company, number - 1, posted_at)
        return replace(
            original,
            number=number,
            external_id=external_id(seed, company, number),
            places=(other_place(rng, original.places),),
        )
    field = rng.choices(tuple(FIELDS), [trade["weight"] for trade in FIELDS.values()])[0]
    level = rng.choices(LEVELS, LEVEL_WEIGHTS)[0]
    team = rng.choice(FIELDS[field]["teams"])
    places = _places(rng, company)
    return Opening(
        number=number,
        external_id=external_id(seed, company, number),
        title=_title(rng, field, level, team, places[0]),
        field=field,
        level=level,
        department=FIELDS[field]["departments"][company.index % len(FIELDS[field]["departments"])],
        team=team,
        places=places,
        work_mode=rng.choices(MODES, MODE_WEIGHTS)[0],
        employment_type=_employment_type(rng, level),
        pay=_pay(rng, field, level, places[0]) if rng.random() < PAID_SHARE else None,
        role=f"{seed}/{company.slug}/{number}",
        posted_at=posted_at,
        updated_at=posted_at,
    )


def _places(rng: Random, company: Company) -> tuple[Place, ...]:
    """Mostly one place, sometimes two or three, as on real boards (83 % have one)."""
    count = rng.choices((1, 2, 3), (83, 12, 5))[0]
    pool = [*company.homes, *rng.choices(PLACES, PLACE_WEIGHTS, k=2)]
    return tuple(dict.fromkeys(rng.choice(pool) for _ in range(count)))


def _employment_type(rng: Random, level: str) -> str:
    if level == "intern":
        return "internship"
    return rng.choices(("full_time", "part_time", "contract", "temporary"), (93, 3, 3, 1))[0]


def _title(rng: Random, field: str, level: str, team: str, place: Place) -> str:
    forms = {
        "intern": ("Intern, {base}", "Working Student, {base}", "{base} Intern"),
        "entry": ("Junior {base}", "Associate {base}"),
        "senior": ("Senior {base}", "Senior {base}", "Sr. {base}"),
        "lead": ("Staff {base}", "Lead {base}", "Principal {base}"),
        "manager": ("Manager, {team}", "{team} Manager", "Team Lead {team}"),
        "director": ("Director of {team}", "Head of {team}"),
    }.get(level, ("{base}",))
    title = rng.choice(forms).format(base=rng.choice(FIELDS[field]["titles"]), team=team)
    ending = rng.random()
    if ending < 0.35 and team not in title:
        title += f", {team}"
    elif ending < 0.43:
        title += f" - {place.country_name}"
    if place.country in ("DE", "AT", "CH") and rng.random() < 0.6:
        title += rng.choice((" (m/f/d)", " (f/m/x)", " (all genders)"))
    return title


def _pay(rng: Random, field: str, level: str, place: Place) -> Pay:
    middle = FIELDS[field]["pay"] * 1000 * LEVEL_PAY[level] * place.pay * rng.uniform(0.85, 1.15)
    if level == "intern":
        step = 1 if place.pay < 2 else 10
        low = max(step, round(middle / 2000 / step) * step)
        return Pay(low, low + 4 * step, place.currency, "hour")
    step = 1000 if place.pay < 10 else 50_000
    low = max(1, round(middle * 0.88 / step)) * step
    return Pay(low, low + max(2, round(middle * 0.25 / step)) * step, place.currency, "year")


def other_place(rng: Random, places: tuple[Place, ...]) -> Place:
    return rng.choice([place for place in PLACES if place not in places])


def retitled(rng: Random, opening: Opening) -> Opening:
    return replace(opening, title=_title(rng, opening.field, opening.level, opening.team, opening.places[0]))


def repaid(rng: Random, opening: Opening) -> Opening:
    return replace(opening, pay=_pay(rng, opening.field, opening.level, opening.places[0]))


def replaced(rng: Random, opening: Opening) -> Opening:
    """Another place; half of the time in addition to the present ones."""
    place = other_place(rng, opening.places)
    keep = opening.places if len(opening.places) < 3 and rng.random() < 0.5 else ()
    return replace(opening, places=(*keep, place))


def edited(rng: Random, opening: Opening) -> Opening:
    return replace(opening, edition=opening.edition + 1)
