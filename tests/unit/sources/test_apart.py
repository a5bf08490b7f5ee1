"""Lists are cut into rows only where they are plain: all else is read whole, by who says what is wrong."""

from __future__ import annotations

import pytest

from backend.sources.apart import JsonRows, XmlRows

FEED = XmlRows("jobs", "job")


@pytest.mark.parametrize(
    "body",
    [
        b"<jobs><job>1</job><job><a/></job></jobs>",
        b"<?xml version='1.0'?>\n<jobs>\n <job>1</job>\n <job><a/></job>\n</jobs>\n",
        b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8" ?><jobs><job>1</job><job><a/></job></jobs>',
    ],
)
def test_a_plain_feed_is_cut_into_the_same_rows_however_it_is_set(body: bytes) -> None:
    assert FEED.cut(body) == [b"<job>1</job>", b"<job><a/></job>"]
    assert FEED.alone(b"<job>1</job>") == b"<jobs><job>1</job></jobs>"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<jobs></jobs>",
        b"<jobs><job>1</job>",
        b"<jobs><job>1</job></jobs><jobs/>",
        b"<jobs a='b'><job>1</job></jobs>",
        b"<jobs><job>1</job>text<job>2</job></jobs>",
        b"<jobs><job>1</job><!-- a <job>2</job> --></jobs>",
        b"<jobs><job>1</job><job id='2'>2</job></jobs>",
        b"<jobs><job>an <job>inner</job> one</job></jobs>",
        b"<!DOCTYPE jobs [<!ENTITY a 'b'>]><jobs><job>&a;</job></jobs>",
        b"<?xml version='1.0' encoding='iso-8859-1'?><jobs><job>\xe4</job></jobs>",
        b"<html><jobs><job>1</job></jobs></html>",
    ],
)
def test_a_feed_with_anything_else_in_it_is_not_cut(body: bytes) -> None:
    assert FEED.cut(body) is None


def test_what_only_looks_like_the_end_of_a_row_cuts_it_into_what_no_parser_takes() -> None:
    rows = FEED.cut(b"<jobs><job><![CDATA[</job><job>]]></job></jobs>")
    assert rows == [b"<job><![CDATA[</job>", b"<job>]]></job>"]


@pytest.mark.parametrize(
    "body", [b'{"jobs": [{"a": 1}, [2] ], "total": 2}', b'{"total":2,"jobs":[{"a": 1},[2]]}']
)
def test_the_rows_of_an_envelope_are_the_bytes_that_came(body: bytes) -> None:
    rows = JsonRows("jobs").cut(body)
    assert rows is not None
    assert [bytes(row) for row in rows] == [b'{"a": 1}', b"[2]"]
    assert JsonRows("jobs").alone(rows[1]) == b'{"jobs":[[2]]}'


def test_a_bare_list_has_no_envelope() -> None:
    rows = JsonRows().cut(b' [1, "a"] ')
    assert rows is not None
    assert [bytes(row) for row in rows] == [b"1", b'"a"']
    assert JsonRows().alone(rows[0]) == b"[1]"


@pytest.mark.parametrize(
    "body", [b"", b"[1", b"{}", b'{"jobs": {}}', b'{"jobs": null}', b"[1] 2", b"[" * 100_000]
)
def test_what_is_no_list_in_its_envelope_is_not_cut(body: bytes) -> None:
    assert JsonRows("jobs").cut(body) is None
    assert JsonRows().cut(body) is None
