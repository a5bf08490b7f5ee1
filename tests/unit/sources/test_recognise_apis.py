"""Which search or feed a pasted address means, and which it does not."""

# ruff: noqa: E501

from __future__ import annotations

import pytest

from backend.sources.pasted import token_named
from backend.sources.registry import recognise, source

KNOWN = [
    ("https://hh.ru/employer/4242", "hh", "employer_id=4242"),
    ("https://spb.hh.ru/employer/4242?from=x", "hh", "employer_id=4242"),
    ("https://spb.hh.ru/search/vacancy?text=python&area=2&page=3", "hh", "area=2&text=python"),
    ("https://api.hh.ru/vacancies", "hh", "all"),
    ("https://api.hh.ru/vacancies?area=1&area=2&per_page=100", "hh", "area=1&area=2"),
    ("https://candidat.francetravail.fr/offres/recherche?motsCles=potier&tri=0", "france_travail", "motsCles=potier"),
    ("https://www.adzuna.com/search?q=python&p=2", "adzuna", "us?what=python"),
    ("https://www.adzuna.co.uk/search?q=python&w=Leeds", "adzuna", "gb?what=python&where=Leeds"),
    ("https://api.adzuna.com/v1/api/jobs/de/search/3?app_id=1&app_key=2&what=a", "adzuna", "de?what=a"),
    ("https://jsearch.p.rapidapi.com/search?query=data+engineer&country=fr&page=2", "jsearch", "country=fr&query=data+engineer"),
    ("https://www.usajobs.gov/search/results/?k=python&p=2", "usajobs", "Keyword=python"),
    ("https://data.usajobs.gov/api/search?Keyword=python&ResultsPerPage=500", "usajobs", "Keyword=python"),
    ("https://www.themuse.com/api/public/jobs?company=Larkspur&page=4", "themuse", "company=Larkspur"),
    ("https://remotive.com/api/remote-jobs?limit=3", "remotive", "all"),
    ("https://remotive.com/api/remote-jobs?category=design", "remotive", "category=design"),
    ("https://www.arbeitnow.com/api/job-board-api?page=2", "arbeitnow", "all"),
    ("https://remoteok.com/api", "remoteok", "all"),
    ("https://remoteok.com/api?tags=design", "remoteok", "tag=design"),
    ("https://himalayas.app/jobs/api?limit=3&offset=0", "himalayas", "all"),
    ("https://jobicy.com/api/v2/remote-jobs?count=3&tag=python", "jobicy", "tag=python"),
    ("https://search.torre.co/opportunities/_search", "torre", "all"),
    ("https://torre.ai/search/jobs?q=clay", "torre", "q=clay"),
    ("https://nofluffjobs.com/pl?criteria=city%3Dszczecin", "nofluffjobs", "criteria=city%3Dszczecin"),
    ("https://nofluffjobs.com/api/search/posting", "nofluffjobs", "all"),
    ("https://api.justjoin.it/v2/user-panel/offers?city=Szczecin&page=2", "justjoinit", "city=Szczecin"),
    ("https://news.ycombinator.com/submitted?id=whoishiring", "hn", "whoishiring"),
    ("https://news.ycombinator.com/item?id=47219668", "hn", "story=47219668"),
    ("https://hn.algolia.com/api/v1/search_by_date?tags=comment,story_47219668&hitsPerPage=3", "hn", "story=47219668"),
    ("https://weworkremotely.com/remote-jobs.rss", "rss", "https://weworkremotely.com/remote-jobs.rss"),
    ("crypto.jobs/feed/rss", "rss", "https://crypto.jobs/feed/rss"),
    ("http://Jobs.Larkspur.example/jobs.atom", "rss", "http://jobs.larkspur.example/jobs.atom"),
    ("https://jobs.larkspur.example/feed.json", "json_feed", "https://jobs.larkspur.example/feed.json"),
    ("https://www.larkspur.example/job-sitemap.xml", "json_ld", "https://www.larkspur.example/job-sitemap.xml"),
    ("https://www.larkspur.example/sitemap_index.xml", "json_ld", "https://www.larkspur.example/sitemap_index.xml"),
    (
        "https://www.google.com/about/careers/applications/jobs/feed.xml",
        "xml_feed",
        "https://www.google.com/about/careers/applications/jobs/feed.xml",
    ),
    ("https://x.example/all.xml?lang=de", "xml_feed", "https://x.example/all.xml?lang=de"),
    ("https://x.example/export#map=id:ref,row:ad", "xml_feed", "https://x.example/export#map=id:ref,row:ad"),
]  # fmt: skip

