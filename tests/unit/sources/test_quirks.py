"""What is peculiar to one source: the quirks that SOURCES.md records."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.domain.posting import Location, Posting, Salary, SalaryPeriod
from backend.sources.base import Request, Response, SourceChanged, SourceError, SourceUnavailable
from backend.sources.registry import source
from tests.unit.sources.examples import SAMPLES, example


def postings(file: str) -> list[Posting]:
    return example(file).page().postings


def changed(file: str, change: Any) -> Response:
    """The example's answer after `change(answer)`."""
    one = example(file)
    answer = json.loads(one.body)
    change(answer)
    return one.answer(json.dumps(answer).encode())


class TestGreenhouse:
    def test_content_is_escaped_once_more_than_json_needs(self) -> None:
        assert postings("greenhouse.json")[0].description_html == (
            "<p>Keep the lights on at Larkspur &amp; Sons.</p><ul><li>Go,&nbsp;Python</li></ul>"
        )

    def test_what_the_metadata_tells_plainly_is_read(self) -> None:
        first, second = postings("greenhouse.json")

        assert first.employment_type == "Full-time"
        assert first.salary == Salary(70000, 90000, "GBP", None)
        assert (second.employment_type, second.salary) == (None, None)

    def test_the_place_stays_as_given_and_the_date_is_utc(self) -> None:
        first = postings("greenhouse.json")[0]

        assert first.locations == (Location("London, Dublin"),)
        assert first.posted_at == datetime(2026, 3, 2, 13, 15, tzinfo=UTC)
        assert first.department == "Engineering"
        assert first.company == "Larkspur"

    def test_a_wrong_type_is_named_with_its_path(self) -> None:
        answer = changed("greenhouse.json", lambda a: a["jobs"][1]["location"].update(name=["Berlin"]))

        with pytest.raises(SourceChanged, match=r"jobs\[1\]\.location\.name: expected text, got a list"):
            source("greenhouse").parse(answer)

    @pytest.mark.parametrize(
        "url", ["javascript:alert(1)", "/jobs/1", "data:text/html,x", "https://", "mailto:a@b.c"]
    )
    def test_a_web_address_that_is_none_is_an_error(self, url: str) -> None:
        answer = changed("greenhouse.json", lambda a: a["jobs"][0].update(absolute_url=url))

        with pytest.raises(SourceChanged, match=r"jobs\[0\]\.absolute_url"):
            source("greenhouse").parse(answer)


class TestLever:
    def test_the_text_is_description_lists_and_closing(self) -> None:
        text = postings("lever.json")[0].description_html

        assert text == (
            "<div>Run the night shift.</div>\n<h3>What you need</h3>\n"
            "<ul><li>A forklift licence</li><li>Calm</li></ul>\n<div>We pay for the train.</div>"
        )

    def test_dates_are_milliseconds(self) -> None:
        assert postings("lever.json")[0].posted_at == datetime(2026, 2, 11, 17, 59, 17, 527000, UTC)

    def test_the_country_belongs_to_the_main_place(self) -> None:
        assert postings("lever.json")[0].locations == (
            Location("Lyon, France", country="FR"),
            Location("Lille, France"),
        )

    def test_pay_has_its_period(self) -> None:
        assert postings("lever.json")[0].salary == Salary(32000, 38000, "EUR", SalaryPeriod.YEAR)

    def test_european_tenants_are_asked_on_their_own_host(self) -> None:
        assert (
            source("lever").first_request("eu:larkspur").url
            == "https://api.eu.lever.co/v0/postings/larkspur?mode=json"
        )
        assert source("lever").board_url("eu:larkspur") == "https://jobs.eu.lever.co/larkspur"


