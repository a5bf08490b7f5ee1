"""What is peculiar to one of the large job searches, and how their credentials are kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from backend.domain.posting import Location, Posting, Salary, SalaryPeriod
from backend.settings import Settings
from backend.sources.base import Page, Request, Response, SourceUnavailable
from backend.sources.registry import SOURCES, source
from backend.sources.texts import as_html
from tests.unit.sources.examples import SAMPLES, example

SECRETS = {
    "adzuna_app_id": "an-id",
    "adzuna_app_key": "s3cret",
    "france_travail_client_id": "an-id",
    "france_travail_client_secret": "s3cret",
    "access_token": "s3cret",
    "jsearch_api_key": "s3cret",
    "usajobs_email": "ops@larkspur.example",
    "usajobs_api_key": "s3cret",
    "themuse_api_key": "s3cret",
}


def postings(file: str) -> list[Posting]:
    return example(file).page().postings


def changed(file: str, change: Any) -> Page:
    one = example(file)
    answer = json.loads(one.body)
    change(answer)
    return one.source.parse(one.answer(json.dumps(answer).encode()))


class TestHeadHunter:
    def test_old_currency_codes_are_todays(self) -> None:
        assert [posting.salary for posting in postings("hh.json")] == [
            Salary(90000, None, "RUB", SalaryPeriod.MONTH),
            Salary(2500, 3000, "BYN", SalaryPeriod.MONTH),
        ]

    def test_the_offset_has_no_colon(self) -> None:
        assert postings("hh.json")[0].posted_at == datetime(2026, 8, 5, 9, 10, 32, tzinfo=UTC)

    def test_contacts_of_people_are_not_read(self) -> None:
        one = source("hh")
        listed = postings("hh.json")[0]
        answer = Response(
            200, (SAMPLES / "hh.detail.json").read_bytes(), {}, Request("https://api.hh.ru/vacancies/1")
        )
        detailed = one.parse_detail(listed, answer)

        assert "larisa" not in (repr(listed) + repr(detailed)).lower()
        assert detailed.description_html == "<p>Лепить <strong>горшки</strong>.</p>\n<p>Глина, Обжиг</p>"

    def test_archived_vacancies_are_closed(self) -> None:
        page = example("hh.json").page()

        assert page.closed == {"91000002"}
        assert [posting.external_id for posting in page.open] == ["91000001"]

    def test_paging_stops_at_two_thousand_and_more_is_not_complete(self) -> None:
        def at(page: int, found: int) -> Page:
            return changed("hh.json", lambda a: a.update(page=page, found=found, pages=found // 100 + 1))

        assert (at(0, 842).next, at(0, 842).complete) == (
            Request("https://api.hh.ru/vacancies?employer_id=4242&per_page=100&page=1"),
            True,
        )
        assert at(19, 599776).next is None
        assert at(0, 599776).complete is False

    def test_an_employer_without_id_is_still_one(self) -> None:
        assert postings("hh.json")[1].company == "Ларкспур"

    def test_newer_fields_are_read_where_they_are(self) -> None:
        newer = {
            "salary_range": {"from": 900, "to": 1000, "currency": "KZT", "mode": {"id": "HOUR"}},
            "work_format": [{"id": "ON_SITE"}, {"id": "HYBRID"}],
            "employment_form": {"id": "PROJECT"},
        }
        first = changed("hh.json", lambda a: a["items"][0].update(newer)).postings[0]

        assert first.salary == Salary(900, 1000, "KZT", SalaryPeriod.HOUR)
        assert (first.work_mode, first.employment_type) == ("hybrid", "contract")

    def test_a_captcha_means_try_later(self) -> None:
        body = b'{"errors":[{"type":"captcha_required","value":"captcha_required"}]}'

        with pytest.raises(SourceUnavailable):
            source("hh").parse_detail(postings("hh.json")[0], Response(403, body))


class TestFranceTravail:
    def test_204_without_a_body_is_an_empty_list(self) -> None:
        page = source("france_travail").parse(example("france_travail.json").answer(b"", status=204))

        assert (page.postings, page.next, page.complete) == ([], None, True)

    def test_206_says_that_there_are_more(self) -> None:
        one = example("france_travail.json")
        page = one.source.parse(one.answer(status=206, content_range="offres 0-1/300"))

        assert page.next is not None
        assert parse_qs(urlsplit(page.next.url).query)["range"] == ["2-151"]

    def test_past_the_last_range_the_list_is_not_complete(self) -> None:
        one = example("france_travail.json")
        page = one.source.parse(one.answer(status=206, content_range="offres 3000-3149/9000"))

        assert (page.next, page.complete) == (None, False)

    def test_french_facts_are_understood(self) -> None:
        first, second = postings("france_travail.json")

        assert first.locations == (Location("74 - ANNECY", "Annecy", None, "FR"),)
        assert second.locations == (Location("Île-de-France", country="FR"),)
        assert first.salary == Salary(1923, 2100, "EUR", SalaryPeriod.MONTH)
        assert (first.employment_type, second.employment_type) == ("CDD Temps plein", "alternance")
        assert (first.company, second.company) == ("Larkspur SARL", None)
        assert first.description_html == (
            "<p>Vous tournez des pots.<br>Vous surveillez le four.</p>\n<p>Profil : patient</p>"
        )
        assert "exemple" not in repr(first)

    def test_a_token_is_asked_for_first(self) -> None:
        asked = source("france_travail").grant_request(SECRETS)

        assert asked is not None
        assert asked.method == "POST"
        assert "s3cret" not in asked.url
        form = parse_qs((asked.body or b"").decode())
        assert form["scope"] == ["api_offresdemploiv2 o2dsoffre"]
        granted = source("france_travail").read_grant(
            Response(200, b'{"access_token": "abc", "expires_in": 1499}')
        )
        assert granted == {"access_token": "abc"}


class TestCredentials:
    @pytest.mark.parametrize("name", ["adzuna", "jsearch", "usajobs", "france_travail", "themuse"])
    def test_they_are_added_to_the_request_and_stand_nowhere_else(self, name: str) -> None:
        one = example(f"{name}.json")
        token = one.source.recognise(one.url)
        assert token is not None
        first = one.source.first_request(token)
        sent = one.source.authorise(first, SECRETS)
        following = one.page().next

        assert "s3cret" in repr(sent)
        assert sent.url.partition("?")[0] == first.url.partition("?")[0]
        assert one.source.recognise(sent.url) == token
        assert "s3cret" not in repr((first, one.source.board_url(token), following))

    def test_each_needed_setting_exists(self) -> None:
        needed = {name for one in SOURCES for name in one.needs}

        assert needed <= set(Settings.model_fields)
        assert len(needed) == 7


class TestAdzuna:
    def test_titles_lose_the_marks_of_the_hit(self) -> None:
        def marked(answer: Any) -> None:
            answer["results"][0]["title"] = "Senior <strong>Potter</strong> &amp; Glazier"

        assert changed("adzuna.json", marked).postings[0].title == "Senior Potter & Glazier"

    def test_pay_is_in_the_countrys_money_unless_it_was_guessed(self) -> None:
        first, second = postings("adzuna.json")

        assert first.salary == Salary(38000, 44000.5, "GBP", SalaryPeriod.YEAR)
        assert second.salary is None

    def test_it_is_complete_only_within_five_pages(self) -> None:
        page = example("adzuna.json").page()
        assert page.next is not None
        assert urlsplit(page.next.url).path == "/v1/api/jobs/gb/search/2"
        body = example("adzuna.json").body.replace(b'"count": 120', b'"count": 99000')
        last = Request("https://api.adzuna.com/v1/api/jobs/gb/search/5?what=potter")
        assert source("adzuna").parse(Response(200, body, {}, last)).next is None
        assert source("adzuna").parse(Response(200, body, {}, last)).complete is False


class TestJSearch:
    def test_localised_dates_are_relative_days(self) -> None:
        first, second = postings("jsearch.json")

        assert (first.posted_at, first.posted_days_ago) == (None, 6)
        assert (second.posted_at, second.posted_days_ago) == (datetime(2026, 8, 7, tzinfo=UTC), None)

    def test_types_repeat_and_are_told_once_in_english(self) -> None:
        assert [posting.employment_type for posting in postings("jsearch.json")] == ["FULLTIME", "INTERN"]

    def test_the_same_id_twice_is_one_posting_in_both_places(self) -> None:
        assert [place.text for place in postings("jsearch.json")[0].locations] == ["Annecy, FR", "Lyon, FR"]

    def test_the_fingerprint_knows_no_relative_date_and_no_call_id(self) -> None:
        one = example("jsearch.json")
        later = one.body.replace(b"il y a 6 jours", b"il y a 7 jours").replace(b"0f9a", b"77aa")

        assert later != one.body
        assert one.source.fingerprint(one.answer(later)) == one.source.fingerprint(one.answer())

    def test_it_is_never_complete_and_asks_few_pages(self) -> None:
        one = example("jsearch.json")
        third = Request("https://jsearch.p.rapidapi.com/search?query=potier&page=3&num_pages=1")

        assert one.page().complete is False
        assert one.page().next is not None
        assert one.source.parse(Response(200, one.body, {}, third)).next is None


class TestUsaJobs:
    def test_every_place_and_the_period_of_pay_is_read(self) -> None:
        first, second = postings("usajobs.json")

        assert first.locations == (
            Location("Washington, District of Columbia", "Washington", "District of Columbia", "US"),
            Location("Denver, Colorado", "Denver", "Colorado", "US"),
        )
        assert first.salary == Salary(99200, 153354, "USD", SalaryPeriod.YEAR)
        assert second.salary == Salary(48, 62, "USD", SalaryPeriod.HOUR)
        assert second.work_mode == "remote"
        assert second.locations == (Location("Anywhere in the U.S. (remote job)"),)

    def test_duties_are_a_list_or_one_text(self) -> None:
        first, second = postings("usajobs.json")

        assert first.description_html == (
            "<p>Mend old pots.</p>\n<p>Glue.</p>\n<p>Write down what was glued.</p>\n<p>Five years.</p>"
        )
        assert second.description_html == "<p>Look at kilns.</p>\n<p>Look.</p>"

    def test_pages_follow_until_the_last(self) -> None:
        one = example("usajobs.json")
        following = one.page().next

        assert following is not None
        assert parse_qs(urlsplit(following.url).query)["Page"] == ["2"]
        assert one.source.parse(Response(200, one.body, {}, following)).next is None


def test_text_of_unknown_kind_becomes_html() -> None:
    assert as_html("a < b\nc") == "<p>a &lt; b<br>c</p>"
