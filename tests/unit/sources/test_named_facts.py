"""Facts of single services that no suite of theirs holds yet."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.domain.normalise import normalise
from backend.domain.posting import Location, Salary, SalaryPeriod
from backend.sources.base import Request, Response, SourceChanged, SourceGone, SourceUnavailable
from backend.sources.embeds import boards_in
from backend.sources.pasted import token_named
from backend.sources.registry import recognise, source
from tests.unit.sources.board_answers import changed, postings
from tests.unit.sources.examples import example
from tests.unit.sources.test_every_source import NOW


class TestTokens:
    @pytest.mark.parametrize("token", ["jimdo.com", "Forward Financing", "AlephAlpha", "10xgenomics", "a"])
    def test_they_keep_dots_blanks_capitals_and_digits(self, token: str) -> None:
        ashby = source("ashby")
        assert ashby.recognise(ashby.board_url(token)) == token
        assert ashby.recognise(ashby.first_request(token).url) == token

    @pytest.mark.parametrize(
        "url",
        ["https://apply.workable.com/j/AB12CD34EF", "https://hh.ru/vacancy/123", "https://jobs.lever.co/"],
    )
    def test_addresses_that_name_no_board_are_not_guessed_at(self, url: str) -> None:
        assert recognise(url) is None

    @pytest.mark.parametrize("site", ["jobs", "_penn-careers", "External"])
    def test_workday_sites_may_be_called_jobs_or_begin_with_a_line(self, site: str) -> None:
        host = "larkspur.wd5.myworkdayjobs.com"
        token = f"{host}/larkspur/{site}"
        assert source("workday").recognise(f"https://{host}/{site}") == token
        assert source("workday").recognise(f"https://{host}/en-US/{site}/job/Bonn/Cook_R-1") == token
        assert source("workday").recognise(source("workday").first_request(token).url) == token

    def test_workday_addresses_without_a_site_are_none(self) -> None:
        assert source("workday").recognise("https://larkspur.wd5.myworkdayjobs.com/job/Bonn/Cook_R-1") is None
        assert source("workday").recognise("https://larkspur.wd5.myworkdayjobs.com/") is None


class TestOwnHosts:
    @pytest.mark.parametrize("name", ["teamtailor", "recruitee", "pinpoint", "successfactors", "phenom"])
    def test_a_table_that_names_the_source_is_believed(self, name: str) -> None:
        token = token_named(source(name), "https://careers.larkspur.example/")
        assert token is not None
        assert "careers.larkspur.example" in source(name).first_request(token).url

    def test_teamtailor_is_told_by_what_its_pages_load(self) -> None:
        page = '<link href="https://assets-aws.teamtailor-cdn.com/packs/careersite.css">'
        found = boards_in(page, "https://careers.larkspur.example/jobs/1234567-cook")
        assert [(one.name, token) for one, token in found] == [("teamtailor", "careers.larkspur.example")]

    def test_successfactors_may_have_a_site_before_the_search(self) -> None:
        token = source("successfactors").token_of("https://jobs.larkspur.example/Retail/search/?q=")
        assert token == "jobs.larkspur.example/Retail"
        assert (
            source("successfactors")
            .first_request(token)
            .url.startswith("https://jobs.larkspur.example/Retail/search/")
        )


class TestListings:
    def test_one_requisition_in_two_cities_is_two_postings_where_the_service_says_so(self) -> None:
        def both(answer: Any) -> None:
            answer["jobs"][1].update(answer["jobs"][0] | {"id": 99, "location": {"name": "Dublin"}})

        found = changed("greenhouse.json", both).postings
        assert len({posting.external_id for posting in found}) == 2
        assert len({posting.title for posting in found}) == 1

    def test_a_link_to_the_customers_own_site_is_kept(self) -> None:
        own = "https://larkspur.example/jobs?gh_jid=4011001"
        page = changed("greenhouse.json", lambda a: a["jobs"][0].update(absolute_url=own))
        assert page.postings[0].url == own

    def test_a_workplace_that_is_unspecified_and_a_missing_commitment_are_unknown(self) -> None:
        stored = normalise(postings("lever.json")[1], NOW)
        assert (stored.work_mode, stored.employment_type) == ("remote", None)  # its place says remote

    def test_a_heading_that_repeats_the_title_is_text_like_any_other(self) -> None:
        def junk(rows: Any) -> None:
            rows[0]["lists"][0]["text"] = rows[0]["text"]

        assert "<h3>Warehouse Lead</h3>" in (changed("lever.json", junk).postings[0].description_html or "")

    def test_a_blank_employment_type_is_unknown(self) -> None:
        page = changed("workable.json", lambda a: a["jobs"][0].update(employment_type=""))
        assert page.postings[0].employment_type is None


class TestAshbyPay:
    def test_figures_that_the_company_does_not_show_are_not_read(self) -> None:
        hidden = {"shouldDisplayCompensationOnJobPostings": False}
        assert changed("ashby.json", lambda a: a["jobs"][0].update(hidden)).postings[0].salary is None

    @pytest.mark.parametrize(
        ("interval", "period"),
        [("1 YEAR", "year"), ("1 MONTH", "month"), ("1 HOUR", "hour"), ("NONE", None)],
    )
    def test_its_interval_is_the_period(self, interval: str, period: str | None) -> None:
        pay = {
            "compensationType": "Salary",
            "interval": interval,
            "currencyCode": "USD",
            "minValue": 10,
            "maxValue": None,
        }
        page = changed("ashby.json", lambda a: a["jobs"][0].update(compensation={"summaryComponents": [pay]}))
        assert page.postings[0].salary == Salary(10, None, "USD", SalaryPeriod(period) if period else None)

    def test_without_the_parameter_there_is_no_pay_and_no_error(self) -> None:
        assert changed("ashby.json", lambda a: a["jobs"][0].pop("compensation")).postings[0].salary is None


class TestPersonio:
    def test_who_has_no_feed_is_asked_for_the_list_and_then_on_the_other_host(self) -> None:
        personio = source("personio")
        asked: Request | None = personio.first_request("larkspur.jobs.personio.com")
        urls = []
        while asked is not None:
            urls.append(asked.url)
            if len(urls) > 2:
                with pytest.raises(SourceGone):
                    personio.parse(Response(404, b"", request=asked))
                break
            asked = personio.parse(Response(404, b"", request=asked)).next
        assert urls == [
            "https://larkspur.jobs.personio.com/xml?language=en",
            "https://larkspur.jobs.personio.com/search.json",
            "https://larkspur.jobs.personio.de/xml?language=en",
        ]

    def test_410_is_believed_at_once(self) -> None:
        with pytest.raises(SourceGone):
            source("personio").parse(example("personio.xml").answer(status=410))

    def test_the_list_has_no_texts_so_they_are_asked_for(self) -> None:
        first = postings("personio.search.json")[0]
        assert first.locations == (Location("Bamberg"), Location("Kulmbach"))
        assert source("personio").detail_request(first, Request("")) == Request(first.url)
        assert first.url == "https://larkspur.jobs.personio.de/job/2001001"

    def test_the_feed_is_asked_in_english_and_needs_no_details(self) -> None:
        assert source("personio").first_request("x.jobs.personio.de").url.endswith("/xml?language=en")
        bare = example("personio.xml").body.replace(b"jobDescription>", b"other>")
        page = source("personio").parse(example("personio.xml").answer(bare))
        assert {source("personio").detail_request(one, Request("")) for one in page.postings} == {None}


class TestRefusals:
    def test_eightfold_blocks_with_405(self) -> None:
        for file in ("eightfold.pcsx.json", "eightfold.json"):
            with pytest.raises(SourceUnavailable, match="405"):
                source("eightfold").parse(example(file).answer(b"<html></html>", 405))

    def test_hh_says_what_it_wants_of_who_asks(self) -> None:
        body = json.dumps({"errors": [{"type": "bad_user_agent", "value": "unspecified"}]})
        with pytest.raises(SourceUnavailable, match=r"bad_user_agent: .*set CONTACT"):
            source("hh").parse(example("hh.json").answer(body.replace(" ", "").encode(), 400))
        with pytest.raises(SourceChanged, match="400"):
            source("hh").parse(example("hh.json").answer(b'{"errors":[{"type":"bad_argument"}]}', 400))

    def test_usajobs_hears_the_registered_address(self) -> None:
        asked = source("usajobs").authorise(
            Request("https://data.usajobs.gov/api/Search"), {"usajobs_email": "me@example.org"}
        )
        assert asked.headers["User-Agent"] == "me@example.org"
