"""Small handmade list answers, at least one per source, with the requests they answer.

A new source adds its file to `samples/` and a line here; the suite in test_every_source.py then covers it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from backend.sources.base import Page, Request, Response, Source
from backend.sources.registry import source

SAMPLES = Path(__file__).parent / "samples"
_WORKDAY = "https://larkspur.wd5.myworkdayjobs.com/wday/cxs/larkspur/External"


@dataclass(frozen=True)
class Example:
    name: str  # the source's name
    file: str
    url: str
    count: int
    method: str = "GET"
    request_body: bytes | None = None
    # for JSON answers: where the list stands in them, what a row's posting is wrapped in, and what rows need
    path: tuple[str | int, ...] | None = None
    inside: str | None = None
    keys: tuple[str, ...] = ("id", "title")
    # for web pages: the page of a board without openings
    empty: str | None = None
    # the board's own page is on a host that only a table of boards can tell apart
    own_host: bool = False

    @property
    def kind(self) -> str:
        start = self.body.lstrip()[:300]
        return (
            "json"
            if start[:1] in b"[{"
            else "page"
            if re.search(rb"(?i)<html|<!doctype html", start)
            else "xml"
        )

    @property
    def source(self) -> Source:
        return source(self.name)

    @property
    def body(self) -> bytes:
        return (SAMPLES / self.file).read_bytes()

    def answer(self, body: bytes | None = None, status: int = 200, **headers: str) -> Response:
        """An answer to this example's request; its own body unless another is given."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(self.url, self.method, body=self.request_body)
        return Response(status, self.body if body is None else body, names, request, self.url)

    def page(self) -> Page:
        return self.source.parse(self.answer())


EXAMPLES = (
    Example(
        "greenhouse",
        "greenhouse.json",
        "https://boards-api.greenhouse.io/v1/boards/larkspur/jobs?content=true",
        2,
    ),
    Example("lever", "lever.json", "https://api.lever.co/v0/postings/larkspur?mode=json", 2),
    Example(
        "ashby",
        "ashby.json",
        "https://api.ashbyhq.com/posting-api/job-board/larkspur?includeCompensation=true",
        2,
    ),
    Example(
        "smartrecruiters",
        "smartrecruiters.json",
        "https://api.smartrecruiters.com/v1/companies/Larkspur1/postings?limit=100&offset=0",
        2,
    ),
    Example(
        "workable",
        "workable.json",
        "https://apply.workable.com/api/v1/widget/accounts/larkspur?details=true",
        2,
    ),
    Example(
        "workable",
        "workable.v3.json",
        "https://apply.workable.com/api/v3/accounts/larkspur/jobs",
        1,
        "POST",
        b'{"query":"","location":[],"department":[],"worktype":[],"remote":[]}',
    ),
    Example("recruitee", "recruitee.json", "https://larkspur.recruitee.com/api/offers/", 2),
    Example("personio", "personio.xml", "https://larkspur.jobs.personio.de/xml?language=en", 2),
    Example(
        "workday",
        "workday.json",
        f"{_WORKDAY}/jobs",
        3,
        "POST",
        b'{"appliedFacets":{},"limit":20,"offset":0,"searchText":""}',
    ),
    Example("teamtailor", "teamtailor.json", "https://larkspur.teamtailor.com/jobs.json", 2),
    Example("teamtailor", "teamtailor.rss", "https://larkspur.teamtailor.com/jobs.rss", 1),
)


def example(file: str) -> Example:
    return next(one for one in EXAMPLES if one.file == file)