class TestAshby:
    def test_unlisted_postings_are_left_out(self) -> None:
        assert [posting.title for posting in postings("ashby.json")] == ["Data Engineer", "Support Agent"]

    def test_the_workplace_type_outweighs_is_remote_which_may_be_null(self) -> None:
        assert [posting.work_mode for posting in postings("ashby.json")] == ["Hybrid", None]

    def test_the_salary_is_the_component_called_so(self) -> None:
        assert postings("ashby.json")[0].salary == Salary(150000, 190000, "USD", SalaryPeriod.YEAR)

    def test_secondary_places_count(self) -> None:
        assert postings("ashby.json")[0].locations == (
            Location("New York, NY (HQ)", "New York", "New York", "US"),
            Location("Toronto", "Toronto", "Ontario", "CA"),
        )

    def test_plain_text_serves_where_there_is_no_html(self) -> None:
        assert postings("ashby.json")[1].description_html == "<p>Answer mail.</p>\n<p>Be kind.</p>"

    def test_tokens_with_blanks_are_encoded(self) -> None:
        assert source("ashby").first_request("Forward Financing").url == (
            "https://api.ashbyhq.com/posting-api/job-board/Forward%20Financing?includeCompensation=true"
        )


class TestSmartRecruiters:
    def test_details_hold_the_text(self) -> None:
        one = example("smartrecruiters.json")
        posting = one.page().postings[0]
        asked = one.source.detail_request(posting, Request(one.url))

        assert posting.description_html is None
        assert asked == Request(
            "https://api.smartrecruiters.com/v1/companies/Larkspur1/postings/744000000000001"
        )
        answer = Response(200, (SAMPLES / "smartrecruiters.detail.json").read_bytes(), request=asked)
        detailed = one.source.parse_detail(posting, answer)
        assert detailed.external_id == posting.external_id
        assert detailed.description_html == (
            "<h3>Company Description</h3>\n<p>We make pumps.</p>\n"
            "<h3>Job Description</h3>\n<p>Make them better.</p>"
        )

    def test_a_detail_of_another_shape_is_an_error(self) -> None:
        with pytest.raises(SourceChanged, match="jobAd"):
            source("smartrecruiters").parse_detail(postings("smartrecruiters.json")[0], Response(200, b"{}"))

    def test_empty_parts_of_a_place_leave_no_commas(self) -> None:
        assert postings("smartrecruiters.json")[0].locations == (
            Location("Szczecin, Poland", "Szczecin", None, "PL"),
        )

    def test_pages_follow_until_the_total(self) -> None:
        answer = changed("smartrecruiters.json", lambda a: a.update(totalFound=3))
        page = source("smartrecruiters").parse(answer)

        assert page.next is not None
        assert page.next.url.endswith("/Larkspur1/postings?limit=100&offset=2")
        last = Response(200, b'{"offset":2,"limit":100,"totalFound":3,"content":[]}', request=page.next)
        assert source("smartrecruiters").parse(last).complete is False

    def test_an_unknown_company_looks_like_one_without_openings(self) -> None:
        answer = example("smartrecruiters.json").answer(
            b'{"offset":0,"limit":100,"totalFound":0,"content":[]}'
        )

        assert source("smartrecruiters").parse(answer).postings == []


class TestWorkable:
    def test_one_shortcode_twice_is_one_posting_in_both_places(self) -> None:
        first = postings("workable.json")[0]

        assert [place.text for place in first.locations] == ["Madrid, Spain", "Portugal"]
        assert (first.work_mode, first.company, first.description_html) == (
            "remote",
            "Larkspur",
            "<p>Ask why.</p>",
        )

    def test_the_older_single_place_serves_where_there_is_no_list(self) -> None:
        assert postings("workable.json")[1].locations == (
            Location("Halifax, England, United Kingdom", "Halifax", "England", "GB"),
        )

    def test_the_v3_list_pages_by_a_token(self) -> None:
        page = example("workable.v3.json").page()

        assert page.next is not None
        assert json.loads(page.next.body or b"")["token"] == "eyJvIjoxfQ"
        assert page.postings[0].url == "https://apply.workable.com/larkspur/j/F8427A0001"
        again = Response(200, example("workable.v3.json").body, request=page.next)
        assert source("workable").parse(again).next is None