UNKNOWN = [
    "https://hh.ru/vacancy/37413125",  # names no employer
    "https://hh.ru/employer/x",
    "https://hh.ru.evil.example/employer/4242",
    "https://evilhh.ru/employer/4242",
    "https://www.adzuna.com/details/5001",
    "https://www.adzuna.example/search?q=a",
    "https://api.adzuna.com/v1/api/jobs/xx/search/1",
    "https://www.themuse.com/jobs/uber/potter",
    "https://remotive.com/remote-jobs/design/potter-1",
    "https://nofluffjobs.com/job/potter-larkspur",
    "https://news.ycombinator.com/user?id=whoishiring",
    "https://news.ycombinator.com/item?id=1%27",
    "https://user:secret@jobs.larkspur.example/feed.xml",
    "https://jobs.larkspur.example:8080/feed.xml",
    "ftp://jobs.larkspur.example/feed.xml",
    "https://jobs.larkspur.example/feed.xml" + "x" * 400 + ".xml",
    "https://hh.ru/search/vacancy?text=" + "x" * 400,
]


@pytest.mark.parametrize(("url", "name", "token"), KNOWN, ids=[url for url, _, _ in KNOWN])
def test_an_address_names_its_search_or_feed(url: str, name: str, token: str) -> None:
    found = recognise(url)

    assert found is not None
    assert (found[0].name, found[1]) == (name, token)


@pytest.mark.parametrize(("url", "name", "token"), KNOWN, ids=[url for url, _, _ in KNOWN])
def test_the_token_leads_back_to_the_same_board(url: str, name: str, token: str) -> None:
    board = source(name)

    assert recognise(board.board_url(token)) == (board, token)
    assert recognise(board.first_request(token).url) == (board, token)


@pytest.mark.parametrize("url", UNKNOWN)
def test_other_addresses_are_not_recognised(url: str) -> None:
    assert recognise(url) is None


def test_a_careers_page_is_one_when_somebody_says_so() -> None:
    board = source("json_ld")

    assert recognise("https://www.larkspur.example/careers") is None
    assert board.token_of("www.larkspur.example/careers") == "https://www.larkspur.example/careers"
    assert board.token_of("javascript:alert(1)") is None


@pytest.mark.parametrize(
    ("name", "told", "token"),
    [
        ("hh", "text=python&area=1", "area=1&text=python"),
        ("hh", "employer_id=4242", "employer_id=4242"),
        ("adzuna", "us?what=python", "us?what=python"),
        ("adzuna", "us?where=Leeds&what=a", "us?what=a&where=Leeds"),
        ("usajobs", "Keyword=python", "Keyword=python"),
        ("remotive", "all", "all"),
        ("nofluffjobs", "criteria=city%3Dszczecin", "criteria=city%3Dszczecin"),
        ("hh", "python", None),
        ("hh", "text=python&nonsense=1", None),
        ("adzuna", "xx?what=python", None),
        ("adzuna", "what=python", None),
        ("remotive", "https://elsewhere.example/", None),
    ],
)
def test_conditions_are_a_token_in_any_order(name: str, told: str, token: str | None) -> None:
    assert token_named(source(name), told) == token
