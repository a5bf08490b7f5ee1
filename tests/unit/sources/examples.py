"""Small handmade list answers, at least one per source, with the requests they answer.

A new source adds its file to `samples/` and a line here; the suite in test_every_source.py then covers it.
"""

from __future__ import annotations

from tests.unit.sources.api_examples import API_EXAMPLES
from tests.unit.sources.board_examples import BOARD_EXAMPLES
from tests.unit.sources.example import SAMPLES, Example

__all__ = ["EXAMPLES", "SAMPLES", "Example", "example"]

_WORKDAY = "https://larkspur.wd5.myworkdayjobs.com/wday/cxs/larkspur/External"


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
    Example("personio", "personio.xml", "https://larkspur.jobs.personio.de/xml?language=en", 2, asks_on=True),
    Example(
        "personio",
        "personio.search.json",
        "https://larkspur.jobs.personio.de/search.json",
        2,
        keys=("id", "name"),
        asks_on=True,
    ),
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
    *BOARD_EXAMPLES,
    *API_EXAMPLES,
)


def example(file: str) -> Example:
    return next(one for one in EXAMPLES if one.file == file)
