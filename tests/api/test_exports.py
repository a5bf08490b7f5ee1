"""Whole searches as CSV and JSON Lines."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from apiflask import APIFlask
from pytest_mock import MockerFixture

from backend.models import Board, Listing
from backend.search.reader import SearchIndex
from backend.search.schema import IndexUnusable
from backend.services import downloads, rebuilding
from backend.services.search import search_directory
from backend.settings import Settings
from tests.api.conftest import THEN, Caller, World

CSV, JSONL = "/api/listings/export.csv", "/api/listings/export.jsonl"


def rows(visitor: Caller, query: str = "") -> list[dict[str, str]]:
    answer = visitor.get(CSV + query)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def lines(visitor: Caller, query: str = "") -> list[dict[str, object]]:
    answer = visitor.get(JSONL + query)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


@pytest.fixture
def acme(world: World) -> World:
    board = world.board(world.company("Acme"))
    for number in range(7):
        world.listing(board, f"Engineer {number}", first_seen_at=THEN + timedelta(hours=number))
    world.listing(
        board, "Cook", closed_at=THEN, salary_min=30000.0, salary_max=40000.5, salary_currency="EUR"
    )
    return world


@pytest.fixture(params=["the index", "the database"])
def searched(request: pytest.FixtureRequest, acme: World, settings: Settings) -> World:
    if request.param == "the index":
        rebuilding.rebuild(acme.session, search_directory(settings))
    return acme


def test_an_export_holds_all_that_the_search_finds_newest_first(searched: World, visitor: Caller) -> None:
    titles = [f"Engineer {number}" for number in reversed(range(7))]
    assert [row["title"] for row in rows(visitor, "?q=engineer")] == titles
    assert [row["title"] for row in lines(visitor, "?q=engineer")] == titles
    assert [row["title"] for row in rows(visitor, "?status=closed")] == ["Cook"]
    assert len(rows(visitor, "?status=all")) == 8


def test_batches_neither_skip_nor_repeat(searched: World, visitor: Caller, mocker: MockerFixture) -> None:
    mocker.patch.object(downloads, "BATCH", 2)
    assert [row["title"] for row in lines(visitor)] == [f"Engineer {n}" for n in reversed(range(7))]


def test_an_export_ends_at_the_operators_limit(acme: World, settings: Settings, visitor: Caller) -> None:
    limited = settings.model_copy(update={"export_limit": 3})
    acme.app.config["SETTINGS"] = limited
    assert len(lines(visitor)) == 3


def test_a_row_of_csv_says_what_is_known(acme: World, visitor: Caller) -> None:
    (row,) = rows(visitor, "?status=closed")
    assert row == {
        "id": "8", "title": "Cook", "company": "Acme", "company_slug": "acme", "locations": "Berlin",
        "countries": "DE", "work_mode": "", "employment_type": "", "level": "", "salary_min": "30000",
        "salary_max": "40000.5", "salary_currency": "EUR", "salary_period": "", "department": "",
        "posted_at": "", "first_seen_at": "2026-05-01T09:00:00Z", "closed_at": "2026-05-01T09:00:00Z",
        "source": "greenhouse", "url": row["url"],
    }  # fmt: skip


def test_a_line_of_json_is_the_row_of_the_search(acme: World, visitor: Caller) -> None:
    item = visitor.get("/api/listings?status=closed").json["items"][0]
    del item["snippet"]
    assert lines(visitor, "?status=closed") == [item]


@pytest.mark.parametrize(
    "title",
    ["=HYPERLINK(1)", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "＠x", '=1,"2"\n=3'],
)
def test_no_cell_is_a_formula(world: World, visitor: Caller, title: str) -> None:
    board = world.board(world.company("=Acme"))
    places = [{"text": "@Berlin", "city": None, "region": None, "country": None}]
    world.listing(board, title, department="+Sales", locations=places)
    (row,) = rows(visitor)
    assert [row[name][:1] for name in ("title", "company", "department", "locations")] == ["'"] * 4
    assert row["title"] == "'" + " ".join(title.split())


def test_what_csv_could_stumble_over_comes_back_whole(world: World, visitor: Caller) -> None:
    board = world.board(world.company("Acme"))
    world.listing(board, 'Cook, "chef"\r\nof the house; 東京')
    (row,) = rows(visitor)
    assert row["title"] == 'Cook, "chef" of the house; 東京'


@pytest.mark.parametrize("path", [CSV, JSONL])
def test_an_export_is_a_file_that_anyone_may_keep_and_asks_again_for(
    searched: World, settings: Settings, visitor: Caller, path: str
) -> None:
    answer = visitor.get(path)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "public, no-cache"
    if (search_directory(settings) / "current").exists():
        again = visitor.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        other = visitor.get(f"{path}?q=cook", headers={"If-None-Match": answer.headers["ETag"]})
        assert other.status_code == 200


def test_a_tag_moves_with_the_index(acme: World, settings: Settings, visitor: Caller) -> None:
    rebuilding.rebuild(acme.session, search_directory(settings))
    tag = visitor.get(CSV).headers["ETag"]
    rebuilding.rebuild(acme.session, search_directory(settings))
    assert visitor.get(CSV, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("path", [CSV, JSONL])
@pytest.mark.parametrize("query", ["q=%22open", "mode=moon", "salary_min=-1"])
def test_what_is_wrong_is_said_before_the_first_byte(visitor: Caller, path: str, query: str) -> None:
    answer = visitor.get(f"{path}?{query}")
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "invalid")
    assert "Content-Disposition" not in answer.headers


def test_an_index_that_fails_halfway_leaves_the_rest_to_the_database(
    acme: World, settings: Settings, visitor: Caller, mocker: MockerFixture
) -> None:
    rebuilding.rebuild(acme.session, search_directory(settings))
    mocker.patch.object(downloads, "BATCH", 2)
    search, calls = SearchIndex.search, []

    def failing(self: SearchIndex, *args: object, **options: object) -> object:
        calls.append(options)
        if len(calls) > 2:
            raise IndexUnusable("gone")
        return search(self, *args, **options)  # type: ignore[arg-type]

    mocker.patch.object(SearchIndex, "search", failing)
    assert [row["title"] for row in lines(visitor)] == [f"Engineer {n}" for n in reversed(range(7))]


def test_a_search_that_the_database_cannot_finish_is_refused_not_cut(
    acme: World, visitor: Caller, mocker: MockerFixture
) -> None:
    mocker.patch.object(downloads, "DATABASE_SECONDS", -1)
    answer = visitor.get(f"{CSV}?q=cook")
    assert (answer.status_code, answer.json["error"]["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]


def test_by_salary_the_best_paid_come_first(acme: World, settings: Settings, visitor: Caller) -> None:
    board = acme.board(acme.company("Globex"))
    for pay in (50_000.0, 90_000.0, 70_000.0):
        acme.listing(board, f"Paid {pay:.0f}", salary_max=pay, salary_currency="EUR", salary_period="year")
    rebuilding.rebuild(acme.session, search_directory(settings))
    titles = [row["title"] for row in lines(visitor, "?q=paid&sort=salary")]
    assert titles == ["Paid 90000", "Paid 70000", "Paid 50000"]


def test_an_export_is_sent_as_it_is_read(acme: World, web: APIFlask, mocker: MockerFixture) -> None:
    loaded = mocker.spy(downloads, "load")
    mocker.patch.object(downloads, "BATCH", 2)
    answer = web.test_client().get(JSONL, buffered=False)
    pieces: Iterator[bytes] = answer.iter_encoded()
    assert b"Engineer" in next(piece for piece in pieces if piece)
    assert loaded.call_count == 1
    answer.close()
    assert loaded.call_count == 1


def test_memory_does_not_grow_with_an_export(world: World, web: APIFlask, mocker: MockerFixture) -> None:
    mocker.patch.object(downloads, "BATCH", 20)
    board = world.board(world.company("Acme"))
    add_many(world, board, 0, 80)
    few = peak_of(web, JSONL)
    add_many(world, board, 80, 600)
    assert peak_of(web, JSONL) < few * 1.5


def add_many(world: World, board: Board, first: int, last: int) -> None:
    world.session.add_all(
        Listing(
            board_id=board.id,
            company_id=board.company_id,
            external_id=str(number),
            url=f"https://x.test/{number}",
            title=f"Engineer {number} " + "of everything " * 20,
            locations=[],
            first_seen_at=THEN,
            changed_at=THEN,
            content_hash=f"{number:032x}",
        )
        for number in range(first, last)
    )
    world.session.commit()


def peak_of(web: APIFlask, path: str) -> int:
    tracemalloc.start()
    try:
        with closing(web.test_client().get(path, buffered=False)) as answer:
            for _ in answer.iter_encoded():
                pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_visitors_may_take_ten_exports_a_quarter_of_an_hour(visitor: Caller) -> None:
    answers = [visitor.get(JSONL).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
