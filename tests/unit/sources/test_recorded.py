"""The recorded real answers, where they lie beside the checkout."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.cli.parse import with_envelope
from backend.domain.normalise import normalise
from backend.domain.posting import Posting
from backend.sources.base import Request, Response
from backend.sources.registry import SOURCES, recognise, source

BOARDS = Path(__file__).parents[4] / "shared" / "boards"
NAMES = {known.name for known in SOURCES}
# answers of another endpoint than the list
NOT_LISTS = ("detail", ".job.", "hh/dictionaries", "hn/whoishiring")
# The index says 1, which is how many searches it proposes besides; its `totalCount` and its rows are 3.
MISCOUNTED = {"nofluffjobs/search.json": 3}

pytestmark = pytest.mark.skipif(
    not BOARDS.exists(), reason="no recorded answers beside the checkout (../shared/boards)"
)


def table(name: str) -> list[dict[str, str]]:
    if not BOARDS.exists():
        return []
    with (BOARDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def request_of(text: str) -> Request:
    method, url, body = [*text.split(" ", 2), ""][:3]
    return Request(url, method, body=body.encode() or None)


LISTS = [
    row
    for row in table("INDEX.tsv")
    if row["source"] in NAMES
    and not any(part in row["file"] for part in NOT_LISTS)
    and "://" in row["request"]  # else nobody wrote down what was asked
]
DETAILS = [
    row
    for row in table("INDEX.tsv")
    if row["source"] in NAMES and any(part in row["file"] for part in ("detail", ".job."))
]


@pytest.mark.parametrize("row", LISTS, ids=lambda row: row["file"])
def test_a_recorded_list_holds_as_many_postings_as_the_index_says(row: dict[str, str]) -> None:
    request = request_of(row["request"])
    board = source(row["source"])
    answer = Response(200, (BOARDS / row["file"]).read_bytes(), request=request)
    page = board.parse(with_envelope(board, answer))

    assert len(page.postings) == MISCOUNTED.get(row["file"], int(row["listings"]))
    for posting in page.postings:
        known = recognise(request.url) is not None
        assert posting.url.startswith("http") or not known
        if known:
            assert normalise(posting, datetime(2026, 10, 22, tzinfo=UTC)).title


@pytest.mark.parametrize("row", DETAILS, ids=lambda row: row["file"])
def test_a_recorded_detail_has_a_text(row: dict[str, str]) -> None:
    answer = Response(200, (BOARDS / row["file"]).read_bytes(), request=request_of(row["request"]))

    posting = source(row["source"]).parse_detail(Posting("", "", ""), answer)

    assert posting.description_html


def test_the_boards_hold_1802_listings_in_all() -> None:
    total = 0
    for row in table("BOARDS.tsv"):
        found = recognise(row["url"])
        assert found is not None, row["url"]
        board, token = found
        request = board.first_request(token)
        page = board.parse(Response(200, (BOARDS / row["file"]).read_bytes(), request=request))
        assert (len(page.postings), page.next, page.complete) == (int(row["listings"]), None, True), row[
            "file"
        ]
        total += len(page.postings)

    assert total == 1802
