"""Feeds of anybody: XML lists, RSS, Atom and JSON Feed."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import BinaryIO, cast

import pytest

from backend.domain.posting import Location, Posting, Salary, SalaryPeriod
from backend.sources.base import Request, Response, SourceChanged
from backend.sources.registry import source
from backend.sources.xml_feed import iter_postings
from backend.sources.xml_fields import mapping_of
from tests.unit.sources.examples import SAMPLES, example

FEED = "https://jobs.larkspur.example/feed.xml"


def postings(file: str) -> list[Posting]:
    return example(file).page().postings


def read(xml: str, fragment: str = "", **headers: str) -> list[Posting]:
    request = Request(FEED + fragment)
    return source("xml_feed").parse(Response(200, xml.encode(), headers, request, FEED)).postings


def jobs(*rows: str) -> str:
    return f"<jobs>{''.join(f'<job>{row}</job>' for row in rows)}</jobs>"


ROW = "<title>Potter</title><id>1</id><url>https://x.example/1</url>"


class TestXmlFeed:
    def test_an_indeed_style_feed_is_read(self) -> None:
        first, last = postings("xml_feed.xml")

        assert (first.external_id, first.company, first.department) == ("LK-1", "Larkspur & Sons", "Workshop")
        assert first.salary == Salary(60000, 75000, "EUR", SalaryPeriod.YEAR)
        assert first.posted_at == datetime(2026, 8, 5, 22, 49, 39, tzinfo=UTC)
        assert (first.work_mode, first.employment_type) == ("Hybrid remote", "fulltime")
        assert first.description_html == "<p>Throw pots.</p>"
        assert last.description_html == "<p>Watch &amp; wait.</p>"

    def test_one_id_several_times_is_one_posting_in_all_places(self) -> None:
        assert postings("xml_feed.xml")[0].locations == (
            Location("Graz, Styria, AT", "Graz", "Styria", "AT"),
            Location("Linz, AT", "Linz", None, "AT"),
        )

    def test_nested_places_are_each_read(self) -> None:
        assert [place.text for place in postings("xml_feed.xml")[1].locations] == ["Wien, AT", "Bonn, DE"]

    @pytest.mark.parametrize(
        ("row", "open_"),
        [
            ("<status>closed</status>", False),
            ("<status>Inactive</status>", False),
            ("<status>EXPIRED</status>", False),
            ("<expired>true</expired>", False),
            ("<is_active>0</is_active>", False),
            ("<status>active</status>", True),
            ("<status>In Office</status>", True),
            ("<expired>no</expired>", True),
            ("<active>yes</active>", True),
        ],
    )
    def test_closed_ones_are_left_out(self, row: str, open_: bool) -> None:
        assert bool(read(jobs(ROW + row))) is open_

    def test_what_is_past_its_date_is_left_out_by_the_answers_own_clock(self) -> None:
        feed = jobs(ROW + "<expiration_date>2026-08-01</expiration_date>")

        assert len(read(feed)) == 1
        assert read(feed, date="Wed, 05 Aug 2026 07:28:00 GMT") == []
        assert len(read(feed, date="Fri, 31 Jul 2026 07:28:00 GMT")) == 1

    def test_an_operator_names_the_fields(self) -> None:
        feed = (
            '<export><vacancy key="7"><jobtitle>Potter</jobtitle><where><town>Graz</town></where>'
            "<title>Ms</title><seite>https://x.example/7</seite></vacancy></export>"
        )
        with pytest.raises(SourceChanged, match="row:NAME"):
            read(feed)
        (only,) = read(feed, "#map=row:vacancy,title:jobtitle,id:@key,url:seite,city:where/town")

        assert (only.external_id, only.title, only.url) == ("7", "Potter", "https://x.example/7")
        assert only.locations == (Location("Graz", "Graz"),)

    def test_a_mapping_is_part_of_the_address(self) -> None:
        token = source("xml_feed").recognise("https://X.example/export?key=1#map=title:jobtitle,id:ref")

        assert token == "https://x.example/export?key=1#map=title:jobtitle,id:ref"
        assert mapping_of("map=title:jobtitle,nonsense:x,id:") == {"title": "jobtitle"}
        assert mapping_of("top") == {}

    @pytest.mark.parametrize("missing", ["title", "url"])
    def test_a_job_without_title_or_address_is_an_error_that_names_it(self, missing: str) -> None:
        row = ROW.replace(f"<{missing}>", "<nothing>").replace(f"</{missing}>", "</nothing>")

        with pytest.raises(SourceChanged, match=rf"job\[1\]\.{missing}"):
            read(jobs(ROW, row))

    def test_without_an_id_the_address_is_one(self) -> None:
        assert (
            read(jobs("<title>P</title><url>https://x.example/1</url>"))[0].external_id
            == "https://x.example/1"
        )

    def test_relative_dates_are_days(self) -> None:
        assert read(jobs(ROW + "<date>vor 2 Wochen</date>"))[0].posted_days_ago == 14

    @pytest.mark.parametrize(
        "xml",
        [
            "<!DOCTYPE jobs [<!ENTITY a 'boom'>]><jobs/>",
            "<jobs><job>" + ROW,
            "<jobs><job><title>" + "<b>" * 300 + "</jobs>",
            "<jobs><job>" + ROW + "<x/>" * 6000 + "</job></jobs>",
            "<jobs><job>" + ROW + "<description>" + "x" * 11_000_000 + "</description></job></jobs>",
            "<html><body/></html>",
            '{"jobs": []}',
        ],
        ids=["dtd", "cut off", "broken", "endless job", "endless text", "page", "json"],
    )
    def test_hostile_feeds_are_refused(self, xml: str) -> None:
        with pytest.raises(SourceChanged):
            read(xml)

    def test_memory_does_not_grow_with_the_feed(self) -> None:
        text = "<description>" + "Throw pots. " * 400 + "</description>"
        list(iter_postings(_Endless(200, text)))  # whatever the first reading needs once
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        count = sum(1 for _ in iter_postings(_Endless(8_000, text)))  # 40 MB
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

        assert count == 8_000
        assert grown < 8_000  # kB


class _Endless(BytesIO):
    """A file that makes up its jobs while it is read."""

    def __init__(self, count: int, text: str) -> None:
        super().__init__()
        self._parts = self._made(count, text)

    @staticmethod
    def _made(count: int, text: str) -> Iterator[bytes]:
        yield b"\n<jobs>"
        for number in range(count):
            yield f"<job><title>Potter</title><id>{number}</id><url>https://x.example/</url>{text}</job>\n".encode()
        yield b"</jobs>"

    def read(self, size: int | None = -1) -> bytes:
        return next(self._parts, b"")


def test_any_binary_file_will_do() -> None:
    file = cast(BinaryIO, BytesIO(jobs(ROW).encode()))

    assert [posting.title for posting in iter_postings(file, {})] == ["Potter"]


@pytest.mark.parametrize("file", ["xml_feed.xml", "rss.rss"])
def test_the_moment_a_feed_was_made_is_no_change(file: str) -> None:
    one = example(file)
    built = b"<lastBuildDate>Thu, 06 Aug 2026 22:49:39 GMT</lastBuildDate>"
    start = one.body.index(b"<publisherurl>" if b"<publisherurl>" in one.body else b"<link>")
    first = one.answer(one.body[:start] + built + one.body[start:])
    later = one.answer(
        first.body.replace(b"Thu, 06 Aug 2026 22:49:39 GMT</last", b"Fri, 07 Aug 2026 22:49:39 GMT</last")
    )

    assert first.body != later.body
    assert one.source.fingerprint(first) == one.source.fingerprint(later)
    changed = one.body.replace(b"Aug 2026 22:49:39 GMT]]", b"Sep 2026 22:49:39 GMT]]").replace(
        b"</pubDate>", b"x</pubDate>"
    )
    assert one.source.fingerprint(one.answer(changed)) != one.source.fingerprint(one.answer())


class TestRss:
    def test_we_work_remotely_names_the_company_first(self) -> None:
        first, second = postings("rss.rss")

        assert (first.company, first.title) == ("Larkspur", "Potter: Wheel and Kiln")
        assert (first.work_mode, first.employment_type) == ("remote", "Full-Time")
        # the state is where the company sits
        assert [place.text for place in first.locations] == ["Anywhere in the World"]
        assert [place.text for place in second.locations] == ["Europe Only"]
        assert second.external_id == second.url
        assert first.posted_at == datetime(2026, 8, 5, 20, 20, 27, tzinfo=UTC)

    def test_other_feeds_keep_their_colons(self) -> None:
        body = example("rss.rss").body
        answer = Response(200, body, {}, Request("https://jobs.larkspur.example/jobs.rss"))

        assert source("rss").parse(answer).postings[0].title == "Larkspur: Potter: Wheel and Kiln"

    def test_crypto_jobs_tells_facts_in_the_text(self) -> None:
        (only,) = postings("rss.crypto.rss")

        assert (only.company, only.title) == ("Larkspur", "Potter")
        assert only.salary == Salary(180000, 280000, "USD", SalaryPeriod.YEAR)
        assert (only.locations, only.employment_type) == ((Location("Remote"),), "Part Time")
        assert only.url == "https://crypto.jobs/jobs/potter-at-larkspur"

    def test_atom_is_read_too(self) -> None:
        body = (SAMPLES / "rss.atom").read_bytes()
        (only,) = (
            source("rss").parse(Response(200, body, {}, Request("https://x.example/jobs.atom"))).postings
        )

        assert (only.title, only.url) == ("Potter", "https://jobs.larkspur.example/1")
        assert only.external_id == "tag:larkspur.example,2026:1"

    def test_a_feed_is_a_window_and_never_complete(self) -> None:
        assert example("rss.rss").page().complete is False


class TestJsonFeed:
    def test_items_may_carry_a_job_posting(self) -> None:
        first, second = postings("json_feed.json")

        assert (first.company, first.employment_type) == ("Larkspur & Sons", "FULL_TIME")
        assert first.locations == (Location("Graz, AT", "Graz", None, "AT"),)
        assert second.description_html == "<p>Glaze &lt; fire.<br>Twice.</p>"
        assert second.company == "Larkspur jobs"

    def test_the_next_page_stays_on_the_host(self) -> None:
        one = example("json_feed.json")
        assert one.page().next is not None
        away = one.body.replace(
            b"https://jobs.larkspur.example/feed.json?page=2", b"https://evil.example/feed.json"
        )
        assert one.source.parse(one.answer(away)).next is None
        assert one.source.proven is False
