"""From a pasted address to a board, over real HTTP: a company's site and its board on one loopback server."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import event

from backend.cli.boards import boards as command
from backend.domain.exchange import SourceError
from backend.fetch import build_fetcher
from backend.models import Board, db
from backend.services import discovery
from tests.unit.fetch.servers import serve, text

HOME = "https://www.acme.example"
LEVER = "https://api.lever.co/v0/postings"


@pytest.fixture
def web():
    with serve() as site:
        yield site


@pytest.fixture
def settings(settings, web):
    return settings.model_copy(update={"simulator_url": web.address, "host_pace": 0.0})


@pytest.fixture
def find(settings, redis_server):
    fetcher = build_fetcher(settings, redis_server)
    return lambda url: discovery.recognise(fetcher, settings, url)


@pytest.fixture
def put(web):
    """What the web answers at a URL."""

    def put(url, body, status=200, headers=None):
        web.answers[f"/{url}"] = text(body, status, headers)

    return put


@pytest.fixture
def lever(put):
    """A board of Lever with these postings."""

    def lever(token, *titles):
        rows = [
            {
                "id": f"{token}-{number}",
                "text": title,
                "hostedUrl": f"https://jobs.lever.co/{token}/{number}",
                "categories": {"location": "Berlin"},
                "createdAt": 1760000000000,
            }
            for number, title in enumerate(titles)
        ]
        put(f"{LEVER}/{token}", json.dumps(rows))

    return lever


def asked(web):
    """The URLs in their order, without the looks at robots.txt."""
    urls = [seen.target.partition("?")[0].removeprefix("/") for seen in web.seen]
    return [url for url in urls if not url.endswith("/robots.txt")]


def test_a_known_address_asks_only_the_board_itself(find, lever, web):
    lever("acme", "Cook", "Driver")
    for url in ("https://jobs.lever.co/acme/1", "lever:acme", "jobs.lever.co/acme"):
        found = find(url)
        assert (found.source.name, found.token, found.found_on) == ("lever", "acme", None)
        assert [posting.title for posting in found.sample] == ["Cook", "Driver"]
    assert asked(web) == [f"{LEVER}/acme"] * 3


def test_a_page_that_embeds_a_board_leads_to_it(find, lever, put):
    lever("acme", "Cook")
    put(f"{HOME}/careers", '<iframe src="https://jobs.lever.co/acme"></iframe>')
    found = find("www.acme.example/careers")
    assert (found.source.name, found.token, found.count) == ("lever", "acme", 1)
    assert found.found_on == f"{HOME}/careers"


def test_an_address_that_moved_to_a_board_leads_to_it(find, lever, put):
    lever("acme", "Cook")
    put(f"{HOME}/jobs", "", 302, {"Location": "https://jobs.lever.co/acme"})
    put("https://jobs.lever.co/acme", "<h1>Acme</h1>")
    assert find(f"{HOME}/jobs").token == "acme"


def test_two_careers_links_of_the_same_site_are_followed_and_no_more(find, lever, put, web):
    lever("acme", "Cook")
    put(f"{HOME}/", '<a href="/careers">Careers</a><a href="https://other.example/jobs">Jobs elsewhere</a>')
    put(f"{HOME}/careers", "<p>Life here</p>")
    with pytest.raises(discovery.NotRecognised, match=r"acme.example/ or https://www.acme.example/careers"):
        find(HOME)
    put(
        f"{HOME}/",
        '<a href="/careers">Careers</a><a href="/culture">Careers: culture</a><a href="/jobs">Jobs</a>',
    )
    put(f"{HOME}/jobs", '<a href="https://jobs.lever.co/acme/1">Cook</a>')
    found = find(HOME)
    assert (found.token, found.found_on) == ("acme", f"{HOME}/jobs")
    assert not [url for url in asked(web) if "other.example" in url or url.endswith("/culture")]


def test_of_several_boards_the_one_with_postings_comes_first_and_the_others_are_named(find, lever, put):
    lever("empty")
    lever("acme", "Cook")
    links = "".join(
        f'<a href="https://jobs.lever.co/{token}">x</a>' for token in ("gone", "empty", "acme", "uk")
    )
    put(f"{HOME}/careers", links)
    found = find(f"{HOME}/careers")
    assert found.token == "acme"
    assert [token for _, token in found.others] == ["gone", "empty", "uk"]


def test_a_page_with_a_board_that_cannot_be_read_says_which(find, put):
    put(f"{HOME}/careers", '<a href="https://jobs.lever.co/gone">Jobs</a>')
    with pytest.raises(discovery.NotRecognised, match=r"shows lever:gone, but no postings can be read"):
        find(f"{HOME}/careers")


def test_a_board_that_was_pasted_and_cannot_be_read_says_why(find):
    with pytest.raises(SourceError, match="404"):
        find("https://jobs.lever.co/gone")


@pytest.mark.parametrize("pasted", ["acme", "not an address.", ""])
def test_what_is_no_address_is_not_asked_for(find, web, pasted):
    with pytest.raises(discovery.NotRecognised, match=r"is no web address.*Greenhouse"):
        find(pasted)
    assert web.seen == []


@pytest.mark.parametrize(
    "url", ["ftp://acme.example/jobs", "file:///etc/passwd.x", "https://u:p@acme.example/"]
)
def test_addresses_that_are_refused_are_refused_in_words(find, web, url):
    with pytest.raises(discovery.NotRecognised, match=r"cannot be read: .*refused.*Known are: Greenhouse"):
        find(url)
    assert web.seen == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://169.254.169.254/latest.x", "http://[::1]/careers.x"]
)
def test_private_addresses_are_not_asked(settings, redis_server, url):
    outside = settings.model_copy(update={"simulator_url": ""})
    with pytest.raises(discovery.NotRecognised, match="refused"):
        discovery.recognise(build_fetcher(outside, redis_server), outside, url)


def test_a_page_that_refuses_to_answer_is_told_from_one_without_a_board(find, put):
    put(f"{HOME}/careers", "no", 403)
    with pytest.raises(discovery.NotRecognised, match="cannot be read: it answered 403"):
        find(f"{HOME}/careers")
    put(f"{HOME}/careers", "<p>Write to us.</p>")
    with pytest.raises(discovery.NotRecognised, match="No board that can be read was found on"):
        find(f"{HOME}/careers")


def test_the_commands_find_a_board_behind_a_page_and_add_it_without_a_transaction_meanwhile(
    app, session, settings, lever, put, web
):
    lever("acme", "Cook")
    put(f"{HOME}/careers", '<iframe src="https://jobs.lever.co/acme"></iframe>')
    order = []
    event.listen(db.engine, "begin", lambda _: order.append(len(web.seen)))
    run = app.test_cli_runner().invoke
    shown = run(command, ["recognise", f"{HOME}/careers"])
    assert f"found on {HOME}/careers" in shown.output
    assert "lever:acme" in shown.output
    added = run(command, ["add", f"{HOME}/careers", "--company", "Acme"])
    assert "added lever:acme as Acme" in added.output
    assert min(order) == len(web.seen)
    assert session.query(Board).one().token == "acme"


def test_a_page_that_robots_txt_forbids_is_not_read(find, put, web):
    put(f"{HOME}/robots.txt", "User-agent: *\nDisallow: /careers")
    put(f"{HOME}/careers", '<a href="https://jobs.lever.co/acme">Jobs</a>')
    with pytest.raises(discovery.NotRecognised, match=r"/robots\.txt does not let JobTracker read it"):
        find(f"{HOME}/careers")
    assert asked(web) == []


def test_a_careers_page_that_robots_txt_forbids_is_not_followed(find, put, lever, web):
    lever("acme", "Cook")
    put(f"{HOME}/robots.txt", "User-agent: *\nDisallow: /jobs")
    put(f"{HOME}/", '<a href="/jobs">Jobs</a> <a href="/careers">Careers</a>')
    put(f"{HOME}/careers", '<a href="https://jobs.lever.co/acme">All openings</a>')
    assert find(HOME).token == "acme"
    assert f"{HOME}/jobs" not in asked(web)


def test_a_sample_of_web_pages_honours_robots_txt_and_one_of_an_interface_needs_not(find, put, lever, web):
    lever("acme", "Cook")
    put("https://api.lever.co/robots.txt", "User-agent: *\nDisallow: /")
    assert find("lever:acme").count == 1
    put("https://jobs.jobvite.com/robots.txt", "User-agent: *\nDisallow: /")
    with pytest.raises(SourceError, match=r"robots\.txt does not let"):
        find("jobvite:acme")
