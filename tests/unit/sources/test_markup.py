"""XML answers, short ones read as a tree and long ones as a stream: the same of both."""

from __future__ import annotations

import pytest

from backend.domain.exchange import Request, Response, SourceChanged
from backend.sources import markup

LAUGHS = "".join(f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 12))
BOMB = f"""<!DOCTYPE jobs [<!ENTITY a0 "ha">{LAUGHS}]><jobs><job title="&a11;">&a11;</job></jobs>""".encode()


@pytest.fixture(params=[0, markup.SHORT], ids=["stream", "tree"], autouse=True)
def way(request, monkeypatch):
    monkeypatch.setattr(markup, "SHORT", request.param)


def titles(body: bytes) -> list[tuple[str, str | None]]:
    response = Response(200, body, request=Request("https://x.example/feed"))
    return [(row.path, row.text("title")) for row in markup.xml_rows(response, "jobs", "job")]


def test_rows_are_found_at_any_depth_with_what_stands_in_them():
    body = b"\n<jobs><job><title> One </title></job><more><job><title/></job></more></jobs>"
    assert titles(body) == [("job[0]", "One"), ("job[1]", None)]


def test_an_encoding_is_the_one_that_the_answer_names():
    body = '<?xml version="1.0" encoding="iso-8859-1"?><jobs><job><title>é</title></job></jobs>'
    assert titles(body.encode("iso-8859-1")) == [("job[0]", "é")]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<jobs><job><title>One</title></job>", "broken document"),
        (b"<jobs><job>&nothing;</job></jobs>", "broken document"),
        (b"<other><job/></other>", "expected XML with the root 'jobs', got 'other'"),
        (b'<!DOCTYPE jobs [<!ENTITY a "b">]><jobs><job><title>&a;</title></job></jobs>', "a DTD is refused"),
        (b'<!DOCTYPE jobs SYSTEM "file:///etc/passwd"><jobs/>', "a DTD is refused"),
        (b"", "the answer is empty"),
        (BOMB, "a DTD is refused|broken document"),
    ],
)
def test_what_is_no_such_list_is_said(body, says):
    with pytest.raises(SourceChanged, match=f"https://x.example/feed: .*({says})"):
        titles(body)
