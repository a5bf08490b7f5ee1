"""Himalayas: https://himalayas.app/api. Remote jobs, 20 an answer."""

from __future__ import annotations

from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.domain.salary import salary_of, salary_period
from backend.sources.answers import json_answer, next_offset
from backend.sources.base import Page, Request, Response
from backend.sources.queries import Search, number_of, with_parameter
from backend.sources.shapes import Fields, rows

API = "https://himalayas.app/jobs/api"
LIMIT = 20
MAX_PAGES = 25  # of nearly five thousand: the newest 500
LONGEST_TITLE = 80  # longer ones are cut there
_NO_NAMES = {"name"}  # a fault of theirs: the field's own name instead of the company's


class Himalayas(Search):
    """The token is a query, or `all`. Shows a window of the newest 500: complete only below that."""

    name = "himalayas"
    label = "Himalayas"
    parser_version = 1
    url_forms = ("himalayas.app/jobs/api",)
    envelope = "jobs"
    api = API
    hosts = ("himalayas.app", "www.himalayas.app")
    paths = (("jobs", "api"), ("jobs", "api", "search"))
    conditions = ("q", "company", "country", "seniority", "employment_type", "worldwide", "timezone")
    first = (("limit", LIMIT), ("offset", 0))

    def parse(self, response: Response) -> Page:
        answer = json_answer(response)
        found = rows(answer, self.envelope)
        envelope = Fields(answer)
        limit = envelope.whole("limit") or LIMIT
        total = envelope.whole("totalCount") or 0
        url = response.request.url or API
        offset = number_of(url, "offset", 0)
        following = next_offset(offset, len(found), limit, total)
        within = following is not None and following < MAX_PAGES * LIMIT
        return Page(
            merge_duplicates([_posting(row) for row in found]),
            next=Request(with_parameter(url, "offset", following)) if within else None,
            complete=following is None or within,
        )


def _posting(row: Fields) -> Posting:
    external_id = row.need_id("guid")
    title = row.need_text("title")
    return Posting(
        external_id=external_id,
        title=f"{title}…" if len(title) >= LONGEST_TITLE else title,
        url=row.link("applicationLink") or row.link("guid") or "",
        company=_company(row),
        locations=tuple(
            Location(area, country=country_code(area)) for area in row.texts("locationRestrictions")
        ),
        description_html=row.text("description") or row.text("excerpt") or "",
        department=next(iter(row.texts("parentCategories")), None),
        employment_type=row.text("employmentType"),
        work_mode="remote",
        level=_level(row),
        salary=salary_of(
            row.number("minSalary"),
            row.number("maxSalary"),
            row.text("currency"),
            salary_period(row.text("salaryPeriod") or "annual"),
        ),
        posted_at=row.epoch_s("pubDate"),
    )


def _company(row: Fields) -> str | None:
    name, slug = row.text("companyName"), row.text("companySlug")
    if (name is None or name in _NO_NAMES) and slug:
        return slug.replace("-", " ").title()
    return name


def _level(row: Fields) -> str | None:
    levels = row.texts("seniority")
    return levels[0].lower().replace("mid-level", "mid") if len(levels) == 1 else None
