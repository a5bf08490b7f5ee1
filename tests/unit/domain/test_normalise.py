"""Posting -> what is stored."""

from __future__ import annotations

import time
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.domain.exchange import SourceChanged
from backend.domain.normalise import Normalised, list_hash, normalise
from backend.domain.posting import EmploymentType, Level, Location, Posting, Salary, SalaryPeriod, WorkMode

NOW = datetime(2026, 10, 22, 15, 30, tzinfo=UTC)
POSTING = Posting(
    external_id="7",
    title="Data Engineer",
    url="https://larkspur.example/7",
    company="Larkspur",
    locations=(Location("Berlin, Germany"),),
    description_html="<p>Move data.</p>",
    department="Data",
    employment_type="FullTime",
    work_mode="Hybrid",
    salary=Salary(60000, 80000, "EUR", SalaryPeriod.YEAR),
    posted_at=datetime(2026, 10, 1, tzinfo=UTC),
)


def test_a_posting_is_put_into_our_words() -> None:
    stored = normalise(POSTING, NOW)

    assert stored == Normalised(
        external_id="7",
        title="Data Engineer",
        url="https://larkspur.example/7",
        company="Larkspur",
        locations=(Location("Berlin, Germany", "Berlin", None, "DE"),),
        work_mode=WorkMode.HYBRID,
        employment_type=EmploymentType.FULL_TIME,
        level=None,
        salary=Salary(60000, 80000, "EUR", SalaryPeriod.YEAR),
        department="Data",
        posted_at=datetime(2026, 10, 1, tzinfo=UTC),
        description_html="<p>Move data.</p>",
        content_hash=stored.content_hash,
    )


def test_text_loses_control_and_unseen_characters() -> None:
    stored = normalise(
        replace(POSTING, title="  Data\x00 \u200bEngineer\n\u202e(x)\ud800", department="Delivery\u200b"), NOW
    )

    assert stored.title == "Data Engineer (x)"
    assert stored.department == "Delivery"


def test_long_values_are_cut_to_what_the_tables_hold() -> None:
    long = replace(POSTING, title="x" * 900, department="y" * 900, locations=(Location("z " * 900),) * 2)
    stored = normalise(long, NOW)

    assert (len(stored.title), stored.title[-1]) == (500, "…")
    assert len(stored.department or "") == 300
    assert [len(place.text) for place in stored.locations] == [300]


@pytest.mark.parametrize(
    "change",
    [{"url": "javascript:alert(1)"}, {"url": ""}, {"url": "/jobs/7"}, {"url": "https://x/" + "a" * 3000},
     {"url": "https://x/\x00"}, {"title": " \u200b "}, {"external_id": ""}, {"external_id": "x" * 400},
     {"external_id": "a\x00b"}],
)  # fmt: skip
def test_a_posting_without_usable_id_title_or_address_is_an_error(change: dict[str, Any]) -> None:
    with pytest.raises(SourceChanged, match="posting"):
        normalise(replace(POSTING, **change), NOW)


def test_relative_dates_become_days_and_placeholders_become_unknown() -> None:
    relative = replace(POSTING, posted_at=None, posted_days_ago=3)

    assert normalise(relative, NOW).posted_at == datetime(2026, 10, 19, tzinfo=UTC)
    assert normalise(replace(relative, posted_days_ago=None), NOW).posted_at is None
    assert normalise(replace(POSTING, posted_at=datetime(1970, 1, 1, tzinfo=UTC)), NOW).posted_at is None


def test_relative_dates_are_outside_both_hashes() -> None:
    today, tomorrow = (replace(POSTING, posted_at=None, posted_days_ago=days) for days in (3, 4))

    assert normalise(today, NOW).content_hash == normalise(tomorrow, NOW + timedelta(days=2)).content_hash
    assert list_hash(today) == list_hash(tomorrow)


