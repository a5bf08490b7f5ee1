"""What is peculiar to one of the open job boards and their APIs: the quirks that SOURCES.md records."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from backend.domain.posting import Location, Posting, Salary, SalaryPeriod
from backend.sources.base import Page, Request, Response, SourceGone
from backend.sources.registry import source
from tests.unit.sources.examples import SAMPLES, example


def postings(file: str) -> list[Posting]:
    return example(file).page().postings


def changed(file: str, change: Any) -> Page:
    one = example(file)
    answer = json.loads(one.body)
    change(answer)
    return one.source.parse(one.answer(json.dumps(answer).encode()))


class TestTheMuse:
    def test_remote_stands_among_the_places(self) -> None:
        first, second = postings("themuse.json")

        assert (first.work_mode, first.locations) == ("remote", (Location("Denver, CO"),))
        assert (second.work_mode, second.locations) == (None, (Location("Tokyo, Japan"),))
        assert (first.level, second.level) == ("senior", None)

    def test_a_list_longer_than_we_read_is_not_complete(self) -> None:
        assert changed("themuse.json", lambda a: a.update(page_count=24958)).complete is False
        assert example("themuse.json").page().complete is True


class TestRemotive:
    def test_dates_have_no_zone_and_pay_is_free_text(self) -> None:
        first, second = postings("remotive.json")

        assert first.posted_at == datetime(2026, 8, 5, 6, 25, 53, tzinfo=UTC)
        assert (first.salary, second.salary) == (Salary(31200, 52000, "USD", None), None)
        assert first.locations == (Location("USA", country="US"), Location("Canada", country="CA"))
        assert first.company == "Larkspur"

    def test_it_is_complete_when_the_answer_holds_all_there_are(self) -> None:
        assert example("remotive.json").page().complete is True
        assert changed("remotive.json", lambda a: a.update({"total-job-count": 1500})).complete is False


class TestArbeitnow:
    def test_dates_are_epoch_seconds(self) -> None:
        assert postings("arbeitnow.json")[0].posted_at == datetime(2026, 8, 15, 15, 30, 24, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("link", "follows"),
        [
            ("https://www.arbeitnow.com/api/job-board-api?page=2", True),
            ("https://www.arbeitnow.com/api/job-board-api?page=1", False),
            ("https://www.arbeitnow.com/api/job-board-api?page=101", False),
            ("https://elsewhere.example/api/job-board-api?page=2", False),
        ],
    )
    def test_the_next_page_is_a_later_one_there(self, link: str, follows: bool) -> None:
        page = changed("arbeitnow.json", lambda a: a["links"].update(next=link))

        assert (page.next is not None, page.complete) == (follows, follows)

    def test_no_next_page_ends_the_list(self) -> None:
        page = changed("arbeitnow.json", lambda a: a["links"].update(next=None))

        assert (page.next, page.complete) == (None, True)


class TestRemoteOk:
    def test_the_first_element_is_a_legal_notice(self) -> None:
        page = changed(
            "remoteok.json", lambda a: a.insert(0, {"last_updated": 1786757871, "legal": "API Terms"})
        )

        assert page.postings == postings("remoteok.json")

    def test_nothing_but_the_notice_is_an_empty_list(self) -> None:
        one = example("remoteok.json")

        assert one.source.parse(one.answer(b'[{"last_updated": 1, "legal": "API Terms"}]')).postings == []

    def test_zero_is_unknown_pay_and_places_lose_their_comma(self) -> None:
        first, second = postings("remoteok.json")

        assert (first.salary, second.salary) == (None, Salary(60000, 80000, "USD", SalaryPeriod.YEAR))
        assert (first.locations, second.locations) == ((Location("Denver"),), ())

    def test_the_mark_of_who_asked_is_neither_kept_nor_a_change(self) -> None:
        one = example("remoteok.json")
        other = one.body.replace(b"RMTkyLjAuMi4x", b"RMTk4LjUxLjEwMC4x").replace(b"BLOOM", b"LOVED")

        assert other != one.body
        assert postings("remoteok.json")[0].description_html == "<p>Throw pots – from anywhere.</p>"
        assert one.source.parse(one.answer(other)) == one.page()
        assert one.source.fingerprint(one.answer(other)) == one.source.fingerprint(one.answer())


class TestHimalayas:
    def test_a_title_cut_at_eighty_characters_shows_it(self) -> None:
        cut = "Senior Potter (Remote | Kiln Licence Required | Pacific Time Zone Preferred, No "
        page = changed("himalayas.json", lambda a: a["jobs"][0].update(title=f"{cut[:79]}x"))

        assert page.postings[0].title.endswith("x…")

    def test_a_company_called_name_is_told_from_its_slug(self) -> None:
        assert [posting.company for posting in postings("himalayas.json")] == [
            "Larkspur And Sons",
            "Larkspur",
        ]

    def test_facts_are_read(self) -> None:
        first = postings("himalayas.json")[0]

        assert first.posted_at == datetime(2026, 3, 28, 10, 12, tzinfo=UTC)
        assert first.salary == Salary(77905, 116858, "USD", SalaryPeriod.YEAR)
        assert [place.country for place in first.locations] == ["US", "CA"]

    def test_it_stops_after_five_hundred_and_is_not_complete_then(self) -> None:
        one = example("himalayas.json")
        last = Request("https://himalayas.app/jobs/api?limit=20&offset=480")
        answer = json.loads(one.body)
        answer["jobs"] = [{**answer["jobs"][1], "guid": f"https://himalayas.app/{n}"} for n in range(20)]

        assert one.page().next is not None
        page = one.source.parse(Response(200, json.dumps(answer).encode(), {}, last))
        assert (page.next, page.complete) == (None, False)


class TestJobicy:
    def test_places_are_one_text_with_double_blanks(self) -> None:
        assert [place.text for place in postings("jobicy.json")[0].locations] == [
            "LATAM",
            "Hong Kong",
            "Mexico",
        ]

    def test_entities_are_read_and_both_names_of_pay(self) -> None:
        first, second = postings("jobicy.json")

        assert (first.department, first.company) == ("Crafts & Kilns", "Larkspur & Sons")
        assert first.salary == Salary(40, 50, "USD", SalaryPeriod.HOUR)
        assert second.salary == Salary(60000, 80000, "EUR", SalaryPeriod.YEAR)
        assert second.posted_at == datetime(2026, 8, 4, 15, 28, 45, tzinfo=UTC)


class TestTorre:
    def test_pages_follow_a_cursor_with_the_same_question(self) -> None:
        one = example("torre.json")
        following = one.page().next

        assert following is not None
        assert (following.method, following.body) == ("POST", one.request_body)
        assert parse_qs(urlsplit(following.url).query)["after"] == ["eyJhIjoxfQ"]
        again = Response(200, one.body, {}, following)
        assert one.source.parse(again).next is None  # the same cursor again would never end

    def test_words_of_the_token_are_asked_for(self) -> None:
        asked = source("torre").first_request("q=clay+pots")

        assert json.loads(asked.body or b"")["and"][0] == {"keywords": {"term": "clay pots", "locale": "en"}}

    def test_pay_to_be_agreed_is_unknown_and_what_is_not_open_is_closed(self) -> None:
        page = example("torre.json").page()

        assert [posting.salary for posting in page.postings] == [
            Salary(1119000, 1400000, "SEK", SalaryPeriod.YEAR),
            None,
        ]
        assert page.closed == {"qdP91emr"}
        assert page.postings[0].locations == (Location("Sweden", country="SE"),)


class TestNoFluffJobs:
    def test_rows_of_one_reference_are_one_posting_in_all_places(self) -> None:
        first = postings("nofluffjobs.json")[0]

        assert first.external_id == "LRKSPR01"
        assert [place.text for place in first.locations] == [
            "Szczecin, Poland",
            "Remote",
            "lubusz, Poland",
            "Gdańsk, Poland",
        ]
        assert first.posted_at == datetime(2026, 8, 5, 22, 1, 5, 137000, tzinfo=UTC)
        assert first.salary == Salary(18480, 25200, "PLN", SalaryPeriod.MONTH)

    def test_pages_follow(self) -> None:
        following = example("nofluffjobs.json").page().next

        assert following is not None
        query = parse_qs(urlsplit(following.url).query)
        assert (query["pageFrom"], query["pageTo"], query["criteria"]) == (["2"], ["2"], ["city=szczecin"])

    def test_the_criteria_are_sent_as_the_site_sends_them(self) -> None:
        asked = source("nofluffjobs").first_request("criteria=city%3Dszczecin")

        assert json.loads(asked.body or b"")["rawSearch"] == "city=szczecin"


class TestJustJoinIt:
    def test_pay_is_the_one_told_not_a_converted_one(self) -> None:
        first, second = postings("justjoinit.json")

        assert first.salary == Salary(26000, 31000, "PLN", SalaryPeriod.MONTH)
        assert second.salary == Salary(150, 180, "PLN", SalaryPeriod.HOUR)
        assert (first.employment_type, second.employment_type) == ("full_time", "b2b")
        assert [place.text for place in first.locations] == ["Szczecin", "Gdańsk"]

    def test_pages_follow_the_cursor_upwards(self) -> None:
        following = example("justjoinit.json").page().next

        assert following is not None
        assert parse_qs(urlsplit(following.url).query)["from"] == ["100"]
        assert (
            source("justjoinit").parse(Response(200, example("justjoinit.json").body, {}, following)).next
            is None
        )

    def test_texts_are_in_the_details(self) -> None:
        one = example("justjoinit.json")
        listed = one.page().postings[0]
        asked = one.source.detail_request(listed, Request(one.url))

        assert asked == Request("https://api.justjoin.it/v1/offers/larkspur-potter-szczecin-other")
        answer = Response(200, (SAMPLES / "justjoinit.detail.json").read_bytes(), {}, asked)
        assert one.source.parse_detail(listed, answer).description_html == "<p>Throw pots.</p>"
        with pytest.raises(SourceGone):
            one.source.parse_detail(listed, Response(404, b"{}"))


class TestHackerNews:
    def test_replies_are_no_openings_and_deleted_comments_nothing(self) -> None:
        page = example("hn.json").page()

        assert [posting.external_id for posting in page.open] == ["47000001", "47000002"]
        assert page.closed == {"47000003"}

    def test_the_line_with_bars_is_understood(self) -> None:
        first = postings("hn.json")[0]

        assert (first.company, first.title) == ("Larkspur", "Senior Kiln Engineer")
        assert (first.work_mode, first.employment_type) == ("remote", "Full-time")
        assert first.salary == Salary(60000, 75000, "EUR", None)
        assert [place.text for place in first.locations] == ["Graz, Austria or REMOTE (EU)"]
        assert first.url == "https://news.ycombinator.com/item?id=47000001"

    def test_lines_with_labels_are_understood(self) -> None:
        second = postings("hn.json")[1]

        assert (second.company, second.title) == ("Larkspur", "Kiln Engineer (night shift)")
        assert (second.work_mode, second.employment_type) == (None, "Full-time")
        assert second.salary == Salary(3000, 3525, "EUR", SalaryPeriod.MONTH)

    def test_addresses_phones_and_names_are_not_kept(self) -> None:
        kept = repr(postings("hn.json"))

        for secret in ("larkspurian", "larisa", "[at]", "316"):
            assert secret not in kept

    def test_the_newest_thread_is_found_first(self) -> None:
        one = source("hn")
        asked = one.first_request("whoishiring")
        stories = {
            "hits": [
                {"objectID": "3", "title": "Ask HN: Who wants to be hired? (August 2026)"},
                {"objectID": "2", "title": "Ask HN: Who is hiring? (August 2026)"},
                {"objectID": "1", "title": "Ask HN: Who is hiring? (July 2026)"},
            ]
        }
        page = one.parse(Response(200, json.dumps(stories).encode(), {}, asked))

        assert page.next is not None
        assert "tags=comment,story_2&" in page.next.url
        nothing = one.parse(Response(200, b'{"hits": []}', {}, asked))
        assert (nothing.next, nothing.complete) == (None, False)

    def test_pages_follow_until_the_last(self) -> None:
        one = example("hn.json")
        following = one.page().next

        assert following is not None
        assert one.source.parse(Response(200, one.body, {}, following)).next is None
