"""What is offered while one types; and what visitors miss: suggested by anybody, decided by admins only."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from apiflask import APIFlask

from backend.models import Board, Suggestion
from backend.services import completions
from backend.services.search import search_directory
from backend.settings import Settings
from backend.sources import registry
from tests.api.conftest import Caller, World
from tests.api.test_limits import refused_after
from tests.unit.fetch.servers import Site, serve, text

PAGE = "https://www.acme.example/careers"
LEVER = "https://jobs.lever.co/acme"
LIST = "/api/admin/suggestions"


@pytest.fixture
def careers() -> Iterator[Site]:
    """The web: a careers page that embeds a board, and the board."""
    with serve() as site:
        job = {"id": "1", "text": "Cook", "hostedUrl": f"{LEVER}/1", "createdAt": 1760000000000}
        site.answers["/https://api.lever.co/v0/postings/acme"] = text(json.dumps([job]))
        site.answers[f"/{PAGE}"] = text(f'<iframe src="{LEVER}"></iframe>')
        yield site


@pytest.fixture
def settings(settings: Settings, careers: Site) -> Settings:
    return settings.model_copy(update={"simulator_url": careers.address, "host_pace": 0.0})


@pytest.fixture
def admin(world: World) -> Caller:
    return world.caller("admin@example.org", admin=True)


def suggest(caller: Caller, url: str, company: str = "") -> int:
    return caller.post("/api/suggestions", {"url": url, "company": company}).status_code


def test_a_visitor_suggests_and_the_answer_is_the_same_for_what_is_known(
    world: World, visitor: Caller
) -> None:
    company = world.company("Acme")
    world.save(
        Board(
            company_id=company.id,
            source="lever",
            token="acme",
            url=LEVER,
            created_at=company.created_at,
            next_crawl_at=company.created_at,
        )
    )
    answers = [visitor.post("/api/suggestions", {"url": url}) for url in (PAGE, PAGE, LEVER, "lever:acme")]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.get_data() for answer in answers}) == 1
    assert [one.url for one in world.session.query(Suggestion)] == [PAGE]


def test_the_same_company_suggested_in_many_ways_is_one_row_that_counts(
    visitor: Caller, admin: Caller
) -> None:
    for url in (PAGE, "http://ACME.example/careers/", "www.acme.example/careers#top"):
        assert suggest(visitor, url, "Acme") == 202
    for url in ("https://jobs.ashbyhq.com/globex", "https://jobs.ashbyhq.com/globex/1", "ashby:globex"):
        assert suggest(visitor, url) == 202
    page = admin.get(LIST).json
    assert page["total"] == 2
    assert [(one["url"], one["company"], one["times"], one["board"]) for one in page["items"]] == [
        (PAGE, "Acme", 3, None),
        ("https://jobs.ashbyhq.com/globex", "", 3, "ashby:globex"),
    ]


@pytest.mark.parametrize(
    "url", ["acme", "javascript://a.b/%0aalert(1)", "ftp://a.b/c", "two words.de", "https://[x/"]
)
def test_what_is_no_web_address_is_refused_with_its_field(visitor: Caller, url: str) -> None:
    answer = visitor.post("/api/suggestions", {"url": url})
    assert answer.status_code == 422
    assert "careers page" in answer.json["error"]["fields"]["url"][0]


def test_one_click_finds_the_board_and_watches_it_and_a_second_changes_nothing(
    world: World, visitor: Caller, admin: Caller
) -> None:
    suggest(visitor, PAGE, "Acme Corp")
    path = f"{LIST}/{admin.get(LIST).json['items'][0]['id']}/accept"
    for _ in range(2):
        board = admin.post(path).json
        assert (board["source"], board["token"], board["company"]["name"]) == ("lever", "acme", "Acme Corp")
    assert world.session.query(Board).count() == 1
    assert admin.get(LIST).json["items"] == []
    accepted = admin.get(f"{LIST}?status=accepted").json["items"]
    assert [one["board_id"] for one in accepted] == [board["id"]]


def test_a_suggestion_of_what_was_added_meanwhile_leads_to_that_board(visitor: Caller, admin: Caller) -> None:
    suggest(visitor, LEVER)
    added = admin.post("/api/admin/boards", {"url": PAGE, "company": "Acme"}).json
    one = admin.get(LIST).json["items"][0]
    assert admin.post(f"{LIST}/{one['id']}/accept").json["id"] == added["id"]


def test_a_page_without_a_board_stays_open_and_says_why(
    visitor: Caller, admin: Caller, careers: Site
) -> None:
    careers.answers[f"/{PAGE}"] = text("<p>Write to us.</p>")
    suggest(visitor, PAGE)
    one = admin.get(LIST).json["items"][0]
    answer = admin.post(f"{LIST}/{one['id']}/accept")
    assert answer.status_code == 422
    assert "No board that can be read" in answer.json["error"]["fields"]["url"][0]
    assert admin.get(LIST).json["total"] == 1


def test_a_dismissed_suggestion_stays_away_when_it_comes_again_until_it_is_reopened(
    visitor: Caller, admin: Caller
) -> None:
    suggest(visitor, PAGE)
    path = f"{LIST}/{admin.get(LIST).json['items'][0]['id']}"
    assert admin.post(f"{path}/dismiss").json["status"] == "dismissed"
    suggest(visitor, PAGE)
    assert admin.get(LIST).json["items"] == []
    assert admin.get(f"{LIST}?status=dismissed").json["items"][0]["times"] == 2
    reopened = admin.post(f"{path}/reopen").json
    assert (reopened["status"], reopened["decided_at"]) == ("open", None)


def test_suggestions_are_paged_and_unknown_ones_are_not_found(visitor: Caller, admin: Caller) -> None:
    for number in range(3):
        suggest(visitor, f"https://acme{number}.example/jobs")
    first = admin.get(f"{LIST}?limit=2").json
    rest = admin.get(f"{LIST}?limit=2&cursor={first['next_cursor']}").json
    assert (len(first["items"]), first["total"], len(rest["items"])) == (2, 3, 1)
    for what in ("accept", "dismiss", "reopen"):
        assert admin.post(f"{LIST}/999/{what}").status_code == 404
    assert admin.get(f"{LIST}?status=odd").status_code == 422


def test_one_who_suggests_without_end_is_told_to_wait(visitor: Caller) -> None:
    assert refused_after(visitor, "POST", "/api/suggestions", {"url": PAGE}, 25) == 20


def test_a_careers_page_is_recognised_with_where_it_was_found(admin: Caller) -> None:
    found = admin.post("/api/admin/boards/recognise", {"url": PAGE}).json
    assert (found["source"], found["token"], found["found_on"], found["others"]) == (
        "lever",
        "acme",
        PAGE,
        [],
    )
    assert [posting["title"] for posting in found["sample"]] == ["Cook"]
    assert registry.source("lever").board_url("acme") == found["url"]


def test_what_is_typed_is_completed(world: World, visitor: Caller, web: APIFlask, settings: Settings) -> None:
    world.listing(world.board(world.company("Pythia")), "Python developer (m/f/d)")
    assert visitor.get("/api/suggestions?q=pyth").json == {"items": []}
    with web.app_context():
        completions.build(world.session, search_directory(settings))
    items = visitor.get("/api/suggestions?q=pyth").json["items"]
    assert {"kind": "company", "text": "Pythia", "query": "employer:pythia", "count": 1} in items
    assert {item["kind"] for item in items} == {"title", "company"}
    assert len(visitor.get("/api/suggestions?q=pyth&limit=1").json["items"]) == 1
    assert visitor.get("/api/suggestions").json == {"items": []}
    assert visitor.get("/api/suggestions?q=a&limit=21").status_code == 422
