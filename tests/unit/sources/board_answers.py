"""Answers of the samples, changed or asked for by other requests; and what a detail adds."""

from __future__ import annotations

import json
from typing import Any

from backend.domain.posting import Posting
from backend.sources.base import Page, Request, Response
from backend.sources.registry import source
from tests.unit.sources.examples import SAMPLES, example

LISTED = Posting("1", "Seeds Buyer", "https://larkspur.example/1")


def postings(file: str) -> list[Posting]:
    return example(file).page().postings


def changed(file: str, change: Any) -> Page:
    """The example's page after `change(answer)`."""
    one = example(file)
    answer = json.loads(one.body)
    change(answer)
    return one.source.parse(one.answer(json.dumps(answer).encode()))


def paged(file: str, url: str, old: str = "", new: str = "", memo: dict[str, int] | None = None) -> Page:
    """The example's page as the answer to another request, with one text of it replaced."""
    one = example(file)
    body = one.body.decode().replace(old, new).encode() if old else one.body
    return one.source.parse(Response(200, body, request=Request(url, memo=memo or {}), url=url))


def detailed(
    name: str, file: str, listed: Posting = LISTED, url: str = "https://x.example/detail"
) -> Posting:
    answer = Response(200, (SAMPLES / file).read_bytes(), request=Request(url), url=url)
    return source(name).parse_detail(listed, answer)
