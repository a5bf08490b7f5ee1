"""The suite that every source passes, on its handmade samples."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.domain.normalise import list_hash, normalise
from backend.domain.posting import merge_duplicates
from backend.sources.base import (
    Request,
    Response,
    SourceChanged,
    SourceError,
    SourceGone,
    SourceUnavailable,
)
from backend.sources.registry import SOURCES, recognise
from tests.unit.sources.examples import EXAMPLES, SAMPLES, Example

NOW = datetime(2026, 10, 22, 12, tzinfo=UTC)
HTML = b"<!DOCTYPE html><html><head><title>Careers</title></head><body><p>Welcome</p></body></html>"
LOGIN = b"<html><body><form action=/session><input name=u><input type='password' name=p></form></body></html>"

BLANKS: tuple[Any, ...] = (None, "", "  ", [], {})

each_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.file)
each_json_example = pytest.mark.parametrize(
    "example", [one for one in EXAMPLES if one.kind == "json"], ids=lambda one: one.file
)
each_xml_example = pytest.mark.parametrize(
    "example", [one for one in EXAMPLES if one.kind == "xml"], ids=lambda one: one.file
)
each_page_example = pytest.mark.parametrize(
    "example", [one for one in EXAMPLES if one.kind == "page"], ids=lambda one: one.file
)
each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda one: one.name)


@each_source
def test_each_source_has_a_sample(source: Any) -> None:
    assert source.name in {one.name for one in EXAMPLES}


@each_source
def test_a_source_says_what_it_is(source: Any) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", source.name)
    assert source.label
    assert source.parser_version >= 1
    assert source.url_forms


@each_example
def test_every_posting_has_an_id_a_title_and_a_web_address(example: Example) -> None:
    postings = example.page().postings

    assert len(postings) == example.count
    assert len({posting.external_id for posting in postings}) == example.count
    for posting in postings:
        assert posting.external_id
        assert posting.title == posting.title.strip() != ""
        assert posting.url.startswith("https://")
        assert posting.posted_at is None or posting.posted_at.utcoffset() == timedelta(0)


@each_example
def test_what_a_source_reads_can_be_stored(example: Example) -> None:
    for posting in example.page().postings:
        stored = normalise(posting, NOW)

        assert re.fullmatch(r"[0-9a-f]{32}", stored.content_hash)
        assert re.fullmatch(r"[0-9a-f]{32}", list_hash(posting))


@each_example
def test_the_same_bytes_give_the_same_postings_and_fingerprint(example: Example) -> None:
    assert example.page() == example.page()
    assert example.source.fingerprint(example.answer()) == example.source.fingerprint(example.answer())


@each_example
def test_another_list_has_another_fingerprint(example: Example) -> None:
    title = example.page().postings[-1].title.encode()
    changed = example.answer(example.body.replace(title, b"Another title"))

    assert example.source.fingerprint(changed) != example.source.fingerprint(example.answer())


@each_example
@pytest.mark.parametrize("body", [b"{}", b"[1]", b'"text"', b"null", b"3", b'{"error": "x"}', b"<other/>"])
def test_another_shape_is_an_error_not_an_empty_page(example: Example, body: bytes) -> None:
    with pytest.raises(SourceChanged):
        example.source.parse(example.answer(body))


@each_source
def test_a_list_of_another_type_is_an_error_that_names_it(source: Any) -> None:
    if source.envelope is None:
        return
    for value in ("null", "{}", "3", '"x"'):
        with pytest.raises(SourceChanged, match=source.envelope):
            source.parse(Response(200, f'{{"{source.envelope}": {value}}}'.encode()))


@each_example
@pytest.mark.parametrize("body", [b"", b"  \n", HTML, b"\xff\xfe\x00", b"Too many requests", b"NaN"])
def test_a_body_that_is_no_data_is_an_error(example: Example, body: bytes) -> None:
    with pytest.raises(SourceChanged):
        example.source.parse(example.answer(body))


@each_example
def test_a_web_page_with_200_is_called_one(example: Example) -> None:
    with pytest.raises(SourceChanged, match="HTML page"):
        example.source.parse(example.answer(HTML))


@each_example
def test_a_log_in_page_says_try_later(example: Example) -> None:
    with pytest.raises(SourceUnavailable, match="log-in page"):
        example.source.parse(example.answer(LOGIN))


@each_example
def test_a_half_read_answer_is_an_error(example: Example) -> None:
    for part in (0.3, 0.7, 0.95):
        with pytest.raises(SourceChanged):
            example.source.parse(example.answer(example.body.rstrip()[: int(len(example.body) * part)]))


@each_example
@pytest.mark.parametrize("status", [404, 410])
def test_404_and_410_mean_that_the_board_is_gone(example: Example, status: int) -> None:
    if status == 404 and example.asks_on:
        return
    with pytest.raises(SourceGone, match=str(status)):
        example.source.parse(example.answer(status=status))


@each_example
@pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503])
def test_refusals_and_faults_mean_try_later(example: Example, status: int) -> None:
    with pytest.raises(SourceUnavailable, match=str(status)):
        example.source.parse(example.answer(status=status))


@each_example
@pytest.mark.parametrize("status", [204, 206, 301, 400])
def test_any_other_status_is_an_error_whatever_the_body(example: Example, status: int) -> None:
    if status in example.fine:
        return
    with pytest.raises(SourceChanged, match=str(status)):
        example.source.parse(example.answer(status=status))


@each_example
def test_a_source_recognises_its_own_requests_and_pages(example: Example) -> None:
    token = example.source.recognise(example.url)

    assert token is not None
    if example.own_host:
        assert example.source.token_of(example.source.board_url(token)) == token
    else:
        assert recognise(example.source.board_url(token)) == (example.source, token)
        assert recognise(example.source.first_request(token).url) == (example.source, token)


@each_example
def test_paging_moves_on(example: Example) -> None:
    following = example.page().next

    assert following is None or (following.url, following.body) != (example.url, example.request_body)


@each_json_example
def test_a_row_without_id_or_title_is_an_error_that_names_the_row(example: Example) -> None:
    rows = _rows(example, json.loads(example.body))
    for key in _id_and_title(example)[: 1 if example.untitled else 2]:
        for blank in BLANKS:
            answer = json.loads(example.body)
            row = _rows(example, answer)[len(rows) - 1 - _hidden(rows)]
            _put(row[example.inside] if example.inside else row, tuple(key.split(".")), blank)
            with pytest.raises(SourceChanged, match=rf"\[\d+\]\.(?:\w+\.)?{key}"):
                example.source.parse(example.answer(json.dumps(answer).encode()))


@each_json_example
def test_only_the_list_and_each_rows_id_and_title_are_needed(example: Example) -> None:
    answer = json.loads(example.body)
    keep = {*_id_and_title(example), *_needed(example)}
    rows = [row for row in _rows(example, answer) if row.get("isListed", True)]
    if example.untitled:
        return
    if example.inside:
        bare = [{example.inside: {key: row[example.inside][key] for key in keep}} for row in rows]
    else:
        bare = [_only(row, keep) for row in rows]

    page = example.source.parse(example.answer(json.dumps(_wrapped(example, answer, bare)).encode()))

    assert {posting.title for posting in page.postings} == {
        _get(row[example.inside] if example.inside else row, _id_and_title(example)[1]).strip()
        for row in rows
    }


@each_json_example
def test_an_empty_list_is_an_empty_page(example: Example) -> None:
    empty = _wrapped(example, json.loads(example.body), [])

    page = example.source.parse(example.answer(json.dumps(empty).encode()))

    assert (page.postings, page.next, page.complete) == ([], None, not example.partial)


@each_page_example
def test_a_page_that_says_that_there_are_no_openings_is_an_empty_page(example: Example) -> None:
    assert example.empty is not None

    page = example.source.parse(example.answer((SAMPLES / example.empty).read_bytes()))

    assert (page.postings, page.next, page.complete) == ([], None, True)


@each_xml_example
@pytest.mark.parametrize(
    "dtd",
    [b"<!DOCTYPE x>", b'<!DOCTYPE x [<!ENTITY a "boom">]>', b'<!DOCTYPE x SYSTEM "file:///etc/passwd">'],
)
def test_an_xml_answer_with_a_dtd_is_refused(example: Example, dtd: bytes) -> None:
    head, _, rest = example.body.partition(b"?>")

    with pytest.raises(SourceChanged, match="DTD"):
        example.source.parse(example.answer(head + b"?>" + dtd + rest))


@each_xml_example
def test_an_xml_answer_may_begin_with_blank_lines_and_be_empty(example: Example) -> None:
    assert example.source.parse(example.answer(b"\n\n" + example.body)).postings == example.page().postings
    root = re.findall(rb"<([A-Za-z][\w-]*)", example.body)[0]
    assert example.source.parse(example.answer(b"<" + root + b"/>")).postings == []


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just("2026-13-45"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


@each_json_example
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_value_never_raises_anything_but_a_source_error(
    example: Example, data: st.DataObject
) -> None:
    answer = json.loads(example.body)
    for _ in range(data.draw(st.integers(1, 2))):
        spot = data.draw(st.sampled_from(list(_spots(answer))))
        _put(answer, spot, data.draw(_JSON))

    _read(example, example.answer(json.dumps(answer).encode("utf-8", "surrogatepass")))


@each_example
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_changed_bytes_never_raise_anything_but_a_source_error(example: Example, data: st.DataObject) -> None:
    body = bytearray(example.body)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body) - 1))
        body[start : start + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=6))

    _read(example, example.answer(bytes(body)))


def _read(example: Example, answer: Response) -> None:
    """Read, complete and normalise an answer; a SourceError is a fair answer to a bad one."""
    example.source.fingerprint(answer)
    try:
        page = example.source.parse(answer)
    except SourceError:
        return
    assert page.postings == merge_duplicates(page.postings)
    for posting in page.postings:
        assert posting.external_id
        assert posting.title
        list_hash(posting)
        asked = example.source.detail_request(posting, answer.request)
        assert asked is None or isinstance(asked, Request)
        try:
            stored = normalise(posting, NOW)
        except SourceError:
            continue
        json.dumps([stored.title, stored.url, stored.description_html], ensure_ascii=False).encode()


def _path(example: Example, answer: Any) -> tuple[str | int, ...]:
    """Where the list stands in the answer."""
    if example.path is not None:
        return example.path
    if isinstance(answer, list):
        return ()
    if "results" in answer:
        return ("results",)
    return (next(key for key in answer if isinstance(answer[key], list) and key != "facets"),)


def _rows(example: Example, answer: Any) -> list[dict[str, Any]]:
    for key in _path(example, answer):
        answer = answer[key]
    rows: list[dict[str, Any]] = answer
    return rows


def _wrapped(example: Example, answer: Any, rows: list[Any]) -> Any:
    """The rows in nothing but what leads to them."""
    value: Any = rows
    for key in reversed(_path(example, answer)):
        value = {key: value} if isinstance(key, str) else [value]
    return value


def _hidden(rows: list[dict[str, Any]]) -> int:
    """How many of the last rows are left out on purpose (Ashby's isListed)."""
    return sum(row.get("isListed") is False for row in rows)


def _id_and_title(example: Example) -> tuple[str, ...]:
    names = {
        "lever": ("id", "text"),
        "smartrecruiters": ("id", "name"),
        "workable": ("shortcode", "title"),
        "workday": ("externalPath", "title"),
    }
    return names.get(example.name, example.keys[:2])


def _needed(example: Example) -> tuple[str, ...]:
    return ("url",) if example.name == "teamtailor" else example.keys[2:]


def _get(row: dict[str, Any], key: str) -> Any:
    """What stands under `inner.key`."""
    value: Any = row
    for part in key.split("."):
        value = value[part]
    return value


def _only(row: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    """The row with nothing but these keys."""
    kept: dict[str, Any] = {}
    for key in keys:
        *outer, last = key.split(".")
        inner = kept
        for part in outer:
            inner = inner.setdefault(part, {})
        inner[last] = _get(row, key)
    return kept


def _spots(value: Any, path: tuple[Any, ...] = ()) -> Any:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _spots(inner, (*path, key))


def _put(value: Any, path: tuple[Any, ...], new: Any) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = new
