"""Of a list answer only the rows that changed are read, and what comes of it is the same."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.domain.exchange import Response
from backend.services import changed_rows
from backend.services.known_listings import Row
from backend.sources import registry
from tests.unit.sources.examples import EXAMPLES, Example, example

WITH_ROWS = [
    one for one in EXAMPLES if one.source.rows_apart and one.source.rows_apart.cut(one.body) is not None
]


def known_from(read: changed_rows.ChangedRows) -> dict[str, Row]:
    return {
        posting.external_id: Row(number, "content", list_hash, 0, closed=False)
        for number, (list_hash, posting) in enumerate(read.read.items())
    }


def test_every_source_that_says_its_rows_stand_apart_is_tried_here() -> None:
    assert {one.name for one in WITH_ROWS} == {one.name for one in registry.SOURCES if one.rows_apart}


@pytest.mark.parametrize("one", WITH_ROWS, ids=lambda one: one.file)
def test_rows_read_one_by_one_are_what_the_whole_list_says(one: Example) -> None:
    first = changed_rows.read(one.source, one.answer(), {})
    assert first is not None
    assert list(first.read.values()) == one.page().open
    again = changed_rows.read(one.source, one.answer(), known_from(first))
    assert again is not None
    assert again.read == {}
    assert sorted(again.same) == sorted(posting.external_id for posting in one.page().open)


GREENHOUSE = example("greenhouse.json")


def jobs() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(GREENHOUSE.body)["jobs"]
    return found


def answered(rows: object) -> changed_rows.ChangedRows | None:
    """What is read of these, where those of the example are known."""
    first = changed_rows.read(GREENHOUSE.source, of_rows(jobs()), {})
    assert first is not None
    return changed_rows.read(GREENHOUSE.source, of_rows(rows), known_from(first))


def of_rows(rows: object) -> Response:
    return GREENHOUSE.answer(json.dumps({"jobs": rows}).encode())


def test_only_the_row_that_changed_is_read() -> None:
    rows = jobs()
    rows[0]["title"] = "Another Title"
    read = answered(rows)
    assert read is not None
    assert [posting.title for posting in read.read.values()] == ["Another Title"]
    assert read.same == [str(row["id"]) for row in rows[1:]]


@pytest.mark.parametrize(
    "rows",
    [
        [*jobs(), {**jobs()[0], "title": "The Same Id"}],
        [*jobs(), jobs()[0]],
        [*jobs(), {"id": 1}],
        [*jobs(), None],
        {"rows": jobs()},
    ],
    ids=["one id twice", "one row twice", "no title", "no row", "no list"],
)
def test_a_list_with_anything_odd_in_it_is_read_whole(rows: object) -> None:
    assert answered(rows) is None


def test_a_row_with_a_very_large_number_is_read_as_any_other() -> None:
    read = answered([*jobs(), {**jobs()[0], "id": 2**70}])
    assert read is not None
    assert [posting.external_id for posting in read.read.values()] == [str(2**70)]
    assert read.same == [str(row["id"]) for row in jobs()]


@pytest.mark.parametrize(("body", "status"), [(b"<html></html>", 200), (b"", 200), (b"[", 200), (b"{}", 503)])
def test_what_is_no_list_answer_is_left_to_the_source(body: bytes, status: int) -> None:
    assert changed_rows.read(GREENHOUSE.source, GREENHOUSE.answer(body, status), {}) is None
