"""What may be kept of an answer, what an unchanged one costs, and how small answers travel."""

from __future__ import annotations

import gzip

import brotli
import pytest

from tests.api.conftest import Caller, World

PUBLIC = ("/api/listings", "/api/companies", "/api/companies/acme", "/api/stats", "/api/sources")


@pytest.fixture
def acme(world: World) -> World:
    board = world.board(world.company("Acme"))
    for number in range(20):
        world.listing(board, f"Engineer {number}")
    return world


@pytest.mark.parametrize("path", [*PUBLIC, "/api/listings/1", "/api/openapi.json"])
def test_an_unchanged_public_answer_costs_no_body(acme: World, visitor: Caller, path: str) -> None:
    first = visitor.get(path)
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert first.headers["ETag"].startswith("W/")
    for seen in (first.headers["ETag"], f'"other", {first.headers["ETag"]}', "*"):
        again = visitor.get(path, headers={"If-None-Match": seen})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert "Accept-Encoding" in again.vary
        assert again.headers["Cache-Control"] == "public, no-cache"


def test_a_changed_answer_has_another_tag(acme: World, visitor: Caller) -> None:
    before = visitor.get("/api/companies").headers["ETag"]
    acme.company("Globex")
    after = visitor.get("/api/companies", headers={"If-None-Match": before})
    assert (after.status_code, after.json["total"]) == (200, 2)


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_the_tag_is_the_same_however_an_answer_travels(acme: World, visitor: Caller, encoding: str) -> None:
    packed = visitor.get("/api/listings", headers={"Accept-Encoding": encoding})
    assert packed.headers["ETag"] == visitor.get("/api/listings").headers["ETag"]


@pytest.mark.parametrize("path", ["/api/trackers", "/api/account", "/api/account/export"])
def test_private_answers_are_kept_by_nobody(world: World, path: str) -> None:
    answer = world.caller("ada@example.org").get(path)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert "public" not in answer.headers["Cache-Control"]
    assert "Cookie" in answer.vary


@pytest.mark.parametrize("path", ["/api/session", "/api/nothing", "/api/companies/nobody", "/api/trackers"])
def test_sessions_and_refusals_are_kept_by_nobody(visitor: Caller, path: str) -> None:
    answer = visitor.get(path)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_answers_to_changes_are_kept_by_nobody(world: World) -> None:
    ada = world.caller("ada@example.org")
    answer = ada.post("/api/trackers", {"query": "python", "cadence": "daily", "duration_days": 7})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0.5, gzip", "gzip"),
        ("gzip;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("deflate", None),
        ("", None),
    ],
)
def test_a_large_answer_travels_as_its_caller_likes_best(
    acme: World, visitor: Caller, accepts: str, encoding: str | None
) -> None:
    plain = visitor.get("/api/listings")
    answer = visitor.get("/api/listings", headers={"Accept-Encoding": accepts})
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert answer.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in answer.vary
    assert unpack(answer.data) == plain.data
    assert answer.content_length == len(answer.data)
    assert encoding is None or len(answer.data) < len(plain.data) / 3


def test_a_small_answer_travels_as_it_is(visitor: Caller) -> None:
    answer = visitor.get("/api/companies", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.vary


def test_pages_of_html_are_not_compressed_here(visitor: Caller) -> None:
    answer = visitor.get("/api/docs", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in answer.headers


def test_a_head_request_is_told_the_same_and_gets_no_body(acme: World, visitor: Caller) -> None:
    whole = visitor.get("/api/listings", headers={"Accept-Encoding": "gzip"})
    head = visitor.client.head("/api/listings", headers={"Accept-Encoding": "gzip"})
    assert head.data == b""
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert head.content_length == whole.content_length
