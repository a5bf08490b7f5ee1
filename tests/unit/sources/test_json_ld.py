"""Careers pages and sitemaps of anybody, whose openings carry schema.org's JobPosting."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import pytest

from backend.sources.base import Page, Request, Response, SourceChanged, SourceUnavailable
from backend.sources.job_links import is_opening, title_of
from backend.sources.registry import source
from tests.unit.sources.examples import example

SITEMAP = "https://larkspur.example/sitemap.xml"
NS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def page_of(html: str, url: str = "https://larkspur.example/careers") -> Page:
    return source("json_ld").parse(Response(200, html.encode(), {}, Request(url), url))


def careers(*links: str, script: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{script}</head><body>{''.join(links)}</body></html>"


JOB = (
    '<script type="application/ld+json">{"@type":"JobPosting","title":"Potter","description":"Pots"}</script>'
)


class TestJsonLd:
    def test_a_sitemap_gives_what_looks_like_openings(self) -> None:
        page = example("json_ld.xml").page()

        assert [(posting.title, posting.url) for posting in page.postings] == [
            ("Glazier", "https://larkspur.example/jobs/Glazier"),
            ("Senior Potter", "https://larkspur.example/careers/senior-Potter-10234"),
            ("Potter", "https://larkspur.example/jobs/Potter"),
        ]
        assert page.postings[0].posted_at == datetime(2026, 8, 5, 8, tzinfo=UTC)

    def test_an_openings_own_page_tells_the_rest(self) -> None:
        one = example("json_ld.xml")
        listed = one.page().postings[2]
        asked = one.source.detail_request(listed, Request(one.url))
        assert asked == Request(listed.url)
        body = careers(script=JOB.replace("Potter", "Master Potter")).encode()
        detailed = one.source.parse_detail(listed, Response(200, body, {}, asked, listed.url))

        assert (detailed.title, detailed.external_id) == ("Master Potter", listed.external_id)
        assert detailed.description_html == "<p>Pots</p>"

    def test_a_page_without_a_posting_is_an_error(self) -> None:
        one = example("json_ld.xml")
        listed = one.page().postings[2]

        with pytest.raises(SourceChanged, match="JobPosting"):
            one.source.parse_detail(listed, Response(200, careers().encode(), {}, Request(listed.url)))
        with pytest.raises(SourceUnavailable):
            one.source.parse_detail(listed, Response(503, b"", {}, Request(listed.url)))

    def test_a_page_with_postings_needs_no_details(self) -> None:
        page = page_of(careers(script=JOB))

        assert [posting.title for posting in page.postings] == ["Potter"]
        assert source("json_ld").detail_request(page.postings[0], Request("x")) is None

    def test_what_surrounds_a_page_s_postings_is_no_change(self) -> None:
        def fingerprint(html: str) -> bytes:
            return source("json_ld").fingerprint(
                Response(200, html.encode(), {}, Request("https://x.example/c"))
            )

        assert fingerprint(careers("<p>1</p>", script=JOB)) == fingerprint(careers("<p>2</p>", script=JOB))
        assert fingerprint(careers(script=JOB)) != fingerprint(
            careers(script=JOB.replace("Potter", "Glazier"))
        )

    def test_a_page_with_links_names_openings_by_them(self) -> None:
        page = page_of(
            careers(
                '<a href="/jobs/master-potter">Master Potter (m/f/d)</a>',
                '<a href="/jobs/glazier-17#apply">Apply now</a>',
                '<a href="/jobs?page=2">Next</a>',
                '<a href="/about">About us</a>',
                '<a href="https://elsewhere.test/jobs/other-one">Other</a>',
                '<a href="mailto:jobs@larkspur.example">Write</a>',
            )
        )

        assert [(posting.title, posting.url) for posting in page.postings] == [
            ("Master Potter (m/f/d)", "https://larkspur.example/jobs/master-potter"),
            ("Glazier 17", "https://larkspur.example/jobs/glazier-17"),
        ]

    def test_a_list_of_addresses_in_the_linked_data_is_read(self) -> None:
        items = {
            "@type": "ItemList",
            "itemListElement": [{"@type": "ListItem", "url": "/jobs/master-potter"}],
        }
        script = f'<script type="application/ld+json">{json.dumps(items)}</script>'

        assert [posting.title for posting in page_of(careers(script=script)).postings] == ["Master potter"]

    @pytest.mark.parametrize(
        "html",
        [
            careers(),
            careers('<a href="/about">About</a>'),
            careers(script=JOB)[:-14],
            careers(script=JOB[:-30]),
        ],
        ids=["empty", "no openings", "cut off", "cut off in the script"],
    )
    def test_a_page_that_is_not_understood_is_an_error_not_an_empty_list(self, html: str) -> None:
        with pytest.raises(SourceChanged):
            page_of(html)

    def test_a_sitemap_without_any_opening_is_an_error_not_an_empty_list(self) -> None:
        body = f'<urlset xmlns="{NS}"><url><loc>https://larkspur.example/about</loc></url></urlset>'

        with pytest.raises(SourceChanged, match="none of its 1 addresses"):
            source("json_ld").parse(Response(200, body.encode(), {}, Request(SITEMAP)))

    def test_an_index_of_sitemaps_is_followed_one_by_one(self) -> None:
        index = f'<sitemapindex xmlns="{NS}">' + "".join(
            f"<sitemap><loc>https://larkspur.example/{name}.xml</loc></sitemap>"
            for name in ("pages", "jobs-1", "jobs-2")
        )
        answers = {
            SITEMAP: index + "</sitemapindex>",
            "https://larkspur.example/jobs-1.xml": f'<urlset xmlns="{NS}"><url><loc>https://larkspur.example/jobs/pot-maker</loc></url></urlset>',
            "https://larkspur.example/jobs-2.xml": f'<urlset xmlns="{NS}"/>',
        }
        asked: Request | None = Request(SITEMAP)
        seen, found = [], []
        while asked is not None:
            address = asked.url.partition("#")[0]
            seen.append(address.rpartition("/")[2])
            page = source("json_ld").parse(Response(200, answers[address].encode(), {}, asked, address))
            found += page.postings
            asked = page.next

        assert seen == ["sitemap.xml", "jobs-1.xml", "sitemap.xml", "jobs-2.xml", "sitemap.xml"]
        assert [posting.title for posting in found] == ["Pot maker"]

    def test_a_packed_sitemap_is_unpacked_within_limits(self) -> None:
        one = example("json_ld.xml")

        assert one.source.parse(one.answer(gzip.compress(one.body))).postings == one.page().postings
        with pytest.raises(SourceChanged):
            one.source.parse(one.answer(gzip.compress(one.body)[:-20]))
        with pytest.raises(SourceChanged, match="over"):
            one.source.parse(one.answer(gzip.compress(b" " * 70_000_000)))

    @pytest.mark.parametrize(
        ("path", "opening"),
        [
            ("/jobs/potter", True),
            ("/en/jobs/potter-m-f-d", True),
            ("/careers/potter-1234", True),
            ("/karriere/stellenangebote/toepfer", True),
            ("/offres-emploi/potier-h-f", True),
            ("/company/job-84213", True),
            ("/careers/our-culture", False),
            ("/jobs", False),
            ("/jobs/", False),
            ("/jobs/page/2", False),
            ("/jobs/search", False),
            ("/jobs/brochure.pdf", False),
            ("/blog/jobs-report", False),
            ("/", False),
        ],
    )
    def test_what_looks_like_an_opening(self, path: str, opening: bool) -> None:
        assert is_opening(f"https://larkspur.example{path}") is opening

    @pytest.mark.parametrize(
        ("path", "title"),
        [
            ("/jobs/senior-potter-m-f-d-84213", "Senior potter m f d"),
            ("/jobs/84213/senior_potter.html", "Senior potter"),
            ("/jobs/0b5d1ec6-3f0a-4a55-9d55-000000000000", "Opening"),
            ("/stellen/t%C3%B6pfer", "Töpfer"),
        ],
    )
    def test_a_provisional_title_is_told_from_the_address(self, path: str, title: str) -> None:
        assert title_of(f"https://larkspur.example{path}") == title
