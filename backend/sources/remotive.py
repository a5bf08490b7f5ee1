"""Remotive: https://remotive.com/remote-jobs/api. It asks for a few calls a day at most, and a link back."""

from __future__ import annotations

from datetime import timedelta

from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.domain.salary import parse_salary
from backend.sources.answers import json_answer
from backend.sources.base import Page, Response
from backend.sources.queries import Search
from backend.sources.shapes import Fields, rows


class Remotive(Search):
    """The token is a query, or `all`. Complete only where the answer says that it holds all there are."""

    name = "remotive"
    label = "Remotive"
    parser_version = 1
    url_forms = ("remotive.com/api/remote-jobs?category=CATEGORY",)
    envelope = "jobs"
    api = "https://remotive.com/api/remote-jobs"
    hosts = ("remotive.com", "www.remotive.com")
    paths = (("api", "remote-jobs"),)
    conditions = ("category", "search", "company_name")
    calm = timedelta(hours=6)

    def parse(self, response: Response) -> Page:
        answer = json_answer(response)
        found = rows(answer, self.envelope)
        total = Fields(answer).whole("total-job-count")
        return Page(
            merge_duplicates([_posting(row) for row in found]),
            complete=total is not None and len(found) >= total,
        )


def _posting(row: Fields) -> Posting:
    external_id = row.need_id("id")
    areas = (row.text("candidate_required_location") or "").split(",")
    return Posting(
        external_id=external_id,
        title=row.need_text("title"),
        url=row.link("url") or f"https://remotive.com/remote-jobs/job-{external_id}",
        company=row.text("company_name"),
        locations=tuple(
            Location(area, country=country_code(area)) for part in areas if (area := part.strip())
        ),
        description_html=row.text("description") or "",
        department=row.text("category"),
        employment_type=row.text("job_type"),
        work_mode="remote",  # that is what Remotive lists
        salary=parse_salary(row.text("salary")),
        posted_at=row.moment("publication_date"),  # without a zone
    )
