"""Quirks of applicant tracking systems whose list is a web page or a feed, and their details."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from backend.domain.posting import Location
from backend.sources.base import Request, Response, SourceChanged
from backend.sources.registry import source
from tests.unit.sources.board_answers import detailed, paged, postings
from tests.unit.sources.examples import SAMPLES, example


class TestJazzHR:
    def test_the_id_holds_the_time_of_posting(self) -> None:
        first = postings("jazzhr.xml")[0]

        assert (first.external_id, first.posted_at) == (
            "ABCDEFGHIJ",
            datetime(2026, 10, 1, 9, 30, tzinfo=UTC),
        )

    def test_what_the_feed_calls_closed_is_left_out_of_a_crawl(self) -> None:
        page = example("jazzhr.xml").page()

        assert page.closed == {"KLMNOPQRST"}
        assert [one.title for one in page.open] == ["Inventory Gardener"]

    def test_an_empty_feed_is_not_believed_and_the_page_is_asked(self) -> None:
        page = source("jazzhr").parse(example("jazzhr.xml").answer(b"<jobs/>"))

        assert page.next == Request("https://larkspur.applytojob.com/apply/jobs")

    def test_feed_and_page_name_a_job_alike_and_the_page_names_it_twice(self) -> None:
        first, second = postings("jazzhr.html")

        assert first.external_id == postings("jazzhr.xml")[0].external_id
        assert first.locations == (Location("Leeds, West Yorkshire"),)
        assert second.locations == ()

    def test_the_time_at_which_the_feed_was_built_is_no_change(self) -> None:
        one = example("jazzhr.xml")
        later = one.body.replace(b"19 Oct 2026", b"20 Oct 2026")

        assert one.source.fingerprint(one.answer(later)) == one.source.fingerprint(one.answer())


class TestIcims:
    def test_places_are_codes_and_several_stand_in_one_line(self) -> None:
        first, second = postings("icims.html")

        assert first.locations == (
            Location("US-MA-Boston", "Boston", "MA", "US"),
            Location("US-Remote", None, None, "US"),
        )
        assert second.locations == (Location("US", country="US"),)

    def test_the_address_keeps_its_escapes_and_loses_the_frame(self) -> None:
        assert postings("icims.html")[0].url == (
            "https://careers-larkspur.icims.com/jobs/1002/seeds-%26-bulbs-buyer/job"
        )

    def test_the_page_says_how_many_there_are(self) -> None:
        page = paged("icims.html", example("icims.html").url, "Page 1 of 1", "Page 1 of 2")

        assert page.next is not None
        assert page.next.url.endswith("/jobs/search?ss=1&in_iframe=1&pr=1")
        assert page.next.memo == {"pages": 2}

    def test_an_empty_page_where_more_were_promised_is_not_complete(self) -> None:
        one = example("icims.html")
        body = (SAMPLES / "icims.empty.html").read_bytes()
        url = one.url.replace("pr=0", "pr=1")

        early = one.source.parse(Response(200, body, request=Request(url, memo={"pages": 3})))
        after = one.source.parse(Response(200, body, request=Request(url)))

        assert (early.complete, after.complete) == (False, True)

    def test_the_wrapper_without_the_frame_is_an_error(self) -> None:
        wrapper = b"<html><body><iframe src='/jobs/search?in_iframe=1'></iframe></body></html>"

        with pytest.raises(SourceChanged, match="iCIMS's list"):
            source("icims").parse(example("icims.html").answer(wrapper))

    def test_the_job_s_own_page_has_json_ld(self) -> None:
        one = source("icims")
        first = postings("icims.html")[0]
        asked = one.detail_request(first, Request("https://careers-larkspur.icims.com/jobs/search"))
        posting = detailed("icims", "icims.job.html", first)

        assert asked == Request(f"{first.url}?in_iframe=1")
        assert posting.description_html == "<h2>Overview</h2>\n<p>Buy seeds and bulbs.</p>"
        assert (posting.locations, posting.employment_type) == (first.locations, None)
        assert posting.posted_at == datetime(2026, 8, 12, 4, tzinfo=UTC)

    def test_a_newer_site_answers_json_with_texts(self) -> None:
        first = postings("icims.jibe.json")[0]

        assert first.description_html == "<p>Plant &amp; prune.</p>\n<p>Beds</p>"
        assert first.locations == (Location("Buffalo, New York", "Buffalo", "New York", "US"),)


class TestSuccessFactors:
    def test_it_is_not_proven(self) -> None:
        assert source("successfactors").proven is False

    def test_a_title_for_small_screens_is_no_second_job(self) -> None:
        first = postings("successfactors.html")[0]

        assert (first.external_id, first.title) == ("1392118733", "Seeds & Bulbs Buyer")
        assert (first.locations, first.department) == ((Location("Walldorf, DE, 69190"),), "Supply")

    def test_the_page_says_how_many_there_are_and_the_number_is_carried_on(self) -> None:
        page = paged(
            "successfactors.html", example("successfactors.html").url, "of <b>2</b>", "of <b>1,081</b>"
        )

        assert page.next is not None
        assert page.next.url == "https://larkspur.jobs2web.com/search/?q=&startrow=2"
        assert page.next.memo == {"total": 1081}

    def test_the_feed_of_everything_repeats_the_place_in_the_title(self) -> None:
        first = postings("successfactors.rss")[0]

        assert (first.external_id, first.title) == ("1392118733", "Seeds Buyer")
        assert first.description_html == "<p>Buy seeds.</p>"

    def test_the_old_list_tells_by_labels_what_a_field_means(self) -> None:
        first = postings("successfactors.old.xml")[0]

        assert (first.locations, first.employment_type) == ((Location("Walldorf"),), "Full-time")
        assert first.posted_at == datetime(2026, 8, 14, tzinfo=UTC)
        assert first.url.endswith("career?company=larkspurP&career_ns=job_listing&career_job_req_id=4711")

    def test_the_job_s_page_has_microdata(self) -> None:
        posting = detailed("successfactors", "successfactors.job.html")

        assert posting.description_html is not None
        assert "<p>Buy seeds &amp; bulbs.</p>" in posting.description_html
        assert (posting.company, posting.posted_at) == ("Larkspur SE", datetime(2026, 8, 11, 2, tzinfo=UTC))


class TestJobvite:
    def test_both_layouts_are_read(self) -> None:
        first, second, third = postings("jobvite.html")

        assert (first.external_id, first.title) == ("oAbC1dEf", "Seeds & Bulbs Buyer")
        assert (second.department, second.locations) == ("Sales", (Location("Boston, Massachusetts"),))
        assert (third.department, third.locations) == ("Research", (Location("Remote, United States"),))

    def test_a_page_that_shows_the_first_few_only_is_not_complete(self) -> None:
        more = '<a href="/larkspur/search?c=Research">Show More</a></article>'

        assert paged("jobvite.html", example("jobvite.html").url, "</article>", more).complete is False

    def test_the_job_s_page_names_the_places_that_the_list_only_counts(self) -> None:
        posting = detailed("jobvite", "jobvite.job.html", postings("jobvite.html")[0])

        assert posting.locations == (Location("Austin, Texas"), Location("Remote, United States"))
        assert posting.description_html is not None
        assert "<p>Buy seeds &amp; bulbs.</p>" in posting.description_html


class TestComeet:
    def test_the_page_s_script_and_the_api_say_the_same(self) -> None:
        assert postings("comeet.html") == postings("comeet.json")

    def test_the_office_s_name_may_be_another_city(self) -> None:
        assert postings("comeet.json")[0].locations == (Location("Plano, TX, US", "Plano", "TX", "US"),)

    def test_nobody_s_address_is_kept(self) -> None:
        assert "applynow" not in repr(postings("comeet.json"))

    def test_empty_parts_have_no_heading(self) -> None:
        assert postings("comeet.json")[0].description_html == (
            "<p>Buy seeds.</p>\n<h3>Requirements</h3>\n<p>Soil.</p>"
        )


class TestJobylon:
    def test_dates_and_words_are_in_the_page_s_language(self) -> None:
        first, second = postings("jobylon.html")

        assert first.title == "Larkspur's Varberg söker medarbetare"
        assert first.posted_at == datetime(2026, 4, 21, tzinfo=UTC)
        assert second.posted_at == datetime(2022, 5, 24, tzinfo=UTC)
        assert [place.text for place in second.locations] == ["Tornio", "Kemi"]

    def test_what_is_only_for_its_own_people_is_left_out(self) -> None:
        assert "355797" not in {one.external_id for one in postings("jobylon.html")}

    def test_a_day_that_is_none_is_an_error_that_names_it(self) -> None:
        with pytest.raises(SourceChanged, match=r"jobs\[0\].published_date"):
            paged("jobylon.html", example("jobylon.html").url, "21 april 2026", "31 april 2026")
