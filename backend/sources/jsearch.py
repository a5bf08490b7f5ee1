"""JSearch on RapidAPI, which reads Google for Jobs. Dates and types come in the asked country's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.domain.salary import salary_of, salary_period
from backend.sources.answers import fingerprint_or_body, json_answer
from backend.sources.base import Page, Request, Response
from backend.sources.moments import days_ago
from backend.sources.queries import Search, number_of, with_parameter
from backend.sources.shapes import Fields, rows
from backend.sources.texts import as_html

HOST = "jsearch.p.rapidapi.com"
API = f"https://{HOST}/search"
MAX_PAGES = 3  # every page costs one call of the plan
CONDITIONS = (
    "query", "country", "language", "date_posted", "work_from_home", "employment_types",
    "job_requirements", "radius", "exclude_job_publishers",
)  # fmt: skip
# what changes from call to call although the posting does not
_PASSING = ("job_posted_at", "job_google_link", "job_latitude", "job_longitude")


class JSearch(Search):
    """The token is a query: `country=fr&query=data+engineer`. Shows some of the newest: never complete."""

    name = "jsearch"
    label = "JSearch"
    parser_version = 1
    url_forms = ("jsearch.p.rapidapi.com/search?query=WORDS",)
    envelope = "data"
    api = API
    hosts = (HOST,)
    paths = (("search",),)
    conditions = CONDITIONS
    first = (("page", 1), ("num_pages", 1))
    needs = ("jsearch_api_key",)
    calm = timedelta(hours=12)  # plans count calls

    def authorise(self, request: Request, credentials: Mapping[str, str]) -> Request:
        key = {"X-RapidAPI-Key": credentials.get("jsearch_api_key", ""), "X-RapidAPI-Host": HOST}
        return replace(request, headers={**request.headers, **key})

    def parse(self, response: Response) -> Page:
        found = rows(json_answer(response), self.envelope)
        url = response.request.url or API
        page = number_of(url, "page", 1)
        more = bool(found) and page < MAX_PAGES
        return Page(
            merge_duplicates([_posting(row) for row in found]),
            next=Request(with_parameter(url, "page", page + 1)) if more else None,
            complete=False,
        )

    def fingerprint(self, response: Response) -> bytes:
        """Without "il y a 6 jours" and the call's own id."""
        return fingerprint_or_body(response, _stable)


def _stable(response: Response) -> bytes:
    found = rows(json_answer(response), JSearch.envelope)
    kept: list[dict[str, Any]] = [
        {name: value for name, value in row.value.items() if name not in _PASSING} for row in found
    ]
    return json.dumps(kept, sort_keys=True).encode()


def _posting(row: Fields) -> Posting:
    external_id = row.need_id("job_id")
    posted = row.moment("job_posted_at_datetime_utc") or row.epoch_s("job_posted_at_timestamp")
    return Posting(
        external_id=external_id,
        title=row.need_text("job_title"),
        url=row.link("job_apply_link") or row.link("job_google_link") or "",
        company=row.text("employer_name"),
        locations=_places(row),
        description_html=as_html(row.text("job_description")) or "",
        # the list is in English words, and may repeat itself; the text beside it is translated
        employment_type=", ".join(dict.fromkeys(row.texts("job_employment_types")))
        or row.text("job_employment_type"),
        work_mode="remote" if row.flag("job_is_remote") else None,
        salary=salary_of(
            row.number("job_min_salary"),
            row.number("job_max_salary"),
            row.text("job_salary_currency"),
            salary_period(row.text("job_salary_period")),
        ),
        posted_at=posted,
        posted_days_ago=None if posted else days_ago(row.text("job_posted_at")),
    )


def _places(row: Fields) -> tuple[Location, ...]:
    city, region, country = row.text("job_city"), row.text("job_state"), row.text("job_country")
    text = ", ".join(part for part in (city, region, country) if part) or row.text("job_location")
    return (Location(text, city, region, country_code(country)),) if text else ()
