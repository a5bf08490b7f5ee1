"""schema.org/JobPosting in pages, as strictly or loosely as the world writes it."""

from __future__ import annotations

import contextlib
import html
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.domain.posting import Location, Posting, Salary, SalaryPeriod
from backend.sources.base import SourceChanged, SourceError
from backend.sources.job_posting import postings_of

URL = "https://careers.larkspur.example/jobs/7"


def page(*blocks: str, attributes: str = ' type="application/ld+json"') -> str:
    scripts = "".join(f"<script{attributes}>{block}</script>" for block in blocks)
    return f"<!DOCTYPE html><html><head><title>x</title>{scripts}</head><body></body></html>"


def job(**fields: Any) -> dict[str, Any]:
    return {"@context": "https://schema.org", "@type": "JobPosting", "title": "Potter", **fields}


def only(**fields: Any) -> Posting:
    (posting,) = postings_of(page(json.dumps(job(**fields))), URL)
    return posting


@pytest.mark.parametrize(
    "value",
    [
        job(),
        [job()],
        {"@graph": [{"@type": "WebSite", "name": "x"}, job()]},
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": job()}]},
        {"@type": "WebPage", "mainEntity": job()},
        job() | {"@type": ["JobPosting", "Thing"]},
        job() | {"@type": "http://schema.org/JobPosting"},
        json.dumps(job()),
    ],
)
def test_a_posting_is_found_wherever_it_stands(value: Any) -> None:
    assert [posting.title for posting in postings_of(page(json.dumps(value)), URL)] == ["Potter"]


@pytest.mark.parametrize(
    "block",
    [
        '{"@type":"JobPosting","title":"Potter","description":"one\ntwo\tthree\x0b"}',
        html.escape('{"@type":"JobPosting","title":"Potter"}'),
        '{"@type":"JobPosting","title":"Potter",}',
        '{\\n  "@type":"JobPosting",\\n  "title":"Potter"\\n}',
        '{"@type":"JobPosting","title":"Potter","description":"it\\\'s \\- odd"}',
        '//<![CDATA[\n{"@type":"JobPosting","title":"Potter"};\n//]]>',
        '<!-- {"@type":"JobPosting","title":"Potter"} -->',
        '\ufeff{"@type":"JobPosting","title":"Potter"}',
    ],
)
def test_json_that_a_strict_parser_refuses_is_read(block: str) -> None:
    assert [posting.title for posting in postings_of(page(block), URL)] == ["Potter"]


@pytest.mark.parametrize(
    "attributes",
    [
        " type=application/ld+json",
        " type='application/ld+json' class=x",
        ' type="application/ld&#x2B;json"',
        ' TYPE="APPLICATION/LD+JSON; charset=utf-8"',
    ],
)
def test_the_script_is_found_however_its_type_is_written(attributes: str) -> None:
    assert len(postings_of(page(json.dumps(job()), attributes=attributes).encode(), URL)) == 1


def test_other_scripts_comments_and_pages_without_any_hold_no_postings() -> None:
    block = page(json.dumps(job()))

    assert postings_of(page(json.dumps(job()), attributes=""), URL) == []
    assert postings_of(f"<!-- {block} -->", URL) == []
    assert postings_of("<p>Welcome</p>", URL) == []
    assert postings_of(b"", URL) == []


def test_a_block_that_speaks_of_postings_and_cannot_be_read_is_an_error() -> None:
    broken = json.dumps(job())[:-9]

    with pytest.raises(SourceChanged, match="JobPosting"):
        postings_of(page(broken), URL)
    with pytest.raises(SourceChanged, match="JobPosting"):
        postings_of(page(json.dumps(job()))[:150], URL)
    assert postings_of(page('{"@type": "WebSite", '), URL) == []


def test_a_posting_without_a_title_is_an_error_that_names_it() -> None:
    with pytest.raises(SourceChanged, match=r"JobPosting\[1\]\.title"):
        postings_of(page(json.dumps([job(), job(title=" ")])), URL)


