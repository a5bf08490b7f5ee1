"""Which links of a company's page lead to its openings."""

from __future__ import annotations

import time

import pytest

from backend.sources.careers_links import careers_links, site_of

HOME = "https://www.acme.example/"


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/careers">Careers</a>',
        "<a class=x href='/x1'><span>Join us</span></a>",
        '<a href="/work-with-us">People</a>',
        '<a href="https://careers.acme.example/">Work</a>',
        '<a href="/ueber-uns/karriere">Über uns</a>',
        '<a href="/x2">Offene Stellen</a>',
        '<a href="/x3">Nos offres d&#39;emploi</a>',
        '<a href="/x4">Вакансии</a>',
        '<a href="/x5">採用情報</a>',
    ],
)
def test_links_to_openings_are_found_in_many_languages(link: str) -> None:
    assert len(careers_links(f'<a href="/about">About</a>{link}<a href="/contact">Contact</a>', HOME)) == 1


def test_the_openings_come_before_pages_about_working_there() -> None:
    page = """
      <a href="/careers/culture">Life at Acme: careers</a>
      <a href="/careers/open-positions">Open positions</a>
      <a href="/careers">Careers</a>
    """
    assert careers_links(page, HOME)[0] == "https://www.acme.example/careers/open-positions"


@pytest.mark.parametrize(
    "link",
    [
        '<a href="https://news.example/careers">Careers</a>',
        '<a href="#jobs">Jobs</a>',
        '<a href="mailto:jobs@acme.example">Jobs</a>',
        '<a href="javascript:void(0)">Careers</a>',
        '<a href="https://[jobs">Jobs</a>',
        "<a>Jobs</a>",
        '<a href="/shipping">Shipping</a>',
    ],
)
def test_other_sites_and_other_links_are_not_followed(link: str) -> None:
    assert careers_links(link, HOME) == []


def test_a_site_is_what_a_company_registered() -> None:
    assert site_of("https://careers.acme.co.uk/jobs") == site_of("https://www.acme.co.uk") == "acme.co.uk"
    assert site_of("https://a.acme.example") != site_of("https://a.other.example")


@pytest.mark.parametrize("piece", ["<a ", "<a href=x>", "<a href='", "<a href=/jobs>x</a>", "<a></"])
def test_a_hostile_page_takes_no_longer_than_its_length(piece: str) -> None:
    begun = time.perf_counter()
    careers_links(piece * (1_000_000 // len(piece)), HOME)
    assert time.perf_counter() - begun < 5
