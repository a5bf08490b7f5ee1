"""The simulator: the sources read its formats, its world depends on the seed alone, it fails as told."""

from __future__ import annotations

import re
import statistics
import time
import zlib
from collections.abc import Iterator
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import requests

from backend.domain.posting import Posting
from backend.sources.base import Response, SourceChanged, SourceGone, SourceUnavailable
from backend.sources.registry import source
from tests.career_sites.simulator import Plan, Simulator, running
from tests.career_sites.world import SOURCES, World
from tests.career_sites.writer import as_html, as_plain, describe

QUIET = Plan(companies=12, listings=6, events_per_minute=0)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with running(QUIET) as started:
        yield started


@pytest.fixture(autouse=True)
def healed(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "simulator" in request.fixturenames:
        request.getfixturevalue("simulator").sites.faults.clear()


def boards(simulator: Simulator, name: str | None = None) -> list[dict[str, Any]]:
    rows = requests.get(f"{simulator.url}/_control/boards", timeout=5).json()
    return [row for row in rows if name in (None, row["source"])]


def ledger(simulator: Simulator, board: str) -> list[dict[str, Any]]:
    address = f"{simulator.url}/_control/ledger?board={board}"
    rows: list[dict[str, Any]] = requests.get(address, timeout=5).json()
    return rows


def ask(simulator: Simulator, board: dict[str, Any], **options: Any) -> requests.Response:
    wanted = source(board["source"]).first_request(board["token"])
    return requests.get(f"{simulator.url}/{wanted.url}", allow_redirects=False, timeout=(2, 1), **options)


def read(simulator: Simulator, board: dict[str, Any]) -> list[Posting]:
    wanted = source(board["source"]).first_request(board["token"])
    answer = ask(simulator, board)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    response = Response(answer.status_code, answer.content, headers, wanted, wanted.url)
    return source(board["source"]).parse(response).postings


def misbehave(simulator: Simulator, board: dict[str, Any], kind: str, **more: Any) -> None:
    address = f"{simulator.url}/_control/boards/{board['slug']}/misbehave"
    requests.post(address, json={"kind": kind, **more}, timeout=5).raise_for_status()


# The formats


@pytest.mark.parametrize("name", SOURCES)
def test_the_source_reads_exactly_what_the_ledger_says_is_open(simulator: Simulator, name: str) -> None:
    for board in boards(simulator, name):
        expected = {
            (row["external_id"], row["title"], row["url"]) for row in ledger(simulator, board["slug"])
        }
        assert {(p.external_id, p.title, p.url) for p in read(simulator, board)} == expected


@pytest.mark.parametrize("name", SOURCES)
def test_the_source_recognises_the_careers_address_of_a_board(simulator: Simulator, name: str) -> None:
    for board in boards(simulator, name):
        assert source(name).recognise(board["url"]) == board["token"]


def test_a_listing_has_a_page_of_its_own_until_it_is_withdrawn(simulator: Simulator) -> None:
    for board in boards(simulator)[:4]:
        row = ledger(simulator, board["slug"])[0]
        page = requests.get(f"{simulator.url}/{row['url']}", timeout=5)
        assert page.status_code == 200
        assert "<h1>" in page.text
        missing = row["url"].replace(row["external_id"], "1" * len(row["external_id"]))
        assert requests.get(f"{simulator.url}/{missing}", timeout=5).status_code == 404


def test_an_unknown_board_is_answered_with_404(simulator: Simulator) -> None:
    for name, token in (("greenhouse", "nobody"), ("lever", "nobody"), ("ashby", "No Body")):
        wanted = source(name).first_request(token)
        assert requests.get(f"{simulator.url}/{wanted.url}", timeout=5).status_code == 404


def test_lever_pages_with_skip_and_limit(simulator: Simulator) -> None:
    board = next(row for row in boards(simulator, "lever") if len(ledger(simulator, row["slug"])) > 2)
    wanted = source("lever").first_request(board["token"]).url
    whole = requests.get(f"{simulator.url}/{wanted}", timeout=5).json()
    assert requests.get(f"{simulator.url}/{wanted}&skip=1&limit=1", timeout=5).json() == whole[1:2]


# The world


def _listings(world: World, t: float) -> list[Any]:
    return [board.listings_at(t) for board in world]


def test_two_worlds_of_one_seed_agree_at_every_moment() -> None:
    one, two = (World(seed=7, companies=8, listings_per_board=10, rate=600) for _ in range(2))
    later, sooner = _listings(one, 300.0), _listings(two, 60.0)
    assert _listings(two, 300.0) == later
    assert _listings(one, 60.0) == sooner != later


def test_another_seed_makes_other_companies() -> None:
    assert set(World(seed=1).boards) != set(World(seed=2).boards)


def test_a_forgotten_timeline_comes_back_the_same() -> None:
    large = World(seed=3, companies=6, listings_per_board=5, rate=600, remembered=1)
    assert _listings(large, 120.0) == _listings(
        World(seed=3, companies=6, listings_per_board=5, rate=600), 120.0
    )
    assert sum(board.timeline is not None for board in large) == 1


def test_events_come_at_the_asked_rate_and_of_every_kind() -> None:
    world = World(seed=5, companies=20, listings_per_board=30, rate=60)
    assert sum(board.version_at(600.0) for board in world) == pytest.approx(600, rel=0.15)
    lives = [life for board in world for life in board.lives_at(600.0)]
    assert any(life.closed_at for life in lives)
    assert any(life.opened_at > 0 for life in lives)
    assert any(life.changed_at > life.opened_at for life in lives)


def test_nothing_happens_in_a_world_without_events() -> None:
    world = World(seed=5, companies=3, rate=0)
    assert _listings(world, 0.0) == _listings(world, 1e6)


def test_company_names_and_tokens_are_unique_among_five_thousand() -> None:
    world = World(companies=5000)
    assert len(world.boards) == 5000
    assert len({(board.company.source, board.company.token) for board in world}) == 5000


def test_texts_are_as_long_and_as_varied_as_real_ones() -> None:
    world = World(seed=1, companies=60, listings_per_board=10)
    written = [describe(b.company, opening) for b in world for opening in b.listings_at(0.0)]
    plain = [as_plain(sections) for sections in written]
    words = [len(text.split()) for text in plain]
    assert statistics.mean(words) == pytest.approx(659, rel=0.1)  # real: 659, deviation 239
    assert statistics.stdev(words) == pytest.approx(239, rel=0.25)
    html = [len(as_html(sections, "h1", "min-height:1.5em")) for sections in written]
    assert statistics.mean(html) == pytest.approx(6478, rel=0.15)
    distinct = [len(set(re.findall(r"[\w'+#.-]*\w", text.lower()))) for text in plain]
    assert statistics.mean(distinct) == pytest.approx(354, rel=0.1)


# Changes by hand


def test_a_published_listing_is_seen_changed_and_withdrawn(simulator: Simulator) -> None:
    for board in boards(simulator)[:4]:
        address = f"{simulator.url}/_control/boards/{board['slug']}/listings"
        fields = {"title": "Keeper of Bees", "description": "Honey\n& wax", "location": "Berlin, Germany"}
        made = requests.post(address, json=fields, timeout=5).json()
        seen = {posting.external_id: posting for posting in read(simulator, board)}
        posting = seen[made["external_id"]]
        assert (posting.title, posting.url) == ("Keeper of Bees", made["url"])
        assert "Honey" in (posting.description_html or "")
        assert posting.locations[0].text.startswith("Berlin")

        requests.patch(f"{address}/{made['external_id']}", json={"title": "Head Keeper"}, timeout=5)
        assert "Head Keeper" in {posting.title for posting in read(simulator, board)}

        assert requests.delete(f"{address}/{made['external_id']}", timeout=5).status_code == 200
        assert made["external_id"] not in {posting.external_id for posting in read(simulator, board)}
        row = next(r for r in ledger(simulator, board["slug"]) if r["external_id"] == made["external_id"])
        assert row["closed_at"] >= row["changed_at"] >= row["opened_at"]


def test_a_control_request_that_makes_no_sense_is_told_why(simulator: Simulator) -> None:
    slug = boards(simulator)[0]["slug"]
    address = f"{simulator.url}/_control/boards/{slug}"
    assert "title" in requests.post(f"{address}/listings", json={}, timeout=5).json()["error"]
    assert requests.post(f"{address}/misbehave", json={"kind": "sulk"}, timeout=5).status_code == 422
    assert requests.delete(f"{address}/listings/nothing", timeout=5).status_code == 404
    assert requests.get(f"{simulator.url}/_control/nothing", timeout=5).status_code == 404


def test_the_clock_can_be_stopped_and_set_forward() -> None:
    with running(Plan(companies=4, listings=10, events_per_minute=6000)) as lively:
        clock = f"{lively.url}/_control/clock"
        stopped = requests.post(clock, json={"running": False}, timeout=5).json()["elapsed"]
        before = [ask(lively, board).content for board in boards(lively)]
        time.sleep(0.1)
        assert [ask(lively, board).content for board in boards(lively)] == before
        assert requests.post(clock, json={"advance": 30}, timeout=5).json()["elapsed"] == stopped + 30
        assert [ask(lively, board).content for board in boards(lively)] != before


def test_a_restart_with_a_state_file_goes_on_where_it_was(tmp_path: Path) -> None:
    plan = Plan(companies=4, listings=5, events_per_minute=600, state=tmp_path / "world.jsonl")
    with running(plan) as first:
        slug = boards(first)[0]["slug"]
        address = f"{first.url}/_control/boards/{slug}/listings"
        requests.post(address, json={"title": "Night Watch"}, timeout=5).raise_for_status()
        requests.post(f"{first.url}/_control/clock", json={"advance": 60, "running": False}, timeout=5)
        before = ledger(first, slug)
    with running(plan) as second:
        assert ledger(second, slug) == before
    assert "Night Watch" in {row["title"] for row in before}


def test_the_catalogue_lists_every_board(simulator: Simulator, tmp_path: Path) -> None:
    simulator.write_catalogue(tmp_path / "boards.tsv")
    lines = (tmp_path / "boards.tsv").read_text("utf-8").splitlines()
    assert lines[0].split("\t") == ["company", "source", "token", "url", "country", "sector"]
    assert len(lines) == 1 + QUIET.companies


# HTTP


def test_half_of_the_boards_honour_a_validator_until_something_changes() -> None:
    with running(Plan(companies=40, listings=3, events_per_minute=0)) as simulator:
        rows = boards(simulator)
        tags = {row["slug"]: ask(simulator, row).headers.get("ETag") for row in rows}
        assert 10 < sum(tag is not None for tag in tags.values()) < 30
        board = next(row for row in rows if tags[row["slug"]])
        asked = {"If-None-Match": tags[board["slug"]]}
        again = ask(simulator, board, headers=asked)
        assert (again.status_code, again.content) == (304, b"")
        assert requests.get(f"{simulator.url}/_control/counts", timeout=5).json()["not_modified"] == 1
        address = f"{simulator.url}/_control/boards/{board['slug']}/listings"
        requests.post(address, json={"title": "New"}, timeout=5)
        assert ask(simulator, board, headers=asked).status_code == 200


def test_boards_without_a_validator_answer_the_same_bytes(simulator: Simulator) -> None:
    board = boards(simulator)[0]
    plain = ask(simulator, board, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    packed = ask(simulator, board)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.content == plain.content == ask(simulator, board).content


def test_one_connection_serves_many_requests(simulator: Simulator) -> None:
    connection = HTTPConnection(simulator.server.host, simulator.server.port, timeout=5)
    connection.connect()
    first = connection.sock
    for board in boards(simulator):
        connection.request("GET", f"/{source(board['source']).first_request(board['token']).url}")
        answer = connection.getresponse()
        assert (answer.status, len(answer.read())) == (200, int(answer.headers["Content-Length"]))
    assert connection.sock is first
    connection.close()


# Misbehaviour


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("500", 500), ("503", 503), ("403", 403)])
def test_a_refusal_has_its_status_and_says_when_to_come_back(
    simulator: Simulator, kind: str, status: int
) -> None:
    board = boards(simulator)[0]
    misbehave(simulator, board, kind, retry_after=7, times=1)
    answer = ask(simulator, board)
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "7")
    assert ask(simulator, board).status_code == 200


