"""Quirks of applicant tracking systems that answer JSON, as SOURCES.md records them, and their details."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from backend.domain.posting import Location, Salary, SalaryPeriod
from backend.sources.base import Request, Response, SourceChanged, SourceGone, SourceUnavailable
from backend.sources.registry import source
from tests.unit.sources.board_answers import LISTED, changed, detailed, postings
from tests.unit.sources.examples import example


class TestBambooHR:
    def test_either_of_two_places_is_filled(self) -> None:
        first, second, third = postings("bamboohr.json")

        assert first.locations == (Location("Ghent", "Ghent", None, None),)
        assert second.locations == (Location("Calgary, Alberta, Canada", "Calgary", "Alberta", "CA"),)
        assert third.locations == ()

    def test_the_place_s_kind_tells_the_work_mode(self) -> None:
        assert [one.work_mode for one in postings("bamboohr.json")] == ["onsite", "hybrid", "remote"]

    def test_the_detail_gives_text_pay_and_date(self) -> None:
        list_request = source("bamboohr").first_request("larkspur")
        asked = source("bamboohr").detail_request(LISTED, list_request)
        posting = detailed("bamboohr", "bamboohr.detail.json")

        assert asked == Request("https://larkspur.bamboohr.com/careers/1/detail")
        assert posting.description_html == "<p>Buy <strong>seeds</strong> &amp; bulbs.</p>"
        assert posting.salary == Salary(50000, 60000, "USD", SalaryPeriod.YEAR)
        assert posting.posted_at == datetime(2026, 5, 11, tzinfo=UTC)

    def test_the_old_widget_has_departments_as_headings(self) -> None:
        first, second = postings("bamboohr.embed.html")

        assert (first.external_id, first.title, first.department) == ("7", "Glass & House Keeper", "Gardens")
        assert first.url == "https://larkspur.bamboohr.com/careers/7"
        assert (second.external_id, second.locations) == ("8", ())

    def test_an_unknown_company_is_led_to_the_product_s_own_site(self) -> None:
        answer = replace(example("bamboohr.json").answer(), url="https://www.bamboohr.com/")

        with pytest.raises(SourceGone, match="no such board"):
            source("bamboohr").parse(answer)


class TestBreezy:
    def test_pay_is_a_short_text_and_remote_a_flag(self) -> None:
        first, second = postings("breezy.json")

        assert first.salary == Salary(1400, 1800, "USD", None)
        assert first.locations == (Location("Tacoma, WA", "Tacoma", "Washington", "US"),)
        assert (second.work_mode, second.employment_type) == ("remote", "Contractor contractor")

    def test_an_unknown_company_is_led_to_the_product_s_own_site(self) -> None:
        answer = replace(example("breezy.json").answer(), url="https://breezy.hr/")

        with pytest.raises(SourceGone, match="no such board"):
            source("breezy").parse(answer)


class TestRippling:
    def test_a_row_for_each_place_is_one_posting_with_all_places(self) -> None:
        first = postings("rippling.json")[0]

        assert [place.text for place in first.locations] == [
            "London, United Kingdom",
            "Leeds, United Kingdom",
        ]

    def test_the_newer_list_is_paged_from_0(self) -> None:
        page = changed("rippling.v2.json", lambda a: a.update(totalPages=3))

        assert page.next is not None
        assert page.next.url.endswith("/api/v2/board/larkspur/jobs?page=1&pageSize=1000")

    def test_a_detail_names_pay_by_place(self) -> None:
        posting = detailed("rippling", "rippling.detail.json")

        assert posting.salary == Salary(43000, 52000, "GBP", SalaryPeriod.YEAR)
        assert posting.description_html == "<p>Larkspur grows.</p>\n<p>Measure soil.</p>"
        assert posting.posted_at == datetime(2026, 9, 30, 14, tzinfo=UTC)


class TestPinpoint:
    def test_the_text_is_in_parts_with_headings_of_their_own(self) -> None:
        assert postings("pinpoint.json")[0].description_html == (
            "<div>Run the shed.</div>\n<h3>Key Responsibilities</h3>\n<div>Pallets</div>\n"
            "<h3>Benefits</h3>\n<div>Plants</div>"
        )

    def test_pay_that_is_not_shown_is_not_read(self) -> None:
        first, second = postings("pinpoint.json")

        assert first.salary == Salary(80000, 100000, "USD", SalaryPeriod.YEAR)
        assert second.salary is None
        assert (
            second.url == "https://larkspur.pinpointhq.com/en/postings/fca592d6-0000-4b2a-88b0-15d2b375971b"
        )


class TestOracle:
    def test_the_next_page_is_asked_inside_the_finder(self) -> None:
        page = changed("oracle.json", lambda a: a["items"][0].update(TotalJobsCount=60))

        assert page.next is not None
        assert ";siteNumber=CX_1001,limit=25,offset=2" in page.next.url
        assert "&limit=" not in page.next.url

    def test_a_list_that_ends_early_is_not_complete(self) -> None:
        def nothing_more(answer: Any) -> None:
            answer["items"][0].update(TotalJobsCount=60, requisitionList=[])

        assert changed("oracle.json", nothing_more).complete is False

    def test_an_answer_without_a_search_is_an_error(self) -> None:
        with pytest.raises(SourceChanged, match="items"):
            source("oracle").parse(example("oracle.json").answer(b'{"items": []}'))

    def test_a_detail_is_asked_by_its_quoted_id(self) -> None:
        one = source("oracle")
        asked = one.detail_request(LISTED, one.first_request("abcd.fa.em2.oraclecloud.com/CX_1"))
        posting = detailed("oracle", "oracle.detail.json")

        assert asked is not None
        assert asked.url.endswith("finder=ById;Id=%221%22,siteNumber=CX_1")
        assert posting.description_html == "<p>Look at bridges.</p>\n<ul><li>Climb.</li></ul>"
        assert (posting.work_mode, posting.posted_at) == ("Hybrid", datetime(2026, 8, 6, tzinfo=UTC))


class TestEightfold:
    def test_dates_are_epoch_seconds_in_both_lists(self) -> None:
        assert postings("eightfold.json")[0].posted_at == datetime(2026, 6, 17, 1, 48, 12, tzinfo=UTC)
        assert postings("eightfold.pcsx.json")[0].posted_at == datetime(2026, 8, 19, 7, tzinfo=UTC)

    def test_pages_hold_ten_whatever_is_asked(self) -> None:
        page = changed("eightfold.pcsx.json", lambda a: a["data"].update(count=1140))

        assert page.next is not None
        assert page.next.url == (
            "https://jobs.larkspur.example/api/pcsx/search?domain=larkspur.example&query=&start=2"
        )

    def test_a_site_without_pcsx_is_asked_for_the_old_list(self) -> None:
        one = example("eightfold.pcsx.json")
        page = one.source.parse(one.answer(b'{"message": "PCSX is not enabled for this user."}', 403))

        assert page.next is not None
        assert page.next.url.startswith(
            "https://jobs.larkspur.example/api/apply/v2/jobs?domain=larkspur.example"
        )

    def test_any_other_403_means_try_later(self) -> None:
        with pytest.raises(SourceUnavailable):
            source("eightfold").parse(example("eightfold.pcsx.json").answer(b"blocked", 403))

    def test_a_board_known_by_its_host_alone_asks_the_careers_page_for_the_domain(self) -> None:
        one = source("eightfold")
        asked = one.first_request("larkspur.eightfold.ai")
        script = b'<script>window.x = {"domain": "larkspur.example"}</script>'
        html = b"<html><head>" + script + b"</head><body></body></html>"

        page = one.parse(Response(200, html, request=asked, url=asked.url))

        assert asked.url == "https://larkspur.eightfold.ai/careers"
        assert (page.postings, page.next) == ([], one.first_request("larkspur.eightfold.ai/larkspur.example"))

    def test_what_the_list_ends_before_is_not_closed(self) -> None:
        page = changed("eightfold.pcsx.json", lambda a: a["data"].update(count=3000, positions=[]))

        assert (page.next, page.complete) == (None, False)

    def test_details_come_from_where_the_list_came_from(self) -> None:
        one = source("eightfold")
        old, new = postings("eightfold.json")[0], postings("eightfold.pcsx.json")[0]
        request = one.first_request("jobs.larkspur.example/larkspur.example")
        of_old, of_new = one.detail_request(old, request), one.detail_request(new, request)

        assert of_old is not None
        assert of_new is not None
        assert "/api/apply/v2/jobs/42478672?domain=" in of_old.url
        assert "/api/pcsx/position_details?position_id=1970393556962891&" in of_new.url
        assert detailed("eightfold", "eightfold.detail.json", new).description_html == (
            "<b>Overview</b><p>Write programs that grow.</p>"
        )


class TestPhenom:
    def test_places_may_be_one_text_with_semicolons(self) -> None:
        second = postings("phenom.json")[1]

        assert [place.text for place in second.locations] == [
            "London, United Kingdom",
            "Leeds, United Kingdom",
        ]

    def test_widgets_are_paged_in_the_body_and_the_api_in_the_query(self) -> None:
        of_host = changed("phenom.json", lambda a: a["refineSearch"].update(totalHits=300)).next
        of_api = changed("phenom.api.json", lambda a: a["searchJobs"]["data"].update(totalHits=12)).next

        assert of_host is not None
        assert json.loads(of_host.body or b"")["from"] == 2
        assert of_api is not None
        assert of_api.url.endswith("searchJobs?from=2&size=10")

    def test_a_host_that_wants_a_session_is_unavailable(self) -> None:
        with pytest.raises(SourceUnavailable, match="session"):
            source("phenom").parse(example("phenom.json").answer(b'{"tokenAvailable": false}'))

    def test_a_detail_is_another_widget(self) -> None:
        one = source("phenom")
        asked = one.detail_request(LISTED, one.first_request("careers.larkspur.example"))

        assert asked is not None
        assert json.loads(asked.body or b"")["jobSeqNo"] == "1"
        assert detailed("phenom", "phenom.detail.json").description_html == "<p>Draw gardens.</p>"


class TestAdp:
    def test_the_page_knows_an_opening_by_another_number(self) -> None:
        first, second = postings("adp.json")

        assert "&jobId=583650" in first.url
        assert "&jobId=9202852757267_1" in second.url
        assert "ccId=9203358411273_3" in first.url

    def test_pay_and_kind_are_read(self) -> None:
        first = postings("adp.json")[0]

        assert first.salary == Salary(21.5, 25, "USD", SalaryPeriod.HOUR)
        assert (first.employment_type, first.locations[0].country) == ("Full Time", "US")

    def test_paging_moves_on_by_what_came(self) -> None:
        page = changed("adp.json", lambda a: a["meta"].update(totalNumber=17))

        assert page.next is not None
        assert page.next.url.endswith("&$top=100&$skip=2")

    def test_the_detail_has_the_text(self) -> None:
        assert detailed("adp", "adp.detail.json").description_html == "<p>Look into the library.</p>"


class TestAmazon:
    def test_places_are_json_written_as_text(self) -> None:
        first = postings("amazon.json")[0]

        assert first.locations == (
            Location("Boston, Massachusetts, USA", "Boston", "Massachusetts", "US"),
            Location("Santa Clara, California, USA", "Santa Clara", "California", "US"),
        )

    def test_the_day_is_padded_and_a_relative_time_is_no_change(self) -> None:
        one = example("amazon.json")
        later = one.body.replace(b"4 minutes", b"9 minutes")

        assert postings("amazon.json")[0].posted_at == datetime(2026, 5, 7, tzinfo=UTC)
        assert one.source.fingerprint(one.answer(later)) == one.source.fingerprint(one.answer())

    def test_a_search_that_is_cut_at_10_000_closes_nothing(self) -> None:
        page = changed("amazon.json", lambda a: a.update(hits="10000"))

        assert page.complete is False
        assert page.next is not None
