"""`boards parse`: postings of a recorded answer as JSON lines; one clear line and exit code 2 otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from backend.cli.parse import parse, request_of
from backend.sources.base import Request
from tests.unit.sources.examples import EXAMPLES, SAMPLES, Example

KEYS = [
    "external_id",
    "title",
    "url",
    "company",
    "locations",
    "work_mode",
    "department",
    "employment_type",
    "posted_at",
    "salary",
    "description_html",
]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(parse, list(arguments))


def refused(*arguments: str) -> str:
    """The one line on stderr of a command that exits with 2 and prints nothing."""
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    return result.stderr


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.file)
def test_each_posting_is_one_json_object_with_the_same_keys(example: Example) -> None:
    asked = f"{example.method} {example.url} {(example.request_body or b'').decode()}"

    result = run(example.name, str(SAMPLES / example.file), "--request", asked)

    assert (result.exit_code, result.stderr) == (0, "")
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(records) == example.count
    assert all(list(record) == KEYS for record in records)
    assert all(record["url"].startswith("https://") for record in records)


def test_values_are_in_our_words_and_places_as_given() -> None:
    result = run("greenhouse", str(SAMPLES / "greenhouse.json"))

    first = json.loads(result.stdout.splitlines()[0])
    assert first["locations"] == ["London, Dublin"]
    assert first["employment_type"] == "full_time"
    assert first["posted_at"] == "2026-03-02T13:15:00Z"
    assert first["salary"] == {"min": 70000.0, "max": 90000.0, "currency": "GBP", "period": None}
    assert json.loads(result.stdout.splitlines()[1])["work_mode"] == "remote"


def test_what_only_the_request_tells_is_null_without_it() -> None:
    result = run("personio", str(SAMPLES / "personio.xml"))

    assert [json.loads(line)["url"] for line in result.stdout.splitlines()] == [None, None]


def test_a_bare_list_is_taken_where_an_envelope_is_due(tmp_path: Path) -> None:
    rows = json.loads((SAMPLES / "greenhouse.json").read_bytes())["jobs"]
    (tmp_path / "rows.json").write_text(json.dumps(rows))

    assert (
        run("greenhouse", str(tmp_path / "rows.json")).stdout
        == run("greenhouse", str(SAMPLES / "greenhouse.json")).stdout
    )


@pytest.mark.parametrize("name", ["smartrecruiters", "workday"])
def test_a_detail_alone_is_one_posting(name: str) -> None:
    result = run(name, str(SAMPLES / f"{name}.detail.json"), "--detail")

    record = json.loads(result.stdout)
    assert record["external_id"]
    assert record["description_html"]


def test_wrong_answers_are_one_clear_line(tmp_path: Path) -> None:
    half = tmp_path / "half.json"
    half.write_bytes((SAMPLES / "ashby.json").read_bytes()[:300])

    assert "expected a list, got an object" in refused("lever", str(SAMPLES / "greenhouse.json"))
    assert "'jobs'" in refused("greenhouse", str(SAMPLES / "recruitee.json"))
    assert "expected JSON" in refused("ashby", str(half))
    assert "these exist: " in refused("monster", str(half))
    assert "cannot be read" in refused("lever", str(tmp_path / "none.json"))
    assert "cannot be read" in refused("lever", str(tmp_path))


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("", Request("")),
        ("https://x.example/a", Request("https://x.example/a")),
        ("GET https://x.example/a", Request("https://x.example/a")),
        (
            'POST https://x.example/a {"limit": 20}',
            Request("https://x.example/a", "POST", body=b'{"limit": 20}'),
        ),
    ],
)
def test_a_request_may_be_written_as_a_table_of_recordings_does(text: str, request_: Request) -> None:
    assert request_of(text) == request_
