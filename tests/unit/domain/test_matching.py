from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.analyse import terms
from backend.domain.inflect import keys_in
from backend.domain.language import Language
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
    "query", ["c", '"develop"', "javascript", '"senior developer"', "-senior", "senior java", "java OR perl"]
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


def test_the_text_of_html_is_not_read_when_a_value_or_an_exact_title_decides() -> None:
    listing = document(title="Cook", first_seen_at=NOW, description_html="<p>x</p>", mode="remote")
    assert matches(parse('title:"cook" mode:remote'), listing, NOW)
    assert not matches(parse("cook mode:onsite"), listing, NOW)
    assert "body" not in vars(listing)


GERMAN = "Wir suchen dich für unser Team. Du arbeitest mit den Ärzten und den Köchen."
FRENCH = "Nous cherchons des développeuses pour notre équipe avec les infirmières."
SPANISH = "Buscamos para nuestro equipo los mejores cocineros con experiencia."
RUSSIAN = "Мы ищем в нашу команду опытных поваров для работы с детьми."
ENGLISH = "You are one of the engineers who developed and are managing our pipelines."


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("engineer", ENGLISH),
        ("manages pipeline", ENGLISH),
        ("kochen", GERMAN),
        ("arzt OR arzte", GERMAN),
        ("infirmiere", FRENCH),
        ("cocinero", SPANISH),
        ("mejor", SPANISH),
        ("повар", RUSSIAN),
        ("опытный", RUSSIAN),
    ],
)
def test_a_word_matches_its_inflected_forms_in_the_language_of_the_listing(query: str, text: str) -> None:
    assert meets(query, title="", description_text=text)


@pytest.mark.parametrize(
    ("query", "text"), [('"engineer"', ENGLISH), ('"engineer developed"', ENGLISH), ('"повар"', RUSSIAN)]
)
def test_a_quoted_word_is_exact(query: str, text: str) -> None:
    assert not meets(query, title="", description_text=text)


SENTENCES = {"en": ENGLISH, "fr": FRENCH, "de": GERMAN, "es": SPANISH, "ru": RUSSIAN}
FORMS = st.sampled_from([*" ".join(SENTENCES.values()).replace(".", "").split(), "go", "C++", "4711"])


@given(language=st.sampled_from([*SENTENCES]), added=FORMS, sought=FORMS)
def test_a_word_matches_where_it_stands_or_shares_a_stem_in_the_language(
    language: Language, added: str, sought: str
) -> None:
    text = SENTENCES[language] + " " + added
    (term,) = terms(sought)
    shared = keys_in(language)[term] in {keys_in(language)[one] for one in terms(text)}
    assert meets(sought, title="", description_text=text) == (term in terms(text) or shared)
    assert meets(f'"{sought}"', title="", description_text=text) == (term in terms(text))


def test_a_word_of_the_title_is_inflected_and_a_name_is_not() -> None:
    fields = {"title": "Engineers", "company": "Stripes", "description_text": ENGLISH}
    assert meets("title:engineer -company:stripe company:stripes", **fields)
    assert not meets('title:"engineer"', **fields)
    assert not meets("react", description_text=ENGLISH + " You are reacting and will go on going.", title="")


def test_going_is_not_go() -> None:
    assert not meets("go", title="", description_text="You are going to work with the team.")
    assert not meets("going", title="", description_text="You are to work with Go and the team.")


def test_a_listing_of_another_language_has_only_exact_words() -> None:
    italian = "Cerchiamo per il nostro ristorante dei cuochi con esperienza nella cucina degli hotel."
    assert meets("cuochi", title="Cuochi", description_text=italian)
    assert not meets("cuoche OR ristoranti OR hotels", title="Cuochi", description_text=italian)


def test_a_title_alone_is_taken_for_english() -> None:
    assert meets("account executive", title="Accounts Executives")


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("c++", "=c++"),
        ("mode:remote", "mode=remote"),
        ("employer:acme", "employer=acme"),
        ("city:koln", "city=koln"),
    ],
)
def test_a_listing_emits_what_a_query_of_one_thing_asks_for(query: str, key: str) -> None:
    listing = document(
        title="C++", first_seen_at=NOW, mode="remote", employer="acme", cities=["Köln", "Bonn"]
    )
    assert matches(parse(query), listing, NOW)
    assert key.replace("c++", "cplusplus") in listing.keys


def test_what_is_stated_is_emitted() -> None:
    listing = document(title="Engineer", first_seen_at=NOW, salary_min=1.0)
    assert {"=engineer", "en:engin", "eng*", "en*", "has:salary", "has:seen"} <= listing.keys
    assert "has:posted" not in listing.keys
