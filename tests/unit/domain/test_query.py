from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.domain.query import Filters, QueryError, parse

words = st.sampled_from(
    [
        "python",
        "C++",
        "node.js",
        "東京都",
        "京",
        "full-stack",
        "java*",
        "OR",
        "AND",
        "-",
        "--",
        "(",
        ")",
        '"',
        '"machine learning"',
        "title:",
        "title:lead",
        "company:(a b)",
        "country:de",
        "country:x",
        "city:köln",
        '"go"',
        '"cooks"',
        "cooks",
        'city:"new york"',
        "employer:acme",
        "mode:remote",
        "salary>=90k",
        "salary",
        "posted<7d",
        "seen<=24h",
        "seen<",
        "foo:",
        "foo:bar",
        "R&D",
        "*",
        "x*y",
        "é",
        "“",
    ]
)
texts = st.one_of(
    st.text(max_size=40), st.lists(words, max_size=10).map(" ".join), st.lists(words).map("".join)
)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("Python SENIOR", "python senior"),
        ("senior senior python", "python senior"),
        ("python -intern", "python -intern"),
        ("--python", "python"),
        ('"machine  Learning"', '"machine learning"'),
        ("full-stack", '"full stack"'),
        ('"Python" python', '"python" python'),
        ('title:"Lead" company:"Stripe"', 'company:stripe title:"lead"'),
        ('"c++" "k8s" "go" "react"', "c++ go k8s react"),
        ("employer:Acme-Labs", "employer:acme-labs"),
        ('city:"New  York" OR city:Köln', 'city:"new york" OR city:koln'),
        ("city:東京", "city:東京"),
        ("a b OR c", "(a b) OR c"),
        ("a (b OR c)", "a (b OR c)"),
        ("c OR b OR a", "a OR b OR c"),
        ("a AND b", "a b"),
        ("a or b", "a b or"),
        ("-(a OR b)", "-(a OR b)"),
        ("-(a b)", "-(a b)"),
        ("java*", "java*"),
        ("C++ c# .NET Node.JS R&D", ".net c# c++ node.js r&d"),
        ("東京都", '"東京都"'),
        ("東京*", "東京"),
        ("京", "京*"),
        ("title:Lead", "title:lead"),
        ('Company:"Scale AI"', 'company:"scale ai"'),
        ("location:(berlin OR paris)", "location:berlin OR location:paris"),
        ("country:Germany", "country:DE"),
        ('country:"united states"', "country:US"),
        ("mode:On-Site", "mode:onsite"),
        ("type:full-time", "type:full_time"),
        ("level:junior", "level:entry"),
        ("source:Greenhouse", "source:greenhouse"),
        ("salary>=90,000", "salary>=90000"),
        ("salary > 90k", "salary>90000"),
        ("posted<168h", "posted<7d"),
        ("seen<=1w", "seen<=7d"),
        ("seen<90m", "seen<90m"),
        ("Engineer: Backend - Berlin / Remote", "backend berlin engineer remote"),
        ("“smart quotes”", '"smart quotes"'),
        ("salary negotiable", "negotiable salary"),
        ("", ""),
        (" - * ", ""),
    ],
)
def test_a_query_has_one_canonical_text(text: str, canonical: str) -> None:
    assert parse(text).canonical == canonical


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('senior dev (a) "abc', "unclosed quote at 16"),
        ('abc"', "unclosed quote at 4"),
        ("a (b OR", "expected a word after OR at 6"),
        ("a (b", "unclosed parenthesis at 3"),
        ("a) b", '")" without "(" at 2'),
        ("OR a", "expected a word before OR at 1"),
        ("a OR OR b", "expected a word before OR at 6"),
        ("a AND", "expected words on both sides of AND at 3"),
        ("a ()", "no word between the parentheses at 3"),
        ('a ""', "no word between the quotes at 3"),
        ("a -OR", 'expected a word after "-" at 4'),
        ("py*on", '"*" stands only at the end of a word at 1'),
        ("x p*", 'at least 2 letters stand before "*" at 3'),
        ("full-stack*", 'only a single word ends in "*" at 1'),
        ("title:", "expected a value after title: at 1"),
        ("title:&", "no word to look for in title: at 1"),
        ("a mode:home", 'mode is one of remote, hybrid, onsite, not "home" at 8'),
        ("salary:90000", "salary is compared, as in salary>=90000, at 1"),
    ],
)
def test_an_error_names_the_column_and_what_was_expected(text: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert str(caught.value) == message
    assert message.endswith(f" at {caught.value.column}")


@pytest.mark.parametrize("text", ["foo:bar", "a foo>3"])
def test_an_unknown_field_is_told_with_the_known_ones(text: str) -> None:
    with pytest.raises(
        QueryError, match="title:, company:, location:, country:, mode:, type:, level:, source:"
    ):
        parse(text)


@pytest.mark.parametrize(
    "text", ["salary>lots", "posted<7", "seen<soon", "country:atlantis", "source:!!", "city:!", "employer:!a"]
)
def test_a_wrong_value_is_told(text: str) -> None:
    with pytest.raises(QueryError):
        parse(text)


def test_a_query_has_at_most_fifty_words_and_five_hundred_characters() -> None:
    parse(" ".join(f"w{number}" for number in range(50)))
    with pytest.raises(QueryError, match="at most 50 words"):
        parse(" ".join(f"w{number}" for number in range(51)))
    with pytest.raises(QueryError, match="at most 50 words"):
        parse('"' + " ".join("abc" for _ in range(51)) + '"')
    with pytest.raises(QueryError, match="at most 500 characters") as caught:
        parse("x" * 501)
    assert caught.value.column == 501


def test_parentheses_do_not_nest_without_end() -> None:
    with pytest.raises(QueryError, match="deep"):
        parse("(" * 200 + "a" + ")" * 200)


@given(texts)
@example('""')
@example("-(-a)")
@example("title:(a OR (b c))")
@example("(a OR b) OR (c d)")
def test_the_canonical_text_means_the_same_query(text: str) -> None:
    try:
        query = parse(text)
    except QueryError:
        return
    again = parse(query.canonical)
    assert again == query
    assert again.canonical == query.canonical


@given(texts)
def test_an_error_points_into_the_text(text: str) -> None:
    with suppress(QueryError):
        parse(text)
        return
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert 1 <= caught.value.column <= len(text) + 1


def test_equal_queries_are_equal_however_they_are_written() -> None:
    assert parse("b a -c") == parse('-C "B" a A')
    assert parse("cooks") != parse('"cooks"')
    assert hash(parse("b a")) == hash(parse("a b"))
    assert parse("a b") != parse('"a b"')


@pytest.mark.parametrize(("text", "only"), [("-a", True), ("", True), ("a -b", False), ("a OR -b", True)])
def test_a_query_that_only_excludes_says_so(text: str, only: bool) -> None:
    assert parse(text).only_excludes is only


def test_filters_and_query_become_one_query() -> None:
    filters = Filters(
        q="python OR java",
        company="Scale AI",
        country=["DE", "at"],
        location="berlin",
        mode=("remote",),
        type="full_time",
        level="senior",
        source="lever",
        employer="scale-ai",
        city=["Berlin", "New York"],
        posted_within_days=7,
        salary_min=50000,
    )
    assert filters.to_query().canonical == (
        '(city:"new york" OR city:berlin) company:"scale ai" (country:AT OR country:DE) employer:scale-ai '
        "(java OR python) level:senior location:berlin mode:remote "
        "posted<7d salary>=50000 source:lever type:full_time"
    )
    assert parse(filters.to_query().canonical) == filters.to_query()
    assert Filters().to_query().is_empty


@pytest.mark.parametrize("filters", [Filters(mode="home"), Filters(country="xx"), Filters(company="...")])
def test_a_wrong_filter_is_refused(filters: Filters) -> None:
    with pytest.raises(QueryError):
        filters.to_query()