class TestRecruitee:
    def test_dates_are_not_quite_iso(self) -> None:
        assert postings("recruitee.json")[0].posted_at == datetime(2026, 8, 5, 10, 10, 39, tzinfo=UTC)

    def test_the_text_has_two_parts_and_pay_is_written_as_text(self) -> None:
        first, second = postings("recruitee.json")

        assert first.description_html == "<p>Keep the books.</p>\n<ul><li>Patience</li></ul>"
        assert first.salary == Salary(60000, 75000, "EUR", SalaryPeriod.YEAR)
        assert second.salary is None

    def test_three_flags_make_one_work_mode(self) -> None:
        assert [posting.work_mode for posting in postings("recruitee.json")] == ["hybrid", "remote"]

    def test_each_place_is_kept(self) -> None:
        assert [place.text for place in postings("recruitee.json")[0].locations] == [
            "Berlin, Berlin, Germany",
            "Munich, Bavaria, Germany",
        ]


class TestPersonio:
    def test_the_address_is_built_from_the_host(self) -> None:
        assert postings("personio.xml")[0].url == "https://larkspur.jobs.personio.de/job/1834001"

    def test_sections_become_one_text(self) -> None:
        assert postings("personio.xml")[0].description_html == (
            "<h3>Your tasks</h3>\n<p>Build the <strong>platform</strong>.</p>\n"
            "<h3>Your profile</h3>\n<ul><li>Seven years</li></ul>"
        )

    def test_additional_offices_are_places_too(self) -> None:
        assert [place.text for place in postings("personio.xml")[0].locations] == ["Munich", "Berlin"]

    @pytest.mark.parametrize("tag", [b"id", b"name"])
    def test_a_position_without_id_or_name_is_an_error(self, tag: bytes) -> None:
        one = example("personio.xml")
        body = one.body.replace(b"<" + tag + b">1834002", b"<" + tag + b">").replace(
            b"<" + tag + b">Support (m/f/d)", b"<" + tag + b">"
        )

        with pytest.raises(SourceChanged, match=rf"position\[1\]\.{tag.decode()}"):
            one.source.parse(one.answer(body))


class TestTeamtailor:
    def test_the_json_feed_holds_schema_org_values(self) -> None:
        first, second = postings("teamtailor.json")

        assert first.locations == (Location("Stockholm, Mälardalen, SE", "Stockholm", "Mälardalen", "SE"),)
        assert (first.employment_type, first.company) == ("FULL_TIME", "Larkspur Sverige")
        assert (second.work_mode, second.employment_type) == ("remote", "PART_TIME")
        assert second.locations == (Location("Malmö, SE", "Malmö", None, "SE"),)

    def test_the_rss_feed_is_read_too(self) -> None:
        only = postings("teamtailor.rss")[0]

        assert only.description_html == "<p>Forecast &amp; report.</p>"
        assert only.posted_at == datetime(2026, 10, 6, 8, 30, tzinfo=UTC)
        assert (only.work_mode, only.department) == ("hybrid", "Analytics")
        assert only.locations == (Location("Leeds, United Kingdom", "Leeds", None, "GB"),)

    def test_a_next_page_stays_on_the_host_and_moves_on(self) -> None:
        def with_next(url: str) -> Any:
            return (
                source("teamtailor").parse(changed("teamtailor.json", lambda a: a.update(next_url=url))).next
            )

        assert with_next("https://larkspur.teamtailor.com/jobs.json?page=2") == Request(
            "https://larkspur.teamtailor.com/jobs.json?page=2"
        )
        assert with_next("https://larkspur.teamtailor.com/jobs.json") is None
        assert with_next("https://elsewhere.example/jobs.json") is None


class TestAnswers:
    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({"retry-after": "120"}, 120.0),
            ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
            ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", "date": "Wed, 21 Oct 2026 08:28:00 GMT"}, 0.0),
            ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
            ({"retry-after": "-5"}, None),
            ({"retry-after": "٣"}, None),
            ({"retry-after": "soon", "date": "now"}, None),
            ({}, None),
        ],
    )
    def test_retry_after_is_read_as_seconds_or_against_the_answers_date(
        self, headers: dict[str, str], seconds: float | None
    ) -> None:
        with pytest.raises(SourceUnavailable) as caught:
            source("lever").parse(Response(429, b"", headers, Request("https://api.lever.co/v0/postings/x")))

        assert caught.value.retry_after == seconds

    def test_a_source_without_details_says_so(self) -> None:
        with pytest.raises(SourceError, match="no detail"):
            source("ashby").parse_detail(postings("ashby.json")[0], Response(200, b"{}"))