@pytest.mark.parametrize(
    ("fields", "identity"),
    [
        ({"identifier": "R-1"}, "R-1"),
        ({"identifier": 17}, "17"),
        ({"identifier": {"@type": "PropertyValue", "name": "Larkspur", "value": "R-1"}}, "R-1"),
        ({"identifier": [{"value": 5}]}, "5"),
        ({"url": "/jobs/8"}, "https://careers.larkspur.example/jobs/8"),
        ({}, URL),
    ],
)
def test_the_id_is_the_sites_own_or_else_an_address(fields: dict[str, Any], identity: str) -> None:
    assert only(**fields).external_id == identity


def test_several_postings_of_one_page_stay_apart_without_ids() -> None:
    first, second = postings_of(page(json.dumps([job(), job(title="Glazier")])), URL)

    assert first.external_id != second.external_id
    assert first.url == second.url == URL


def test_a_web_address_of_another_scheme_is_not_taken() -> None:
    assert only(url="javascript:alert(1)").url == URL


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (
            {"address": {"addressLocality": "Graz", "addressRegion": "Styria", "addressCountry": "AT"}},
            Location("Graz, Styria, AT", "Graz", "Styria", "AT"),
        ),
        (
            {"address": {"addressLocality": "Graz", "addressCountry": {"name": ["Austria", "Austria"]}}},
            Location("Graz, Austria", "Graz", None, "AT"),
        ),
        (
            {"address": {"addressLocality": "Graz", "addressCountry": ["AT"]}},
            Location("Graz, AT", "Graz", None, "AT"),
        ),
        ({"address": "Graz, Austria"}, Location("Graz, Austria")),
        ({"name": "Graz works", "address": {}}, Location("Graz works")),
        ("Graz", Location("Graz")),
        (
            {"address": {"addressLocality": "Remote", "addressCountry": "US"}},
            Location("Remote, US", country="US"),
        ),
    ],
)
def test_places_are_read_in_every_form(place: Any, expected: Location) -> None:
    assert only(jobLocation=place).locations == (expected,)
    assert only(jobLocation=[place]).locations == (expected,)


def test_names_count_where_one_address_was_copied_to_all_places() -> None:
    address = {"addressLocality": "Graz", "addressCountry": {"name": ["AUT"] * 10}}
    places = [{"name": "Graz", "address": address}, {"name": "Linz, OÖ", "address": address}]

    assert only(jobLocation=places).locations == (
        Location("Graz", country="AT"),
        Location("Linz, OÖ", country="AT"),
    )


def test_a_remote_posting_is_where_applicants_may_be() -> None:
    posting = only(
        jobLocationType="TELECOMMUTE",
        applicantLocationRequirements=[{"@type": "Country", "name": "Austria"}, {"name": "DE"}],
    )

    assert posting.work_mode == "remote"
    assert posting.locations == (Location("Austria", country="AT"), Location("DE", country="DE"))


