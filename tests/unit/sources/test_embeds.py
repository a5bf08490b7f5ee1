"""Which boards a company's own page shows: what is embedded, linked, named in a setting, or in its data."""

from __future__ import annotations

import time

import pytest

from backend.sources.embeds import MOST_TEXT, boards_in

PAGE = "https://www.acme.example/careers"


def boards(page: str, page_url: str = PAGE) -> list[tuple[str, str]]:
    return [(source.name, token) for source, token in boards_in(page, page_url)]


@pytest.mark.parametrize(
    ("page", "source", "token"),
    [
        (
            '<script src="https://boards.greenhouse.io/embed/job_board/js?for=acme"></script>',
            "greenhouse",
            "acme",
        ),
        (
            "<iframe src='//boards.greenhouse.io/embed/job_board?for=acme&amp;b=x'></iframe>",
            "greenhouse",
            "acme",
        ),
        ('<a href="https://jobs.eu.lever.co/acme">Jobs</a>', "lever", "eu:acme"),
        ("<script src=https://jobs.ashbyhq.com/acme/embed?version=2></script>", "ashby", "acme"),
        ('<iframe data-src="https://acme.recruitee.com/"></iframe>', "recruitee", "acme.recruitee.com"),
        (
            '<script>load("https:\\/\\/api.lever.co\\/v0\\/postings\\/acme?mode=json")</script>',
            "lever",
            "acme",
        ),
        (
            '<script id=data>{"u":"https:\\u002F\\u002Facme.wd5.myworkdayjobs.com\\u002FSite"}</script>',
            "workday",
            "acme.wd5.myworkdayjobs.com/acme/Site",
        ),
        (
            '<meta http-equiv="refresh" content="0; url=https://acme.jobs.personio.de/">',
            "personio",
            "acme.jobs.personio.de",
        ),
        ('<a href="?gh_jid=1">Job</a><script>var c = {"boardToken": "acme"}</script>', "greenhouse", "acme"),
        ("<script>grnhse({urlToken: 'acme'})</script>", "greenhouse", "acme"),
        (
            '<div class="smartrecruiters" data-x="{company_code: \'Acme1\'}"></div>',
            "smartrecruiters",
            "Acme1",
        ),
        (
            '<script type="application/ld+json">{"@type":"Organization",'
            '"sameAs":["https://apply.workable.com/acme/"]}</script>',
            "workable",
            "acme",
        ),
    ],
)
def test_a_board_is_found_wherever_a_page_names_it(page: str, source: str, token: str) -> None:
    assert boards(f"<!doctype html><html><body>{page}</body></html>")[:1] == [(source, token)]


def test_what_is_embedded_comes_before_what_is_linked_and_mentioned() -> None:
    page = """
      <p>We used https://jobs.lever.co/old before.</p>
      <a href="https://apply.workable.com/partner/">our partner hires too</a>
      <iframe src="https://jobs.ashbyhq.com/acme/embed"></iframe>
    """
    assert boards(page) == [("ashby", "acme"), ("workable", "partner"), ("lever", "old")]


def test_the_address_that_a_page_was_moved_to_comes_first() -> None:
    page = '<a href="https://jobs.lever.co/other/1">one</a>' * 9
    assert boards(page, "https://jobs.lever.co/acme")[0] == ("lever", "acme")


def test_a_page_that_a_service_made_for_a_customers_host_is_a_board_of_that_host() -> None:
    page = '<script src="https://cdn.pinpointhq.com/assets/careers.js"></script>'
    assert boards(page, "https://careers.acme.example/") == [("pinpoint", "careers.acme.example")]


def test_what_every_site_may_have_comes_after_a_services_board() -> None:
    page = """
      <link rel="alternate" type="application/rss+xml" title="Jobs at Acme" href="/jobs/feed.rss">
      <script type="application/ld+json">{"@type": "JobPosting", "title": "Cook"}</script>
    """
    general = [("rss", "https://www.acme.example/jobs/feed.rss"), ("json_ld", PAGE)]
    assert boards(page) == general
    assert boards(page + "https://jobs.lever.co/acme") == [("lever", "acme"), *general]


def test_a_feed_of_news_and_a_sitemap_of_everything_are_no_boards() -> None:
    page = """
      <link rel="alternate" type="application/rss+xml" title="News" href="https://www.acme.example/feed.rss">
      <a href="/feed.xml">feed</a> <a href="/sitemap.xml">sitemap</a>
    """
    assert boards(page, "https://www.acme.example/people") == []


def test_a_page_that_links_to_a_board_is_not_taken_for_one_of_the_same_service() -> None:
    page = '<a href="https://acme.pinpointhq.com/">Openings</a>'
    assert boards(page) == [("pinpoint", "acme.pinpointhq.com")]


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<p>We hire. Write to jobs@acme.example.</p>",
        '<a href="https://www.greenhouse.io/">Powered by Greenhouse</a>',
        '<a href="https://www.workable.com/pricing">Workable</a> <a href="https://[broken">x</a>',
        '<script>var boardToken = "acme"</script>',
        "\0<iframe src=><a href='",
    ],
)
def test_a_page_without_a_board_has_none(page: str) -> None:
    assert boards(page) == []


def test_one_frame_is_found_among_thousands_of_links() -> None:
    links = "".join(f'<a href="/news/{number}">{number}</a>' for number in range(20_000))
    assert boards(f'{links}<iframe src="https://jobs.lever.co/acme"></iframe>') == [("lever", "acme")]


@pytest.mark.parametrize(
    "piece",
    [
        "<a href=",
        "//a.b/",
        "<iframe src='//x.y/",
        "boardToken",
        'greenhouse boardToken="',
        "http://a.io ",
        "&amp;",
    ],
)
def test_a_hostile_page_takes_no_longer_than_its_length(piece: str) -> None:
    begun = time.process_time()
    boards_in(piece * (MOST_TEXT // len(piece)), PAGE)
    assert time.process_time() - begun < 10
