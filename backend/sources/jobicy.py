"""Jobicy: https://jobicy.com/jobs-rss-feed. Remote jobs; one answer of the newest."""

from __future__ import annotations

from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, Salary, merge_duplicates
from backend.domain.salary import salary_of, salary_period
from backend.sources.answers import json_answer
from backend.sources.base import Page, Response
from backend.sources.moments import loose_moment
from backend.sources.queries import Search
from backend.sources.shapes import Fields, rows
from backend.sources.texts import as_line

LIMIT = 50


class Jobicy(Search):
    """The token is a query, or `all`. Shows a window of the newest 50: never complete."""

    name = "jobicy"
    label = "Jobicy"
    parser_version = 1
    url_forms = ("jobicy.com/api/v2/remote-jobs?tag=WORD",)
    envelope = "jobs"
    api = "https://jobicy.com/api/v2/remote-jobs"
    hosts = ("jobicy.com", "www.jobicy.com")
    paths = (("api", "v2", "remote-jobs"),)
    conditions = ("geo", "industry", "tag")
    first = (("count", LIMIT),)

    def parse(self, response: Response) -> Page:
        found = rows(json_answer(response), self.envelope)
        return Page(merge_duplicates([_posting(row) for row in found]), complete=False)


def _posting(row: Fields) -> Posting:
    external_id = row.need_id("id")
    title = row.need_text("jobTitle")
    # several places in one text, with double blanks: "LATAM,  Hong Kong,  Mexico"
    areas = (" ".join(part.split()) for part in (row.text("jobGeo") or "").split(","))
    return Posting(
        external_id=external_id,
        title=as_line(title) or title,
        url=row.link("url") or f"https://jobicy.com/jobs/{external_id}",
        company=as_line(row.text("companyName")),
        locations=tuple(Location(area, country=country_code(area)) for area in areas if area),
        description_html=row.text("jobDescription") or row.text("jobExcerpt") or "",
        department=as_line(next(iter(row.texts("jobIndustry")), None)),
        employment_type=", ".join(row.texts("jobType")) or None,
        work_mode="remote",
        level=row.text("jobLevel"),
        salary=_salary(row),
        posted_at=loose_moment(row.text("pubDate")),
    )


def _salary(row: Fields) -> Salary | None:
    """`salaryMin` and its period; before, `annualSalaryMin`."""
    low, high = row.number("salaryMin"), row.number("salaryMax")
    period = row.text("salaryPeriod")
    if low is None and high is None:
        low, high, period = row.number("annualSalaryMin"), row.number("annualSalaryMax"), "yearly"
    return salary_of(low, high, row.text("salaryCurrency"), salary_period(period))