@pytest.mark.parametrize(
    "kind", ["html", "login", "wrong_types", "other_shape", "not_json", "half", "empty_body"]
)
@pytest.mark.parametrize("name", SOURCES)
def test_a_wrong_answer_is_refused_by_every_source(simulator: Simulator, name: str, kind: str) -> None:
    board = boards(simulator, name)[0]
    misbehave(simulator, board, kind)
    with pytest.raises((SourceChanged, SourceUnavailable)):
        read(simulator, board)


def test_a_dtd_is_refused(simulator: Simulator) -> None:
    board = boards(simulator, "personio")[0]
    misbehave(simulator, board, "dtd")
    with pytest.raises(SourceChanged):
        read(simulator, board)


@pytest.mark.parametrize("kind", ["gone", "410"])
def test_a_board_can_be_gone(simulator: Simulator, kind: str) -> None:
    board = boards(simulator, "greenhouse")[0]
    misbehave(simulator, board, kind)
    with pytest.raises(SourceGone):
        read(simulator, board)


@pytest.mark.parametrize("name", SOURCES)
def test_an_empty_and_a_shrunk_list_are_valid(simulator: Simulator, name: str) -> None:
    board = boards(simulator, name)[0]
    whole = read(simulator, board)
    misbehave(simulator, board, "empty")
    assert read(simulator, board) == []
    misbehave(simulator, board, "shrunk")
    assert len(read(simulator, board)) == len(whole) // 5


