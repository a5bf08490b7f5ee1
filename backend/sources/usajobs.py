"""USAJOBS, the jobs of the government of the United States: https://developer.usajobs.gov."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from backend.domain.exchange import SourceChanged
from backend.domain.posting import Location, Posting, Salary, SalaryPeriod, merge_duplicates
from backend.domain.salary import salary_of
from backend.sources.addresses import parse_address
from backend.sources.answers import json_answer
from backend.sources.base import Page, Request, Response
from backend.sources.moments import loose_moment
from backend.sources.queries import Search, number_of, search_token, with_parameter
from backend.sources.shapes import Fields, joined, rows
from backend.sources.texts import as_html

API = "https://data.usajobs.gov/api/Search"
LIMIT = 500
CAP = 10_000  # no search shows more
_LIST = "SearchResultItems"
CONDITIONS = {
    "Keyword": "Keyword", "k": "Keyword", "LocationName": "LocationName", "l": "LocationName",
    "PositionTitle": "PositionTitle", "JobCategoryCode": "JobCategoryCode", "j": "JobCategoryCode",
    "Organization": "Organization", "a": "Organization", "PayGradeLow": "PayGradeLow",
    "PayGradeHigh": "PayGradeHigh", "RemoteIndicator": "RemoteIndicator", "Radius": "Radius",
    "PositionScheduleTypeCode": "PositionScheduleTypeCode", "HiringPath": "HiringPath",
    "WhoMayApply": "WhoMayApply", "DatePosted": "DatePosted",
}  # fmt: skip
_PERIODS = {
    "PA": SalaryPeriod.YEAR,
    "PH": SalaryPeriod.HOUR,
    "PD": SalaryPeriod.DAY,
    "PM": SalaryPeriod.MONTH,
}


class UsaJobs(Search):
    """The token is a query: `Keyword=python`."""

    name = "usajobs"
    label = "USAJOBS"
    parser_version = 1
    url_forms = ("www.usajobs.gov/search/results/?k=WORDS",)
    api = API
    page = "https://www.usajobs.gov/search/results/"
    first = (("ResultsPerPage", LIMIT), ("Page", 1))
    needs = ("usajobs_email", "usajobs_api_key")

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        path = tuple(part.lower() for part in address.path) if address else ()
        host = address.host if address else ""
        is_api = host == "data.usajobs.gov" and path == ("api", "search")
        is_page = host in {"www.usajobs.gov", "usajobs.gov"} and path[:1] == ("search",)
        return search_token(url, CONDITIONS) if is_api or is_page else None

    def authorise(self, request: Request, credentials: Mapping[str, str]) -> Request:
        """USAJOBS wants the registered e-mail address as the User-Agent."""
        own = {
            "User-Agent": credentials.get("usajobs_email", ""),
            "Authorization-Key": credentials.get("usajobs_api_key", ""),
        }
        return replace(request, headers={**request.headers, **own})

    def parse(self, response: Response) -> Page:
        answer = Fields(json_answer(response))
        result = answer.object("SearchResult")
        if _LIST not in result.value:
            raise SourceChanged(f"the answer has no list 'SearchResult.{_LIST}'")
        found = rows(result.value, _LIST)
        url = response.request.url or API
        page = max(1, number_of(url, "Page", 1))
        pages = result.object("UserArea").whole("NumberOfPages") or 1
        total = result.whole("SearchResultCountAll") or 0
        more = bool(found) and page < pages and page * LIMIT < CAP
        return Page(
            merge_duplicates([_posting(row) for row in found]),
            next=Request(with_parameter(url, "Page", page + 1)) if more else None,
            complete=total <= CAP,
        )


def _posting(row: Fields) -> Posting:
    external_id = row.need_id("MatchedObjectId")
    job = row.object("MatchedObjectDescriptor")
    details = job.object("UserArea").object("Details")
    organization, department = job.text("OrganizationName"), job.text("DepartmentName")
    return Posting(
        external_id=external_id,
        title=job.need_text("PositionTitle"),
        url=job.link("PositionURI") or f"https://www.usajobs.gov/job/{external_id}",
        company=organization or department,
        locations=tuple(_places(job)),
        description_html=_description(job, details) or "",
        department=department if department != organization else None,
        employment_type=_names(job, "PositionSchedule") or None,
        work_mode="remote" if details.flag("RemoteIndicator") else None,
        salary=_salary(job),
        posted_at=loose_moment(job.text("PublicationStartDate")),
    )


def _names(job: Fields, key: str) -> str:
    return ", ".join(name for item in job.objects(key) if (name := item.text("Name")))


def _places(job: Fields) -> Iterator[Location]:
    """Each place; one of many is told as "Multiple Locations" only in the display text."""
    found = False
    for place in job.objects("PositionLocation"):
        text = place.text("LocationName")
        if text:
            found = True
            # "CityName" repeats the state: "Denver, Colorado"
            city = (place.text("CityName") or "").partition(",")[0].strip() or None
            yield Location(text, city, place.text("CountrySubDivisionCode"), _country(place))
    display = job.text("PositionLocationDisplay")
    if not found and display:
        yield Location(display)


def _country(place: Fields) -> str | None:
    return "US" if place.text("CountryCode") in {"US", "USA", "United States"} else None


def _description(job: Fields, details: Fields) -> str | None:
    """The summary, and the duties, which are a list of texts or one."""
    duties = "\n\n".join(details.texts("MajorDuties"))
    return joined(
        as_html(details.text("JobSummary")), as_html(duties), as_html(job.text("QualificationSummary"))
    )


def _salary(job: Fields) -> Salary | None:
    """The figures are texts; the period a code (PA a year, PH an hour)."""
    pay = next(iter(job.objects("PositionRemuneration")), None)
    if pay is None:
        return None
    period = _PERIODS.get(pay.text("RateIntervalCode") or "")
    return salary_of(pay.number("MinimumRange"), pay.number("MaximumRange"), "USD", period)