CHANGES: list[dict[str, Any]] = [
    {"title": "Data Engineer II"},
    {"url": "https://larkspur.example/8"},
    {"locations": (Location("Berlin, Germany"), Location("Paris"))},
    {"locations": ()},
    {"description_html": "<p>Move more data.</p>"},
    {"description_html": None},
    {"department": None},
    {"employment_type": "Contract"},
    {"work_mode": "Remote"},
    {"salary": None},
    {"salary": Salary(60000, 80001, "EUR", SalaryPeriod.YEAR)},
    {"posted_at": datetime(2026, 10, 2, tzinfo=UTC)},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_every_stored_change_moves_both_hashes(change: dict[str, Any]) -> None:
    changed = replace(POSTING, **change)

    assert normalise(changed, NOW).content_hash != normalise(POSTING, NOW).content_hash
    assert list_hash(changed) != list_hash(POSTING)


def test_the_hashes_cover_every_field_that_a_posting_has() -> None:
    covered = {name for change in CHANGES for name in change}

    assert covered | {"external_id", "company", "level", "posted_days_ago", "provisional"} == {
        field.name for field in fields(Posting)
    }


def test_markup_that_only_a_sanitiser_sees_moves_the_list_hash_alone() -> None:
    styled = replace(POSTING, description_html='<p style="color:red">Move data.</p>')

    assert list_hash(styled) != list_hash(POSTING)
    assert normalise(styled, NOW).content_hash == normalise(POSTING, NOW).content_hash


@pytest.mark.parametrize(
    ("words", "places", "title", "mode"),
    [("OnSite", (), "", "onsite"), ("on_site", (), "", "onsite"), ("Fully Remote", (), "", "remote"),
     ("TELECOMMUTE", (), "", "remote"), ("hybrid", ("Remote",), "", "hybrid"), ("unspecified", (), "", None),
     (None, ("Chicago, US-Remote",), "", "remote"), (None, ("Boston (Hybrid)",), "", "hybrid"),
     (None, ("Remoto",), "", "remote"), (None, (), "Engineer (Remote)", "remote"),
     (None, (), "Engineer - Remote", "remote"), (None, (), "Remote Sensing Scientist", None),
     (None, ("Berlin",), "", None)],
)  # fmt: skip
def test_the_work_mode_is_what_the_source_its_places_or_the_title_say(
    words: str | None, places: tuple[str, ...], title: str, mode: str | None
) -> None:
    posting = replace(POSTING, work_mode=words, locations=tuple(map(Location, places)), title=title or "Cook")

    assert normalise(posting, NOW).work_mode == mode


@pytest.mark.parametrize(
    ("words", "kind"),
    [("FullTime", "full_time"), ("Full-time", "full_time"), ("FULL_TIME", "full_time"), ("full", "full_time"),
     ("permanent full-time", "full_time"), ("permanent part-time", "part_time"), ("PartTime", "part_time"),
     ("Contract", "contract"), ("freelance", "contract"), ("Temporary", "temporary"),
     ("Fixed Term", "temporary"),
     ("Intern", "internship"), ("intern part-time", "internship"), ("Apprenticeship", "apprenticeship"),
     ("Volunteer", "volunteer"), ("Pełny etat permanent", "full_time"), ("Vollzeit", "full_time"),
     ("Werkstudent", "part_time"), ("À plein temps", None), ("", None), ("International", None)],
)  # fmt: skip
def test_employment_types_of_many_services_are_one_vocabulary(words: str, kind: str | None) -> None:
    assert normalise(replace(POSTING, employment_type=words), NOW).employment_type == kind


@pytest.mark.parametrize(
    ("title", "words", "level"),
    [("Senior Data Engineer", None, Level.SENIOR), ("Sr. Accountant", None, Level.SENIOR),
     ("Junior Developer", None, Level.ENTRY), ("Software Engineer Intern", None, Level.INTERN),
     ("Staff Engineer", None, Level.LEAD), ("Engineering Manager", None, Level.MANAGER),
     ("Senior Manager, Finance", None, Level.MANAGER), ("Product Manager", None, None),
     ("Account Executive", None, None), ("Director of Sales", None, Level.DIRECTOR),
     ("Head of People", None, Level.DIRECTOR), ("VP Engineering", None, Level.EXECUTIVE),
     ("Chief Financial Officer", None, Level.EXECUTIVE), ("Internal Auditor", None, None),
     ("Nurse", "entry_level", Level.ENTRY), ("Senior Nurse", "entry_level", Level.SENIOR),
     ("Cook", "odd", None)],
)  # fmt: skip
def test_the_level_is_the_titles_then_the_sources(title: str, words: str | None, level: Level | None) -> None:
    assert normalise(replace(POSTING, title=title, level=words), NOW).level == level


def test_internships_are_known_by_their_title_too() -> None:
    posting = replace(POSTING, title="Data Science Internship", employment_type=None)

    assert normalise(posting, NOW).employment_type is EmploymentType.INTERNSHIP


def test_normalising_a_long_text_takes_less_than_half_a_millisecond_besides_the_sanitiser() -> None:
    text = "<p>" + "Plan, build and run <strong>services</strong> with people you like.</p><p>" * 70 + "</p>"
    postings = [replace(POSTING, external_id=str(n), description_html=text) for n in range(200)]
    normalise(POSTING, NOW)

    def seconds(of: list[Posting]) -> float:
        begun = time.process_time()
        for posting in of:
            list_hash(posting)
            normalise(posting, NOW)
        return time.process_time() - begun

    bare = [replace(posting, description_html=None) for posting in postings]
    assert min(seconds(bare) for _ in range(3)) / len(bare) < 0.0005