def test_redirects_lead_in_circles_to_private_addresses_or_to_a_login(simulator: Simulator) -> None:
    board = boards(simulator)[0]
    misbehave(simulator, board, "redirect_loop")
    location = ask(simulator, board).headers["Location"]
    following = requests.get(f"{simulator.url}/{location}", allow_redirects=False, timeout=5)
    assert (following.status_code, following.headers["Location"]) == (302, location.replace("hop=1", "hop=2"))
    misbehave(simulator, board, "redirect_private")
    assert ask(simulator, board).headers["Location"] == "http://169.254.169.254/latest/meta-data/"
    misbehave(simulator, board, "login_redirect")
    login = ask(simulator, board).headers["Location"]
    assert 'type="password"' in requests.get(f"{simulator.url}/{login}", timeout=5).text


def test_a_board_can_stay_silent_hang_up_or_break_off(simulator: Simulator) -> None:
    board = boards(simulator)[0]
    misbehave(simulator, board, "timeout")
    with pytest.raises(requests.ReadTimeout):
        ask(simulator, board)
    misbehave(simulator, board, "reset")
    with pytest.raises(requests.ConnectionError):
        ask(simulator, board)
    misbehave(simulator, board, "truncated")
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        ask(simulator, board)
    requests.post(f"{simulator.url}/_control/heal", timeout=5).raise_for_status()
    assert ask(simulator, board).status_code == 200


