"""Samples of the boards of applicant tracking systems, beside the first nine in examples.py."""

from __future__ import annotations

from tests.unit.sources.example import Example

BOARD_EXAMPLES = (
    Example(
        "bamboohr",
        "bamboohr.json",
        "https://larkspur.bamboohr.com/careers/list",
        3,
        keys=("id", "jobOpeningName"),
    ),
    Example(
        "bamboohr",
        "bamboohr.embed.html",
        "https://larkspur.bamboohr.com/jobs/embed2.php",
        2,
        empty="bamboohr.empty.html",
    ),
    Example("breezy", "breezy.json", "https://larkspur.breezy.hr/json?verbose=true", 2, keys=("id", "name")),
    Example(
        "rippling",
        "rippling.json",
        "https://api.rippling.com/platform/api/ats/v1/board/larkspur/jobs",
        2,
        keys=("uuid", "name"),
    ),
    Example(
        "rippling",
        "rippling.v2.json",
        "https://ats.rippling.com/api/v2/board/larkspur/jobs?page=0&pageSize=1000",
        2,
        keys=("id", "name"),
    ),
    Example("pinpoint", "pinpoint.json", "https://larkspur.pinpointhq.com/postings.json", 2),
)
