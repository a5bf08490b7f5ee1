"""Scraped HTML made harmless and read as text; pay in short texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.posting import Salary, SalaryPeriod
from backend.domain.richtext import MAX_HTML, sanitise, text_of
from backend.domain.salary import parse_salary, salary_of


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<p>Hi<script>alert(1)</script></p>", "<p>Hi</p>"),
        ('<p onclick="x()" style="color:red" class="a">Hi</p>', "<p>Hi</p>"),
        ("<img src=x onerror=alert(1)>Hi", "Hi"),
        ("<svg onload=alert(1)><text>x</text></svg>Hi", "Hi"),
        ('<a href="javascript:alert(1)">x</a>', '<a rel="nofollow noopener">x</a>'),
        ('<a href="data:text/html,x">x</a>', '<a rel="nofollow noopener">x</a>'),
        (
            '<a href="https://x.example/" target="_blank">x</a>',
            '<a href="https://x.example/" rel="nofollow noopener">x</a>',
        ),
        ('<a href="mailto:a@x.example">x</a>', '<a href="mailto:a@x.example" rel="nofollow noopener">x</a>'),
        ("<iframe src=//evil></iframe><style>p{}</style><!-- x -->Hi", "Hi"),
        ("<ul><li>One<li>Two</ul>", "<ul><li>One</li><li>Two</li></ul>"),
        ("a\x00b\ud800c", "abc"),
        ("1 < 2", "1 &lt; 2"),
    ],
)
def test_only_plain_text_tags_and_safe_links_survive(html: str, clean: str) -> None:
    assert sanitise(html) == clean


def test_endless_text_is_cut_and_stays_well_formed() -> None:
    clean = sanitise("<p><b>" + "x" * (MAX_HTML * 2))

    assert len(clean) < MAX_HTML + 20
    assert clean.endswith("</b></p>")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("<b>Py</b>thon <i>and</i> more", "Python and more"),
        ("One<br>Two<br/><br/>Three", "One\nTwo\nThree"),
        ("<ul><li>C++</li><li>C#</li></ul>", "C++\nC#"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\nb"),
        ("Tom &amp; Co&nbsp;Ltd", "Tom & Co Ltd"),
        ("<p>x</p><script>alert(1)</script><style>p{}</style>", "x"),
        ("plain text", "plain text"),
        ("  ", ""),
        ("<!-- nothing -->", ""),
        ("Grüße из Москвы 東京", "Grüße из Москвы 東京"),
        ('<?xml version="1.0" encoding="utf-16"?><p>x</p>', "x"),
        ("a\x00b <p>c\ud800</p>", "ab\nc"),
    ],
)
def test_block_tags_end_a_line_and_inline_tags_join(html: str, text: str) -> None:
    assert text_of(html) == text


def test_deep_nesting_is_read() -> None:
    assert "bottom" in text_of(sanitise("<div>" * 200 + "bottom" + "</div>" * 200))


@given(st.text(max_size=300) | st.text("<>/ab&;\"'= pdiv", max_size=80))
def test_any_text_is_cleaned_and_read_without_a_surprise(html: str) -> None:
    clean = sanitise(html)

    clean.encode()
    assert "<script" not in clean.lower()
    text_of(html).encode()
    assert sanitise(clean) == clean


@pytest.mark.parametrize(
    ("text", "salary"),
    [
        ("$211.4K – $290.6K • Offers Equity", Salary(211400, 290600, "USD", None)),
        ("60.000 - 75.000 EUR", Salary(60000, 75000, "EUR", None)),
        ("$120-150K", Salary(120000, 150000, "USD", None)),
        ("£45,000 per annum", Salary(45000, None, "GBP", SalaryPeriod.YEAR)),
        ("€3,500 per month", Salary(3500, None, "EUR", SalaryPeriod.MONTH)),
        ("1 200 000 ₽", Salary(1200000, None, "RUB", None)),
        ("12.5 USD hourly", Salary(12.5, None, "USD", SalaryPeriod.HOUR)),
        ("competitive", None),
        ("40 hours a week", None),
        ("", None),
        (None, None),
    ],
)
def test_short_pay_texts_are_read(text: str | None, salary: Salary | None) -> None:
    assert parse_salary(text) == salary


def test_pay_is_made_sane() -> None:
    assert salary_of(0, 0, "EUR", None) is None
    assert salary_of(90000, 70000, "eur", None) == Salary(70000, 90000, "EUR", None)
    assert salary_of(-5, 100, "???", None) == Salary(None, 100, None, None)


PIECES = [
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<td>",
    "<tr>",
    "<br>",
    "<ul><li>",
    "<pre>",
    "<a href='x\">y'>",
    "</a>",
]
PIECES += ["a", "b", " ", "\n", "&amp;", "&lt;p&gt;", "&amp;lt;", "&nbsp", "&eacute;", "<", "é", "<script>"]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_the_sanitiser_wrote_is_read_as_a_parser_reads_it(html: str) -> None:
    clean = sanitise(html)
    by_parser = text_of(clean + "<!-- not of the sanitiser -->")
    assert text_of(clean) == by_parser