@pytest.mark.parametrize(
    ("fields", "salary"),
    [
        (
            {"currency": "EUR", "value": {"minValue": 50000, "maxValue": "60,000.00", "unitText": "YEAR"}},
            Salary(50000, 60000, "EUR", SalaryPeriod.YEAR),
        ),
        (
            {"currency": "USD", "value": {"value": 30, "unitText": "HOUR"}},
            Salary(30, 30, "USD", SalaryPeriod.HOUR),
        ),
        (
            {"currency": "EUR", "minValue": 3000, "unitText": "MONTH"},
            Salary(3000, None, "EUR", SalaryPeriod.MONTH),
        ),
        ({"currency": "GBP", "value": 40000}, Salary(40000, 40000, "GBP", None)),
        ({"currency": "EUR", "value": "50.000 - 60.000"}, Salary(50000, 60000, "EUR", None)),
        ("$120K - $150K a year", Salary(120000, 150000, "USD", SalaryPeriod.YEAR)),
        ([{"currency": "EUR", "value": {"minValue": 1, "maxValue": 2}}], Salary(1, 2, "EUR", None)),
        ({"currency": "EUR", "value": {"minValue": 0, "maxValue": None}}, None),
        ("competitive", None),
        (["x", 3], None),
    ],
)
def test_pay_is_read_in_every_form(fields: Any, salary: Salary | None) -> None:
    assert only(baseSalary=fields).salary == salary


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("FULL_TIME", "FULL_TIME"),
        (["FULL_TIME", "CONTRACTOR"], "FULL_TIME, CONTRACTOR"),
        ({}, None),
        (3, "3"),
    ],
)
def test_the_employment_type_is_one_text(given: Any, words: str | None) -> None:
    assert only(employmentType=given).employment_type == words


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("<p>Make <b>pots</b></p>", "<p>Make <b>pots</b></p>"),
        ("&lt;p&gt;Make pots&lt;/p&gt;", "<p>Make pots</p>"),
        ("&amp;lt;p&amp;gt;Make pots&amp;lt;/p&amp;gt;", "<p>Make pots</p>"),
        ("Make\\npots\\n\\nand pans", "<p>Make<br>pots</p>\n<p>and pans</p>"),
        ("Pots & pans, 3 < 4", "<p>Pots &amp; pans, 3 &lt; 4</p>"),
        ("  ", None),
        (["Make pots"], "<p>Make pots</p>"),
    ],
)
def test_texts_are_html_afterwards(given: Any, read: str | None) -> None:
    assert only(description=given).description_html == read


def test_parts_beside_the_description_are_added_unless_it_holds_them() -> None:
    duties = "Make pots, and keep the kiln warm."

    assert only(description="About us.", responsibilities=duties).description_html == (
        f"<p>About us.</p>\n<h3>Responsibilities</h3>\n<p>{duties}</p>"
    )
    assert (
        only(description=f"<p>{duties}</p>", responsibilities=duties).description_html == f"<p>{duties}</p>"
    )


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2026-08-05", datetime(2026, 8, 5, tzinfo=UTC)),
        ("2026-8-5", datetime(2026, 8, 5, tzinfo=UTC)),
        ("2026-08-05T10:00:00+0200", datetime(2026, 8, 5, 8, tzinfo=UTC)),
        ("Wed, 05 Aug 2026 10:00:00 GMT", datetime(2026, 8, 5, 10, tzinfo=UTC)),
        ("soon", None),
        ("2026-13-45", None),
    ],
)
def test_dates_are_read_or_unknown(given: str, read: datetime | None) -> None:
    assert only(datePosted=given).posted_at == read


def test_what_is_past_its_date_is_left_out_when_the_time_is_known() -> None:
    text = page(json.dumps([job(validThrough="2026-08-01"), job(title="Glazier", validThrough="2035-01-01")]))

    assert len(postings_of(text, URL)) == 2
    assert [p.title for p in postings_of(text, URL, datetime(2026, 9, 1, tzinfo=UTC))] == ["Glazier"]


@pytest.mark.parametrize(
    "text",
    [
        page("[" * 100_000),
        page('{"@type":"JobPosting","title":' + "[" * 50_000),
        "<!--" * 100_000,
        "<script" * 100_000,
        page(";" * 300_000 + "JobPosting"),
        page('{"@type":"JobPosting","title":"x","baseSalary":{"value":1e999},"identifier":"\\ud800"}'),
        page("\x00" + json.dumps(job())),
        page(json.dumps(job(title="x" * 1_000_000))),
    ],
)
def test_a_hostile_page_ends_soon_and_in_a_source_error_at_worst(text: str) -> None:
    with contextlib.suppress(SourceError):
        postings_of(text, URL)