def test_a_body_can_be_slow_endless_or_a_bomb(simulator: Simulator) -> None:
    board = boards(simulator)[0]
    misbehave(simulator, board, "slow", pause=0.2)
    with ask(simulator, board, stream=True) as slow:
        started = time.monotonic()
        assert slow.raw.read(3)
        assert 0.2 <= time.monotonic() - started < 2
    misbehave(simulator, board, "endless")
    with ask(simulator, board, stream=True) as endless:
        assert (
            sum(len(chunk) for chunk, _ in zip(endless.iter_content(65_536), range(80), strict=False)) > 1e6
        )
    misbehave(simulator, board, "bomb")
    packed = ask(simulator, board, stream=True).raw.read(decode_content=False)
    assert len(packed) < 2_000_000
    assert zlib.decompressobj(wbits=31).decompress(packed, 10_000_000) == b" " * 10_000_000


def test_the_posted_date_of_a_new_listing_is_the_moment_it_opened(simulator: Simulator) -> None:
    for board in boards(simulator)[:4]:
        address = f"{simulator.url}/_control/boards/{board['slug']}/listings"
        made = requests.post(address, json={"title": "Today"}, timeout=5).json()
        posting = next(p for p in read(simulator, board) if p.external_id == made["external_id"])
        row = next(r for r in ledger(simulator, board["slug"]) if r["external_id"] == made["external_id"])
        opened = datetime.fromisoformat(row["opened_at"])
        assert posting.posted_at is not None
        assert abs((posting.posted_at - opened).total_seconds()) < 1
