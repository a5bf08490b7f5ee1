from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.domain.matching import document, matches, yearly_pay
from backend.domain.query import parse

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def meets(query: str, **fields: Any) -> bool:
    fields.setdefault("title", "Senior C++ Developer")
    fields.setdefault("first_seen_at", NOW)
    return matches(parse(query), document(**fields), NOW)


@pytest.mark.parametrize(
    "query", ["senior", "c++", "developer senior", '"c++ developer"', "dev*", "-java", ""]
)
def test_words_are_found_in_the_title(query: str) -> None:
    assert meets(query)


@pytest.mark.parametrize(
    "query", ["c", "develop", '"senior developer"', "-senior", "senior java", "java OR perl"]
)
def test_words_are_exact(query: str) -> None:
    assert not meets(query)


def test_words_without_a_field_look_over_all_texts() -> None:
    fields = {
        "company": "Acme",
        "locations": ["Köln", "Lyon"],
        "description_html": "<p>Kubern<b>etes</b></p>",
    }
    assert meets("senior acme koln kubernetes", **fields)
    assert meets("company:acme location:lyon", **fields)
    assert not meets("company:senior", **fields)


def test_a_phrase_does_not_cross_from_one_text_into_the_next() -> None:
    fields = {"title": "Data Engineer", "company": "Berlin Labs", "locations": ["New", "York"]}
    assert not meets('"engineer berlin"', **fields)
    assert not meets('"new york"', **fields)
    assert meets('"berlin labs"', **fields)


def test_java_is_not_javascript() -> None:
    assert not meets("java", title="JavaScript developer")
    assert meets("java*", title="JavaScript developer")


@pytest.mark.parametrize(
    "query", ["country:germany", "mode:remote", "type:full-time", "level:senior", "source:lever"]
)
def test_a_field_holds_a_value_or_does_not(query: str) -> None:
    known = {
        "countries": ["DE", "FR"],
        "mode": "remote",
        "type": "full_time",
        "level": "senior",
        "source": "lever",
    }
    assert meets(query, **known)
    assert not meets(query)
    assert meets(f"-{query}")


@pytest.mark.parametrize(
    ("query", "expected"),
    [("salary>=90000", True), ("salary>90000", False), ("salary<=90k", True), ("salary<90k", False)],
)
def test_pay_is_compared_for_a_year(query: str, expected: bool) -> None:
    assert meets(query, salary_min=5000, salary_max=7500, salary_period="month") is expected
    assert not meets(query)


def test_pay_of_an_hour_a_day_or_a_week_is_taken_for_a_year() -> None:
    assert yearly_pay(None, 10, "hour") == 20_800
    assert yearly_pay(None, 10, "day") == 2_600
    assert yearly_pay(7, None, "week") == 364
    assert yearly_pay(7, None, None) == 7
    assert yearly_pay(None, None, "year") is None


def test_without_a_posted_date_no_age_matches() -> None:
    assert not meets("posted<7d")
    assert not meets("posted>7d")
    assert meets("posted<7d", posted_at=NOW - timedelta(days=6))
    assert not meets("posted<7d", posted_at=NOW - timedelta(days=7))
    assert meets("posted<=7d", posted_at=NOW - timedelta(days=7))
    assert meets("seen<24h", first_seen_at=NOW - timedelta(hours=23))


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("программист", "Ведущий Программист"),
        ("東京", "東京都で働く"),
        ("京", "東京"),
        ("μηχανικος", "Μηχανικός"),
        ("مهندس", "مُهَنْدِس برمجيات"),
        ("개발자", "서울 개발자 모집"),
        ("developpeur", "Développeur"),
        ("ＪＡＶＡ", "java"),
    ],
)
def test_any_script_is_found(query: str, title: str) -> None:
    assert meets(query, title=title)


def test_the_text_of_html_is_not_read_when_the_title_decides() -> None:
    listing = document(title="Cook", first_seen_at=NOW, description_html="<p>x</p>")
    assert matches(parse("cook"), listing, NOW)
    assert "body" not in vars(listing)
